"""Celery's way into moderation."""

from celery import shared_task

from moderation.services import admissions, calls, rooms, traffic, weekly


@shared_task
def open_due_topics() -> int:
    """Open the weekly topics whose moment has come; asked by the clock every few seconds."""
    return weekly.open_due_topics()


@shared_task
def warn_of_next_week() -> int:
    """Tell the moderators what next week lacks; asked by the clock every hour, told once."""
    return weekly.warn_of_next_week()


@shared_task
def end_due_admissions() -> int:
    """End the admissions whose time is over; asked by the clock every few minutes."""
    return admissions.end_due_admissions()


@shared_task
def count_active_users() -> int:
    """Keep how many are active on this day; asked by the clock every hour, the last answer stays."""
    return traffic.count_active_users()


@shared_task
def remind_of_calls() -> int:
    """Remind those who were asked to answer; asked by the clock some times a day, each occasion is told once."""
    return calls.remind()


@shared_task
def follow_contracts() -> int:
    """Make rooms read-only whose contracts are over, and open them again; asked by the clock every few minutes."""
    return rooms.follow_contracts()
