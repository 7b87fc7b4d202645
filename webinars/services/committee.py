"""The Committee's calendar: its sessions, and what takes place beside them."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from webinars.models import CommitteeMeeting
from webinars.policies.webinars import may_organize


@transaction.atomic
def add_committee_meeting(*, actor: User, values: Mapping[str, Any]) -> CommitteeMeeting:
    """Put a session of the Committee, or an event beside one, into its calendar.

    Args:
        actor: Who does so.
        values: By name of the field, as ``CommitteeMeetingForm`` has accepted them.

    Returns:
        The saved meeting.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: It is there already.

    Source: WEB-29, CDIP/30/8 annex.
    """
    may_organize(actor).enforce()
    try:
        with transaction.atomic():
            meeting = CommitteeMeeting.objects.create(**values)
    except IntegrityError:
        raise ValidationError(_("This meeting is in the list already."), code="twice") from None
    audit.record(actor, "committee_meeting.added", meeting)
    return meeting


@transaction.atomic
def drop_committee_meeting(*, actor: User, meeting: int) -> None:
    """Take a meeting out of the Committee's calendar.

    Args:
        actor: Who does so.
        meeting: Its id.

    Raises:
        CommitteeMeeting.DoesNotExist: It is not there any more.
        PermissionDenied: ``actor`` is not of the Secretariat.
    """
    may_organize(actor).enforce()
    found = CommitteeMeeting.objects.select_for_update().get(pk=meeting)
    audit.record(actor, "committee_meeting.dropped", found, title=found.title)
    found.delete()
