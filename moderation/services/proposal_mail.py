"""Proposals of topics that come by mail, each to an address that its sender alone is shown."""

import hashlib
import html
import re
import unicodedata
import uuid
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart
from email.utils import getaddresses, parseaddr
from typing import Any

import nh3
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from mailparser_reply import EmailReplyParser

from accounts.enums import MailScope
from accounts.languages import spoken
from accounts.models import AuditEntry, User
from accounts.services import audit, outbox
from moderation.models.proposals import TITLE_LENGTH, WHY_LENGTH
from moderation.policies import proposals as policies
from moderation.services.proposals import propose_topic

ACTION = "topic_proposal.mailed"
PREFIX = "propose"
DELIVERED_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")
SALT = "moderation.proposal_mail"
SIGNS = 20  # characters of the signature in an address, whose part before the @ has at most 64
READ_MOST = 20_000  # characters of a text that are looked through; a proposal has fewer
_ADDRESS = re.compile(rf"{PREFIX}\+(?P<pk>\d{{1,18}})-(?P<sign>[0-9a-f]{{{SIGNS}}})@(?P<domain>.+)")
_REPLY = re.compile(r"^\s*(?:(?:re|aw|sv|rv|tr|fwd?|wg|enc|ref|回复|转发|رد|ответ)\s*[:\uff1a]\s*)+", re.IGNORECASE)
# From the first quoted line on, with the line above that says who wrote it, in whatever language.
_QUOTED = re.compile(r"(?:^[^\n>]*\d[^\n]*[:\uff1a][ \t]*\n\s*)?^>.*\Z", re.MULTILINE | re.DOTALL)
_BLOCK_ENDS = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h\d|/blockquote)\b[^>]*>", re.IGNORECASE)


def proposal_address(user: User) -> str:
    """Return the address to which one person sends proposals; it is no secret, and no use to anybody else."""
    return f"{PREFIX}+{user.pk}-{_sign(user.pk, settings.SECRET_KEY)}@{settings.MAIL_DOMAIN}"


def _sign(pk: int, secret: str) -> str:
    return salted_hmac(SALT, str(pk), secret=secret, algorithm="sha256").hexdigest()[:SIGNS]


def take_proposal(raw: bytes, *, recipient: str = "") -> str:
    """Make a proposal of a letter, and answer to its sender whether it was taken.

    Answers go to the address of the account, whoever has written; machines and strangers get none.

    Args:
        raw: The letter as it came.
        recipient: To whom it was delivered, where that is known; else its own headers say so.

    Returns:
        What came of it: ``taken``, ``ignored``, or why it was not taken.

    Source: FOR-03, workflow 2.2.
    """
    letter = message_from_bytes(raw[: settings.PROPOSAL_MAIL_BYTES], policy=policy.default)
    user = _addressee(letter, recipient)
    if user is None or _is_automatic(letter) or _letters_of_today(user) >= settings.PROPOSAL_MAILS_A_DAY:
        return "ignored"
    key = uuid.uuid5(uuid.NAMESPACE_OID, hashlib.sha256(raw).hexdigest())
    with transaction.atomic():
        answer, proposal = _taken(user, letter, len(raw), key)
        attachments = _attachments_in(letter)
        event = audit.record(user, ACTION, user, answer=answer, proposal=proposal, attachments=attachments)
        kind = "proposal.answered"
        outbox.notify_later(
            user.pk,
            kind=kind,
            about=event,
            scope=MailScope.ACCOUNT,
            key=outbox.key_of(kind, user.pk, user.pk, key.hex),
            at=timezone.now(),
        )
        transaction.on_commit(outbox.wake, robust=True)
    return answer


def _taken(user: User, letter: EmailMessage, size: int, key: uuid.UUID) -> tuple[str, int | None]:
    """Return why a letter is not taken, or ``taken`` with the id of the proposal that it is."""
    if parseaddr(str(letter["From"] or ""))[1].lower() != user.email:
        return "another_sender", None
    if not policies.may_propose(user):
        return "refused", None
    title, text = _title_of(letter), _text_of(letter, user)
    wrong = {
        "too_big": size > settings.PROPOSAL_MAIL_BYTES,
        "no_title": not title,
        "long_title": len(title) > TITLE_LENGTH,
        "no_text": not text,
        "long_text": len(text) > WHY_LENGTH,
    }
    refusal = next((name for name, is_wrong in wrong.items() if is_wrong), None)
    if refusal is not None:
        return refusal, None
    values: dict[str, Any] = {
        "title": title,
        "why": text,
        "expected_result": "",
        "language": user.language,
        "wanted_languages": [],
        "category": None,
        "names_proposer": False,
    }
    return "taken", propose_topic(actor=user, values=values, submission_key=key, by_mail=True).pk


# --- Whose letter it is ---------------------------------------------------------------------------


def _addressee(letter: EmailMessage, recipient: str) -> User | None:
    """Return the person to whom one of the addresses of a letter was shown."""
    named = [str(value) for name in DELIVERED_TO for value in letter.get_all(name, [])]
    for _name, address in getaddresses([recipient] if recipient else named):
        match = _ADDRESS.fullmatch(address.strip().lower())
        if match is None or match["domain"] != settings.MAIL_DOMAIN.lower():
            continue
        pk = int(match["pk"])
        if any(constant_time_compare(match["sign"], _sign(pk, secret)) for secret in _secrets()):
            return User.objects.with_access().filter(pk=pk).first()  # type: ignore[no-any-return]
    return None


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _is_automatic(letter: EmailMessage) -> bool:
    """Tell whether a machine has sent a letter: an answer to it could go back and forth for ever (RFC 3834)."""
    sender = parseaddr(str(letter["From"] or ""))[1].lower()
    return (
        str(letter.get("Auto-Submitted", "no")).strip().lower() != "no"
        or str(letter.get("Precedence", "")).strip().lower() in {"bulk", "junk", "list", "auto_reply"}
        or any(name in letter for name in ("List-Id", "X-Autoreply", "X-Autorespond", "X-Loop"))
        or str(letter.get("Return-Path", "")).strip() == "<>"
        or sender.partition("@")[0] in {"", "mailer-daemon", "postmaster"}
        or letter.get_content_type() == "multipart/report"
    )


def _letters_of_today(user: User) -> int:
    subject = f"{user._meta.label_lower}:{user.pk}"
    since = timezone.now() - timedelta(days=1)
    return AuditEntry.objects.filter(subject=subject, action=ACTION, at__gt=since).count()


# --- What it says ---------------------------------------------------------------------------------


def _title_of(letter: EmailMessage) -> str:
    """Return the subject in one line, without what mail clients put before it."""
    return _REPLY.sub("", _visible(" ".join(str(letter["Subject"] or "").split())))


def _text_of(letter: EmailMessage, user: User) -> str:
    """Return what a letter says, without quotations and signature."""
    part = letter.get_body(("plain", "html"))
    if part is None:
        return ""
    text = _content_of(part)[:READ_MOST]
    if part.get_content_subtype() == "html":
        text = html.unescape(nh3.clean(_BLOCK_ENDS.sub(r"\g<0>\n", text), tags=set()))
    languages = list(dict.fromkeys([spoken(user.language), *map(spoken, user.languages_read)]))
    replies = EmailReplyParser(languages=languages).read(_QUOTED.sub("", text.replace("\r\n", "\n"))).replies
    words = replies[0].body if replies else ""
    return _visible("\n".join(line.rstrip() for line in words.splitlines())).strip()


def _content_of(part: MIMEPart) -> str:
    """Return a text as it was meant, or as near to it as its declared encoding lets one come."""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        payload = part.get_payload(decode=True)
        return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def _visible(text: str) -> str:
    """Return a text without control and direction characters, and empty where nothing can be seen of it."""
    kept = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in {"Cc", "Cs", "Co"})
    return kept if any(unicodedata.category(c)[0] not in "ZC" for c in kept) else ""


def _attachments_in(letter: EmailMessage) -> int:
    return sum(1 for part in letter.walk() if part.get_content_disposition() == "attachment")
