"""Weeks run from Monday to Monday by Geneva's clocks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone


def monday_of(moment: datetime, weeks: int = 0) -> datetime:
    """Return when a week begins. Source: reading A8.

    Args:
        moment: A moment of the week.
        weeks: How many weeks later (or, below zero, earlier) is meant.
    """
    local = moment.astimezone(timezone.get_default_timezone())
    monday = local + timedelta(days=7 * weeks - local.weekday())
    return monday.replace(hour=0, minute=0, second=0, microsecond=0)


def opens_on(days: Sequence[int], day: date) -> date:
    """Return ``day`` where it is one of some days of the week, else the next one after it that is. Source: FOR-09.

    Args:
        days: Such as 1 for Mondays; none for every day.
        day: The first that is thought of.
    """
    ahead = (day + timedelta(days=count) for count in range(7))
    return next((later for later in ahead if later.isoweekday() in days), day)
