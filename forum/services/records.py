"""Records: discussions as documents, written in the background and kept for some days."""

from functools import partial

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.services import audit, worker
from forum import policies
from forum.documents.pdf import write_pdf
from forum.documents.record import record_text
from forum.documents.word import write_docx
from forum.enums import RecordFormat
from forum.models import Discussion, Record, Topic

WRITERS = {RecordFormat.DOCX: write_docx, RecordFormat.PDF: write_pdf}


@transaction.atomic
def ask_record(
    *, actor: User, topic: Topic, discussion: int | None, language: str, file_format: RecordFormat
) -> Record:
    """Have a topic or one discussion of it written as a document.

    Args:
        actor: For whom; only what they may see will be in it.
        topic: The topic.
        discussion: The id of the only discussion wanted; None for all of the topic's.
        language: Of the document.
        file_format: What the file is.

    Returns:
        The record that will be written, or the same one that is waiting already.

    Raises:
        Discussion.DoesNotExist: ``actor`` may see no such discussion.
        PermissionDenied: ``actor`` may not take a record away.

    Source: FOR-26, REP-11.
    """
    visible = Discussion.objects.visible_to(actor).filter(topic=topic)
    only = visible.get(pk=discussion) if discussion is not None else None
    if only is None and not visible.exists():
        raise Discussion.DoesNotExist
    policies.may_take_record(actor).enforce()
    wanted = {"topic": topic, "discussion": only, "language": language, "file_format": file_format}
    waiting = Record.objects.waiting(timezone.now()).filter(user=actor, **wanted).first()
    if waiting is not None:
        return waiting
    record = Record.objects.create(user=actor, **wanted)
    audit.record(actor, "record.asked", topic, discussion=discussion, language=language, format=file_format)
    transaction.on_commit(partial(worker.wake, "forum.tasks.write_records"), robust=True)
    return record


def write_waiting() -> int:
    """Write the records that were asked for.

    Returns:
        How many are settled now.
    """
    waiting = Record.objects.waiting(timezone.now()).select_related("topic__category", "topic__step", "discussion")
    return worker.do_each(waiting, _write)


def _write(record: Record) -> None:
    """Write one, with what its reader may see at this moment; it fails when that is nothing any more."""
    now = timezone.now()
    reader = User.objects.with_access().get(pk=record.user_id)
    try:
        policies.may_take_record(reader).enforce()
        text = record_text(record.topic, record.discussion, reader=reader, language=record.language)
    except (Discussion.DoesNotExist, PermissionDenied):
        record.failed_at = now
    else:
        content = WRITERS[RecordFormat(record.file_format)](text)
        record.file.save(f"{get_random_string(32)}.{record.file_format}", ContentFile(content), save=False)
        record.ready_at, record.expires_at = now, now + settings.RECORD_LASTS
    record.save()


@transaction.atomic
def discard_expired() -> int:
    """Delete the records that can no longer be downloaded, and their files once that is committed.

    Returns:
        How many there were.
    """
    old = timezone.now() - settings.RECORD_LASTS
    expired = Record.objects.filter(asked_at__lte=old).select_for_update(skip_locked=True)
    for record in expired:
        if record.file.name:
            transaction.on_commit(partial(record.file.storage.delete, record.file.name))
        record.delete()
    return len(expired)
