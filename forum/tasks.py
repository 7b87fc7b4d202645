"""Celery's way into the forum."""

from celery import shared_task

from forum.services import digests


@shared_task
def write_digest() -> int:
    """Write the digest of the past week; asked by the clock every hour, it acts once a week."""
    return digests.write_digest()
