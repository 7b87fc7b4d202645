"""Registering for a webinar: confirming, waiting, being offered a place, cancelling, and being forgotten."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.models import User
from accounts.services import audit, outbox
from webinars.enums import RegistrationState, WebinarState
from webinars.models import Registration, Webinar
from webinars.policies import registrations as policies
from webinars.services import reminders

SALT = "webinars.registration"


def token_of(registration: Registration) -> str:
    """Return what a personal link holds; it is known to whom we wrote, and to nobody else."""
    return signing.dumps(registration.pk, salt=SALT)


def personal_address(registration: Registration) -> str:
    """Return the address of the page of one registration, as mail gives it."""
    return f"{settings.PUBLIC_URL}{reverse('webinars:registration_detail', args=[token_of(registration)])}"


def registration_of(token: str) -> Registration:
    """Return the registration that a personal link leads to.

    Raises:
        Registration.DoesNotExist: The link is not one of ours, or what it led to is forgotten.
    """
    try:
        pk = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise Registration.DoesNotExist from error
    return Registration.objects.select_related("webinar__cycle", "country").get(pk=pk)


@transaction.atomic
def register(*, webinar: Webinar, user: User | None, email: str, **fields: Any) -> Registration:
    """Register somebody, and write to the address; who is not signed in confirms it from there.

    An address that is registered already is written to again and nothing else changes, so that the page answers
    alike whether it is or not.

    Args:
        webinar: Visible to whoever registers.
        user: The signed-in participant, whose own address needs no confirmation.
        email: Where we write.
        fields: What ``RegistrationForm`` has accepted.

    Returns:
        The registration.

    Raises:
        PermissionDenied: Nobody may register now.

    Source: WEB-23, workflow 2.7.
    """
    locked = Webinar.objects.select_for_update().get(pk=webinar.pk)
    policies.may_register(locked, timezone.now()).enforce()
    email = email.lower()
    known = locked.registrations.exclude(state=RegistrationState.CANCELLED).filter(email=email).first()
    if known is not None:
        _tell(known, "again", occasion=f"{timezone.now():%Y%m%d%H}")
        return known
    is_own = user is not None and user.email == email
    registration = Registration(webinar=locked, user=user if is_own else None, email=email, **fields)
    registration.keep_until = _kept_until(locked, registration)
    try:
        with transaction.atomic():
            registration.save()
    except IntegrityError:
        return locked.registrations.exclude(state=RegistrationState.CANCELLED).get(email=email)
    if is_own:
        _take_place(registration, locked)
    else:
        _tell(registration, "asked")
    return registration


@transaction.atomic
def confirm(*, token: str) -> Registration:
    """Confirm a registration, or take the place that was offered; done again, nothing changes.

    Args:
        token: Of the personal link.

    Returns:
        The registration: confirmed, or on the waiting list where there is no place.

    Raises:
        Registration.DoesNotExist: The link leads nowhere.
        PermissionDenied: It is cancelled, or the webinar is over.
        ValidationError: The place was offered until a moment that has passed.

    Source: workflow 2.7.
    """
    registration, webinar = _locked(token)
    if registration.state == RegistrationState.OFFERED:
        if registration.offered_until is None or registration.offered_until <= timezone.now():
            raise ValidationError(_("This place was offered to the next person meanwhile."), code="expired")
        _settle(registration, RegistrationState.CONFIRMED)
    elif registration.state == RegistrationState.PENDING:
        _take_place(registration, webinar)
    return registration


@transaction.atomic
def cancel(*, token: str) -> Registration:
    """Cancel a registration; its place is offered to the next one who waits.

    Args:
        token: Of the personal link.

    Returns:
        The cancelled registration.

    Raises:
        Registration.DoesNotExist: The link leads nowhere.
        PermissionDenied: It is cancelled already, or the webinar is over.

    Source: workflow 2.7.
    """
    registration, webinar = _locked(token)
    had_been_told = registration.told_sequence is not None
    registration.state, registration.cancelled_at = RegistrationState.CANCELLED, timezone.now()
    registration.save(update_fields=["state", "cancelled_at"])
    reminders.drop(registration)
    if had_been_told:
        webinar.sequence += 1  # calendars leave out a cancellation that is no newer than their entry
        webinar.save(update_fields=["sequence"])
        _tell(registration, "cancelled")
    offer_places(webinar)
    audit.record(registration.user, "registration.cancelled", registration)
    return registration


def _locked(token: str) -> tuple[Registration, Webinar]:
    """Return a registration and its webinar, both locked, that may still change."""
    known = registration_of(token)
    webinar = Webinar.objects.select_for_update().get(pk=known.webinar_id)
    registration = Registration.objects.select_for_update(of=("self",)).select_related("webinar").get(pk=known.pk)
    policies.may_change(registration, timezone.now()).enforce()
    return registration, webinar


def _take_place(registration: Registration, webinar: Webinar) -> None:
    """Confirm a registration where there is a place for it, or put it on the waiting list."""
    _settle(registration, RegistrationState.CONFIRMED if has_place(webinar) else RegistrationState.WAITING)


def has_place(webinar: Webinar) -> bool:
    """Tell whether a webinar has a free place, and nobody has waited for it longer."""
    if webinar.capacity is None:
        return True
    taken = webinar.registrations.holding_places(timezone.now()).count()
    waiting = webinar.registrations.filter(state=RegistrationState.WAITING).exists()
    return taken < webinar.capacity and not waiting


def _settle(registration: Registration, state: RegistrationState) -> None:
    registration.state = state
    if state == RegistrationState.CONFIRMED:
        registration.confirmed_at = timezone.now()
        registration.offered_until = None
        registration.told_sequence = registration.webinar.sequence
    registration.save(update_fields=["state", "confirmed_at", "offered_until", "told_sequence"])
    if state == RegistrationState.CONFIRMED:
        reminders.schedule(registration)
    _tell(registration, state)
    audit.record(registration.user, f"registration.{state}", registration)


def offer_places(webinar: Webinar) -> int:
    """Offer what is free to those who wait, the longest first; what was offered in vain goes on to the next.

    Args:
        webinar: Locked.

    Returns:
        How many were offered.

    Source: workflow 2.7.
    """
    now = timezone.now()
    lapsed = webinar.registrations.filter(state=RegistrationState.OFFERED, offered_until__lte=now)
    lapsed.update(state=RegistrationState.WAITING, offered_until=None, registered_at=now)
    if webinar.capacity is None or not policies.may_register(webinar, now):
        return 0
    free = webinar.capacity - webinar.registrations.holding_places(now).count()
    waiting = webinar.registrations.filter(state=RegistrationState.WAITING).select_for_update()
    offered = 0
    for registration in waiting.order_by("registered_at", "pk")[: max(0, free)]:
        registration.state, registration.offered_until = RegistrationState.OFFERED, _offered_until(webinar, now)
        registration.save(update_fields=["state", "offered_until"])
        _tell(registration, RegistrationState.OFFERED, occasion=f"{now:%Y%m%d%H%M}")
        offered += 1
    return offered


def _offered_until(webinar: Webinar, now: datetime) -> datetime:
    """Return until when a free place is held; not beyond the start, but for an hour at least."""
    longest: datetime = now + settings.WEBINAR_OFFER_LASTS
    start = webinar.starts_at or longest
    return max(min(longest, start), now + timedelta(hours=1))


def offer_due_places() -> int:
    """Offer places of every webinar where an offer has lapsed or a place is free.

    Returns:
        How many were offered.

    Source: workflow 2.7.
    """
    now = timezone.now()
    waiting = Q(registrations__state=RegistrationState.WAITING)
    lapsed = Q(registrations__state=RegistrationState.OFFERED, registrations__offered_until__lte=now)
    open_ones = Webinar.objects.filter(waiting | lapsed, state=WebinarState.ANNOUNCED, ends_at__gt=now)
    offered = 0
    for pk in open_ones.distinct().values_list("pk", flat=True):
        with transaction.atomic():
            offered += offer_places(Webinar.objects.select_for_update().get(pk=pk))
    return offered


def follow_change(webinar: Webinar, event: str = "changed") -> None:
    """Tell everybody with a place what has changed about a webinar, and move their reminders.

    Args:
        webinar: As it is now, locked; its ``sequence`` has been raised.
        event: Which letter says so: ``changed`` for the time or the state, ``moved`` for the way in.

    Source: workflow 2.7.
    """
    told = webinar.registrations.filter(told_sequence__lt=webinar.sequence).exclude(state=RegistrationState.CANCELLED)
    for registration in told.select_for_update():
        registration.told_sequence = webinar.sequence
        registration.save(update_fields=["told_sequence"])
        _tell(registration, event, occasion=str(webinar.sequence))
    reminders.follow_change(webinar)


def _tell(registration: Registration, event: str, occasion: str = "") -> None:
    outbox.notify_address(
        registration.email,
        language=registration.language,
        kind=f"registration.{event}",
        about=registration,
        occasion=occasion,
    )


def _kept_until(webinar: Webinar, registration: Registration) -> Any:
    """Return the day on which the name and the address go; later for those who want to hear of later webinars."""
    kept = (
        settings.WEBINAR_REGISTRATIONS_KEPT_FOR_LATER
        if registration.hears_of_later
        else settings.WEBINAR_REGISTRATIONS_KEPT
    )
    return timezone.localdate(webinar.ends_at or timezone.now(), timezone=timezone.get_default_timezone()) + kept


def discard_old() -> int:
    """Forget who nobody confirmed, and take names and addresses from registrations whose time is over.

    The figures stay: country, kind of institution, gender, attendance.

    Returns:
        How many registrations were forgotten or emptied.

    Source: ACC-03, workflow 2.7.
    """
    unconfirmed = Registration.objects.filter(
        state=RegistrationState.PENDING, registered_at__lte=timezone.now() - settings.WEBINAR_CONFIRM_WITHIN
    )
    forgotten, _by_model = unconfirmed.delete()
    emptied = 0
    over = Registration.objects.filter(keep_until__lt=today()).exclude(full_name="")
    for registration in over.iterator(chunk_size=500):
        registration.full_name = registration.institution = ""
        registration.email = f"{registration.pk}@gone.invalid"
        registration.user = None
        registration.hears_of_later = False
        registration.save(update_fields=["full_name", "institution", "email", "user", "hears_of_later"])
        registration.campaign_mails.update(email=registration.email)
        emptied += 1
    return forgotten + emptied
