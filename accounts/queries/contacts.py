"""What the pages about organisations show, and whom a message to them reaches."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from accounts.models import Circular, CircularCopy, StakeholderContact, User


@dataclass(frozen=True)
class WantedContacts:
    """Which organisations somebody looks for; what is empty asks nothing.

    Args:
        q: A part of the name or of the areas of work.
        state: The id of a member state.
        kind: An ``InstitutionKind``.
        language: The code of a language.
    """

    q: str = ""
    state: int | None = None
    kind: str = ""
    language: str = ""


def contacts_for(viewer: User, wanted: WantedContacts) -> QuerySet[StakeholderContact]:
    """Return the organisations that ``viewer`` may look up, by name. Source: ACC-12."""
    contacts = StakeholderContact.objects.visible_to(viewer).select_related("member_state")
    if wanted.q:
        contacts = contacts.filter(Q(name__icontains=wanted.q) | Q(areas__icontains=wanted.q))
    if wanted.state:
        contacts = contacts.filter(member_state=wanted.state)
    if wanted.kind:
        contacts = contacts.filter(institution_kind=wanted.kind)
    if wanted.language:
        contacts = contacts.filter(languages__contains=[wanted.language])
    return contacts


def recipients_of(circular: Circular) -> QuerySet[StakeholderContact]:
    """Return the organisations that a message reaches now: those it is for that agree to mail. Source: ACC-12."""
    contacts = StakeholderContact.objects.agreeing()
    if circular.member_state_id is not None:
        contacts = contacts.filter(member_state=circular.member_state_id)
    if circular.institution_kind:
        contacts = contacts.filter(institution_kind=circular.institution_kind)
    return contacts


def circulars_for(viewer: User) -> QuerySet[Circular]:
    """Return the messages that ``viewer`` may see, with ``sent_to`` and ``answered``; drafts first. Source: ACC-12."""
    circulars = Circular.objects.visible_to(viewer).select_related("member_state", "written_by")
    counted: QuerySet[Circular] = circulars.annotate(
        sent_to=Count("copies"), answered=Count("copies", filter=Q(copies__answered_at__isnull=False))
    )
    return counted


def answers_to(circular: Circular) -> Sequence[CircularCopy]:
    """Return what organisations answered a message, the latest first. Source: ACC-12."""
    answered = circular.copies.filter(answered_at__isnull=False)
    return list(answered.select_related("contact__member_state").order_by("-answered_at", "-pk"))
