"""Keeping the organisations of member states: entered by a state or the Secretariat, confirmed by themselves."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policies
from accounts.days import today
from accounts.models import StakeholderContact, User
from accounts.services import audit, outbox

ASKED = "stakeholder.asked"
SALT = "accounts.contact"


@transaction.atomic
def add_contact(*, actor: User, **fields: Any) -> StakeholderContact:
    """Save an organisation, and ask it by mail whether it agrees to be listed and written to.

    Args:
        actor: Who enters it.
        fields: What ``ContactForm`` has accepted.

    Returns:
        The saved organisation; until it has agreed, only those who keep it see it.

    Raises:
        PermissionDenied: ``actor`` does not keep those of this state; the message says why.
        ValidationError: The address was entered meanwhile.

    Source: ACC-11, ACC-12, CDIP/11/4 rec 71 b).
    """
    policies.may_keep_contacts(actor, fields["member_state"].pk).enforce()
    contact = StakeholderContact(**fields)
    _save(contact)
    audit.record(actor, "contact.added", contact, state=contact.member_state_id)
    _ask(contact)
    return contact


@transaction.atomic
def change_contact(*, actor: User, contact: StakeholderContact, seen: datetime, **fields: Any) -> StakeholderContact:
    """Change an organisation; at another address it is asked anew whether it agrees.

    Args:
        actor: Who changes it.
        contact: Which; locked, so that two changes do not mix.
        seen: When the version that ``actor`` started from was saved.
        fields: What ``ContactForm`` has accepted.

    Returns:
        The saved organisation.

    Raises:
        StakeholderContact.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change it; the message says why.
        ValidationError: Somebody else has changed it meanwhile, or has entered the address.

    Source: ACC-11, ACC-12.
    """
    kept = _locked(actor, contact)
    policies.may_change_contact(actor, kept).enforce()
    policies.may_keep_contacts(actor, fields["member_state"].pk).enforce()
    if kept.changed_at != seen:
        raise ValidationError(
            _("Somebody else has changed this organisation meanwhile. Open the page again and compare."), code="changed"
        )
    has_moved = kept.email != fields["email"]
    changed = sorted(name for name, value in fields.items() if getattr(kept, name) != value)
    for name, value in fields.items():
        setattr(kept, name, value)
    kept.changed_at = timezone.now()
    if has_moved:
        kept.confirmed_on, kept.asked_on = None, today()
    _save(kept)
    audit.record(actor, "contact.changed", kept, fields=changed, state=kept.member_state_id)
    if has_moved:
        _ask(kept)
    return kept


@transaction.atomic
def ask_contact(*, actor: User, contact: StakeholderContact) -> None:
    """Ask an organisation again whether it agrees; at most one letter a day.

    Args:
        actor: Who has it asked.
        contact: One that has not confirmed.

    Raises:
        StakeholderContact.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: ACC-12.
    """
    kept = _locked(actor, contact)
    policies.may_ask_contact(actor, kept).enforce()
    kept.asked_on = today()
    kept.save(update_fields=["asked_on"])
    audit.record(actor, "contact.asked", kept)
    _ask(kept)


@transaction.atomic
def remove_contact(*, actor: User, contact: StakeholderContact) -> None:
    """Delete an organisation, with its answers.

    Args:
        actor: Who deletes it.
        contact: Which.

    Raises:
        StakeholderContact.DoesNotExist: It is hidden from ``actor``, or gone.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: ACC-12.
    """
    kept = _locked(actor, contact)
    policies.may_remove_contact(actor, kept).enforce()
    audit.record(actor, "contact.removed", kept, state=kept.member_state_id)
    kept.delete()


def _locked(actor: User, contact: StakeholderContact) -> StakeholderContact:
    visible = StakeholderContact.objects.visible_to(actor).select_for_update(of=("self",))
    found: StakeholderContact = visible.get(pk=contact.pk)
    return found


def _save(contact: StakeholderContact) -> None:
    try:
        with transaction.atomic():
            contact.save()
    except IntegrityError:
        message = StakeholderContact._meta.get_field("email").error_messages["unique"]
        raise ValidationError({"email": ValidationError(message, code="unique")}) from None


def _ask(contact: StakeholderContact) -> None:
    outbox.notify_address(
        contact.email,
        language=contact.languages[0],
        kind=ASKED,
        about=contact,
        occasion=f"{contact.asked_on.isoformat()}.{contact.changed_at:%H%M%S%f}",
    )


# --- What an organisation says itself -----------------------------------------------------------------


def personal_address(name: str, contact: StakeholderContact) -> str:
    """Return a page for one organisation, known to whom we wrote at its address and to nobody else.

    Args:
        name: Of the page: ``contact_confirm`` or ``contact_stop``.
        contact: Whose.
    """
    token = signing.dumps([contact.pk, contact.email], salt=SALT)
    return f"{settings.PUBLIC_URL}{reverse(f'accounts:{name}', args=[token])}"


def contact_of(token: str) -> StakeholderContact:
    """Return the organisation that a personal page is for.

    Raises:
        StakeholderContact.DoesNotExist: The link is not one of ours, or the organisation has another address now.
    """
    try:
        pk, email = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise StakeholderContact.DoesNotExist from error
    return StakeholderContact.objects.select_related("member_state").get(pk=pk, email=email)


@transaction.atomic
def confirm_contact(*, token: str) -> StakeholderContact:
    """Keep that an organisation agrees to be listed and written to; also one that had ended it and comes back.

    Args:
        token: Of the personal link.

    Returns:
        The organisation.

    Raises:
        StakeholderContact.DoesNotExist: The link leads nowhere.

    Source: ACC-12.
    """
    contact = StakeholderContact.objects.select_for_update().get(pk=contact_of(token).pk)
    contact.confirmed_on, contact.stopped_on = today(), None
    contact.save(update_fields=["confirmed_on", "stopped_on"])
    audit.record(None, "contact.confirmed", contact)
    return contact


@transaction.atomic
def stop_mail(*, token: str) -> None:
    """End all mail to an organisation, and its listing; of what is known of it, only name and address stay.

    These stay so that nobody enters it again; done again, nothing changes.

    Args:
        token: Of the personal link.

    Raises:
        StakeholderContact.DoesNotExist: The link leads nowhere.

    Source: ACC-12.
    """
    contact = StakeholderContact.objects.select_for_update().get(pk=contact_of(token).pk)
    if contact.stopped_on is None:
        contact.stopped_on, contact.confirmed_on = today(), None
        contact.website = contact.areas = contact.note = ""
        contact.save()
        audit.record(None, "contact.stopped", contact)


# --- What the clock does --------------------------------------------------------------------------------


@transaction.atomic
def ask_each_year() -> int:
    """Ask the organisations whose word is a year old whether it still stands.

    Returns:
        How many are asked.

    Source: ACC-12.
    """
    day = today() - settings.CONTACT_CONFIRMED_FOR
    due = StakeholderContact.objects.filter(stopped_on=None, confirmed_on__lte=day, asked_on__lte=day)
    asked = list(due.select_for_update(skip_locked=True))
    for contact in asked:
        contact.asked_on = today()
        contact.save(update_fields=["asked_on"])
        _ask(contact)
    return len(asked)


@transaction.atomic
def discard_unconfirmed() -> int:
    """Delete the organisations that have not answered for long.

    Returns:
        How many are deleted.

    Source: ACC-12.
    """
    asked = StakeholderContact.objects.filter(stopped_on=None, asked_on__lte=today() - settings.CONTACT_KEPT)
    silent = list(asked.exclude(confirmed_on__gte=F("asked_on")).select_for_update(skip_locked=True))
    for contact in silent:
        audit.record(None, "contact.discarded", contact, state=contact.member_state_id)
        contact.delete()
    return len(silent)
