"""Celery's way into the forum."""

from celery import shared_task

from forum.services import attachments, clearances, digests, questions, records, translations


@shared_task
def write_digest() -> int:
    """Write the digest of the past week; asked by the clock every hour, it acts once a week."""
    return digests.write_digest()


@shared_task
def tell_of_unanswered() -> int:
    """Tell of questions that have waited too long; asked every ten minutes, each is told once."""
    return questions.tell_of_unanswered()


@shared_task
def write_records() -> int:
    """Write the documents that people asked for: woken by each request, and once a minute by the clock."""
    return records.write_waiting()


@shared_task
def discard_records() -> int:
    """Delete the documents that are too old to download; asked once a day."""
    return records.discard_expired()


@shared_task
def read_attachments() -> int:
    """Read the text of documents for search: woken by each file, and once a minute by the clock."""
    return attachments.read_texts()


@shared_task
def discard_attachments() -> None:
    """Delete files that waited for a post too long, and those that no row knows; asked once a day."""
    attachments.discard_forgotten()
    attachments.discard_strays()


@shared_task
def discard_clearances() -> int:
    """Delete the clearances that were decided long ago; asked once a day."""
    return clearances.discard_decided()


@shared_task
def translate_posts() -> int:
    """Have the rooms' machines translate what was asked of them: woken by each request, and once a minute."""
    return translations.translate_waiting()
