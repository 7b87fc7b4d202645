"""Attachments: taking files, publishing them with a post, reading their text, discarding them."""

import hashlib
import logging
import tempfile
import time
import uuid
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.models import User
from accounts.services import audit, worker
from forum import policies
from forum.files import apart, sizes
from forum.files.kinds import BY_CONTENT_TYPE, KIND_NAMES, Kind, RefusedFileError, kind_of
from forum.files.names import clean_name
from forum.models import Attachment, Discussion, LibraryEntry, Post
from forum.models.attachments import AttachmentQuerySet
from forum.uploads import OversizedFile

logger = logging.getLogger(__name__)

FOLDERS = ("attachments", "previews")
STRAY_FROM = timedelta(days=1)
READING_TIME = 60  # seconds that one turn may take; the sweep goes on in the next minute
REFUSALS = {
    "kind": _("“%(name)s” is not of a kind that can be attached. These can: %(kinds)s."),
    "other": _(
        "“%(name)s” is not what its ending says, or it is locked with a password. Save it anew as one of %(kinds)s."
    ),
    "damaged": _("“%(name)s” is damaged and cannot be read. Save it anew, then attach that file."),
    "password": _("“%(name)s” is locked with a password. Save it without one, then attach that file."),
    "programs": _(
        "“%(name)s” holds macros, scripts, forms that send, or other files. Save it without them, "
        "for instance by printing it to a PDF."
    ),
    "elsewhere": _(
        "“%(name)s” fetches a template or a picture from elsewhere when it is opened. Put that into the document "
        "itself, or print it to a PDF."
    ),
    "bomb": _("“%(name)s” unpacks to far more than it is. Save it anew, then attach that file."),
    "pixels": _("“%(name)s” has too many pixels to be shown. Make it smaller, then attach that picture."),
    "slow": _("“%(name)s” takes too long to check. Divide it, or make it simpler."),
    "empty": _("“%(name)s” is empty."),
    "often": _(
        "“%(name)s” is not taken: you have sent too many files within an hour. Wait a while, then send it again."
    ),
    "size": _("“%(name)s” is larger than %(limit)s, the most for one file."),
    "together": _("With “%(name)s” the files of this post would have more than %(limit)s together."),
    "many": _("“%(name)s” would be one too many: a post has at most %(most)s files."),
    "waiting": _(
        "“%(name)s” would be one too many: %(most)s files of yours already wait to be published. "
        "Publish those posts or remove the files first."
    ),
}


class Source(NamedTuple):
    """A file that was found good, before it is kept."""

    name: str
    kind: Kind
    checked: apart.Checked


def attach_to_discussion(*, actor: User, discussion: int, upload: UploadedFile) -> Attachment:
    """Take a file for a post that is being written; only its author sees it until that is published.

    Args:
        actor: Who writes.
        discussion: The id of the discussion it is meant for.
        upload: The file as it came.

    Returns:
        The attachment; the one that waits already where the same content comes again.

    Raises:
        Discussion.DoesNotExist: The discussion is hidden from ``actor``.
        PermissionDenied: ``actor`` may not post in it; the message says why.
        ValidationError: The file is not taken; the message says why, and what would be.

    Source: FOR-01, security.md FI-04 to FI-09.
    """
    found = Discussion.objects.visible_to(actor).select_related("topic", "room").get(pk=discussion)
    policies.may_post(actor, found).enforce()
    with _source(upload, actor) as source:
        return _keep(source, actor, discussion=found)


def attach_to_entry(*, actor: User, entry: LibraryEntry, upload: UploadedFile) -> Attachment:
    """Take a file for an entry of the library; who may read the entry may have it.

    Args:
        actor: Who adds it.
        entry: What it belongs to.
        upload: The file as it came.

    Raises:
        LibraryEntry.DoesNotExist: The entry is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change it; the message says why.
        ValidationError: The file is not taken; the message says why, and what would be.

    Source: LIB-01, security.md FI-04 to FI-09.
    """
    found = LibraryEntry.objects.visible_to(actor).get(pk=entry.pk)
    policies.may_change_entry(actor, found).enforce()
    with _source(upload, actor) as source:
        return _keep(source, actor, entry=found)


@contextmanager
def _source(upload: UploadedFile, actor: User) -> Iterator[Source]:
    """Check a file in a folder of its own, which goes with the block."""
    name = clean_name(upload.name or "")
    if limits.is_too_many("upload", "too_many_uploads", person=actor):
        raise _refused("often", name)
    try:
        kind = kind_of(name)
        _check_size(upload)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            with path.open("wb") as copy:
                copy.writelines(upload.chunks())
            yield Source(name, kind, apart.check(path, kind, Path(folder)))
    except RefusedFileError as refusal:
        raise _refused(refusal.code, name) from None


def _check_size(upload: UploadedFile) -> None:
    if not upload.size:
        raise RefusedFileError("empty")
    if upload.size > settings.ATTACHMENT_BYTES:
        raise RefusedFileError("size")
    if isinstance(upload, OversizedFile):
        raise RefusedFileError("together")


def _refused(code: str, name: str, **facts: object) -> ValidationError:
    limit = settings.ATTACHMENTS_BYTES if code == "together" else settings.ATTACHMENT_BYTES
    facts = {"limit": sizes.in_words(limit), "kinds": KIND_NAMES, **facts}
    isolated = f"\u2068{name}\u2069"  # its direction does not turn the sentence
    return ValidationError(REFUSALS[code], code=code, params={"name": isolated, **facts})


def _keep(
    source: Source, actor: User, *, discussion: Discussion | None = None, entry: LibraryEntry | None = None
) -> Attachment:
    """Keep a checked file and its row, both or none of them."""
    content = source.checked.content
    attachment = Attachment(
        discussion=discussion,
        entry=entry,
        uploaded_by=actor,
        name=source.name,
        content_type=source.kind.content_type,
        size=content.stat().st_size,
        sha256=_sha256(content),
        preview_width=source.checked.width,
        preview_height=source.checked.height,
        text_read_at=timezone.now() if source.kind.is_image else None,
    )
    try:
        with transaction.atomic():
            User.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.pk)  # one file after the other
            known = _beside(attachment).filter(sha256=attachment.sha256, name=attachment.name).first()
            if known is not None:
                return known
            _check_room(attachment)
            with content.open("rb") as file:
                attachment.file.save(get_random_string(32), File(file), save=False)
            if source.checked.preview:
                with source.checked.preview.open("rb") as file:
                    attachment.preview.save(get_random_string(32), File(file), save=False)
            attachment.save()
            audit.record(actor, "attachment.added", attachment)
            if attachment.text_read_at is None:
                transaction.on_commit(partial(worker.wake, "forum.tasks.read_attachments"), robust=True)
    except BaseException:
        _delete_files(attachment)
        raise
    return attachment


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _beside(attachment: Attachment) -> AttachmentQuerySet:
    """Return the files that are counted together with one: of the same unpublished post, or of the same entry."""
    if attachment.entry is not None:
        return Attachment.objects.filter(entry=attachment.entry)
    return Attachment.objects.waiting().filter(uploaded_by=attachment.uploaded_by, discussion=attachment.discussion)


def _check_room(attachment: Attachment) -> None:
    """Refuse what goes beyond the number or size of files, of one post or of all that somebody has waiting."""
    beside = _beside(attachment).aggregate(count=Count("pk"), size=Sum("size", default=0))
    if beside["count"] >= settings.ATTACHMENTS_PER_POST:
        raise _refused("many", attachment.name, most=settings.ATTACHMENTS_PER_POST)
    if beside["size"] + attachment.size > settings.ATTACHMENTS_BYTES:
        raise _refused("together", attachment.name)
    waiting = Attachment.objects.waiting().filter(uploaded_by=attachment.uploaded_by)
    if attachment.entry is None and waiting.count() >= settings.ATTACHMENTS_WAITING:
        raise _refused("waiting", attachment.name, most=settings.ATTACHMENTS_WAITING)


def attach_all(*, actor: User, discussion: int, uploads: Iterable[UploadedFile]) -> tuple[list[Attachment], list[str]]:
    """Take several files for a post: the good ones stay, whatever is wrong with others.

    Args:
        actor: Who writes.
        discussion: The id of the discussion they are meant for.
        uploads: The files as they came.

    Returns:
        What is attached now, and why each of the others is not.

    Raises:
        Discussion.DoesNotExist: The discussion is hidden from ``actor``.
        PermissionDenied: ``actor`` may not post in it; the message says why.
    """
    attached, refusals = [], []
    for upload in uploads:
        try:
            attached.append(attach_to_discussion(actor=actor, discussion=discussion, upload=upload))
        except ValidationError as refusal:
            refusals += refusal.messages
    return attached, refusals


def publish_with(post: Post, keys: Collection[uuid.UUID]) -> None:
    """Give waiting files to a post that is being published, in the transaction of that.

    Args:
        post: What they belong to from now on.
        keys: Of the files, as the form named them.

    Raises:
        ValidationError: One of them is no longer there, so that the author looks again before anybody reads it.
    """
    if not keys:
        return
    waiting = Attachment.objects.waiting().filter(uploaded_by=post.author_id, discussion=post.discussion_id)
    if waiting.filter(key__in=keys).update(post=post) < len(set(keys)):
        raise ValidationError(
            _("A file that you had attached is no longer there. Look at the list of files, then publish again."),
            code="attachment_gone",
        )


def change_files(post: Post, *, added: Collection[uuid.UUID], discarded: Collection[uuid.UUID]) -> bool:
    """Give waiting files to a published post and take some of its own off, in the transaction of its rewording.

    Args:
        post: Locked.
        added: Keys of waiting files.
        discarded: Keys of its files.

    Returns:
        Whether that changed anything.

    Raises:
        ValidationError: One of the new files is no longer there, or the post would have too many or too large ones.
    """
    gone = discard(post.attachments.filter(key__in=list(discarded)))
    publish_with(post, added)
    held = post.attachments.aggregate(count=Count("pk"), size=Sum("size", default=0))
    last = post.attachments.order_by("pk").last()
    if added and last is not None and held["count"] > settings.ATTACHMENTS_PER_POST:
        raise _refused("many", last.name, most=settings.ATTACHMENTS_PER_POST)
    if added and last is not None and held["size"] > settings.ATTACHMENTS_BYTES:
        raise _refused("together", last.name)
    return bool(gone or added)


def discard_copies(post: Post, keys: Collection[uuid.UUID]) -> None:
    """Discard files that came a second time, with a form that had already published ``post`` with them.

    Args:
        post: What the form published at first.
        keys: Of the files that came again.
    """
    known = post.attachments.values("sha256")
    again = Attachment.objects.waiting().filter(uploaded_by=post.author_id, discussion=post.discussion_id)
    if keys:
        discard(again.filter(key__in=keys, sha256__in=known))


@transaction.atomic
def remove_attachment(*, actor: User, key: uuid.UUID) -> Attachment:
    """Remove a file of one's own that is not published yet.

    Args:
        actor: Who attached it.
        key: The file's.

    Returns:
        What it was.

    Raises:
        Attachment.DoesNotExist: There is none such that waits for ``actor``.
    """
    waiting = Attachment.objects.visible_to(actor).waiting().filter(uploaded_by=actor)
    attachment = waiting.select_related("discussion__room").select_for_update(of=("self",)).get(key=key)
    audit.record(actor, "attachment.removed", attachment)
    discard([attachment])
    return attachment


def discard(attachments: Iterable[Attachment]) -> int:
    """Delete rows, and their files once that is committed.

    Args:
        attachments: Those meant.

    Returns:
        How many there were.
    """
    count = 0
    for attachment in attachments:
        for file in (attachment.file, attachment.preview):
            if file.name:
                transaction.on_commit(partial(file.storage.delete, file.name), robust=True)
        Attachment.objects.filter(pk=attachment.pk).delete()
        count += 1
    return count


@transaction.atomic
def discard_forgotten() -> int:
    """Discard the files that have waited for a post too long.

    Returns:
        How many there were.
    """
    old = timezone.now() - settings.ATTACHMENTS_WAIT
    return discard(Attachment.objects.waiting().filter(uploaded_at__lt=old).select_for_update(skip_locked=True))


def discard_strays() -> int:
    """Delete files that no row knows, left by a process that was killed between the file and its row.

    Returns:
        How many there were.
    """
    known = {name for names in Attachment.objects.values_list("file", "preview") for name in names}
    old = timezone.now() - STRAY_FROM
    count = 0
    for path in _stored():
        if path not in known and default_storage.get_modified_time(path) < old:
            default_storage.delete(path)
            count += 1
    return count


def _stored() -> Iterator[str]:
    for folder in FOLDERS:
        try:
            _folders, names = default_storage.listdir(folder)
        except FileNotFoundError:
            continue
        yield from (f"{folder}/{name}" for name in names)


def _delete_files(attachment: Attachment) -> None:
    for file in (attachment.file, attachment.preview):
        if file.name:
            file.storage.delete(file.name)


# --- What search finds in documents -------------------------------------------------------------------


def read_texts() -> int:
    """Read the text of the documents that are due, for as long as one turn lasts.

    Nothing is locked meanwhile, as a post is not to wait for it: two workers may read one document twice.

    Returns:
        How many were read.
    """
    until, last, count = time.monotonic() + READING_TIME, 0, 0
    while time.monotonic() < until:
        attachment = Attachment.objects.filter(text_read_at=None, pk__gt=last).order_by("pk").first()
        if attachment is None:
            break
        last = attachment.pk
        count += _read_text(attachment)
    return count


def _read_text(attachment: Attachment) -> bool:
    """Read one document; what cannot be read has no text, and is not tried again."""
    text = ""
    try:
        with tempfile.TemporaryDirectory() as folder, attachment.file.open("rb") as file:
            path = Path(folder) / "file"
            with path.open("wb") as copy:
                copy.writelines(file.chunks())
            text = apart.text_of(path, BY_CONTENT_TYPE[attachment.content_type])
    except FileNotFoundError:
        logger.error("The file of attachment %s is missing", attachment.pk)
    except OSError as error:  # the storage is away for the moment
        logger.warning("Attachment %s cannot be read now: %s", attachment.pk, type(error).__name__)
        return False
    Attachment.objects.filter(pk=attachment.pk).update(text=text, text_read_at=timezone.now())
    return True
