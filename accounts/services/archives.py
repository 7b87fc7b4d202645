"""A person's own data: gathered in the background into one file, which its owner can download for some days."""

import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import IO

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone, translation
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from accounts.enums import MailScope
from accounts.models import AccountRequest, AuditEntry, DataArchive, User
from accounts.services import audit, outbox, worker

Gather = Callable[[User], Mapping[str, object]]
FOLDER = "archives"
LEFT_OUT = {"password"}  # of a person's own row
STATE = ("member_state__code", "member_state__economy")

_gatherers: list[Gather] = []


def register(gather: Gather) -> None:
    """Have an app above this one add what it keeps of a person.

    Args:
        gather: Takes the person; answers files by path: a text or a file as it is, anything else as JSON.
    """
    _gatherers.append(gather)


@transaction.atomic
def request_archive(*, actor: User) -> DataArchive:
    """Have one's own data gathered; while a file is being prepared, asking again changes nothing.

    Args:
        actor: Whose data it is.

    Returns:
        The archive that is or will be prepared.
    """
    person = User.objects.select_for_update(of=("self",)).get(pk=actor.pk)
    waiting = DataArchive.objects.waiting(timezone.now()).filter(user=person).first()
    if waiting is not None:
        return waiting
    archive = DataArchive.objects.create(user=person)
    audit.record(actor, "archive.requested", person, archive=archive.pk)
    transaction.on_commit(partial(worker.wake, "accounts.tasks.prepare_archives"), robust=True)
    return archive


def prepare_waiting() -> int:
    """Prepare what was asked for.

    Returns:
        How many are ready now.
    """
    return worker.do_each(DataArchive.objects.waiting(timezone.now()).select_related("user"), _prepare)


def _prepare(archive: DataArchive) -> None:
    with tempfile.TemporaryFile() as file:
        write_archive(archive.user, file)
        file.seek(0)
        archive.file.save(f"{get_random_string(32)}.zip", File(file), save=False)
    archive.ready_at = timezone.now()
    archive.expires_at = archive.ready_at + settings.ARCHIVE_LASTS
    archive.save()
    outbox.notify({archive.user_id: MailScope.ACCOUNT}, kind="archive.ready", about=archive)


def write_archive(person: User, file: IO[bytes]) -> None:
    """Write all that the forum keeps about one person as a ZIP of JSON and Markdown.

    Args:
        person: Whose data it is; also in whose language the file explains itself.
        file: Open for writing.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive, translation.override(person.language):
        for gather in (_about_the_person, *_gatherers):
            for path, content in gather(person).items():
                if isinstance(content, File):
                    with archive.open(path, "w", force_zip64=True) as copy, content.open("rb") as file:
                        copy.writelines(file.chunks())
                else:
                    archive.writestr(path, content if isinstance(content, str) else _as_json(content))


def _as_json(content: object) -> str:
    return json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)


def _about_the_person(person: User) -> dict[str, object]:
    columns = [field.attname for field in User._meta.concrete_fields if field.name not in LEFT_OUT]
    about = AuditEntry.objects.filter(subject=f"{User._meta.label_lower}:{person.pk}").order_by("at")
    done = AuditEntry.objects.filter(actor=person).order_by("at")
    return {
        "README.md": _(
            "This is what the Technical Assistance Forum keeps about you. Files that end in .json are lists for "
            "programs; your posts and drafts are texts in Markdown. Times are in UTC. Passwords are not kept in a "
            "form that anybody could read, so there are none here."
        )
        + "\n",
        "account.json": User.objects.filter(pk=person.pk).values(*columns, *STATE).get(),
        "mandates.json": _rows(
            person.mandates.all(), "office", "member_state__code", "regional_group__key", "starts_on", "ends_on"
        ),
        "acceptances.json": _rows(person.acceptances.all(), "protocol__version", "accepted_at"),
        "mail-preferences.json": _rows(person.mail_preferences.all(), "scope", "pace"),
        "notices.json": _rows(person.notices.order_by("created_at"), "kind", "scope", "state", "created_at", "sent_at"),
        "address-changes.json": _rows(person.address_changes.all(), "new_email", "created_at", "expires_at", "done_at"),
        "archives.json": _rows(person.archives.all(), "requested_at", "ready_at", "expires_at"),
        "requests.json": _rows(
            AccountRequest.objects.filter(email=person.email),
            *("full_name", "institution", "institution_kind", "languages_read", "reason", "created_at"),
            *("state", "decided_at", "decision_reason"),
        ),
        "seats.json": {
            "taken_at": list(person.seats_taken.values_list("handed_over_at", flat=True)),
            "left_at": list(person.seats_left.values_list("handed_over_at", flat=True)),
        },
        "audit.json": {
            "about_you": _rows(about, "at", "action", "reason", "facts"),
            "by_you": _rows(done, "at", "action", "subject"),
        },
    }


def _rows(rows: models.QuerySet, *columns: str) -> list[dict[str, object]]:
    return list(rows.values(*columns))


def discard(archives: Iterable[DataArchive]) -> int:
    """Delete the files of some archives, once that is committed, and their rows.

    Args:
        archives: Those meant.

    Returns:
        How many there were.
    """
    count = 0
    for archive in archives:
        if archive.file.name:
            transaction.on_commit(partial(archive.file.storage.delete, archive.file.name))
        archive.delete()
        count += 1
    return count


@transaction.atomic
def discard_expired() -> int:
    """Delete the archives that can no longer be downloaded.

    Returns:
        How many there were.
    """
    expired = DataArchive.objects.filter(expires_at__lte=timezone.now())
    return discard(expired.select_for_update(skip_locked=True))


def discard_strays() -> int:
    """Delete files that no row knows, left by a process that was killed between the file and its row.

    Returns:
        How many there were.
    """
    known = set(DataArchive.objects.values_list("file", flat=True))
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    old = timezone.now() - settings.ARCHIVE_PREPARATION
    strays = [path for path in (f"{FOLDER}/{name}" for name in names) if path not in known]
    strays = [path for path in strays if default_storage.get_modified_time(path) < old]
    for path in strays:
        default_storage.delete(path)
    return len(strays)
