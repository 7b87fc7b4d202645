"""The exact choice of the year's webinars, against trying every list."""

import random
from dataclasses import replace
from itertools import combinations

import pytest

from webinars.optimum import Choice, Problem, Worth, allows, solve, worth

GROUPS = ("africa", "asia", "b", "caceec", "cebs", "china", "grulac")
LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")


def choice(key: str, *regions: str, **changes) -> Choice:
    proposal = changes.pop("proposal", key.split("/")[0])
    return Choice(key=key, proposal=proposal, regions=frozenset(regions), **changes)


def is_allowed(problem: Problem, taken: tuple[Choice, ...]) -> bool:
    keys = {choice.key for choice in taken}
    held = {(choice.proposal, choice.part) for choice in taken}
    proposals = {choice.proposal for choice in taken}
    languages = [choice.language for choice in taken]
    return (
        len(taken if problem.counts_repeats else held) <= problem.cap
        and (problem.staff_days is None or sum(choice.staff_days for choice in taken) <= problem.staff_days)
        and (
            problem.most_per_language is None
            or all(languages.count(one) <= problem.most_per_language for one in languages)
        )
        and (problem.fewest_languages <= 1 or len(set(languages)) >= problem.fewest_languages)
        and all(sum((c.proposal, c.part) == part for c in taken) <= problem.most_per_proposal for part in held)
        and problem.must <= proposals
        and not any(first in proposals and second in proposals for first, second in problem.apart)
        and all(
            part <= 1 or (proposal, part - 1) in held or (proposal, part - 1) in problem.held for proposal, part in held
        )
        and all(choice.key in keys for choice in problem.choices if choice.locked)
        and not any(choice.barred for choice in taken)
    )


def all_lists(problem: Problem) -> list[tuple[Choice, ...]]:
    ordered = problem.ordered
    allowed = [
        taken
        for size in range(min(problem.cap * problem.most_per_proposal, len(ordered)) + 1)
        for taken in combinations(ordered, size)
        if is_allowed(problem, taken)
    ]
    return [taken for taken in allowed if {c.proposal for c in taken} >= set(problem.proposals)] or allowed


def by_trying_all(problem: Problem) -> tuple[tuple[str, ...], Worth] | None:
    def value(taken: tuple[Choice, ...]) -> tuple:
        keys = {c.key for c in taken}
        return (*worth(problem, keys).rank, tuple(c.key in keys for c in problem.ordered))

    best = max(all_lists(problem), key=value, default=None)
    return None if best is None else (tuple(c.key for c in best), worth(problem, [c.key for c in best]))


def a_problem(seed: int, most: int = 14) -> Problem:
    chance = random.Random(seed)
    groups = GROUPS[: chance.randint(2, 7)]
    choices, held, proposals = [], set(), []
    while len(choices) < chance.randint(4, most):
        proposal = f"P{len(proposals):02}"
        proposals.append(proposal)
        interest = {group: chance.choice((0, 0, 1, 2, 3)) for group in groups}
        parts = (1, 2) if chance.random() < 0.2 else (0,)
        if parts != (0,) and chance.random() < 0.3:
            held.add((proposal, 1))
        for part in parts:
            for language in chance.sample(LANGUAGES, chance.randint(1, 2)):
                regions = frozenset(chance.sample(groups, chance.randint(1, min(3, len(groups)))))
                choices.append(
                    Choice(
                        key=f"{proposal}/{part}/{language}",
                        proposal=proposal,
                        part=part,
                        language=language,
                        regions=regions,
                        staff_days=chance.randint(2, 9),
                        in_scope=chance.random() < 0.7,
                        interest={group: points for group, points in interest.items() if group in regions},
                        bonus=chance.randint(0, 4),
                        locked=chance.random() < 0.03,
                        barred=False,
                    )
                )
    choices = [replace(c, barred=not c.locked and chance.random() < 0.05) for c in choices[:most]]
    pairs = [tuple(sorted(chance.sample(proposals, 2)))] if len(proposals) > 1 and chance.random() < 0.4 else []
    return Problem(
        choices=choices,
        regions=groups,
        cap=chance.randint(1, 6),
        staff_days=chance.choice((None, chance.randint(8, 40))),
        fewest_languages=chance.randint(1, 3),
        most_per_language=chance.choice((None, 1, 2)),
        most_per_proposal=chance.choice((1, 1, 2)),
        counts_repeats=chance.random() < 0.8,
        must=frozenset(chance.sample(proposals, 1)) if chance.random() < 0.2 else frozenset(),
        apart=frozenset(pairs),
        held=frozenset(held),
    )


@pytest.mark.parametrize("first", range(0, 200, 25))
def test_it_finds_what_trying_every_list_finds(first):
    for seed in range(first, first + 25):
        problem = a_problem(seed)
        expected, outcome = by_trying_all(problem), solve(problem)

        found = outcome.best and (outcome.best.keys, outcome.best.worth)
        assert found == expected, f"seed {seed}"
        assert (outcome.best is None) == bool(outcome.conflict), f"seed {seed}"


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_input_does_not_matter(seed):
    problem = a_problem(1_000 + seed)
    shuffled = list(problem.choices)
    random.Random(seed).shuffle(shuffled)

    other = replace(problem, choices=shuffled, regions=list(reversed(list(problem.regions))))

    assert solve(other) == solve(problem)


def test_seven_groups_and_six_places_need_a_joint_webinar():
    single = [choice(f"P{n}", group, interest={group: 3}) for n, group in enumerate(GROUPS)]

    outcome = solve(Problem(choices=single, regions=GROUPS))

    assert len(outcome.best.keys) == 6
    assert len(outcome.best.worth.uncovered) == 1
    assert outcome.cannot_cover == {outcome.best.worth.uncovered[0]: ()} or outcome.binding.keys() == {"cap"}

    joint = solve(Problem(choices=[*single, choice("P9", "cebs", "caceec", interest={})], regions=GROUPS))
    assert joint.best.worth.uncovered == ()
    assert "P9" in joint.best.keys


def test_everything_is_held_where_everything_fits():
    problem = Problem(choices=[choice("P1", "a", in_scope=False), choice("P2", "a")], regions=["a", "b"])

    outcome = solve(problem)

    assert outcome.everything_fits
    assert outcome.best.keys == ("P1", "P2")
    assert outcome.best.worth.uncovered == ("b",)
    assert outcome.why_not == ()


def test_what_is_in_scope_comes_first_when_there_is_too_much():
    problem = Problem(
        choices=[choice("P1", "a", in_scope=False, interest={"a": 3}), choice("P2", "a", interest={"a": 1})],
        regions=["a"],
        cap=1,
    )

    assert solve(problem).best.keys == ("P2",)


def test_a_first_wish_of_one_group_counts_more_than_a_second_of_another():
    problem = Problem(
        choices=[
            choice("P1", "a", interest={"a": 3}),
            choice("P2", "a", interest={"a": 3}),
            choice("P3", "b", interest={"b": 3}),
        ],
        regions=[],
        cap=2,
    )

    assert solve(problem).best.keys == ("P1", "P3")


def test_a_group_is_counted_once_for_a_proposal_held_twice():
    twice = [choice("P1/en", "a", interest={"a": 2}), choice("P1/fr", "a", language="fr", interest={"a": 3})]

    assert worth(Problem(choices=twice, regions=[]), ["P1/en", "P1/fr"]).points == {"a": 3}


def test_a_later_part_waits_for_the_one_before_it():
    parts = [
        choice("P1/1", "a", proposal="P1", part=1, in_scope=False),
        choice("P1/2", "b", proposal="P1", part=2, interest={"b": 3}),
        choice("P2", "c", interest={"c": 1}),
    ]
    problem = Problem(choices=parts, regions=[], cap=1)

    assert solve(problem).best.keys == ("P2",)
    assert solve(replace(problem, held=frozenset({("P1", 1)}))).best.keys == ("P1/2",)


def test_it_says_what_a_proposal_would_displace():
    problem = Problem(
        choices=[choice("P1", "a", interest={"a": 3}), choice("P2", "a", interest={"a": 1})], regions=["a"], cap=1
    )

    [reason] = solve(problem).why_not

    assert reason.proposal == "P2"
    assert reason.instead.keys == ("P2",)
    assert reason.displaced == ("P1",)


def test_a_list_is_allowed_exactly_where_it_keeps_every_rule():
    allowed = 0
    for seed in range(3_000, 3_040):
        problem = a_problem(seed, most=8)
        for size in range(5):
            for taken in combinations(problem.ordered, size):
                keys = {choice.key for choice in taken}
                assert allows(problem, keys) == is_allowed(problem, taken), f"seed {seed}"
                allowed += allows(problem, keys)
    assert allowed > 100


def test_it_says_what_more_than_one_would_have_to_go():
    problem = Problem(
        choices=[
            choice("P1", "a", staff_days=5, interest={"a": 3}),
            choice("P2", "b", staff_days=5, interest={"b": 3}),
            choice("P3", "c", staff_days=10, interest={"c": 1}),
        ],
        regions=[],
        cap=3,
        staff_days=10,
    )

    [reason] = solve(problem).why_not

    assert reason.instead.keys == ("P3",)
    assert reason.displaced == ("P1", "P2")


def test_it_says_which_rules_contradict_one_another():
    problem = Problem(
        choices=[choice("P1", "a", locked=True), choice("P2", "a", locked=True), choice("P3", "a")],
        regions=["a"],
        cap=5,
        apart=frozenset({("P1", "P2")}),
    )

    assert set(solve(problem).conflict) == {"apart:P1:P2", "locked:P1", "locked:P2"}
    assert solve(replace(problem, apart=frozenset())).conflict == ()


def test_it_says_which_rule_costs_something():
    problem = Problem(
        choices=[choice("P1", "a", staff_days=5), choice("P2", "b", staff_days=5), choice("P3", "c", staff_days=5)],
        regions=["a", "b", "c"],
        cap=3,
        staff_days=10,
    )

    outcome = solve(problem)

    assert set(outcome.binding) == {"staff_days"}
    assert outcome.binding["staff_days"].worth.uncovered == ()
    assert outcome.cannot_cover == {"c": ()} or list(outcome.cannot_cover) == list(outcome.best.worth.uncovered)


def test_the_other_lists_are_the_best_others():
    compared = 0
    for seed in range(2_000, 2_060):
        problem = a_problem(seed, most=9)
        outcome = solve(problem)
        if outcome.best is None:
            continue
        best, *others = sorted((worth(problem, [c.key for c in one]).rank for one in all_lists(problem)), reverse=True)
        near = [rank for rank in others if rank[0] == best[0] and rank[2] >= 0.98 * best[2]]

        found = [other.worth.rank for other in outcome.alternatives]
        assert found == others[: len(found)], f"seed {seed}"
        assert len(found) >= min(5, len(near)) or others[len(found)] not in near, f"seed {seed}"
        compared += len(found)
    assert compared > 30


def test_other_lists_are_near_the_best_and_differ_from_one_another():
    problem = a_problem(7)

    outcome = solve(problem)

    lists = [outcome.best.keys, *(other.keys for other in outcome.alternatives)]
    assert len(set(lists)) == len(lists)
    for other in outcome.alternatives:
        assert other.worth.rank <= outcome.best.worth.rank
        assert len(other.worth.uncovered) == len(outcome.best.worth.uncovered)
