"""What the pages about reported posts show."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.waiting import Waiting
from forum.enums import PostState
from forum.models import Room
from moderation.enums import CaseState, Outcome, ReviewState
from moderation.models import Appeal, Case, Complaint, Report, Sanction
from moderation.models.cases import CaseQuerySet

OPINIONS_FROM = 200  # people to choose from, at most


def changed() -> Q:
    """Return the condition that the author of a hidden post has changed it since, and nobody has looked yet."""
    return Q(
        state=CaseState.DECIDED,
        outcome=Outcome.HIDDEN,
        post__state=PostState.HELD,
        post__edited_at__gt=F("decided_at"),
    )


def cases(viewer: User, *, state: str = "", room: str = "", whose: str = "") -> CaseQuerySet:
    """Return the cases that ``viewer`` sees, the oldest first; of those decided, the latest first.

    Args:
        viewer: Who looks.
        state: ``open`` for all that wait, ``second``, ``changed`` or ``decided``.
        room: The language of the only room meant; all of them when empty.
        whose: ``mine``, or ``nobody``; everybody's when empty.

    Source: MOD-05, MOD-09.
    """
    found = Case.objects.visible_to(viewer).order_by("opened_at", "pk")
    if state == "decided":
        found = found.filter(state=CaseState.DECIDED).order_by("-decided_at", "-pk")
    elif state == "second":
        found = found.filter(state=CaseState.SECOND)
    elif state == "changed":
        found = found.filter(changed())
    else:
        found = found.open()
    if room:
        found = found.filter(post__discussion__room__language=room)
    if whose:
        found = found.filter(assignee=viewer if whose == "mine" else None)
    return found.annotate(reported=Count("reports")).select_related(
        "post__discussion__topic",
        "post__discussion__room",
        "post__author",
        "post__imported_author",
        "assignee",
        "second_by",
    )


def counts(viewer: User) -> dict[str, int]:
    """Return how many cases wait, ask for a second person, or were changed by their author."""
    found: dict[str, int] = Case.objects.visible_to(viewer).aggregate(
        open=Count("pk", filter=~Q(state=CaseState.DECIDED)),
        second=Count("pk", filter=Q(state=CaseState.SECOND)),
        changed=Count("pk", filter=changed()),
    )
    return found


def is_late(case: Case) -> bool:
    """Tell whether a case waits for longer than it should."""
    return case.state != CaseState.DECIDED and timezone.now() - case.opened_at > settings.CASE_IS_LATE


def second_persons(viewer: User, case: Case) -> list[User]:
    """Return those whom ``viewer`` can ask for a second opinion: who moderates, but the author."""
    people = User.objects.active().with_access().filter(role__in=("moderator", "secretariat"))
    others = people.exclude(pk__in=[viewer.pk, case.post.author_id or 0]).order_by("full_name")
    return [person for person in others[:OPINIONS_FROM] if person.may_enter]


def assignees(case: Case) -> list[User]:
    """Return those who can be given a case: who moderates, and the facilitators of the room, but the author."""
    grants = case.post.discussion.room.grants.in_force().values("user")
    people = User.objects.active().with_access()
    found = people.filter(Q(role__in=("moderator", "secretariat")) | Q(role="facilitator", pk__in=grants))
    others = found.exclude(pk=case.post.author_id or 0).order_by("full_name")
    return [person for person in others[:OPINIONS_FROM] if person.may_enter]


def rooms_seen(viewer: User) -> Sequence[Room]:
    """Return the rooms whose reports ``viewer`` sees."""
    return list(Room.objects.visible_to(viewer))


@dataclass(frozen=True)
class Standing:
    """What moderation has to do with one person.

    Args:
        cases: What was decided about their posts, the latest first.
        sanctions: Warnings and times without writing or access.
        reports: What they reported.
    """

    cases: Sequence[Case]
    sanctions: Sequence[Sanction]
    reports: Sequence[Report]


def standing_of(person: User) -> Standing:
    """Gather what one person is shown of what was decided about them. Source: MOD-09, ACC-03."""
    place = ("post__discussion__topic", "post__discussion__room")
    decided = Case.objects.filter(post__author=person, state=CaseState.DECIDED).exclude(outcome=Outcome.NOTHING)
    reports = Report.objects.filter(reporter=person).select_related(*(f"case__{name}" for name in place))
    return Standing(
        cases=list(decided.select_related("appeal", *place).order_by("-decided_at")),
        sanctions=list(Sanction.objects.filter(user=person)),
        reports=list(reports.order_by("-reported_at")),
    )


def waiting_appeals(viewer: User) -> Waiting:
    """Count the appeals that wait, for the Secretariat's desk. Source: MOD-09."""
    found = Appeal.objects.visible_to(viewer).filter(state=ReviewState.WAITING)
    said = found.aggregate(count=Count("pk"), oldest=Min("made_at"))
    return Waiting(_("Appeals"), said["count"], said["oldest"], "moderation:appeal_list")


def waiting_complaints(viewer: User) -> Waiting:
    """Count the complaints that wait, likewise."""
    found = Complaint.objects.visible_to(viewer).filter(state=ReviewState.WAITING)
    said = found.aggregate(count=Count("pk"), oldest=Min("made_at"))
    return Waiting(_("Complaints and other feedback"), said["count"], said["oldest"], "moderation:complaint_list")
