"""The mailbox of the demonstration: every letter the forum sends, kept in a Maildir."""

import email
import email.policy
import mailbox
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import nh3
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings

SHOWN = 200  # letters on the page, the latest


def _maildir() -> mailbox.Maildir:
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
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=parsedate_to_datetime(str(message["Date"])),
        headers=[(name, str(value)) for name, value in message.items()],
        text=text.get_content() if text else "",
        html=nh3.clean(html.get_content()) if html else "",
    )


def _parse(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def letters() -> list[MailView]:
    """Return the letters kept, the latest first."""
    box = _maildir()
    keys = sorted(box.keys(), key=lambda key: float(key.partition(".")[0]), reverse=True)[:SHOWN]
    views = [_view(key, _parse(box.get_bytes(key))) for key in keys]
    return sorted(views, key=lambda view: view.sent_at, reverse=True)


def letter(key: str) -> MailView:
    """Return one letter.

    Raises:
        KeyError: There is none such.
    """
    return _view(key, _parse(_maildir().get_bytes(key)))
