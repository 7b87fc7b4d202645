"""The outbox: who is to be told what, written with the event and sent after it."""

import logging
import smtplib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone, translation

from accounts import parts, policies
from accounts.enums import PACE_BY_DEFAULT, MailScope, NoticeState, Pace
from accounts.models import Notice, User
from accounts.services import audit, worker

logger = logging.getLogger(__name__)

BATCH = 2_000  # rows written by one statement
STOP_SALT = "mail.stop"
REFUSALS_OF_ONE_LETTER = (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, smtplib.SMTPDataError)


@dataclass(frozen=True)
class Letter:
    """What one notice says, in its reader's language.

    Args:
        subject: One line.
        text: The plain part.
        html: The same for readers of HTML.
        replies_to: Keys of the notices above this one in the reader's mail client, the nearest last.
        list_name: What ``List-Id`` names: the room.
        attachments: Files, each as its name, its content and its media type.
        stop_url: Where somebody without an account ends this mail at one click.
    """

    subject: str
    text: str
    html: str
    replies_to: tuple[str, ...] = ()
    list_name: str = "forum"
    attachments: tuple[tuple[str, bytes, str], ...] = ()
    stop_url: str = ""


Composer = Callable[[Notice], Letter | None]


@dataclass(frozen=True)
class _Kind:
    composer: Composer
    is_service: bool


_kinds: dict[str, _Kind] = {}


def register(kind: str, composer: Composer, *, is_service: bool = False) -> None:
    """Have ``composer`` write the letters of notices of ``kind``.

    Args:
        kind: Noun and past verb of the event, such as ``post.published``.
        composer: Takes a notice whose reader's language and time zone are active; answers None
            when the reader may no longer see what it is about.
        is_service: Whether it is sent whatever the state of the account and without a way to end it,
            because it is about the account itself: an invitation, a decision, a confirmation.

    Raises:
        ValueError: Another composer writes letters of that kind.
    """
    if kind in _kinds and _kinds[kind].composer != composer:
        raise ValueError(f"Two composers write letters of the kind {kind}.")
    _kinds[kind] = _Kind(composer, is_service)


def key_of(kind: str, about: int, user: int, occasion: str = "") -> str:
    """Return the key that is the same for the same event and person, however often it is written.

    Args:
        kind: Noun and past verb of the event.
        about: The id of the row that the letter is written from.
        user: The id of the person.
        occasion: What tells events of one kind about the same row apart, such as a day.
    """
    return ".".join(filter(None, [kind, str(about), str(user), occasion]))


def notify(recipients: Mapping[int, MailScope], *, kind: str, about: models.Model) -> int:
    """Write a notice for each recipient; the worker is woken after the commit.

    Args:
        recipients: The kind of mail, for preferences and ``List-Unsubscribe``, by id of the person;
            who was told of this event already is not told again.
        kind: Noun and past verb of the event.
        about: The row that the letter is written from.

    Returns:
        How many notices were written.
    """
    content_type = ContentType.objects.get_for_model(about)
    notices = [
        Notice(
            user_id=user,
            kind=kind,
            scope=scope,
            key=key_of(kind, about.pk, user),
            content_type=content_type,
            object_id=about.pk,
        )
        for user, scope in recipients.items()
    ]
    if notices:
        Notice.objects.bulk_create(notices, batch_size=BATCH, ignore_conflicts=True)
        transaction.on_commit(wake, robust=True)
    return len(notices)


def notify_each(events: Iterable[tuple[int, models.Model]], *, kind: str, scope: MailScope, occasion: str = "") -> None:
    """Write a notice for each of many people, each about a row of its own; the worker is woken once.

    Args:
        events: The id of the person and the row that the letter is written from; rows of one model.
        kind: Noun and past verb of the event.
        scope: The kind of mail.
        occasion: What tells events of one kind about the same row apart, such as a day.
    """
    notices = [
        Notice(
            user_id=user,
            kind=kind,
            scope=scope,
            key=key_of(kind, about.pk, user, occasion),
            content_type=ContentType.objects.get_for_model(about),
            object_id=about.pk,
        )
        for user, about in events
    ]
    if notices:
        Notice.objects.bulk_create(notices, batch_size=BATCH, ignore_conflicts=True)
        transaction.on_commit(wake, robust=True)


def notify_later(user: int, *, kind: str, about: models.Model, scope: MailScope, key: str, at: datetime) -> None:
    """Write a notice that waits, and can be called back until then; with the same key it is written once.

    Args:
        user: The id of the person who is told.
        kind: Noun and past verb of the event.
        about: The row that the letter is written from.
        scope: The kind of mail.
        key: What is the same for what is to be told once, whichever row it is written from.
        at: When it is sent; the sweep finds it within a minute.
    """
    notice = Notice(
        user_id=user,
        kind=kind,
        scope=scope,
        key=key,
        content_type=ContentType.objects.get_for_model(about),
        object_id=about.pk,
        next_attempt_at=at,
    )
    Notice.objects.bulk_create([notice], ignore_conflicts=True)


def call_back(key: str) -> None:
    """Forget the notice with ``key`` where it has not been sent."""
    Notice.objects.filter(key=key, state=NoticeState.WAITING).delete()


@transaction.atomic
def try_again(*, actor: User, notices: models.QuerySet[Notice]) -> int:
    """Have notices that were refused or given up tried again at once.

    Args:
        actor: Who asks for it.
        notices: Those meant; what was sent or dropped stays as it is.

    Returns:
        How many are tried again.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.
    """
    policies.may_use_desk(actor).enforce()
    held_up = notices.filter(state__in=[NoticeState.WAITING, NoticeState.FAILED])
    count = held_up.update(state=NoticeState.WAITING, attempts=0, next_attempt_at=timezone.now())
    audit.record(actor, "notices.tried_again", actor, count=count)
    transaction.on_commit(wake, robust=True)
    return count


def notify_address(address: str, *, language: str, kind: str, about: models.Model, occasion: str = "") -> None:
    """Write a notice for somebody who has no account; its kind is a service.

    Args:
        address: Where it goes.
        language: What it is written in.
        kind: Noun and past verb of the event.
        about: The row that the letter is written from.
        occasion: What tells events of one kind about the same row apart, such as a version.
    """
    notify_addresses([(address, language, about)], kind=kind, occasion=occasion)


def notify_addresses(events: Iterable[tuple[str, str, models.Model]], *, kind: str, occasion: str = "") -> None:
    """Write a notice for each of many who have no account; the worker is woken once.

    Args:
        events: Where it goes, what it is written in, and the row that it is written from; rows of one model.
        kind: Noun and past verb of the event.
        occasion: What tells events of one kind about the same row apart, such as a version.
    """
    notices = [
        Notice(
            address=address,
            language=language,
            kind=kind,
            scope=MailScope.ACCOUNT,
            key=".".join(filter(None, [kind, str(about.pk), "address", occasion])),
            content_type=ContentType.objects.get_for_model(about),
            object_id=about.pk,
        )
        for address, language, about in events
    ]
    Notice.objects.bulk_create(notices, batch_size=BATCH, ignore_conflicts=True)
    transaction.on_commit(wake, robust=True)


def wake() -> None:
    """Ask the worker to deliver now; when that message is lost, the sweep delivers within a minute."""
    worker.wake("accounts.tasks.deliver_notices")


def deliver_due(limit: int = 5_000) -> int:
    """Send what is due, each notice in a transaction of its own, shared with any other worker.

    Args:
        limit: The most to send in one go.

    Returns:
        How many notices were dealt with: sent, dropped or put off. Where the mail server is away, the
        notice that met nobody is the last one tried, and the others wait for the next sweep.
    """
    connection = get_connection()
    dealt_with = 0
    try:
        while dealt_with < limit and _deliver_one(connection):
            dealt_with += 1
    except MailServerAwayError:
        dealt_with += 1
    finally:
        connection.close()
    return dealt_with


class MailServerAwayError(Exception):
    """The mail server does not answer, whatever letter it is."""


def _deliver_one(connection: BaseEmailBackend) -> bool:
    """Deal with the oldest notice that no other worker holds; answer False when there is none.

    Raises:
        MailServerAwayError: The notice is put off, and trying another one now would be in vain.
    """
    is_away = False
    with transaction.atomic():
        due = Notice.objects.due(timezone.now()).select_for_update(skip_locked=True, of=("self",))
        notice = due.first()
        if notice is None:
            return False
        try:
            with transaction.atomic():  # a fault of the database in one letter leaves the notice writable
                notice.state = NoticeState.SENT if _send(notice, connection) else NoticeState.DROPPED
            notice.sent_at = timezone.now()
        except (smtplib.SMTPException, OSError) as error:
            connection.close()
            is_away = not isinstance(error, REFUSALS_OF_ONE_LETTER)
            _put_off(notice, error)
        except Exception as error:
            logger.exception("Notice %s could not be written", notice.pk)
            _put_off(notice, error)
        notice.save(update_fields=["state", "sent_at", "attempts", "next_attempt_at", "last_error"])
    if is_away:
        raise MailServerAwayError
    return True


def _put_off(notice: Notice, error: Exception) -> None:
    """Have a notice tried again after a delay that grows, or give it up after the last one."""
    notice.last_error = type(error).__name__
    if notice.attempts < len(settings.NOTICE_RETRIES):
        notice.next_attempt_at = timezone.now() + settings.NOTICE_RETRIES[notice.attempts]
    else:
        notice.state = NoticeState.FAILED
    notice.attempts += 1


def _send(notice: Notice, connection: BaseEmailBackend) -> bool:
    """Write and send one letter; answer False when it is no longer wanted or allowed."""
    kind = _kinds[notice.kind]
    reader = User.objects.with_access().get(pk=notice.user_id) if notice.user_id else None
    notice.user = reader
    if notice.about is None or not parts.is_in_use(kind.composer):
        return False
    if not (kind.is_service or _is_wanted(notice, reader)):
        return False
    language, zone = (reader.language, reader.zone) if reader else (notice.language, None)
    with translation.override(language), timezone.override(zone):
        letter = kind.composer(notice)
        if letter is None:
            return False
        _message(notice, letter, connection, is_service=kind.is_service).send()
    return True


def _is_wanted(notice: Notice, reader: User | None) -> bool:
    return reader is not None and reader.is_active and pace_of(reader, MailScope(notice.scope)) != Pace.NONE


def pace_of(user: User, scope: MailScope) -> Pace:
    """Return how soon ``user`` wants mail of ``scope``."""
    chosen = user.mail_preferences.filter(scope=scope).values_list("pace", flat=True).first()
    return Pace(chosen) if chosen else PACE_BY_DEFAULT[scope]


def message_id(key: str) -> str:
    """Return the Message-ID of the notice with ``key``, the same however often it is sent."""
    return f"<{key}@{settings.MAIL_DOMAIN}>"


def _message(
    notice: Notice, letter: Letter, connection: BaseEmailBackend, *, is_service: bool
) -> EmailMultiAlternatives:
    """Put a letter into an envelope that mail clients thread and can unsubscribe from (RFC 2369, 8058)."""
    extra = {}
    if letter.replies_to:
        extra = {
            "In-Reply-To": message_id(letter.replies_to[-1]),
            "References": " ".join(map(message_id, letter.replies_to)),
        }
    stop = letter.stop_url
    if notice.user is not None and not is_service and notice.scope != MailScope.ACCOUNT:
        stop = stop_url(notice.user, MailScope(notice.scope))
    if stop:
        extra["List-Unsubscribe"] = f"<{stop}>"
        extra["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message = EmailMultiAlternatives(
        letter.subject,
        letter.text,
        to=[notice.user.email if notice.user else notice.address],
        connection=connection,
        headers={
            "Message-ID": message_id(notice.key),
            "List-Id": f"<{letter.list_name}.{settings.MAIL_DOMAIN}>",
            "Auto-Submitted": "auto-generated",
            **extra,
        },
    )
    message.attach_alternative(letter.html, "text/html")
    for name, content, media_type in letter.attachments:
        message.attach(name, content, media_type)
    return message


def stop_url(user: User, scope: MailScope) -> str:
    """Return the address that ends one kind of mail for one person, without signing in."""
    token = signing.dumps([user.pk, scope], salt=STOP_SALT)
    return f"{settings.PUBLIC_URL}{reverse('accounts:mail_stop', args=[token])}"


def read_stop_token(token: str) -> tuple[User, MailScope]:
    """Return whom and what a token of ``stop_url`` is about.

    Raises:
        signing.BadSignature: The token is not one of ours.
        User.DoesNotExist: The person is gone.
    """
    user, scope = signing.loads(token, salt=STOP_SALT)
    return User.objects.get(pk=user), MailScope(scope)


@transaction.atomic
def set_pace(user: User, scope: MailScope, pace: Pace) -> None:
    """Keep a person's wish about mail; what already waits obeys it too.

    Args:
        user: Whose wish it is.
        scope: The kind of mail.
        pace: How soon it is wanted, if at all.
    """
    user.mail_preferences.update_or_create(scope=scope, defaults={"pace": pace})
    audit.record(user, "mail.pace_set", user, scope=scope, pace=pace)
