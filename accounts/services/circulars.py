"""Messages to organisations: written, sent to each once, and answered by them without an account."""

import base64
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from accounts import policies
from accounts.models import Circular, CircularCopy, User
from accounts.queries.contacts import recipients_of
from accounts.services import audit, outbox
from accounts.services.invitations import hash_of

SENT = "circular.sent"
SALT = "accounts.circular"


@transaction.atomic
def write_circular(*, actor: User, **fields: Any) -> Circular:
    """Save a message that is not sent yet.

    Args:
        actor: Who writes it.
        fields: What ``CircularForm`` has accepted.

    Returns:
        The saved message, to preview and send.

    Raises:
        PermissionDenied: ``actor`` may not write to these organisations; the message says why.

    Source: ACC-12, CDIP/11/4 rec 71 b).
    """
    circular = Circular(written_by=actor, **fields)
    policies.may_change_circular(actor, circular).enforce()
    circular.save()
    audit.record(actor, "circular.written", circular, state=circular.member_state_id)
    return circular


@transaction.atomic
def change_circular(*, actor: User, circular: Circular, seen: datetime, **fields: Any) -> Circular:
    """Change a message that is not sent yet.

    Args:
        actor: Who changes it.
        circular: Which; locked, so that it is not sent meanwhile.
        seen: When the version that ``actor`` started from was saved.
        fields: What ``CircularForm`` has accepted.

    Returns:
        The saved message.

    Raises:
        Circular.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: It has been sent, or ``actor`` may not change it; the message says why.
        ValidationError: Somebody else has changed it meanwhile.

    Source: ACC-12.
    """
    kept = _locked(actor, circular)
    _check_seen(kept, seen)
    for name, value in fields.items():
        setattr(kept, name, value)
    policies.may_change_circular(actor, kept).enforce()
    kept.changed_at = timezone.now()
    kept.save()
    audit.record(actor, "circular.changed", kept, state=kept.member_state_id)
    return kept


@transaction.atomic
def send_circular(*, actor: User, circular: Circular, seen: datetime) -> int:
    """Send a message to each organisation that it is for, each in its own language, once.

    Args:
        actor: Who sends it.
        circular: Which; locked, so that it is sent once.
        seen: When the version that ``actor`` has previewed was saved.

    Returns:
        How many organisations it goes to.

    Raises:
        Circular.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: It has been sent already, or ``actor`` may not send it; the message says why.
        ValidationError: It was changed since, or reaches nobody.

    Source: ACC-11, ACC-12, CDIP/11/4 rec 71 b).
    """
    kept = _locked(actor, circular)
    _check_seen(kept, seen)
    policies.may_answer(kept).enforce()
    contacts = list(recipients_of(kept))
    if not contacts:
        raise ValidationError(_("No organisation that this message is for has agreed to mail."), code="nobody")
    copies = CircularCopy.objects.bulk_create(
        CircularCopy(
            circular=kept, contact=contact, token_hash=hash_of(_token(kept.pk, contact.pk, settings.SECRET_KEY))
        )
        for contact in contacts
    )
    outbox.notify_addresses(
        [(contact.email, contact.languages[0], copy) for contact, copy in zip(contacts, copies, strict=True)], kind=SENT
    )
    kept.sent_at = timezone.now()
    kept.save(update_fields=["sent_at"])
    audit.record(actor, "circular.sent", kept, state=kept.member_state_id, count=len(copies))
    return len(copies)


@transaction.atomic
def discard_circular(*, actor: User, circular: Circular) -> None:
    """Delete a message that is not sent yet.

    Args:
        actor: Who deletes it.
        circular: Which.

    Raises:
        Circular.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: It has been sent, or ``actor`` may not delete it; the message says why.

    Source: ACC-12.
    """
    kept = _locked(actor, circular)
    audit.record(actor, "circular.discarded", kept, state=kept.member_state_id)
    kept.delete()


def _locked(actor: User, circular: Circular) -> Circular:
    """Return a message, locked, that ``actor`` may still change."""
    kept: Circular = Circular.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=circular.pk)
    policies.may_change_circular(actor, kept).enforce()
    return kept


def _check_seen(circular: Circular, seen: datetime) -> None:
    if circular.changed_at != seen:
        raise ValidationError(
            _("Somebody else has changed this message meanwhile. Open the page again and compare."), code="changed"
        )


# --- Answers --------------------------------------------------------------------------------------------


def _token(circular: int, contact: int, key: str) -> str:
    digest = salted_hmac(SALT, f"{circular}.{contact}", secret=key, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def answer_address(copy: CircularCopy) -> str:
    """Return the page where one organisation answers; empty when the secret key it was made with is gone."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        token = _token(copy.circular_id, copy.contact_id, key)
        if constant_time_compare(hash_of(token), copy.token_hash):
            return f"{settings.PUBLIC_URL}{reverse('accounts:circular_answer', args=[token])}"
    return ""


def copy_of(token: str) -> CircularCopy:
    """Return the copy of a message that a personal link is for.

    Raises:
        CircularCopy.DoesNotExist: The link is not one of ours, or what it led to is deleted.
    """
    return CircularCopy.objects.select_related("circular", "contact").get(token_hash=hash_of(token))


@transaction.atomic
def answer_circular(*, token: str, answer: str) -> None:
    """Keep what an organisation answers, in the place of what it has answered before.

    Args:
        token: Of the personal link.
        answer: In its own words.

    Raises:
        CircularCopy.DoesNotExist: The link leads nowhere.
        PermissionDenied: The time for answers is over.

    Source: ACC-12, CDIP/11/4 rec 71 b).
    """
    copy = CircularCopy.objects.select_related("circular").select_for_update(of=("self",)).get(pk=copy_of(token).pk)
    policies.may_answer(copy.circular).enforce()
    copy.answer, copy.answered_at = answer, timezone.now()
    copy.save(update_fields=["answer", "answered_at"])
    audit.record(None, "circular.answered", copy.circular, contact=copy.contact_id)


@transaction.atomic
def discard_old_circulars() -> int:
    """Delete the messages that were sent long ago, with their answers.

    Returns:
        How many are deleted.

    Source: ACC-12.
    """
    old = Circular.objects.filter(sent_at__lte=timezone.now() - settings.CIRCULAR_KEPT).select_for_update()
    for circular in old:
        audit.record(None, "circular.forgotten", circular, state=circular.member_state_id)
        circular.delete()
    return len(old)
