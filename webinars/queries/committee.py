"""The Committee's own calendar, which webinars better not overlap."""

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from webinars.models import CommitteeMeeting


def meetings_to_come() -> QuerySet[CommitteeMeeting]:
    """Return the meetings of the Committee that are not over, the next first. Source: WEB-29."""
    return CommitteeMeeting.objects.filter(ends_at__gt=timezone.now())


def overlapping(starts_at: datetime | None, ends_at: datetime | None) -> list[CommitteeMeeting]:
    """Return the meetings of the Committee that a time overlaps; none where there is no time yet.

    What begins when the other ends does not overlap it. Source: WEB-29, CDIP/30/8 annex.
    """
    if starts_at is None or ends_at is None:
        return []
    return list(CommitteeMeeting.objects.filter(starts_at__lt=ends_at, ends_at__gt=starts_at))
