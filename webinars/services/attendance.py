"""Who came: join times from the join button and from the meeting software, merged, and corrected by hand."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import audit
from webinars.enums import AttendanceSource
from webinars.models import AttendanceInterval, Registration
from webinars.policies import registrations as policies
from webinars.queries.attendance import has_attended as has_attended


def note_join(registration: Registration) -> None:
    """Keep that somebody pressed the join button; pressed again soon, it is the same stay."""
    now = timezone.now()
    recent = registration.intervals.filter(
        source=AttendanceSource.PAGE, joined_at__gte=now - settings.WEBINAR_REJOIN_WITHIN
    )
    if not recent.exists():
        AttendanceInterval.objects.create(registration=registration, joined_at=now, source=AttendanceSource.PAGE)


@transaction.atomic
def note_stay(
    registration: Registration, *, joined_at: datetime, left_at: datetime | None, external_id: str
) -> AttendanceInterval:
    """Keep a stay that the meeting software reports; reported again, it is the same one.

    Args:
        registration: Whose it is.
        joined_at: When it began.
        left_at: When it ended, if it has.
        external_id: What names it there.
    """
    stay, _new = AttendanceInterval.objects.update_or_create(
        registration=registration,
        external_id=external_id,
        defaults={"joined_at": joined_at, "left_at": left_at, "source": AttendanceSource.PROVIDER},
    )
    return stay


@transaction.atomic
def correct(*, actor: User, registration: Registration, attended: bool | None, reason: str) -> Registration:
    """Say by hand whether somebody came, or leave it to the join times again.

    Args:
        actor: Who says so.
        registration: Whose attendance it is.
        attended: Whether they came; None for what the join times say.
        reason: Why, for the audit trail.

    Returns:
        The changed registration.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.

    Source: workflow 2.7.
    """
    policies.may_manage(actor).enforce()
    locked = Registration.objects.select_for_update().get(pk=registration.pk)
    before, locked.attended = locked.attended, attended
    locked.save(update_fields=["attended"])
    audit.record(actor, "attendance.corrected", locked, reason=reason, before=before, after=attended)
    return locked
