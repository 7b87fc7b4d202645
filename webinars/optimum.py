"""The choice of the year's webinars as a small integer programme, solved exactly by HiGHS. Source: WEB-11 to WEB-13.

What counts, in this order: the fewest regions left empty; the most webinars in scope; the groups' satisfaction,
where a second wish fulfilled for one group is worth less than the first of another; what speaks for a proposal
beside that; and last the order of the references, so that the same input, in any order, gives the same list.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations
from typing import Any

GAINS = (12, 10, 8, 7, 6, 5, 4, 3, 2, 1)  # of a group's first point of interest that is met, its second, ...
HIGHEST = 3  # points that one group can give one proposal
LAST_GAIN = 1  # of every point after those
PER_WEBINAR = 100  # what holding one more is worth, beside the groups' satisfaction
PER_BONUS = 10
UNCOVERED = 1_000  # one region left empty against all webinars in scope together
TIED_AT_ONCE = 16  # options whose order is settled by one solution: powers of two stay exact
NEAR = 0.98  # of the best list's satisfaction
NEAR_LISTS = 5
METHOD = "HiGHS"


@dataclass(frozen=True, order=True)
class Choice:
    """One way to hold one proposal, or one part of it.

    Args:
        key: What names it, the same in every run; the last tie-break.
        proposal: The proposal, or what stands for a cluster of them.
        part: Of a series, from 1; 0 where there are no parts.
        language: In which it is held.
        regions: The units of coverage it serves.
        staff_days: What it takes.
        in_scope: Whether it is of a scope area of the cycle.
        interest: The points of each group that it serves, 0 to 3.
        bonus: What speaks for it beside that.
        locked: Must be in.
        barred: Must not be in.
    """

    key: str
    proposal: str
    part: int = 0
    language: str = "en"
    regions: frozenset[str] = frozenset()
    staff_days: int = 0
    in_scope: bool = True
    interest: Mapping[str, int] = field(default_factory=dict, compare=False)
    bonus: int = 0
    locked: bool = False
    barred: bool = False


@dataclass(frozen=True)
class Problem:
    """What is to be chosen from, and within what.

    Args:
        choices: The ways to hold the proposals.
        regions: The units of coverage, each to have a webinar.
        cap: The most webinars.
        counts_repeats: Whether another delivery of the same uses up a place again.
        staff_days: The most of them; None for no limit.
        fewest_languages: How many languages are used at least.
        most_per_language: How many webinars one language has at most; None for no limit.
        most_per_proposal: How many deliveries one proposal, or one part of it, has at most.
        must: Proposals that must be held.
        apart: Pairs of proposals that are not both held.
        held: Parts of series held in earlier years, as pairs of proposal and part.
    """

    choices: Sequence[Choice]
    regions: Collection[str]
    cap: int = 6
    counts_repeats: bool = True
    staff_days: int | None = None
    fewest_languages: int = 1
    most_per_language: int | None = None
    most_per_proposal: int = 1
    must: frozenset[str] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()
    held: frozenset[tuple[str, int]] = frozenset()

    @cached_property
    def ordered(self) -> list[Choice]:
        """The choices in the order of their keys, whatever order they came in."""
        return sorted(self.choices, key=lambda choice: choice.key)

    @cached_property
    def proposals(self) -> list[str]:
        """The proposals that could be held."""
        return sorted({choice.proposal for choice in self.choices if not choice.barred})


@dataclass(frozen=True)
class Worth:
    """What a list is worth, in the order in which it counts."""

    uncovered: tuple[str, ...]
    in_scope: int
    points: Mapping[str, int]
    satisfaction: int
    bonus: int

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """What two lists are compared by: the greater is the better."""
        return (-len(self.uncovered), self.in_scope, self.satisfaction, self.bonus)


@dataclass(frozen=True)
class Chosen:
    """A list of webinars and what it is worth."""

    keys: tuple[str, ...]
    worth: Worth


@dataclass(frozen=True)
class WhyNot:
    """Why a proposal is not in the list.

    Args:
        proposal: Which one.
        instead: The best list with it that gives up at most one of the best list's webinars; where there is none,
            or it leaves more regions empty, the best of all lists with it. None where there is none at all.
        displaced: The keys of the best list that would have to go for it.
        conflict: Where there is none, the smallest set of rules that rules it out.
    """

    proposal: str
    instead: Chosen | None
    displaced: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What was found.

    Args:
        best: The best list; None where the rules contradict one another.
        everything_fits: Whether every proposal could be held, so that there was nothing to choose.
        alternatives: The best other lists that leave no more regions empty and satisfy nearly as well.
        why_not: For each proposal that is not in the best list.
        binding: The rules without which a better list would be had, with that list.
        conflict: Where there is no list, the smallest set of rules that contradict one another.
        cannot_cover: For each region left empty, the smallest set of rules that keeps it so; empty where
            nothing serves it at all.
    """

    best: Chosen | None
    everything_fits: bool = False
    alternatives: tuple[Chosen, ...] = ()
    why_not: tuple[WhyNot, ...] = ()
    binding: Mapping[str, Chosen] = field(default_factory=dict)
    conflict: tuple[str, ...] = ()
    cannot_cover: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def gain(points: int) -> int:
    """Return what ``points`` of interest that are met are worth to one group."""
    return sum(GAINS[:points]) + max(0, points - len(GAINS)) * LAST_GAIN


def worth(problem: Problem, keys: Iterable[str]) -> Worth:
    """Return what a list is worth.

    Args:
        problem: What it was chosen from.
        keys: Of the choices in it.
    """
    wanted = set(keys)
    chosen = [choice for choice in problem.ordered if choice.key in wanted]
    covered = {region for choice in chosen for region in choice.regions}
    points: dict[str, int] = {}
    for group in sorted({group for choice in chosen for group in choice.interest}):
        best: dict[str, int] = {}
        for choice in chosen:
            best[choice.proposal] = max(best.get(choice.proposal, 0), choice.interest.get(group, 0))
        points[group] = sum(best.values())
    return Worth(
        uncovered=tuple(sorted(set(problem.regions) - covered)),
        in_scope=sum(choice.in_scope for choice in chosen),
        points=points,
        satisfaction=sum(map(gain, points.values())),
        bonus=sum(_value(choice) for choice in chosen),
    )


def _value(choice: Choice) -> int:
    return PER_WEBINAR + PER_BONUS * choice.bonus - choice.staff_days


def solve(problem: Problem) -> Outcome:
    """Find the best list, and what can be argued about it.

    Args:
        problem: What is to be chosen from; its order does not matter.

    Returns:
        The best list with alternatives and reasons, or the smallest conflict.

    Source: WEB-11, WEB-12, CDIP/30/8 para 9.
    """
    everything = frozenset(problem.proposals) | problem.must
    fits = _Model(replace(problem, must=everything)).is_feasible()
    if fits:
        problem = replace(problem, must=everything)
    model = _Model(problem)
    best = model.best(settle_ties=True)
    if best is None:
        return Outcome(best=None, conflict=_smallest_conflict(problem))
    taken = {choice.proposal for choice in problem.choices if choice.key in best.keys}
    return Outcome(
        best=best,
        everything_fits=fits,
        alternatives=tuple(_alternatives(problem, best)),
        why_not=tuple(
            _why_not(problem, model, best, proposal)
            for proposal in sorted({choice.proposal for choice in problem.choices} - taken)
        ),
        binding={} if fits else _binding(problem, best),
        cannot_cover={region: _why_uncovered(problem, region) for region in best.worth.uncovered},
    )


def _alternatives(problem: Problem, best: Chosen) -> Iterable[Chosen]:
    """Find the best other lists, one after the other.

    What is left after each list is cut into parts, by the first of its choices that another list lacks, or by what
    another list has beside all of them; the best list of every part is known, so the best of them is the next one.
    """
    model = _Model(problem)
    locked = {choice.key for choice in problem.choices if choice.locked}
    parts: list[tuple[Chosen, _Fixed]] = []
    found, fixed = best, _Fixed()
    for _n in range(NEAR_LISTS):
        for part in fixed.without(found.keys, locked):
            with model.fixing(part):
                other = model.best()
            if other is not None:
                parts.append((other, part))
        if not parts:
            return
        found, fixed = max(parts, key=lambda part: (part[0].worth.rank, part[0].keys))
        parts.remove((found, fixed))
        if len(found.worth.uncovered) > len(best.worth.uncovered):
            return
        if found.worth.satisfaction < NEAR * best.worth.satisfaction:
            return
        yield found


def allows(problem: Problem, keys: Collection[str]) -> bool:
    """Tell whether a list keeps all rules.

    Args:
        problem: With the rules.
        keys: Of the choices in the list.
    """
    taken = [choice for choice in problem.choices if choice.key in keys]
    deliveries = Counter((choice.proposal, choice.part) for choice in taken)
    languages = Counter(choice.language for choice in taken)
    held = {proposal for proposal, _part in deliveries}
    known = deliveries.keys() | problem.held
    return (
        (len(taken) if problem.counts_repeats else len(deliveries)) <= problem.cap
        and (problem.staff_days is None or sum(choice.staff_days for choice in taken) <= problem.staff_days)
        and (problem.most_per_language is None or max(languages.values(), default=0) <= problem.most_per_language)
        and (problem.fewest_languages <= 1 or len(languages) >= problem.fewest_languages)
        and max(deliveries.values(), default=0) <= problem.most_per_proposal
        and problem.must <= held
        and not any(first in held and second in held for first, second in problem.apart)
        and all(part <= 1 or (proposal, part - 1) in known for proposal, part in deliveries)
        and all(choice.key in keys for choice in problem.choices if choice.locked)
        and not any(choice.barred for choice in taken)
    )


def _why_not(problem: Problem, model: "_Model", best: Chosen, proposal: str) -> WhyNot:
    own = [choice for choice in problem.ordered if choice.proposal == proposal]
    if all(choice.barred for choice in own):
        return WhyNot(proposal, None, conflict=(f"barred:{proposal}",))
    instead = _swapped(problem, best, own)
    if instead is None or len(instead.worth.uncovered) > len(best.worth.uncovered):
        with model.holding(proposal):
            instead = model.best()
    if instead is not None:
        return WhyNot(proposal, instead, displaced=tuple(sorted(set(best.keys) - set(instead.keys))))
    wanted = replace(problem, must=problem.must | {proposal})
    return WhyNot(proposal, None, conflict=_smallest_conflict(wanted, always=f"must:{proposal}"))


def _swapped(problem: Problem, best: Chosen, own: Sequence[Choice]) -> Chosen | None:
    """Return the best list that has one of ``own`` beside the best list, or in place of one of its webinars."""
    lists = [
        (*(key for key in best.keys if key != given_up), choice.key)
        for choice in own
        for given_up in (None, *best.keys)
    ]
    found = [Chosen(tuple(sorted(keys)), worth(problem, keys)) for keys in lists if allows(problem, keys)]
    return max(found, key=lambda one: (one.worth.rank, one.keys), default=None)


def _binding(problem: Problem, best: Chosen) -> dict[str, Chosen]:
    """Return the rules that cost something, each with the best list without it."""
    found = {}
    for name, looser in _without(problem).items():
        if name.startswith(("barred:", "series:")):
            continue
        other = _Model(looser).best()
        if other is not None and other.worth.rank > best.worth.rank:
            found[name] = other
    return found


def _without(problem: Problem) -> dict[str, Problem]:
    """Return the problem without each of its rules, by the rule's name; without the cap it has one more place."""
    looser = {"cap": replace(problem, cap=problem.cap + 1)}
    if problem.staff_days is not None:
        looser["staff_days"] = replace(problem, staff_days=None)
    if problem.most_per_language is not None:
        looser["most_per_language"] = replace(problem, most_per_language=None)
    if problem.fewest_languages > 1:
        looser["fewest_languages"] = replace(problem, fewest_languages=1)
    for proposal in sorted(problem.must):
        looser[f"must:{proposal}"] = replace(problem, must=problem.must - {proposal})
    for first, second in sorted(problem.apart):
        looser[f"apart:{first}:{second}"] = replace(problem, apart=problem.apart - {(first, second)})
    for choice in problem.ordered:
        if choice.locked:
            looser[f"locked:{choice.key}"] = _with(problem, choice, locked=False)
        if choice.barred:
            looser[f"barred:{choice.key}"] = _with(problem, choice, barred=False)
    return looser


def _with(problem: Problem, choice: Choice, **changes: Any) -> Problem:
    others = [other for other in problem.choices if other.key != choice.key]
    return replace(problem, choices=[*others, replace(choice, **changes)])


def _why_uncovered(problem: Problem, region: str) -> tuple[str, ...]:
    """Return the smallest set of rules that keeps a region without a webinar."""
    if not any(region in choice.regions and not choice.barred for choice in problem.choices):
        return ()
    names = [name for name in _rules(problem) if not name.startswith("barred:")]
    return _smallest(names, lambda kept: not _Model(_only(problem, kept), cover=[region]).is_feasible())


def _smallest_conflict(problem: Problem, always: str = "") -> tuple[str, ...]:
    """Return the smallest set of rules that contradict one another.

    Args:
        problem: That has no list.
        always: A rule that is in it in any case, and is left out of the answer.
    """
    names = [name for name in _rules(problem) if name != always]

    def clashes(kept: Collection[str]) -> bool:
        return not _Model(_only(problem, {*kept, always})).is_feasible()

    return _smallest(names, clashes)


def _smallest(names: Sequence[str], clashes: Callable[[Collection[str]], bool]) -> tuple[str, ...]:
    """Return a smallest set of names that clashes: the smallest of all up to three, else one that none can leave."""
    kept = list(names)
    if not clashes(kept):
        return ()
    for name in names:  # what can be left out alone is left out, which leaves few to combine
        fewer = [other for other in kept if other != name]
        if clashes(fewer):
            kept = fewer
    for size in range(len(kept)):
        if size > 2:
            break
        for some in combinations(names, size):
            if clashes(some):
                return some
    return tuple(kept)


def _rules(problem: Problem) -> list[str]:
    """Return the names of the rules that can be given up; that the order of a series holds is not one of them."""
    names = ["cap"]
    if problem.staff_days is not None:
        names.append("staff_days")
    if problem.most_per_language is not None:
        names.append("most_per_language")
    if problem.fewest_languages > 1:
        names.append("fewest_languages")
    names += [f"must:{proposal}" for proposal in sorted(problem.must)]
    names += [f"apart:{first}:{second}" for first, second in sorted(problem.apart)]
    names += [f"locked:{choice.key}" for choice in problem.ordered if choice.locked]
    names += [f"barred:{choice.key}" for choice in problem.ordered if choice.barred]
    return names


def _only(problem: Problem, names: Collection[str]) -> Problem:
    """Return the problem with those of its rules alone that are named."""
    return replace(
        problem,
        choices=[
            replace(
                choice,
                locked=choice.locked and f"locked:{choice.key}" in names,
                barred=choice.barred and f"barred:{choice.key}" in names,
            )
            for choice in problem.choices
        ],
        cap=problem.cap if "cap" in names else len(problem.choices),
        staff_days=problem.staff_days if "staff_days" in names else None,
        most_per_language=problem.most_per_language if "most_per_language" in names else None,
        fewest_languages=problem.fewest_languages if "fewest_languages" in names else 1,
        must=frozenset(proposal for proposal in problem.must if f"must:{proposal}" in names),
        apart=frozenset((first, second) for first, second in problem.apart if f"apart:{first}:{second}" in names),
    )


@dataclass(frozen=True)
class _Fixed:
    """A part of all lists: those that have some choices, lack others and have more than ``beside``."""

    has: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    beside: tuple[str, ...] | None = None

    def without(self, keys: Sequence[str], locked: Collection[str]) -> "Iterable[_Fixed]":
        """Yield the parts into which this one falls without the list of ``keys``, of which some are in every list."""
        free = [key for key in keys if key not in self.has and key not in locked]
        for n, key in enumerate(free):
            yield _Fixed((*self.has, *free[:n]), (*self.lacks, key), self.beside)
        yield _Fixed((*self.has, *free), self.lacks, tuple(keys))


class _Model:
    """A problem as HiGHS takes it: columns for choices, empty regions, met interest and languages; rows for rules."""

    def __init__(self, problem: Problem, cover: Collection[str] = ()) -> None:
        import highspy  # here, so that only who chooses pays for its memory

        self.problem = problem
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.silent()
        for option, value in {"threads": 1, "random_seed": 0, "mip_rel_gap": 0.0, "mip_abs_gap": 0.5}.items():
            self.solver.setOptionValue(option, value)
        self.infinity = highspy.kHighsInf
        self.optimal = highspy.HighsModelStatus.kOptimal
        self.integer = highspy.HighsVarType.kInteger
        self.solver.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.columns = 0
        choices = problem.ordered
        self.taken = {
            choice.key: self._column(int(choice.locked), int(not choice.barred), whole=True) for choice in choices
        }
        self.empty = {
            region: self._column(0, int(region not in cover), whole=True) for region in sorted(problem.regions)
        }
        self.met: list[tuple[int, int]] = []  # columns of the points of interest met, each with its gain
        self._limits(choices)
        self._coverage(choices)
        self._languages(choices)
        self.rows_of = self._proposals(choices)
        self._interest(choices)

    def _column(self, lowest: float, highest: float, *, whole: bool) -> int:
        self.solver.addCol(0.0, lowest, highest, 0, [], [])
        column = self.columns
        self.columns += 1
        if whole:
            self.solver.changeColIntegrality(column, self.integer)
        return column

    def _row(self, lowest: float, highest: float, terms: Sequence[tuple[int, float]]) -> int:
        row: int = self.solver.getNumRow()
        self.solver.addRow(
            lowest, highest, len(terms), [column for column, _times in terms], [times for _column, times in terms]
        )
        return row

    def _limits(self, choices: Sequence[Choice]) -> None:
        problem = self.problem
        if problem.counts_repeats:
            self._row(0, problem.cap, [(self.taken[choice.key], 1) for choice in choices])
        if problem.staff_days is not None:
            days = [(self.taken[choice.key], choice.staff_days) for choice in choices if choice.staff_days]
            self._row(0, problem.staff_days, days)

    def _coverage(self, choices: Sequence[Choice]) -> None:
        for region, empty in self.empty.items():
            serving = [(self.taken[choice.key], 1.0) for choice in choices if region in choice.regions]
            self._row(1, self.infinity, [*serving, (empty, 1.0)])

    def _languages(self, choices: Sequence[Choice]) -> None:
        problem = self.problem
        used = []
        for language in sorted({choice.language for choice in choices}):
            of_it = [(self.taken[choice.key], 1.0) for choice in choices if choice.language == language]
            if problem.most_per_language is not None:
                self._row(0, problem.most_per_language, of_it)
            if problem.fewest_languages > 1:
                is_used = self._column(0, 1, whole=True)
                self._row(0, self.infinity, [*of_it, (is_used, -1.0)])
                used.append((is_used, 1.0))
        if problem.fewest_languages > 1:
            self._row(problem.fewest_languages, self.infinity, used)

    def _proposals(self, choices: Sequence[Choice]) -> dict[str, int]:
        """Add the rules on single proposals; return the row of each that says how often it is held."""
        problem = self.problem
        parts: dict[tuple[str, int], list[tuple[int, float]]] = {}
        for choice in choices:
            parts.setdefault((choice.proposal, choice.part), []).append((self.taken[choice.key], 1.0))
        held = {}
        for one, columns in parts.items():
            held[one] = self._column(0, 1, whole=True)
            self._row(0, self.infinity, [*columns, (held[one], -1.0)])  # held only where one way is taken
            self._row(-self.infinity, 0, [*columns, (held[one], -float(problem.most_per_proposal))])
        for (proposal, part), column in held.items():
            before = (proposal, part - 1)
            if part > 1 and before not in problem.held:
                if before in held:
                    self._row(-self.infinity, 0, [(column, 1.0), (held[before], -1.0)])
                else:
                    self._row(0, 0, [(column, 1.0)])
        if not problem.counts_repeats:
            self._row(0, problem.cap, [(column, 1.0) for column in held.values()])
        rows = {}
        for proposal in sorted({proposal for proposal, _part in held}):
            own = [(column, 1.0) for (of, _part), column in held.items() if of == proposal]
            rows[proposal] = self._row(int(proposal in problem.must), self.infinity, own)
        for _unknown in problem.must - rows.keys():  # what cannot be held at all
            self._row(1, self.infinity, [(self._column(0, 0, whole=True), 1.0)])
        for first, second in sorted(problem.apart):
            for of_first in (column for (of, _part), column in held.items() if of == first):
                for of_second in (column for (of, _part), column in held.items() if of == second):
                    self._row(0, 1, [(of_first, 1.0), (of_second, 1.0)])
        return rows

    def _interest(self, choices: Sequence[Choice]) -> None:
        """Add each group's points, met once for each proposal at the highest level that a way to hold it meets."""
        by_proposal: dict[str, list[Choice]] = {}
        for choice in choices:
            by_proposal.setdefault(choice.proposal, []).append(choice)
        for group in sorted({group for choice in choices for group, points in choice.interest.items() if points}):
            steps: list[tuple[int, float]] = []
            for own in by_proposal.values():
                below = 0
                for level in sorted({c.interest.get(group, 0) for c in own} - {0}):
                    step = self._column(0, 1, whole=False)
                    enough = [(self.taken[c.key], 1.0) for c in own if c.interest.get(group, 0) >= level]
                    self._row(0, self.infinity, [*enough, (step, -1.0)])
                    steps.append((step, float(level - below)))
                    below = level
            most = min(int(sum(points for _step, points in steps)), self.problem.cap * HIGHEST)
            places = [self._column(0, 1, whole=False) for _point in range(most)]
            self._row(0, 0, [*steps, *((place, -1.0) for place in places)])
            self.met += [(place, gain(n + 1) - gain(n)) for n, place in enumerate(places)]

    @contextmanager
    def holding(self, proposal: str) -> Iterator[None]:
        """Have a proposal held while the block lasts."""
        self.solver.changeRowBounds(self.rows_of[proposal], 1, self.infinity)
        yield
        self.solver.changeRowBounds(self.rows_of[proposal], int(proposal in self.problem.must), self.infinity)

    @contextmanager
    def fixing(self, part: _Fixed) -> Iterator[None]:
        """Have only the lists of one part while the block lasts."""
        bounds = {choice.key: (int(choice.locked), int(not choice.barred)) for choice in self.problem.choices}
        for key in part.has:
            self.solver.changeColBounds(self.taken[key], 1, 1)
        for key in part.lacks:
            self.solver.changeColBounds(self.taken[key], 0, 0)
        rows = []
        if part.beside is not None:
            others = [(column, 1.0) for key, column in self.taken.items() if key not in part.beside]
            rows.append(self._row(1, self.infinity, others))
        yield
        for key in (*part.has, *part.lacks):
            self.solver.changeColBounds(self.taken[key], *bounds[key])
        self.solver.deleteRows(len(rows), rows)

    def is_feasible(self) -> bool:
        """Tell whether there is any list."""
        self._aim({})
        self.solver.run()
        return bool(self.solver.getModelStatus() == self.optimal)

    def best(self, *, settle_ties: bool = False) -> Chosen | None:
        """Return the best list, or None where there is none.

        Args:
            settle_ties: Whether the order of the keys decides between lists that are worth the same.
        """
        first_row = self.solver.getNumRow()
        choices = self.problem.ordered
        values_of = sorted(map(_value, choices), reverse=True)
        satisfaction = (
            sum(values_of[: self.problem.cap * self.problem.most_per_proposal]) + 1
        )  # one point of it against all bonuses together
        aims = [
            {column: -float(UNCOVERED) for column in self.empty.values()}
            | {self.taken[choice.key]: 1.0 for choice in choices if choice.in_scope},
            {place: float(points * satisfaction) for place, points in self.met}
            | {self.taken[choice.key]: float(_value(choice)) for choice in choices},
        ]
        if settle_ties:
            for start in range(0, len(choices), TIED_AT_ONCE):
                some = choices[start : start + TIED_AT_ONCE]
                aims.append({self.taken[c.key]: float(2 ** (len(some) - n)) for n, c in enumerate(some)})
        values: Sequence[float] | None = None
        for aim in aims:
            values = self._settle(aim)
            if values is None:
                break
        added = list(range(first_row, self.solver.getNumRow()))
        self.solver.deleteRows(len(added), added)
        if values is None:
            return None
        keys = tuple(key for key, column in self.taken.items() if values[column] > 0.5)
        return Chosen(keys, worth(self.problem, keys))

    def _aim(self, costs: Mapping[int, float]) -> None:
        columns = list(range(self.columns))
        self.solver.changeColsCost(self.columns, columns, [costs.get(column, 0.0) for column in columns])

    def _settle(self, costs: Mapping[int, float]) -> Sequence[float] | None:
        """Make the sum of ``costs`` as great as can be and keep it so from now on.

        Returns:
            The value of each column, or None where nothing is allowed.
        """
        self._aim(costs)
        self.solver.run()
        if self.solver.getModelStatus() != self.optimal:
            return None
        values: Sequence[float] = self.solver.getSolution().col_value
        greatest = round(sum(times * values[column] for column, times in costs.items()))
        self._row(greatest - 0.5, self.infinity, list(costs.items()))
        return values
