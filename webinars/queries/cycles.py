"""What the Secretariat's pages about the yearly cycles show."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.days import today
from accounts.enums import Office
from accounts.models import Mandate, MemberState, RegionalGroup, User
from accounts.verdicts import Verdict
from accounts.waiting import Waiting
from webinars.enums import InterestLevel, Origin, ProposalState, WebinarState
from webinars.models import Cycle, GroupAnswer, Interest, Proposal, TopicSuggestion, Webinar
from webinars.models.cycles import PUBLIC
from webinars.models.proposals import LISTED
from webinars.policies.answers import TAKEN_DOWN
from webinars.policies.cycles import may_change_cycle, may_change_list

WORDS = ("title", "aims", "audience", "subject")
"""What a proposal says, in each of its languages."""


def mark_of(cycle: Cycle) -> str:
    """Return what tells the state and settings of a cycle from all others, to notice that it was changed meanwhile."""
    said = {field.attname: str(getattr(cycle, field.attname)) for field in Cycle._meta.concrete_fields}
    scopes = list(cycle.scopes.order_by("area").values_list("area", "in_scope"))
    return hashlib.sha256(repr((said, scopes)).encode()).hexdigest()[:16]


def lacking_words(proposal: Proposal) -> list[str]:
    """Return the core languages in which a topic of the list is not written yet."""
    return [
        code
        for code in settings.CORE_LANGUAGES
        if not all((getattr(proposal, f"{word}_{code}") or "").strip() for word in WORDS)
    ]


def groups_with_coordinator() -> set[int]:
    """Return the ids of the groups for which somebody's mandate is in force and whose account works."""
    mandates = Mandate.objects.in_force(today()).filter(office=Office.COORDINATOR)
    return set(mandates.filter(user__in=User.objects.active()).values_list("regional_group", flat=True))


def cycles_of(viewer: User) -> QuerySet[Cycle]:
    """Return the cycles with how many topics and how many answers each has, the latest year first."""
    return Cycle.objects.visible_to(viewer).annotate(
        topics=Count(
            "proposals",
            filter=Q(proposals__origin__in=LISTED) & ~Q(proposals__state=ProposalState.WITHDRAWN),
            distinct=True,
        ),
        answered=Count("answers", distinct=True),
    )


def places_taken(cycle: Cycle, added: Webinar | None = None) -> int:
    """Return how many webinars of a year count; one that is cancelled does not, a repeat where the cycle says so.

    Args:
        cycle: Of the year.
        added: One that is to be among them, as it is to be saved.

    Source: WEB-05, reading A11.
    """
    kept = [webinar for webinar in cycle.webinars.exclude(state=WebinarState.CANCELLED) if webinar != added]
    counted = [*kept, added] if added else kept
    return len(counted if cycle.counts_repeats else {webinar.repeats_id or webinar.pk for webinar in counted})


@dataclass(frozen=True)
class Topic:
    """A topic of the Secretariat's list, as the Secretariat sees it.

    Args:
        proposal: The topic.
        lacking: The core languages in which it is not written yet.
        taken_up_by: How many groups want it.
    """

    proposal: Proposal
    lacking: Sequence[str]
    taken_up_by: int


@dataclass(frozen=True)
class GroupRow:
    """How far a group has come with its answer.

    Args:
        group: The group.
        coordinators: Whose mandate is in force; nobody where the Secretariat answers on its behalf.
        answer: What it has handed in, if it has.
        stated: On how many topics it has said something.
        proposed: How many proposals it has handed in.
    """

    group: RegionalGroup
    coordinators: Sequence[User]
    answer: GroupAnswer | None
    stated: int
    proposed: int


@dataclass(frozen=True)
class CyclePage:
    """A cycle as the Secretariat runs it.

    Args:
        cycle: The cycle.
        topics: Its list.
        groups: Every group, by name.
        without_group: The member states that no coordinator answers for because they are in no group.
        received: What groups and states have proposed.
        left: Drafts of states that wait for a coordinator, or have none.
        suggestions: What participants suggested and nobody has put on a list yet.
        pipeline: Proposals of earlier years that were carried over and are on no later list.
        may_change: Whether settings may be changed.
        may_list: Whether topics may be added and taken off.
        enters_answers: Whether the Secretariat may enter what groups and states say.
    """

    cycle: Cycle
    topics: Sequence[Topic]
    groups: Sequence[GroupRow]
    without_group: Sequence[MemberState]
    received: Sequence[Proposal]
    left: Sequence[Proposal]
    suggestions: Sequence[TopicSuggestion]
    pipeline: Sequence[Proposal]
    may_change: Verdict
    may_list: Verdict
    enters_answers: bool

    @property
    def waits_for(self) -> list[RegionalGroup]:
        """The groups whose coordinator has not handed in an answer."""
        return [row.group for row in self.groups if row.coordinators and row.answer is None]


def cycle_page(viewer: User, year: int) -> CyclePage:
    """Gather the page of one cycle for the Secretariat. Source: WEB-08, WEB-09, reading A14.

    Raises:
        Cycle.DoesNotExist: There is none, or it is hidden from ``viewer``.
    """
    cycle = Cycle.objects.visible_to(viewer).get(year=year)
    wanted = Count("interests", filter=Q(interests__replaced_at=None, interests__level__gt=InterestLevel.NONE))
    proposals = list(
        Proposal.objects.visible_to(viewer)
        .filter(cycle=cycle)
        .exclude(state__in=[ProposalState.DRAFT, ProposalState.WITHDRAWN])
        .select_related("cycle", "group", "member_state", "scope_area")
        .annotate(taken_up_by=wanted)
        .order_by("number")
    )
    may_list = may_change_list(viewer, cycle)
    return CyclePage(
        cycle=cycle,
        topics=[
            Topic(one, lacking_words(one), one.taken_up_by)  # type: ignore[attr-defined]
            for one in proposals
            if one.origin in LISTED
        ],
        groups=_group_rows(cycle, proposals),
        without_group=list(MemberState.objects.filter(group=None)),
        received=[one for one in proposals if one.origin not in LISTED and one.state != ProposalState.WITH_COORDINATOR],
        left=[one for one in proposals if one.state == ProposalState.WITH_COORDINATOR],
        suggestions=list(unused_suggestions(viewer)) if may_list else [],
        pipeline=list(pipeline_before(viewer, cycle)) if may_list else [],
        may_change=may_change_cycle(viewer, cycle),
        may_list=may_list,
        enters_answers=cycle.state in TAKEN_DOWN,
    )


def _group_rows(cycle: Cycle, proposals: Sequence[Proposal]) -> list[GroupRow]:
    mandates = Mandate.objects.in_force(today()).filter(office=Office.COORDINATOR, user__in=User.objects.active())
    holders: dict[int | None, list[User]] = {}
    for mandate in mandates.select_related("user"):
        holders.setdefault(mandate.regional_group_id, []).append(mandate.user)
    answers = {answer.group_id: answer for answer in cycle.answers.select_related("submitted_by")}
    current = Interest.objects.current().filter(proposal__cycle=cycle)
    stated = dict(current.values("group").annotate(count=Count("pk")).order_by().values_list("group", "count"))
    return [
        GroupRow(
            group=group,
            coordinators=holders.get(group.pk, []),
            answer=answers.get(group.pk),
            stated=stated.get(group.pk, 0),
            proposed=sum(
                one.group_id == group.pk and one.origin not in LISTED and one.state == ProposalState.SUBMITTED
                for one in proposals
            ),
        )
        for group in RegionalGroup.objects.all()
    ]


def unused_suggestions(viewer: User) -> QuerySet[TopicSuggestion]:
    """Return what was suggested and accepted, and is not on a list yet. Source: WEB-26."""
    found = TopicSuggestion.objects.visible_to(viewer).filter(accepted_at__isnull=False, proposal=None)
    return found.select_related("webinar")


def pipeline_before(viewer: User, cycle: Cycle) -> QuerySet[Proposal]:
    """Return the proposals of earlier years that wait in the pipeline and are on no later list. Source: WEB-14."""
    found = Proposal.objects.visible_to(viewer).filter(
        cycle__year__lt=cycle.year, cycle__state__in=PUBLIC, state=ProposalState.CARRIED_OVER
    )
    again = Proposal.objects.filter(carried_from=OuterRef("pk")).exclude(state=ProposalState.WITHDRAWN)
    waiting: QuerySet[Proposal] = found.filter(~Exists(again)).order_by("cycle", "number")
    return waiting.select_related("cycle", "group", "member_state")


def waiting_drafts(viewer: User) -> Waiting:
    """Count the drafts of states that no coordinator deals with. Source: readings A14, A15."""
    found = Proposal.objects.visible_to(viewer).filter(
        state=ProposalState.WITH_COORDINATOR, origin=Origin.MEMBER, cycle__state__in=TAKEN_DOWN
    )
    said = found.aggregate(count=Count("pk"), oldest=Min("saved_at"))
    return Waiting(
        _("Webinar proposals without a coordinator’s word"), said["count"], said["oldest"], "webinars:cycle_list"
    )
