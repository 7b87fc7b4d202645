"""Celery's way into moderation."""

from celery import shared_task

from moderation.services import weekly


@shared_task
def open_due_topics() -> int:
    """Open the weekly topics whose moment has come; asked by the clock every few seconds."""
    return weekly.open_due_topics()
