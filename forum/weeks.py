"""Weeks run from Monday to Monday by Geneva's clocks."""

from datetime import datetime, timedelta

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
