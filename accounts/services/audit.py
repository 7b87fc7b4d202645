"""Writing the audit trail, sealing it, and finding what was done to it."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max

from accounts import policies
from accounts.models import AuditEntry, User

GENESIS = "0" * 64  # what the first entry is chained to
SEALED_AT_ONCE = 5_000
READ_AT_ONCE = 2_000
LOCK = 0x0A0D17  # who holds this advisory lock seals


class BrokenChainError(Exception):
    """The audit trail is not as it was sealed; the message names the first entry that is not."""


def record(actor: User | None, action: str, subject: models.Model, *, reason: str = "", **facts: Any) -> AuditEntry:
    """Keep that ``actor`` did ``action`` to ``subject``, in the transaction of the change itself.

    Args:
        actor: Who did it; None when the forum acted on its clock.
        action: Noun and past verb, such as ``post.published``.
        subject: What it was done to; kept as kind and id.
        reason: Why, where the decision was given one.
        facts: What a later reader needs: ids, dates, reasons of decisions, never what people wrote.

    Returns:
        The saved entry.

    Source: ACC-03, ACC-06.
    """
    return AuditEntry.objects.create(
        actor=actor, action=action, subject=f"{subject._meta.label_lower}:{subject.pk}", reason=reason, facts=facts
    )


def record_each(actor: User | None, action: str, subjects: Sequence[models.Model], **facts: Any) -> None:
    """Keep that ``actor`` did ``action`` to each of many rows, in few statements.

    Args:
        actor: Who did it; None when the forum acted on its clock.
        action: Noun and past verb, such as ``person.invited``.
        subjects: What it was done to; each is kept as kind and id, in an entry of its own.
        facts: What a later reader needs, the same for all.

    Source: ACC-03, ACC-06.
    """
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(actor=actor, action=action, subject=f"{subject._meta.label_lower}:{subject.pk}", facts=facts)
            for subject in subjects
        ],
        batch_size=READ_AT_ONCE,
    )


def plain(entry: AuditEntry) -> dict[str, Any]:
    """Return what an entry says, as it is sealed and exported; the seal itself is beside it."""
    return {
        "position": entry.position,
        "id": entry.pk,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "action": entry.action,
        "subject": entry.subject,
        "reason": entry.reason,
        "facts": entry.facts,
    }


def seal_of(previous: str, said: dict[str, Any]) -> str:
    """Return the seal of an entry: SHA-256 over the seal before it and the entry's canonical JSON.

    Args:
        previous: The seal of the entry before; ``GENESIS`` for the first.
        said: What the entry says, as ``plain`` gives it.
    """
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def seal() -> int:
    """Chain the entries that have been committed since the last time; writing an entry never waits for this.

    Returns:
        How many were sealed.
    """
    total = 0
    while (count := _seal_some()) > 0:
        total += count
        if count < SEALED_AT_ONCE:
            break
    return total


@transaction.atomic
def _seal_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = AuditEntry.objects.filter(position__isnull=False).order_by("-position").first()
    position, previous = (last.position or 0, last.hash) if last else (0, GENESIS)
    entries = list(AuditEntry.objects.filter(position=None, hash="").order_by("pk")[:SEALED_AT_ONCE])
    seals = []
    for entry in entries:
        position += 1
        entry.position = position
        previous = seal_of(previous, plain(entry))
        seals.append((entry.pk, position, previous))
    if seals:
        ids, positions, hashes = map(list, zip(*seals, strict=True))
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE accounts_auditentry AS entry SET position = seal.position, hash = seal.hash"
                " FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS seal (id, position, hash)"
                " WHERE entry.id = seal.id",
                [ids, positions, hashes],
            )
    return len(seals)


def verify(since: str = "") -> tuple[int, str]:
    """Recompute the chain from its first entry to its last.

    Args:
        since: A seal that was kept elsewhere, which must still be in the chain.

    Returns:
        How many entries were checked, and the last one's seal.

    Raises:
        BrokenChainError: An entry was changed, removed or moved, or the kept seal is not found.
    """
    count, previous, is_found = 0, GENESIS, since in {"", GENESIS}
    chain = AuditEntry.objects.exclude(position=None, hash="").order_by(models.F("position").asc(nulls_first=True))
    for entry in chain.iterator(chunk_size=READ_AT_ONCE):
        if entry.position is None or entry.position < 1:
            raise BrokenChainError(f"Entry {entry.pk} has a seal but no place in the chain: its place was removed.")
        if entry.position != count + 1:
            raise BrokenChainError(
                f"Place {count + 1} of the chain is empty, and entry {entry.pk} stands at {entry.position}:"
                " an entry was removed."
            )
        if entry.hash != seal_of(previous, plain(entry)):
            raise BrokenChainError(_what_happened(entry, previous))
        count, previous = count + 1, entry.hash
        is_found = is_found or previous == since
    if not is_found:
        raise BrokenChainError(
            "The seal that was kept is not in the chain: its latest entries were removed, or it was sealed anew."
        )
    return count, previous


def _what_happened(entry: AuditEntry, previous: str) -> str:
    """Tell an entry that was changed from one that stands where another one was sealed."""
    place = entry.position
    for other in AuditEntry.objects.exclude(pk=entry.pk).iterator(chunk_size=READ_AT_ONCE):
        if other.hash and other.hash == seal_of(previous, {**plain(other), "position": place}):
            return (
                f"Entry {entry.pk} stands at place {place}, where entry {other.pk} was sealed: they are out of order."
            )
    return f"Entry {entry.pk} at place {place} does not match its seal: it was changed after it was sealed."


@transaction.atomic
def export(
    *, actor: User, entries: models.QuerySet[AuditEntry], form: str, search: dict[str, str]
) -> Iterator[AuditEntry]:
    """Return entries to write to a file one after another, once that this is done is itself recorded.

    Args:
        actor: Who takes them out.
        entries: Those asked for.
        form: What kind of file: ``csv`` or ``jsonl``.
        search: What was searched for, by the fields of the search.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.
    """
    policies.may_use_desk(actor).enforce()
    last = AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    record(actor, "audit.exported", actor, form=form, search=search, up_to=last)
    chosen = entries.filter(pk__lte=last).select_related("actor").order_by("pk")
    return chosen.iterator(chunk_size=READ_AT_ONCE)
