"""What the page of the audit trail shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from accounts import endings
from accounts.models import AuditEntry, User

ENTRIES_PER_PAGE = 50
PEOPLE_SEARCHED = 500  # who can be meant by one part of a name
PERSON = User._meta.label_lower


@dataclass(frozen=True)
class AuditSearch:
    """What is looked for in the audit trail; what is empty does not matter.

    Args:
        person: Part of the name or address of who did it, or to whom it was done.
        action: How the action begins, such as ``mandate``.
        subject: What it was done to: kind and id, or the kind alone.
        first: The first day, Geneva's.
        last: The last day.
        reason: Part of the reason.
    """

    person: str = ""
    action: str = ""
    subject: str = ""
    first: date | None = None
    last: date | None = None
    reason: str = ""


@dataclass(frozen=True)
class AuditRow:
    """An entry, with the name of the person it was done to where that is all its subject is."""

    entry: AuditEntry
    subject_name: str


@dataclass(frozen=True)
class AuditPage:
    """Entries, the latest first; ``before`` is the id from which the next page goes on, if there is one."""

    rows: Sequence[AuditRow]
    before: int | None


def entries_found(search: AuditSearch) -> QuerySet[AuditEntry]:
    """Return the entries that a search finds, the latest first. Source: ACC-06."""
    entries = AuditEntry.objects.order_by("-pk")
    if search.person:
        meant = Q(full_name__icontains=search.person) | Q(email__icontains=search.person)
        people = list(User.objects.filter(meant).order_by("pk").values_list("pk", flat=True)[:PEOPLE_SEARCHED])
        subjects = [f"{PERSON}:{pk}" for pk in people]
        entries = entries.filter(Q(actor__in=people) | Q(subject__in=subjects) | Q(facts__person__in=people))
    if search.action:
        entries = entries.filter(action__istartswith=search.action)
    if search.subject:
        whole = Q(subject__iexact=search.subject) | Q(subject__istartswith=f"{search.subject}:")
        without_app = Q(subject__iendswith=f".{search.subject}") | Q(subject__icontains=f".{search.subject}:")
        entries = entries.filter(whole | without_app)
    if search.first:
        entries = entries.filter(at__gte=endings.moments(search.first, search.first)[0])
    if search.last:
        entries = entries.filter(at__lt=endings.moments(search.last, search.last)[1])
    if search.reason:
        entries = entries.filter(reason__icontains=search.reason)
    return entries


def audit_page(search: AuditSearch, before: int | None = None) -> AuditPage:
    """Gather one page of the audit trail.

    Args:
        search: What is looked for.
        before: The id of the last entry of the page before; None for the latest.

    Source: ACC-06.
    """
    found = entries_found(search).select_related("actor")
    if before is not None:
        found = found.filter(pk__lt=before)
    entries = list(found[: ENTRIES_PER_PAGE + 1])
    has_more, entries = len(entries) > ENTRIES_PER_PAGE, entries[:ENTRIES_PER_PAGE]
    people = {entry.subject: entry.subject.rpartition(":")[2] for entry in entries if entry.subject.startswith(PERSON)}
    names = dict(User.objects.filter(pk__in=people.values()).values_list("pk", "full_name")) if people else {}
    rows = [AuditRow(entry, names.get(int(people.get(entry.subject, 0)), "")) for entry in entries]
    return AuditPage(rows, entries[-1].pk if has_more else None)
