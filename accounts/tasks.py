"""Celery's way into the accounts app."""

from celery import shared_task
from django.core.management import call_command

from accounts.services import outbox


@shared_task
def deliver_notices() -> int:
    """Send the notices that are due: woken by each commit, and once a minute by the clock."""
    return outbox.deliver_due()


@shared_task
def clear_sessions() -> None:
    """Forget the sessions that have expired; asked once a day."""
    call_command("clearsessions")
