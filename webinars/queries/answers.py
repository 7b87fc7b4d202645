"""What the pages show on which groups answer, and states propose."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from accounts.models import RegionalGroup, User
from accounts.verdicts import Verdict
from webinars.enums import CycleState, InterestLevel, Origin, ProposalState
from webinars.models import Cycle, GroupAnswer, Interest, Proposal
from webinars.models.cycles import coordinated_group
from webinars.models.proposals import LISTED, UNFINISHED
from webinars.policies import answers as policies


def asked_of(group: RegionalGroup, cycle: Cycle) -> QuerySet[Proposal]:
    """Return the topics about which a group is asked: the Secretariat's list.

    Where groups see each other's answers, what other groups have proposed too; what it proposes itself it wants anyway.

    Source: WEB-09, invariant 5 of the programme.
    """
    listed = Q(origin__in=LISTED)
    if not cycle.hides_answers:
        listed |= ~Q(group=group) | Q(group=None)
    return cycle.proposals.filter(listed, state=ProposalState.SUBMITTED).order_by("number")


@dataclass(frozen=True)
class Asked:
    """A topic about which a group is asked, with what it has said.

    Args:
        topic: The topic.
        interest: What holds; None where it has said nothing.
    """

    topic: Proposal
    interest: Interest | None


@dataclass(frozen=True)
class Mark:
    """How many marks of one level a group has given, of how many it has."""

    level: str
    given: int
    most: int


@dataclass(frozen=True)
class AnswerPage:
    """A group's workspace in one cycle.

    Args:
        cycle: The cycle.
        group: The group.
        asked: The topics with what the group has said.
        marks: How many of the limited marks are given.
        own: What the group proposes, drafts included.
        withdrawn: What it has withdrawn.
        drafts: What states of the group have sent to the coordinator.
        answer: What was handed in, if it was.
        may_answer: Whether the viewer may answer now.
        may_draft: Whether the viewer may propose to the coordinator now.
        others: What other groups want, where the viewer may see it, by topic.
    """

    cycle: Cycle
    group: RegionalGroup
    asked: Sequence[Asked]
    marks: Sequence[Mark]
    own: Sequence[Proposal]
    withdrawn: Sequence[Proposal]
    drafts: Sequence[Proposal]
    answer: GroupAnswer | None
    may_answer: Verdict
    may_draft: Verdict
    others: Sequence[tuple[Proposal, Sequence[Interest]]]

    @property
    def unsaid(self) -> int:
        """About how many topics the group has said nothing."""
        return sum(one.interest is None for one in self.asked)

    @property
    def unfinished(self) -> int:
        """How many of the group's proposals are not handed in."""
        return sum(one.state in UNFINISHED for one in self.own)


def answer_page(viewer: User, year: int, group: int) -> AnswerPage:
    """Gather a group's workspace. Source: WEB-09, CDIP/30/8 para 8.

    Args:
        viewer: Its coordinator, a delegate of one of its states, who only reads, or the Secretariat.
        year: The cycle's.
        group: The group's id.

    Raises:
        Cycle.DoesNotExist: There is none, or it is hidden from ``viewer``.
        RegionalGroup.DoesNotExist: There is no such group, or it is not the viewer's.
    """
    cycle = Cycle.objects.visible_to(viewer).get(year=year)
    theirs = Q() if viewer.is_staff else Q(pk__in=own_groups(viewer))
    found = RegionalGroup.objects.filter(theirs).get(pk=group)
    topics = list(asked_of(found, cycle).select_related("cycle", "scope_area", "group", "carried_from__group"))
    visible = Interest.objects.current().visible_to(viewer).filter(proposal__cycle=cycle)
    said = list(visible.select_related("group", "entered_by"))
    own = {interest.proposal_id: interest for interest in said if interest.group_id == found.pk}
    proposals = list(
        Proposal.objects.visible_to(viewer)
        .filter(cycle=cycle, group=found)
        .exclude(origin__in=LISTED)
        .select_related("cycle", "member_state", "group", "proposed_by")
    )
    withdrawn = [one for one in proposals if one.state == ProposalState.WITHDRAWN]
    proposals = [one for one in proposals if one.state != ProposalState.WITHDRAWN]
    is_draft = [one.origin == Origin.MEMBER and one.submitted_at is None for one in proposals]
    others: dict[int, list[Interest]] = {}
    for interest in said:
        if interest.group_id != found.pk and interest.level > InterestLevel.NONE:
            others.setdefault(interest.proposal_id, []).append(interest)
    return AnswerPage(
        cycle=cycle,
        group=found,
        asked=[Asked(topic, own.get(topic.pk)) for topic in topics],
        marks=marks_of(cycle, [interest for pk, interest in own.items() if pk in {topic.pk for topic in topics}]),
        own=[one for one, draft in zip(proposals, is_draft, strict=True) if not draft],
        withdrawn=withdrawn,
        drafts=[
            one
            for one, draft in zip(proposals, is_draft, strict=True)
            if draft and one.state in {ProposalState.WITH_COORDINATOR, ProposalState.RETURNED}
        ],
        answer=GroupAnswer.objects.filter(cycle=cycle, group=found).select_related("submitted_by").first(),
        may_answer=policies.may_answer(viewer, cycle, found),
        may_draft=policies.may_draft(viewer, cycle),
        others=[(topic, others[topic.pk]) for topic in topics if topic.pk in others],
    )


def own_groups(viewer: User) -> list[int]:
    """Return the ids of the group that ``viewer`` coordinates, and of the group of the viewer's state, if any."""
    of_state = viewer.member_state.group_id if viewer.member_state else None
    return [group for group in (coordinated_group(viewer), of_state) if group is not None]


def group_coordinated_by(viewer: User) -> RegionalGroup | None:
    """Return the group that ``viewer`` coordinates today, if any."""
    group = coordinated_group(viewer)
    return None if group is None else RegionalGroup.objects.get(pk=group)


def marks_of(cycle: Cycle, said: Sequence[Interest]) -> list[Mark]:
    """Return how many of the limited marks are given in what a group said. Source: invariant 6 of the programme."""
    limits = ((InterestLevel.PRIORITY, cycle.priority_marks), (InterestLevel.STRONG, cycle.strong_marks))
    return [Mark(str(level.label), sum(interest.level == level for interest in said), most) for level, most in limits]


@dataclass(frozen=True)
class AnswerList:
    """The cycles in which somebody answers or proposes.

    Args:
        cycles: Those that are shared, the latest year first.
        group: The group that the viewer coordinates, if any.
        mine: The viewer's own proposals for the state, the latest first.
        open: Those of the cycles for which a delegate may draft now.
    """

    cycles: Sequence[Cycle]
    group: RegionalGroup | None
    mine: Sequence[Proposal]
    open: Sequence[Cycle]


def answer_list(viewer: User) -> AnswerList:
    """Gather where ``viewer`` answers for a group, or proposes for a state. Source: WEB-08, WEB-09, reading A15."""
    cycles = list(Cycle.objects.visible_to(viewer).exclude(state=CycleState.PREPARING))
    mine = Proposal.objects.visible_to(viewer).filter(proposed_by=viewer, origin=Origin.MEMBER)
    return AnswerList(
        cycles=cycles,
        group=group_coordinated_by(viewer),
        mine=list(mine.select_related("cycle", "member_state", "group").order_by("-created_at")),
        open=[cycle for cycle in cycles if policies.may_draft(viewer, cycle)],
    )
