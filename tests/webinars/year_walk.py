"""A random walk over the bench on which the Secretariat chooses a year's webinars, until its programme is published."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import RegionalGroup, User
from tests.factories import DelegateFactory
from tests.factories.webinars import CycleFactory, ProposalFactory, RegionFactory
from tests.webinars.cycle_world import coordinator, group_of, secretariat
from webinars.enums import CycleState, InterestLevel, Origin, ProposalState
from webinars.models import Cluster, Cycle, Interest, Option, Proposal, Region
from webinars.services import selection
from webinars.services.releases import publish_programme

YEAR = 2027
WHY = "Its reason "
"""How every reason begins that the walk gives for what is decided, so that it is recognised wherever it is read."""


@dataclass
class Bench:
    """A year that is being analysed.

    Args:
        chance: What is random about it.
        staff: Who chooses.
        coordinators: One of each group.
        regions: One for each group.
        proposals: Handed in, some by a group and some the Secretariat's.
    """

    chance: random.Random
    staff: User
    coordinators: list[User]
    regions: list[Region]
    proposals: list[Proposal]

    @property
    def cycle(self) -> Cycle:
        return Cycle.objects.get(year=YEAR)

    @property
    def groups(self) -> list[RegionalGroup]:
        return [group_of(user) for user in self.coordinators]

    def why(self) -> str:
        """Return a reason that was given nowhere else, or none."""
        return "" if self.chance.random() < 0.2 else f"{WHY}{self.chance.randrange(10**9)}."

    def some(self, rows: list, least: int = 0) -> list:
        return self.chance.sample(rows, self.chance.randint(least, len(rows)))

    def pks(self) -> list[int]:
        return [proposal.pk for proposal in self.proposals]


def a_bench(seed: int) -> Bench:
    chance = random.Random(seed)
    cycle = CycleFactory(
        year=YEAR,
        state=CycleState.ANALYSIS,
        cap=chance.randint(1, 3),
        counts_repeats=chance.random() < 0.5,
        hides_answers=chance.random() < 0.5,
    )
    holders = [coordinator() for _group in range(chance.randint(2, 3))]
    regions = [RegionFactory(group=group_of(user)) for user in holders]
    proposals = []
    for number in range(chance.randint(3, 5)):
        group = group_of(chance.choice(holders))
        fields = {"origin": Origin.SECRETARIAT, "group": None, "proposed_by": secretariat()}
        if chance.random() < 0.5:
            author = DelegateFactory(member_state__group=group)
            fields = {"origin": Origin.GROUP, "group": group, "proposed_by": author}
        proposals.append(ProposalFactory(cycle=cycle, number=number + 1, **fields))
    for user in holders:
        cycle.answers.create(group=group_of(user), submitted_by=user)
        for proposal in chance.sample(proposals, chance.randint(0, 2)):
            Interest.objects.create(
                proposal=proposal, group=group_of(user), level=chance.choice(InterestLevel.values), entered_by=user
            )
    return Bench(chance, secretariat(), holders, regions, proposals)


# --- What is done on it -----------------------------------------------------------------------------


def keep_option(bench: Bench) -> object:
    option = bench.chance.choice([None, *Option.objects.all()])
    return selection.keep_option(
        actor=bench.staff,
        year=YEAR,
        proposal=option.proposal_id if option else bench.chance.choice(bench.pks()),
        language=bench.chance.choice(["en", "fr", "ar"]),
        regions=bench.some(bench.regions),
        staff_days=5,
        option=option.pk if option else None,
    )


def narrow(bench: Bench) -> object:
    """Leave a way to hold a webinar only one of its regions."""
    option = bench.chance.choice(list(Option.objects.all()))
    return selection.keep_option(
        actor=bench.staff,
        year=YEAR,
        proposal=option.proposal_id,
        language=option.language,
        regions=list(option.regions.all()[:1]),
        staff_days=5,
        option=option.pk,
    )


def drop_option(bench: Bench) -> object:
    options = list(Option.objects.all())
    return options and selection.drop_option(actor=bench.staff, year=YEAR, option=bench.chance.choice(options).pk)


def merge(bench: Bench) -> object:
    lead, *others = bench.some(bench.pks(), least=1)
    return selection.merge_proposals(actor=bench.staff, year=YEAR, lead=lead, others=others, reason=bench.why())


def undo(bench: Bench) -> object:
    clusters = list(Cluster.objects.all())
    return clusters and selection.undo_merge(actor=bench.staff, year=YEAR, cluster=bench.chance.choice(clusters).pk)


def override(bench: Bench) -> object:
    most = bench.chance.choice([None, None, None, 2, 3, 4, 5])
    return selection.override_cap(actor=bench.staff, year=YEAR, most=most, reason=bench.why())


def mark(bench: Bench) -> object:
    barred = bench.some(bench.pks())
    selection.mark(actor=bench.staff, year=YEAR, scope={}, must=[], barred=barred, locked_options=[], barred_options=[])
    return None


def decide(bench: Bench) -> object:
    ways = list(Option.objects.all())
    some = bench.chance.randint(0, min(3, len(ways)))
    return selection.decide(
        actor=bench.staff,
        year=YEAR,
        options=[option.pk for option in bench.chance.sample(ways, bench.chance.choice([len(ways), some]))],
        reasons={pk: bench.why() for pk in bench.pks()},
        difference=bench.why(),
        uncovered_reason=bench.chance.choice(["", bench.why()]),
    )


def run(bench: Bench) -> object:
    return selection.run_selection(actor=bench.staff, year=YEAR)


def publish(bench: Bench) -> object:
    return publish_programme(actor=bench.staff, year=YEAR)


Act = Callable[[Bench], object]
CHOOSING: list[Act] = [*[keep_option] * 4, *[decide] * 3, drop_option, merge, undo, override, mark]


def attempt(bench: Bench, act: Act) -> bool:
    """Do something that may be refused, and tell whether it was done."""
    try:
        act(bench)
    except (ObjectDoesNotExist, PermissionDenied, ValidationError):
        return False
    return True


def walk(bench: Bench, acts: Sequence[Act] = CHOOSING, steps: int = 25) -> None:
    """Do this and that on the bench; nothing is published yet."""
    if bench.chance.random() < 0.3:
        attempt(bench, run)
    for _step in range(steps):
        attempt(bench, bench.chance.choice(acts))


def until_decided(bench: Bench) -> None:
    """Go on choosing until something is decided."""
    for _turn in range(200):
        if bench.cycle.state == CycleState.DECIDED:
            return
        attempt(bench, bench.chance.choice([keep_option, decide, decide, override]))
    raise AssertionError("Nothing could be decided.")


def until_published(bench: Bench, acts: Sequence[Act] = CHOOSING, then: Sequence[Act] = ()) -> None:
    """Go on choosing until something is decided, then do ``then``, and so on until it is published."""
    walk(bench, acts)
    until_decided(bench)
    walk(bench, then or acts, steps=bench.chance.randrange(6))
    while not attempt(bench, publish):
        until_decided(bench)


def withdraw_some(bench: Bench) -> None:
    """Have some proposals withdrawn, and some returned and not completed in time."""
    for proposal in bench.some(bench.proposals)[:2]:
        proposal.state = bench.chance.choice([ProposalState.WITHDRAWN, ProposalState.RETURNED])
        proposal.state_reason = "" if proposal.state == ProposalState.WITHDRAWN else "For whom is it?"
        proposal.submitted_at = timezone.now()
        proposal.save()
