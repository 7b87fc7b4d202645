"""What the bench shows: what could be held, what is chosen, and what can be argued about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import RegionalGroup
from webinars.enums import InterestLevel, Origin, ProposalState
from webinars.models import Cluster, Cycle, CycleScope, Decision, Exclusion, Interest, Option, Proposal, Region, Webinar
from webinars.models.webinars import ENDED
from webinars.optimum import Choice, Problem

JOINT_FROM = 2  # groups that want one proposal
WAITED_MOST = 3  # years that count


@dataclass(frozen=True)
class Candidate:
    """A proposal, or a cluster of them under its lead, as the bench shows it.

    Args:
        proposal: The proposal, or the lead of the cluster.
        members: The others of the cluster.
        in_scope: As marked by hand, else as its scope area is in the cycle.
        interests: The highest interest of each group, by the group's id.
        wanted_by: Those groups with their interest in words, the greatest first.
        options: The ways to hold it.
        is_adopted: Whether a group wants it; asked of topics of the Secretariat.
    """

    proposal: Proposal
    members: Sequence[Proposal]
    in_scope: bool
    interests: Mapping[int, Interest]
    wanted_by: Sequence[tuple[str, str]]
    options: Sequence[Option]
    is_adopted: bool


def candidates(cycle: Cycle) -> list[Candidate]:
    """Return what can be chosen from: what was submitted, each cluster once.

    The interest of a group counts once its answer is handed in. Source: WEB-09, WEB-11, WEB-13.
    """
    scopes = dict(CycleScope.objects.filter(cycle=cycle).values_list("area", "in_scope"))
    answered = cycle.answers.values("group")
    proposals = list(
        chosen_from(cycle)
        .select_related("cycle", "group", "member_state", "scope_area", "cluster__lead")
        .prefetch_related(
            Prefetch("interests", Interest.objects.current().filter(group__in=answered).select_related("group")),
            Prefetch("options", Option.objects.select_related("part", "decision").prefetch_related("regions")),
            "builds_on",
            "parts",
        )
    )
    leads = {proposal.pk: proposal for proposal in proposals}
    members: dict[int, list[Proposal]] = {}
    for proposal in proposals:
        lead = proposal.cluster.lead_id if proposal.cluster else proposal.pk
        members.setdefault(lead if lead in leads else proposal.pk, []).append(proposal)
    return [_candidate(leads[lead], together, scopes) for lead, together in sorted(members.items())]


def _candidate(lead: Proposal, together: Sequence[Proposal], scopes: Mapping[int, bool]) -> Candidate:
    highest: dict[int, Interest] = {}
    for proposal in together:
        for interest in proposal.interests.all():
            if interest.level > InterestLevel.NONE:
                known = highest.get(interest.group_id)
                highest[interest.group_id] = max(known or interest, interest, key=lambda one: one.level)
    for proposal in together:  # what a group proposes it wants
        if proposal.group_id is not None and proposal.group_id not in highest and proposal.group is not None:
            highest[proposal.group_id] = Interest(
                proposal=proposal, group=proposal.group, level=InterestLevel.STRONG, languages=proposal.languages
            )
    ranked = sorted(highest.values(), key=lambda one: (-one.level, str(one.group)))
    in_scope = scopes.get(lead.scope_area_id, True) if lead.scope_area_id else lead.is_about_delivery
    return Candidate(
        proposal=lead,
        members=[proposal for proposal in together if proposal.pk != lead.pk],
        in_scope=in_scope if lead.is_in_scope is None else lead.is_in_scope,
        interests=highest,
        wanted_by=[(str(one.group), str(InterestLevel(one.level).label)) for one in ranked],
        options=[option for proposal in together for option in proposal.options.all()],
        is_adopted=bool(highest) or lead.origin != Origin.SECRETARIAT,
    )


def chosen_from(cycle: Cycle) -> QuerySet[Proposal]:
    """Return the proposals that can be chosen: submitted, whatever is pending on them."""
    return cycle.proposals.filter(state=ProposalState.SUBMITTED).order_by("number")


def units(cycle: Cycle) -> QuerySet[Region]:
    """Return the units of coverage of a cycle. Source: WEB-12, reading A10."""
    return Region.objects.filter(scheme=cycle.scheme).select_related("group")


def key_of(option: Option) -> str:
    """Return what names a way to hold a proposal in runs: in the order of references, parts and languages."""
    part = option.part.position if option.part else 0
    return f"{option.proposal.number:04}.{part}.{option.language}.{option.pk}"


def option_of(key: str) -> int:
    """Return the id of the option that ``key_of`` named."""
    return int(key.rsplit(".", 1)[1])


def problem_of(cycle: Cycle, among: Sequence[Candidate], regions: Sequence[Region]) -> Problem:
    """Return the choice of a cycle's webinars as it is computed.

    Args:
        cycle: With its limits.
        among: What can be chosen.
        regions: The units of coverage.

    Source: WEB-05, WEB-11, WEB-12.
    """
    references = {candidate.proposal.pk: name_of(candidate.proposal) for candidate in among}
    lead_of = {
        proposal.pk: candidate.proposal.pk
        for candidate in among
        for proposal in (candidate.proposal, *candidate.members)
    }
    keys = {region.pk: str(region.pk) for region in regions}
    groups = {region.pk: region.group_id for region in regions}
    pairs = Exclusion.objects.filter(first__in=lead_of, second__in=lead_of).values_list("first", "second")
    return Problem(
        choices=[
            Choice(
                key=key_of(option),
                proposal=references[candidate.proposal.pk],
                part=option.part.position if option.part else 0,
                language=option.language,
                regions=frozenset(keys[region.pk] for region in option.regions.all() if region.pk in keys),
                staff_days=option.staff_days,
                in_scope=candidate.in_scope,
                interest=_interest(candidate, option, groups),
                bonus=_bonus(candidate),
                locked=option.is_locked,
                barred=option.is_barred or candidate.proposal.is_barred or _lacks_adoption(cycle, candidate),
            )
            for candidate in among
            for option in candidate.options
        ],
        regions=list(keys.values()),
        cap=cycle.most,
        counts_repeats=cycle.counts_repeats,
        staff_days=cycle.staff_days,
        fewest_languages=cycle.fewest_languages,
        most_per_language=cycle.most_per_language,
        most_per_proposal=cycle.most_per_proposal,
        must=frozenset(references[candidate.proposal.pk] for candidate in among if candidate.proposal.must_be_in),
        apart=frozenset(
            (min(pair), max(pair))
            for pair in ((references[lead_of[first]], references[lead_of[second]]) for first, second in pairs)
            if pair[0] != pair[1]
        ),
        held=frozenset(_held_parts(references)),
    )


def name_of(proposal: Proposal) -> str:
    """Return what names a proposal in runs."""
    return f"{proposal.number:04}"


def _lacks_adoption(cycle: Cycle, candidate: Candidate) -> bool:
    """Tell whether nobody took up a topic of the Secretariat where that is needed. Source: WEB-30, reading A13."""
    return cycle.needs_adoption and not candidate.is_adopted


def _interest(candidate: Candidate, option: Option, groups: Mapping[int, int | None]) -> dict[str, int]:
    """Return the points of each group that a way to hold a proposal serves, in a language it asked for.

    Where coverage is by geographic region, which groups do not follow, every group that wants it is served.
    """
    served = {groups.get(region.pk) for region in option.regions.all()}
    by_region = served == {None}
    return {
        str(group): interest.level
        for group, interest in candidate.interests.items()
        if (by_region or group in served) and (not interest.languages or option.language in interest.languages)
    }


def _bonus(candidate: Candidate) -> int:
    """Return what speaks for a proposal beside interest: what it builds on, how long it waited, who joins in it."""
    builds_on = any(webinar.state in ENDED for webinar in candidate.proposal.builds_on.all())
    waited = 0
    earlier: Proposal | None = candidate.proposal
    while earlier is not None and earlier.carried_from_id is not None and waited < WAITED_MOST:
        waited += 1
        earlier = earlier.carried_from
    return 2 * builds_on + waited + (len(candidate.interests) >= JOINT_FROM)


def _held_parts(references: Mapping[int, str]) -> list[tuple[str, int]]:
    held = Webinar.objects.held().filter(Q(proposal__in=references) | Q(proposal__carried_to__in=references))
    return [
        (references[proposal], part)
        for proposal, carried, part in held.values_list("proposal", "proposal__carried_to", "part")
        for proposal in (proposal, carried)
        if proposal in references and part
    ]


# --- What a run says, in words ------------------------------------------------------------------------


def rule_in_words(rule: str, cycle: Cycle, titles: Mapping[str, str]) -> str:
    """Return what the rule that a run names says.

    Args:
        rule: As ``webinars.optimum`` names it.
        cycle: With its limits.
        titles: Of proposals by what names them, and of options by their keys.
    """
    kind, _colon, rest = rule.partition(":")
    if kind == "apart":
        first, second = rest.split(":")
        return _("“%(first)s” and “%(second)s” are not both held.") % {
            "first": titles.get(first, first),
            "second": titles.get(second, second),
        }
    sentences = {
        "cap": _("There are at most %(count)d webinars.") % {"count": cycle.most},
        "staff_days": _("There are at most %(count)d staff days.") % {"count": cycle.staff_days or 0},
        "most_per_language": _("One language has at most %(count)d webinars.")
        % {"count": cycle.most_per_language or 0},
        "fewest_languages": _("At least %(count)d languages are used.") % {"count": cycle.fewest_languages},
        "must": _("“%(title)s” must be held.") % {"title": titles.get(rest, rest)},
        "locked": _("“%(title)s” is locked in.") % {"title": titles.get(rest, rest)},
        "barred": _("“%(title)s” is ruled out this year.") % {"title": titles.get(rest, rest)},
    }
    return sentences[kind]


@dataclass(frozen=True)
class Line:
    """One webinar of a list."""

    option: int
    title: str
    language: str
    regions: Sequence[str]


@dataclass(frozen=True)
class Listed:
    """A list that a run found.

    Args:
        lines: Its webinars.
        uncovered: The regions it leaves empty.
        in_scope: How many are in scope.
        satisfaction: The groups' points, with falling gains.
        added: Those that the best list does not have.
        lost: Those of the best list that this one lacks.
    """

    lines: Sequence[Line]
    uncovered: Sequence[str]
    in_scope: int
    satisfaction: int
    added: Sequence[Line] = ()
    lost: Sequence[Line] = ()


@dataclass(frozen=True)
class Reason:
    """Why a proposal is not in the list: what it would displace and cost, or which rules forbid it."""

    title: str
    displaced: Sequence[Line]
    satisfaction_lost: int
    scope_lost: int
    regions_lost: int
    rules: Sequence[str]


@dataclass(frozen=True)
class GridRow:
    """One region's webinars by language."""

    region: str
    cells: Sequence[int]
    total: int
    points: int | None


@dataclass(frozen=True)
class RunShown:
    """What a run said, in the reader's language."""

    best: Listed | None
    everything_fits: bool
    grid: Sequence[GridRow]
    languages: Sequence[str]
    alternatives: Sequence[Listed]
    reasons: Sequence[Reason]
    binding: Sequence[tuple[str, int, int]]
    conflict: Sequence[str]
    empty: Sequence[tuple[str, Sequence[str]]]


def run_shown(
    result: Mapping[str, Any], cycle: Cycle, among: Sequence[Candidate], regions: Sequence[Region]
) -> RunShown:
    """Put what a run found into words.

    Args:
        result: As it was saved.
        cycle: With its limits.
        among: What could be chosen.
        regions: The units of coverage.
    """
    options = {key_of(option): option for candidate in among for option in candidate.options}
    titles = {name_of(candidate.proposal): candidate.proposal.title for candidate in among}
    titles |= {key: _entitled(option) for key, option in options.items()}
    names = {str(region.pk): str(region) for region in regions}
    lines = {
        key: Line(option.pk, _entitled(option), option.language, [str(region) for region in option.regions.all()])
        for key, option in options.items()
    }
    gone = Line(0, _("a way to hold it that is no longer there"), "", [])

    def listed(found: Mapping[str, Any], best: Sequence[str] = ()) -> Listed:
        keys = found["keys"]
        return Listed(
            lines=[lines.get(key, gone) for key in keys],
            uncovered=[names.get(region, region) for region in found["uncovered"]],
            in_scope=found["in_scope"],
            satisfaction=found["satisfaction"],
            added=[lines.get(key, gone) for key in keys if key not in best],
            lost=[lines.get(key, gone) for key in best if key not in keys],
        )

    def rules(some: Sequence[str]) -> list[str]:
        return [rule_in_words(rule, cycle, titles) for rule in some]

    best = result["best"]
    if best is None:
        return RunShown(None, False, [], [], [], [], [], rules(result["conflict"]), [])
    languages, grid = _grid(best, [options[key] for key in best["keys"] if key in options], regions)
    return RunShown(
        best=listed(best),
        everything_fits=result["everything_fits"],
        grid=grid,
        languages=languages,
        alternatives=[listed(other, best["keys"]) for other in result["alternatives"]],
        reasons=[
            Reason(
                title=titles.get(reason["proposal"], reason["proposal"]),
                displaced=[lines.get(key, gone) for key in reason["displaced"]],
                satisfaction_lost=max(0, best["satisfaction"] - reason["instead"]["satisfaction"])
                if reason["instead"]
                else 0,
                scope_lost=max(0, best["in_scope"] - reason["instead"]["in_scope"]) if reason["instead"] else 0,
                regions_lost=max(0, len(reason["instead"]["uncovered"]) - len(best["uncovered"]))
                if reason["instead"]
                else 0,
                rules=rules(reason["conflict"]),
            )
            for reason in result["why_not"]
        ],
        binding=[
            (
                rule_in_words(rule, cycle, titles),
                len(best["uncovered"]) - len(other["uncovered"]),
                other["satisfaction"] - best["satisfaction"],
            )
            for rule, other in result["binding"].items()
        ],
        conflict=[],
        empty=[(names.get(region, region), rules(why)) for region, why in result["cannot_cover"].items()],
    )


def _entitled(option: Option) -> str:
    title = str(option.part.title) if option.part else str(option.proposal.title)
    return f"{title} ({dict(settings.LANGUAGES).get(option.language, option.language)})"


def _grid(
    best: Mapping[str, Any], chosen: Sequence[Option], regions: Sequence[Region]
) -> tuple[list[str], list[GridRow]]:
    """Return the languages used, and for each region how many webinars it has in each of them."""
    used = sorted({option.language for option in chosen})
    rows = []
    for region in regions:
        serving = [option for option in chosen if region in option.regions.all()]
        counts = [sum(option.language == language for option in serving) for language in used]
        points = best["points"].get(str(region.group_id)) if region.group_id else None
        rows.append(GridRow(str(region), counts, len(serving), points))
    return [str(dict(settings.LANGUAGES).get(language, language)) for language in used], rows


def decided_options(cycle: Cycle) -> QuerySet[Decision]:
    """Return what is taken into the programme of a cycle and not published yet, or was."""
    return Decision.objects.filter(option__proposal__cycle=cycle).select_related("option__proposal", "option__part")


def uncovered_by(cycle: Cycle, options: Sequence[Option]) -> list[Region]:
    """Return the regions of a cycle that a choice leaves without a webinar. Source: WEB-12."""
    served = {region.pk for option in options for region in option.regions.all()}
    return [region for region in units(cycle) if region.pk not in served]


def silent_groups(cycle: Cycle) -> list[RegionalGroup]:
    """Return the groups that asked for nothing; they are flagged, not forced. Source: reading A10."""
    answered = cycle.answers.values("group")
    asked = (
        Interest.objects.current()
        .filter(proposal__cycle=cycle, level__gt=InterestLevel.NONE, group__in=answered)
        .values("group")
    )
    proposed = cycle.proposals.filter(group__isnull=False).exclude(state=ProposalState.WITHDRAWN).values("group")
    return list(RegionalGroup.objects.exclude(pk__in=asked).exclude(pk__in=proposed))


def clusters_of(cycle: Cycle) -> QuerySet[Cluster]:
    """Return the clusters of a cycle with their members."""
    return Cluster.objects.filter(cycle=cycle).select_related("lead").prefetch_related("members")


def pairs_apart(cycle: Cycle) -> QuerySet[Exclusion]:
    """Return the pairs of proposals of a cycle that are not both held."""
    return Exclusion.objects.filter(first__cycle=cycle).select_related("first__cycle", "second__cycle")
