"""The weekly digest: what was posted in a week, told in one mail."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import outbox
from forum.models import Digest, Discussion
from forum.services.audience import told_of_week
from forum.weeks import monday_of


@transaction.atomic
def write_digest() -> int:
    """Have the past week told to those who want it so; asked again in the same week, it does nothing.

    Returns:
        How many people are told.

    Source: workflow 2.1.
    """
    now = timezone.now()
    starts_at, ends_at = monday_of(now, weeks=-1), monday_of(now)
    digest, is_new = Digest.objects.get_or_create(ends_at=ends_at, defaults={"starts_at": starts_at})
    if not is_new:
        return 0
    active = Discussion.objects.filter(last_activity_at__gte=starts_at, last_number__gt=0)
    return outbox.notify(told_of_week(User.objects.active(now), active), kind="week.digested", about=digest)
