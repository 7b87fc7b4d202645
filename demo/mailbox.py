"""The mailbox of the demonstration: every letter the forum sends, kept in a Maildir."""

import email
import email.policy
import mailbox
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import nh3
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

SHOWN = 200  # letters on the page, the latest
ARRIVAL = re.compile(r"(\d+)\.M(\d+)P\d+Q(\d+)")  # how a Maildir names its files


def _maildir() -> mailbox.Maildir:
    settings.DEMO_MAILBOX.parent.mkdir(parents=True, exist_ok=True)
    return mailbox.Maildir(settings.DEMO_MAILBOX)


class MailboxHandler:
    """Keeps what an SMTP client hands over."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content or b""
        _maildir().add(content)
        return "250 Kept for /demo/mail/"


@dataclass(frozen=True)
class MailView:
    """One letter as the page shows it: ``html`` is cleaned of everything that could act."""

    key: str
    to: str
    subject: str
    sent_at: datetime
    headers: list[tuple[str, str]]
    text: str
    html: str


def _view(key: str, message: EmailMessage) -> MailView:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    return MailView(
        key=key,
        to=str(message.get("To", "")),
        subject=str(message.get("Subject", "")).strip(),  # a folded line begins with a space
        sent_at=_moment(str(message.get("Date", ""))) or datetime.fromtimestamp(_arrival(key)[0], UTC),
        headers=[(name, str(value).strip()) for name, value in message.items()],
        text=text.get_content() if text else "",
        html=nh3.clean(html.get_content(), clean_content_tags={"script", "style", "title"}) if html else "",
    )


def _moment(date: str) -> datetime | None:
    """Read a Date header; one in -0000 is in UTC from an unnamed place (RFC 5322, 3.3)."""
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _arrival(key: str) -> tuple[int, ...]:
    """Return what orders letters by arrival: seconds, microseconds and a running number."""
    match = ARRIVAL.match(key)
    return tuple(map(int, match.groups())) if match else (0,)


def _parse(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def letters() -> list[MailView]:
    """Return the letters kept, the latest first."""
    box = _maildir()
    keys = sorted(box.keys(), key=_arrival, reverse=True)[:SHOWN]
    return [_view(key, _parse(box.get_bytes(key))) for key in keys]


def letter(key: str) -> MailView:
    """Return one letter.

    Raises:
        KeyError: There is none such.
    """
    return _view(key, _parse(_maildir().get_bytes(key)))
