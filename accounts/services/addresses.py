"""Changing one's e-mail address: the old and the new one both confirm it."""

from datetime import timedelta
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import MailScope
from accounts.models import AddressChange, User
from accounts.queries.recipients import focal_points_of, secretariat
from accounts.services import audit, outbox, sessions

LINK_SALT = "address.change"


class Side(StrEnum):
    """Which of the two addresses a link was sent to."""

    OLD = "old"
    NEW = "new"


@transaction.atomic
def ask_for_address(*, actor: User, new_email: str) -> AddressChange:
    """Have both addresses asked whether they agree; an earlier wish that waits is dropped.

    Whether somebody has the new address already is not told: then its letter is not written.

    Args:
        actor: Whose address it is.
        new_email: In its canonical form.

    Returns:
        The change that waits for two confirmations.

    Raises:
        ValidationError: It is the address in use, or too many were asked for today.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    if new_email == person.email:
        raise ValidationError(_("This is the address you have now."), code="same_address")
    now = timezone.now()
    if person.address_changes.filter(created_at__gt=now - timedelta(days=1)).count() >= (
        settings.ADDRESS_CHANGES_A_DAY
    ):
        raise ValidationError(
            _("You have asked for several addresses today. Please try again tomorrow."), code="too_many_changes"
        )
    _drop_open(person)
    change = AddressChange.objects.create(
        user=person, new_email=new_email, created_at=now, expires_at=now + settings.ADDRESS_CHANGE_LASTS
    )
    outbox.notify({person.pk: MailScope.ACCOUNT}, kind="address.asked", about=change)
    outbox.notify_address(new_email, language=person.language, kind="address.offered", about=change)
    audit.record(actor, "address.asked", person, change=change.pk)
    return change


@transaction.atomic
def drop_address_change(*, actor: User) -> None:
    """End what waits to be confirmed, so that its links work no more.

    Args:
        actor: Whose address stays.
    """
    if _drop_open(actor):
        audit.record(actor, "address.kept", actor)


def _drop_open(person: User) -> int:
    now = timezone.now()
    return AddressChange.objects.open(now).filter(user=person).update(expires_at=now)


def link(change: AddressChange, side: Side) -> str:
    """Return the address of the page on which one side confirms ``change``."""
    token = signing.dumps([change.pk, side], salt=LINK_SALT)
    return f"{settings.PUBLIC_URL}{reverse('accounts:address_confirm', args=[token])}"


def read_link(token: str) -> tuple[AddressChange, Side]:
    """Return what a link is about.

    Raises:
        AddressChange.DoesNotExist: It is not one of ours, too old, or used up.
    """
    try:
        pk, side = signing.loads(token, salt=LINK_SALT, max_age=settings.ADDRESS_CHANGE_LASTS)
    except signing.BadSignature:
        raise AddressChange.DoesNotExist from None
    change = AddressChange.objects.open(timezone.now()).select_related("user").get(pk=pk)
    if not change.user.is_active:
        raise AddressChange.DoesNotExist
    return change, Side(side)


@transaction.atomic
def confirm_address(*, token: str, session_key: str | None = None) -> AddressChange:
    """Keep that one side agrees; when both do, the new address is in use at once.

    Args:
        token: From the link in the letter.
        session_key: Of the browser that confirms; where it is the person's own session, it goes on.

    Returns:
        The change, with ``done_at`` when it is made.

    Raises:
        AddressChange.DoesNotExist: The link is not valid, or somebody has the new address already.
    """
    found, side = read_link(token)
    person = User.objects.select_for_update(of=("self",)).get(pk=found.user_id)  # before the change, as in asking
    now = timezone.now()
    change = AddressChange.objects.open(now).select_for_update(of=("self",)).get(pk=found.pk)
    if side == Side.OLD:
        change.old_confirmed_at = change.old_confirmed_at or now
    else:
        change.new_confirmed_at = change.new_confirmed_at or now
    if change.old_confirmed_at and change.new_confirmed_at:
        _use(change, person, session_key)
        change.done_at = now
    change.save()
    return change


def _use(change: AddressChange, person: User, session_key: str | None) -> None:
    """Put the new address in the old one's place, everywhere the old one opens a door."""
    old_email, person.email = person.email, change.new_email
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError:
        raise AddressChange.DoesNotExist from None
    EmailAddress.objects.filter(user=person).delete()  # allauth's copy, which it makes anew
    sessions.end_sessions(person, but=session_key)
    outbox.notify({person.pk: MailScope.ACCOUNT}, kind="address.changed", about=change)
    outbox.notify_address(old_email, language=person.language, kind="address.left", about=change)
    outbox.notify(_guardians(person), kind="address.replaced", about=change)
    audit.record(person, "address.changed", person, change=change.pk)


def _guardians(person: User) -> dict[int, MailScope]:
    """Return who should know that somebody's address is another one: a seat is the state's. Source: ACC-11."""
    told = focal_points_of(person.member_state_id) | secretariat()
    told.pop(person.pk, None)
    return told
