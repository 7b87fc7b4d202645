"""Choosing the year's webinars: ways to hold them, clusters, marks, runs and pending decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from webinars import optimum
from webinars.enums import CycleState, ProposalState
from webinars.models import Cluster, Cycle, Decision, Exclusion, Option, Proposal, ProposalPart, Region, SelectionRun
from webinars.optimum import Outcome
from webinars.policies import selection as policies
from webinars.queries.cycles import places_taken
from webinars.queries.selection import (
    Candidate,
    candidates,
    chosen_from,
    option_of,
    problem_of,
    uncovered_by,
    units,
)

VERSION = "1"  # of the rules in ``webinars.optimum``: raised when the same inputs can give another list
STAFF_DAYS = 5  # of a way to hold a webinar, until somebody says otherwise


def locked_cycle(actor: User, year: int) -> Cycle:
    """Return a cycle, locked, in which ``actor`` may choose webinars.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not choose in it now.
    """
    cycle = Cycle.objects.visible_to(actor).select_for_update().get(year=year)
    policies.may_select(actor, cycle).enforce()
    return cycle


def _reconsider(cycle: Cycle) -> None:
    """Have a list that is decided decided once more: what it was decided from has changed. Source: WEB-11, WEB-12."""
    if cycle.state == CycleState.DECIDED:
        cycle.state = CycleState.ANALYSIS
        cycle.save(update_fields=["state"])


@transaction.atomic
def suggest_options(*, actor: User, year: int) -> int:
    """Add ways to hold what has none yet: in each language wanted, for the groups that want it.

    Args:
        actor: Who asks for it.
        year: The cycle's.

    Returns:
        How many were added.

    Source: WEB-02, WEB-11, CDIP/30/8 paras 4 ii, 9.
    """
    cycle = locked_cycle(actor, year)
    regions = list(units(cycle))
    by_group = {region.group_id: region for region in regions if region.group_id}
    added = 0
    for candidate in candidates(cycle):
        if candidate.options:
            continue
        for language in _languages_of(candidate):
            wanting = [
                by_group[group]
                for group, interest in candidate.interests.items()
                if group in by_group and (not interest.languages or language in interest.languages)
            ]
            targets = [region for region in candidate.proposal.regions.all() if region in regions]
            parts: list[ProposalPart | None] = [*candidate.proposal.parts.all()]
            for part in parts or [None]:
                option = Option.objects.create(
                    proposal=candidate.proposal, part=part, language=language, staff_days=STAFF_DAYS
                )
                option.regions.set({*wanting, *targets} or regions)
                added += 1
    audit.record(actor, "selection.options_suggested", cycle, added=added)
    return added


def _languages_of(candidate: Candidate) -> list[str]:
    """Return the languages in which it is wanted, by the proposals themselves first."""
    wanted = list(candidate.proposal.languages)
    for member in candidate.members:
        wanted += member.languages
    for interest in candidate.interests.values():
        wanted += interest.languages
    return list(dict.fromkeys(wanted)) or [candidate.proposal.language]


@transaction.atomic
def keep_option(
    *,
    actor: User,
    year: int,
    proposal: int,
    language: str,
    regions: Sequence[Region],
    staff_days: int,
    part: int | None = None,
    option: int | None = None,
) -> Option:
    """Add a way to hold a proposal, or change one.

    Args:
        actor: Who does so.
        year: The cycle's.
        proposal: Its id.
        language: In which it would be held.
        regions: For whom; at least one.
        staff_days: What it takes.
        part: The position of the part of a series.
        option: The id of the one that is changed.

    Returns:
        The saved way.

    Raises:
        Proposal.DoesNotExist: It cannot be chosen in this cycle.
        ValidationError: It serves nobody.

    Source: WEB-02, webinars are for a region or in a language.
    """
    cycle = locked_cycle(actor, year)
    of = chosen_from(cycle).get(pk=proposal)
    if not regions:
        raise ValidationError(_("Choose at least one region that the webinar is for."), code="no_region")
    kept = of.options.get(pk=option) if option else Option(proposal=of)
    kept.part = of.parts.get(position=part) if part else None
    kept.language, kept.staff_days = language, staff_days
    kept.save()
    kept.regions.set(regions)
    if Decision.objects.filter(option=kept).exists():
        _reconsider(cycle)
    audit.record(actor, "selection.option_kept", kept, language=language, staff_days=staff_days)
    return kept


@transaction.atomic
def drop_option(*, actor: User, year: int, option: int) -> None:
    """Take away a way to hold a proposal.

    Args:
        actor: Who does so.
        year: The cycle's.
        option: Its id.

    Raises:
        Option.DoesNotExist: It is of another cycle.
        ValidationError: It is decided already.

    Source: WEB-11.
    """
    cycle = locked_cycle(actor, year)
    dropped = Option.objects.get(pk=option, proposal__cycle=cycle)
    if hasattr(dropped, "decision"):
        raise ValidationError(_("It is in the decided list. Take it out of there first."), code="decided")
    audit.record(actor, "selection.option_dropped", dropped)
    dropped.delete()


@transaction.atomic
def mark(
    *,
    actor: User,
    year: int,
    scope: Mapping[int, bool | None],
    must: Sequence[int],
    barred: Sequence[int],
    locked_options: Sequence[int],
    barred_options: Sequence[int],
) -> None:
    """Keep the marks that bind the choice: in scope or not, must be in, not this year, locked, ruled out.

    Args:
        actor: Who marks.
        year: The cycle's.
        scope: By id of the proposal; None leaves it to its scope area.
        must: Ids of proposals that must be held.
        barred: Ids of proposals that are not held this year.
        locked_options: Ids of ways that must be taken.
        barred_options: Ids of ways that are not taken.

    Raises:
        ValidationError: Something is marked in and out at once.

    Source: WEB-12, reading A12.
    """
    cycle = locked_cycle(actor, year)
    if {*must} & {*barred} or {*locked_options} & {*barred_options}:
        raise ValidationError(_("Something is marked both as in and as out. Choose one of them."), code="both")
    for proposal in chosen_from(cycle):
        proposal.is_in_scope = scope.get(proposal.pk, proposal.is_in_scope)
        proposal.must_be_in, proposal.is_barred = proposal.pk in must, proposal.pk in barred
        proposal.save(update_fields=["is_in_scope", "must_be_in", "is_barred"])
    own = Option.objects.filter(proposal__cycle=cycle)
    own.update(is_locked=False, is_barred=False)
    own.filter(pk__in=locked_options).update(is_locked=True)
    own.filter(pk__in=barred_options).update(is_barred=True)
    audit.record(actor, "selection.marked", cycle, must=list(must), barred=list(barred))


@transaction.atomic
def keep_apart(*, actor: User, year: int, first: int, second: int, reason: str = "") -> None:
    """Have two proposals not both held; said again, they may be.

    Args:
        actor: Who says so.
        year: The cycle's.
        first: The id of one of them.
        second: The id of the other.
        reason: Why.

    Raises:
        ValidationError: It is one and the same.

    Source: WEB-06, CDIP/30/8 para 4 v.
    """
    cycle = locked_cycle(actor, year)
    if first == second:
        raise ValidationError(_("Choose two different proposals."), code="same")
    pair = sorted((first, second))
    proposals = {proposal.pk: proposal for proposal in chosen_from(cycle).filter(pk__in=pair)}
    exclusion, is_new = Exclusion.objects.get_or_create(
        first=proposals[pair[0]], second=proposals[pair[1]], defaults={"reason": reason}
    )
    if not is_new:
        exclusion.delete()
    audit.record(actor, "selection.kept_apart", cycle, pair=pair, apart=is_new)


@transaction.atomic
def merge_proposals(*, actor: User, year: int, lead: int, others: Sequence[int], reason: str) -> Cluster:
    """Take proposals together under a lead; their texts, authors and interests stay. Source: WEB-13.

    Args:
        actor: Who merges.
        year: The cycle's.
        lead: The id of the proposal that stands for all.
        others: The ids of those that join it.
        reason: Why, for their authors.

    Returns:
        The cluster.

    Raises:
        ValidationError: Nothing else is named, or one of them is in another cluster, or no reason is given.

    Source: WEB-13, CDIP/30/8 para 9.
    """
    cycle = locked_cycle(actor, year)
    members = list(chosen_from(cycle).filter(pk__in={*others, lead}).select_for_update())
    of_lead = next((proposal for proposal in members if proposal.pk == lead), None)
    if of_lead is None or len(members) < 2:
        raise ValidationError(_("Choose the leading proposal and at least one other."), code="too_few")
    if not reason.strip():
        raise ValidationError(_("Say why they are taken together: their authors read it."), code="no_reason")
    existing = Cluster.objects.filter(lead=of_lead).first()
    if any(proposal.cluster_id not in {None, existing.pk if existing else None} for proposal in members):
        raise ValidationError(_("One of them is in another cluster. Undo that one first."), code="taken")
    cluster, _is_new = Cluster.objects.update_or_create(
        lead=of_lead,
        defaults={"reason": reason},
        create_defaults={"cycle": cycle, "reason": reason, "made_by": actor},
    )
    for proposal in members:
        proposal.cluster = cluster
        proposal.save(update_fields=["cluster"])
    _reconsider(cycle)
    audit.record(actor, "proposals.merged", cluster, reason=reason, members=[proposal.pk for proposal in members])
    return cluster


@transaction.atomic
def undo_merge(*, actor: User, year: int, cluster: int) -> None:
    """Take a cluster apart again; what was in it is as it was before.

    Args:
        actor: Who does so.
        year: The cycle's.
        cluster: Its id.

    Raises:
        Cluster.DoesNotExist: It is of another cycle.

    Source: WEB-13.
    """
    cycle = locked_cycle(actor, year)
    undone = Cluster.objects.get(pk=cluster, cycle=cycle)
    audit.record(actor, "proposals.merge_undone", undone, members=list(undone.members.values_list("pk", flat=True)))
    undone.members.update(cluster=None)
    undone.delete()
    _reconsider(cycle)


@transaction.atomic
def run_selection(*, actor: User, year: int) -> SelectionRun:
    """Compute the best list, and keep what was computed from what.

    Args:
        actor: Who asks for it.
        year: The cycle's.

    Returns:
        The saved run; it advises, and decides nothing.

    Source: WEB-11, WEB-12, CDIP/30/8 para 9.
    """
    cycle = locked_cycle(actor, year)
    problem = problem_of(cycle, candidates(cycle), list(units(cycle)))
    outcome = optimum.solve(problem)
    run = SelectionRun.objects.create(
        cycle=cycle,
        inputs=_plain(asdict(problem)),
        result=_plain(_as_dict(outcome)),
        method=optimum.METHOD,
        version=VERSION,
        run_by=actor,
    )
    audit.record(actor, "selection.run", run)
    return run


def _as_dict(outcome: Outcome) -> dict[str, Any]:
    """Return what a run keeps of an outcome: lists of keys with what they are worth."""

    def listed(found: optimum.Chosen | None) -> dict[str, Any] | None:
        return None if found is None else {"keys": found.keys, **asdict(found.worth)}

    return {
        "best": listed(outcome.best),
        "everything_fits": outcome.everything_fits,
        "alternatives": [listed(other) for other in outcome.alternatives],
        "why_not": [
            {
                "proposal": reason.proposal,
                "instead": listed(reason.instead),
                "displaced": reason.displaced,
                "conflict": reason.conflict,
            }
            for reason in outcome.why_not
        ],
        "binding": {rule: listed(other) for rule, other in outcome.binding.items()},
        "conflict": outcome.conflict,
        "cannot_cover": dict(outcome.cannot_cover),
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON keeps it, sets in order."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted(map(_plain, value))
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


@transaction.atomic
def decide(
    *,
    actor: User,
    year: int,
    options: Sequence[int],
    reasons: Mapping[int, str],
    difference: str = "",
    uncovered_reason: str = "",
) -> Cycle:
    """Decide the list; nobody sees or is told anything of it before it is published. Source: WEB-11, workflow 2.6.

    Args:
        actor: Who decides.
        year: The cycle's.
        options: The ids of the ways that are taken.
        reasons: Why each other proposal is not taken, by its id; those without one wait for later years.
        difference: Why the list is other than the last run advised, where it is.
        uncovered_reason: Why a region has no webinar, where one has none; shown to the public.

    Returns:
        The decided cycle.

    Raises:
        ValidationError: It exceeds what the year may have, leaves a region empty without a reason, is other than
            advised without a reason, or breaks the order of a series; nothing is kept.

    Source: WEB-05, WEB-11, WEB-12, WEB-30.
    """
    cycle = locked_cycle(actor, year)
    among = candidates(cycle)
    all_options = [option for candidate in among for option in candidate.options]
    chosen = [option for option in all_options if option.pk in options]
    _require_sound(cycle, among, chosen)
    run = cycle.runs.first()
    differs = _differs(run, chosen)
    if differs and not difference.strip():
        raise ValidationError(_("Say why the list is other than the computed one."), code="difference")
    if uncovered_by(cycle, chosen) and not uncovered_reason.strip():
        raise ValidationError(
            _("No webinar is for: %(regions)s. Say why; the public reads it."),
            code="uncovered",
            params={"regions": "; ".join(map(str, uncovered_by(cycle, chosen)))},
        )
    Decision.objects.filter(option__proposal__cycle=cycle).delete()
    Decision.objects.bulk_create(
        Decision(
            option=option,
            run=run,
            differs=option.pk in differs,
            reason=difference if option.pk in differs else "",
            decided_by=actor,
        )
        for option in chosen
    )
    taken = {option.proposal_id for option in chosen}
    for candidate in among:
        together = [candidate.proposal, *candidate.members]
        is_taken = any(proposal.pk in taken for proposal in together)
        for proposal in together:
            _pend(proposal, candidate, is_taken=is_taken, reason=reasons.get(candidate.proposal.pk, ""))
    cycle.state, cycle.uncovered_reason = CycleState.DECIDED, uncovered_reason
    cycle.save(update_fields=["state", "uncovered_reason"])
    audit.record(
        actor,
        "selection.decided",
        cycle,
        reason=difference,
        options=[option.pk for option in chosen],
        run=run.pk if run else None,
    )
    return cycle


def _pend(proposal: Proposal, candidate: Candidate, *, is_taken: bool, reason: str) -> None:
    """Keep what will be published of one proposal."""
    if is_taken and proposal.pk != candidate.proposal.pk:
        proposal.pending_state = ProposalState.MERGED
        proposal.pending_reason = proposal.cluster.reason if proposal.cluster else reason
    elif is_taken:
        proposal.pending_state, proposal.pending_reason = ProposalState.SELECTED, reason
    elif candidate.proposal.is_barred and reason.strip():
        proposal.pending_state, proposal.pending_reason = ProposalState.DECLINED, reason
    else:
        proposal.pending_state, proposal.pending_reason = ProposalState.CARRIED_OVER, reason
    proposal.save(update_fields=["pending_state", "pending_reason"])


def _require_sound(cycle: Cycle, among: Sequence[Candidate], chosen: Sequence[Option]) -> None:
    """Refuse a list that the year's rules do not allow whatever the reason."""
    count = len(chosen if cycle.counts_repeats else {(option.proposal_id, option.part_id) for option in chosen})
    if count > cycle.most:
        raise ValidationError(
            _("There are %(count)d webinars; the year may have %(most)d. Record an exception with its reason first."),
            code="cap",
            params={"count": count, "most": cycle.most},
        )
    if not all(option.regions.all() for option in chosen):
        raise ValidationError(_("Choose at least one region that the webinar is for."), code="no_region")
    problem = problem_of(cycle, among, list(units(cycle)))
    keys = {option.pk: option for option in chosen}
    taken = [choice for choice in problem.choices if option_of(choice.key) in keys]
    parts = {(choice.proposal, choice.part) for choice in taken}
    for proposal, part in sorted(parts):
        if part > 1 and (proposal, part - 1) not in parts and (proposal, part - 1) not in problem.held:
            raise ValidationError(
                _("Part %(part)d of a series comes after part %(before)d, which is neither held nor in the list."),
                code="series",
                params={"part": part, "before": part - 1},
            )
    if cycle.needs_adoption and any(
        not candidate.is_adopted and {option.pk for option in candidate.options} & keys.keys() for candidate in among
    ):
        raise ValidationError(
            _("A topic of the Secretariat that no group took up is not held in this cycle."), code="not_adopted"
        )


def _differs(run: SelectionRun | None, chosen: Sequence[Option]) -> set[int]:
    """Return the ids of ways that are taken though the run did not advise them, or of all where it advised others."""
    best = run.result["best"] if run else None
    if best is None:
        return set()
    advised = {option_of(key) for key in best["keys"]}
    taken = {option.pk for option in chosen}
    return (taken - advised) or (taken if advised - taken else set())


@transaction.atomic
def override_cap(*, actor: User, year: int, most: int | None, reason: str) -> Cycle:
    """Let a year have more webinars than usual, for a reason that the public reads; or take that back.

    Args:
        actor: Who decides it.
        year: The cycle's.
        most: How many; None for the usual number.
        reason: Why.

    Returns:
        The changed cycle.

    Raises:
        PermissionDenied: ``actor`` may not, or not now; the message says why.
        ValidationError: No reason is given, the number is not above the usual one, or there are more webinars already.

    Source: WEB-05, CDIP/30/8 para 4 iv, reading A11.
    """
    cycle = Cycle.objects.visible_to(actor).select_for_update().get(year=year)
    policies.may_override_cap(actor, cycle).enforce()
    if places_taken(cycle) > (most or cycle.cap):
        raise ValidationError(_("The year has more webinars than that already."), code="taken")
    if most is None:
        cycle.overridden_cap = cycle.cap_overridden_by = cycle.cap_overridden_at = None
        cycle.cap_reason = ""
    else:
        if most <= cycle.cap:
            raise ValidationError(
                _("The usual number is %(cap)d: an exception is for more."), code="not_more", params={"cap": cycle.cap}
            )
        if not reason.strip():
            raise ValidationError(_("Say why there are to be more webinars: the public reads it."), code="no_reason")
        cycle.overridden_cap, cycle.cap_reason = most, reason
        cycle.cap_overridden_by, cycle.cap_overridden_at = actor, timezone.now()
    cycle.save()
    _reconsider(cycle)
    audit.record(actor, "cycle.cap_overridden", cycle, reason=reason, most=most)
    return cycle
