"""Proposals for the year's programme: writing them, handing them on, and what becomes of them before the analysis."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.enums import MailScope
from accounts.models import MemberState, RegionalGroup, User
from accounts.queries.recipients import secretariat
from accounts.services import audit, outbox
from webinars.enums import CycleState, Origin, ProposalState
from webinars.models import Cycle, Proposal, TopicSuggestion
from webinars.models.cycles import PUBLIC
from webinars.models.proposals import LISTED
from webinars.policies import answers as policies
from webinars.policies.cycles import may_change_list
from webinars.queries.cycles import WORDS, pipeline_before, unused_suggestions
from webinars.queries.recipients import coordinators
from webinars.services.cycles import locked_cycle

TOLD = "webinar_proposal.told"
FIELDS = ("languages", "scope_area", "is_about_delivery", "about_note", "elsewhere", "is_series")
SUFFIXES = tuple(code.replace("-", "_") for code in settings.MODELTRANSLATION_LANGUAGES)
COLUMNS = tuple(f"{word}_{suffix}" for suffix in SUFFIXES for word in WORDS)
FEWEST_PARTS = 2  # of a series

Part = Mapping[str, str | None]
"""The columns of one part of a series: its title and objectives, in each language."""


# --- The Secretariat's list -----------------------------------------------------------------------


@transaction.atomic
def list_topic(
    *,
    actor: User,
    year: int,
    values: Mapping[str, Any],
    parts: Sequence[Part],
    submission_key: uuid.UUID,
    suggestion: int | None = None,
) -> Proposal:
    """Put a topic on the Secretariat's list.

    Args:
        actor: Who does so.
        year: The cycle's; it is locked.
        values: By name of the field, as ``ListedForm`` has accepted them.
        parts: The parts of a series, in order.
        submission_key: Made with the form: the same form sent again puts nothing new on the list.
        suggestion: The id of what participants suggested, where the topic was made of that.

    Returns:
        The topic.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        TopicSuggestion.DoesNotExist: It is on a list already.
        PermissionDenied: ``actor`` may not change the list; the message says why.

    Source: WEB-08, WEB-26, CDIP/30/8 paras 7, 12.
    """
    cycle = locked_cycle(actor, year)
    may_change_list(actor, cycle).enforce()
    known = Proposal.objects.filter(proposed_by=actor, submission_key=submission_key).first()
    if known is not None:
        return known
    suggested = unused_suggestions(actor).select_for_update(of=("self",)).get(pk=suggestion) if suggestion else None
    topic = _new(
        cycle,
        actor,
        origin=Origin.SUGGESTION if suggested else Origin.SECRETARIAT,
        language=settings.LANGUAGE_CODE,
        state=ProposalState.SUBMITTED,
        submitted_at=timezone.now(),
        submission_key=submission_key,
    )
    _write(topic, values, parts)
    if suggested is not None:
        TopicSuggestion.objects.filter(pk=suggested.pk).update(proposal=topic)
    audit.record(actor, "webinar_proposal.listed", topic, suggestion=suggestion)
    return topic


@transaction.atomic
def carry_over(*, actor: User, year: int, proposals: Collection[int]) -> list[Proposal]:
    """Put proposals of earlier years that wait in the pipeline on the list of a later one; the earlier ones stay.

    Args:
        actor: Who does so.
        year: The later cycle's; it is locked.
        proposals: Their ids; what is on a later list already is left out.

    Returns:
        The new topics.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change the list; the message says why.

    Source: WEB-14, CDIP/30/8 para 10, workflow 2.6.
    """
    cycle = locked_cycle(actor, year)
    may_change_list(actor, cycle).enforce()
    topics = []
    for earlier in pipeline_before(actor, cycle).filter(pk__in=proposals).select_for_update(of=("self",)):
        topic = _new(
            cycle,
            actor,
            origin=Origin.CARRIED,
            language=earlier.language,
            state=ProposalState.SUBMITTED,
            submitted_at=timezone.now(),
            carried_from=earlier,
            **{column: getattr(earlier, column) for column in (*COLUMNS, *FIELDS)},
        )
        topic.regions.set(earlier.regions.all())
        topic.builds_on.set(earlier.builds_on.all())
        columns = [f"{word}_{suffix}" for suffix in SUFFIXES for word in ("title", "aims")]
        _set_parts(topic, [{column: getattr(part, column) for column in columns} for part in earlier.parts.all()])
        audit.record(actor, "webinar_proposal.carried_over", topic, carried_from=earlier.pk)
        topics.append(topic)
    return topics


# --- What groups and states propose ---------------------------------------------------------------


@transaction.atomic
def propose(
    *,
    actor: User,
    year: int,
    group: int | None,
    member_state: int | None,
    values: Mapping[str, Any],
    parts: Sequence[Part],
    submission_key: uuid.UUID,
) -> Proposal:
    """Begin a proposal: a group's, or a state's to its coordinator; it is a draft until it is handed on.

    Args:
        actor: The coordinator, a delegate, or the Secretariat on behalf of a group or of a state without one.
        year: The cycle's; it is locked.
        group: The id of the group that proposes; None where a state does.
        member_state: The id of the state without a group that the Secretariat proposes for, or of the delegate's own.
        values: By name of the field, as ``ProposalForm`` has accepted them.
        parts: The parts of a series, in order.
        submission_key: Made with the form: the same form sent again begins nothing new.

    Returns:
        The draft.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        RegionalGroup.DoesNotExist: There is no such group.
        MemberState.DoesNotExist: There is no such state, or it is in a group.
        PermissionDenied: ``actor`` may not propose now; the message says why.

    Source: WEB-09, WEB-10, readings A14, A15, CDIP/30/8 para 8.
    """
    cycle = locked_cycle(actor, year)
    about: dict[str, Any] = {"origin": Origin.MEMBER}
    if group is not None:
        about = {"origin": Origin.GROUP, "group": RegionalGroup.objects.get(pk=group)}
        policies.may_answer(actor, cycle, about["group"]).enforce()
    elif actor.member_state is not None:
        policies.may_draft(actor, cycle).enforce()
        about |= {"member_state": actor.member_state, "group": actor.member_state.group}
    else:
        policies.may_answer(actor, cycle, None).enforce()
        about |= {"member_state": MemberState.objects.filter(group=None).get(pk=member_state or 0)}
    known = Proposal.objects.filter(proposed_by=actor, submission_key=submission_key).first()
    if known is not None:
        return known
    proposal = _new(
        cycle,
        actor,
        language=values["language"],
        entered_by_secretariat=actor.is_staff,
        submission_key=submission_key,
        **about,
    )
    _write(proposal, values, parts)
    audit.record(actor, "webinar_proposal.begun", proposal, group=proposal.group_id)
    return proposal


@transaction.atomic
def change_proposal(
    *, actor: User, proposal: int, values: Mapping[str, Any], parts: Sequence[Part], seen: str, note: str = ""
) -> Proposal:
    """Change what a proposal says; once others have seen it, its earlier wording is kept.

    Args:
        actor: Who changes it.
        proposal: Its id; it and its cycle are locked.
        values: By name of the field, as its form has accepted them.
        parts: The parts of a series, in order.
        seen: When it had been saved last as ``actor`` saw it.
        note: What changed; needed once the programme is published.

    Returns:
        The saved proposal.

    Raises:
        Proposal.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not change it; the message says why.
        ValidationError: Somebody else has changed it meanwhile, a correction lacks its note, or a part that is left
            out is decided on.

    Source: WEB-10, WEB-14, invariant 9 of the programme.
    """
    found = _locked(actor, proposal)
    policies.may_change_proposal(actor, found).enforce()
    _require_seen(found, seen)
    if found.cycle.state in PUBLIC and not note.strip():
        raise ValidationError(_("Say what is corrected: the programme is published."), code="no_note")
    before = texts_of(found)
    _write(found, values, parts)
    if texts_of(found) == before:
        return found
    if found.state != ProposalState.DRAFT and not _is_private(found):
        found.versions.create(texts=before, note=note, replaced_by=actor)
        _require_complete(found)
    event = audit.record(actor, "webinar_proposal.changed", found)
    if found.origin == Origin.MEMBER and found.proposed_by_id != actor.pk:
        outbox.notify({found.proposed_by_id: MailScope.ACCOUNT}, kind=TOLD, about=event)
    return found


def _is_private(proposal: Proposal) -> bool:
    """Tell whether a topic is on a list that nobody outside the Secretariat has seen."""
    return proposal.origin in LISTED and proposal.cycle.state == CycleState.PREPARING


@transaction.atomic
def submit_proposal(*, actor: User, proposal: int) -> Proposal:
    """Hand a proposal on: a state's draft to its coordinator, anything else to the Secretariat.

    Where the Secretariat takes up a draft that waits for a coordinator, it is marked as entered by it.

    Args:
        actor: Who hands it on.
        proposal: Its id; it and its cycle are locked.

    Returns:
        The saved proposal.

    Raises:
        Proposal.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: Something mandatory is missing.

    Source: WEB-09, WEB-10, readings A14, A15, CDIP/30/8 para 8.
    """
    found = _locked(actor, proposal)
    policies.may_submit(actor, found).enforce()
    _require_complete(found)
    found.state_reason = ""
    if (
        found.origin == Origin.MEMBER
        and found.submitted_at is None
        and found.state in {ProposalState.DRAFT, ProposalState.RETURNED}
        and not found.entered_by_secretariat
    ):
        told = coordinators([found.group_id]) if found.group_id else secretariat()
        return _set(actor, found, ProposalState.WITH_COORDINATOR, told)
    found.submitted_at = timezone.now()
    found.entered_by_secretariat |= actor.is_staff
    return _set(actor, found, ProposalState.SUBMITTED, {found.proposed_by_id: MailScope.ACCOUNT})


@transaction.atomic
def return_proposal(*, actor: User, proposal: int, reason: str) -> Proposal:
    """Return a proposal: the coordinator to the delegate who drafted it, the Secretariat to the group, to complete it.

    Args:
        actor: Who returns it.
        proposal: Its id; it and its cycle are locked.
        reason: Why; who gets it back reads it.

    Returns:
        The saved proposal.

    Raises:
        Proposal.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: No reason is given.

    Source: reading A15, workflow 2.6.
    """
    found = _locked(actor, proposal)
    policies.may_return(actor, found).enforce()
    if not reason.strip():
        raise ValidationError(_("Say why it is returned."), code="no_reason")
    found.state_reason = reason
    told = {found.proposed_by_id: MailScope.ACCOUNT}
    if found.submitted_at is not None and found.group_id:
        told |= coordinators([found.group_id])
    return _set(actor, found, ProposalState.RETURNED, told, reason=reason)


@transaction.atomic
def withdraw_proposal(*, actor: User, proposal: int) -> Proposal:
    """Withdraw a proposal, or take a topic off the list before groups answer; it stays known to who made it.

    Args:
        actor: Who withdraws it.
        proposal: Its id; it and its cycle are locked.

    Returns:
        The saved proposal.

    Raises:
        Proposal.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: WEB-09, workflow 2.6.
    """
    found = _locked(actor, proposal)
    policies.may_withdraw(actor, found).enforce()
    if found.origin == Origin.SUGGESTION:
        TopicSuggestion.objects.filter(proposal=found).update(proposal=None)
    return _set(actor, found, ProposalState.WITHDRAWN, {found.proposed_by_id: MailScope.ACCOUNT})


@transaction.atomic
def bring_back_proposal(*, actor: User, proposal: int) -> Proposal:
    """Make a withdrawn proposal a draft again, to be handed in anew.

    Args:
        actor: Who brings it back.
        proposal: Its id; it and its cycle are locked.

    Returns:
        The saved draft.

    Raises:
        Proposal.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not, or answers are not open; the message says why.

    Source: WEB-09, workflow 2.6.
    """
    found = _locked(actor, proposal)
    policies.may_bring_back(actor, found).enforce()
    found.state_reason, found.submitted_at, found.entered_by_secretariat = "", None, False
    return _set(actor, found, ProposalState.DRAFT, {})


# --- For all of them ------------------------------------------------------------------------------


def _locked(actor: User, proposal: int) -> Proposal:
    """Return a proposal with its cycle, both locked, the cycle first, as whoever moves the cycle on does."""
    visible = Proposal.objects.visible_to(actor)
    cycle = Cycle.objects.select_for_update().get(pk=visible.get(pk=proposal).cycle_id)
    related = visible.select_related("group", "member_state")
    found: Proposal = related.select_for_update(of=("self",)).get(pk=proposal)
    found.cycle = cycle
    return found


def _new(cycle: Cycle, actor: User, **fields: Any) -> Proposal:
    """Save a proposal with the next number of a cycle that is locked."""
    last = cycle.proposals.aggregate(last=Max("number"))["last"] or 0
    return Proposal.objects.create(cycle=cycle, number=last + 1, proposed_by=actor, **fields)


def _write(proposal: Proposal, values: Mapping[str, Any], parts: Sequence[Part]) -> None:
    """Keep what a form says: its columns, regions, earlier webinars, and parts."""
    for name in {"language", *COLUMNS, *FIELDS} & set(values):
        setattr(proposal, name, values[name])
    proposal.saved_at = timezone.now()
    proposal.save()
    proposal.regions.set(values.get("regions", ()))
    proposal.builds_on.set(values.get("builds_on", ()))
    _set_parts(proposal, parts if proposal.is_series else ())


def _set_parts(proposal: Proposal, parts: Sequence[Part]) -> None:
    for position, columns in enumerate(parts, 1):
        proposal.parts.update_or_create(position=position, defaults=dict(columns))
    try:
        proposal.parts.filter(position__gt=len(parts)).delete()
    except ProtectedError:
        raise ValidationError(
            _("A part that you have left out is decided on: undo that decision first, or leave the part in."),
            code="decided",
        ) from None


def texts_of(proposal: Proposal) -> dict[str, Any]:
    """Return what a proposal says now, as an earlier wording is kept: empty columns are left out.

    Args:
        proposal: With its parts, which are asked for anew.
    """
    texts: dict[str, Any] = {column: getattr(proposal, column) or "" for column in COLUMNS}
    columns = [f"{word}_{suffix}" for suffix in SUFFIXES for word in ("title", "aims")]
    texts["parts"] = [
        {column: getattr(part, column) for column in columns if getattr(part, column)}
        for part in proposal.parts.order_by("position")
    ]
    texts |= {"languages": list(proposal.languages), "about_note": proposal.about_note, "elsewhere": proposal.elsewhere}
    texts |= {"regions": sorted(proposal.regions.values_list("pk", flat=True)), "scope_area": proposal.scope_area_id}
    texts |= {"builds_on": sorted(proposal.builds_on.values_list("pk", flat=True))}
    return {name: said for name, said in texts.items() if said}


def _require_complete(proposal: Proposal) -> None:
    """Refuse a proposal that lacks what is mandatory. Source: WEB-10, reading A12."""
    suffix = proposal.language.replace("-", "_")
    if not proposal.languages or not all((getattr(proposal, f"{word}_{suffix}") or "").strip() for word in WORDS):
        raise ValidationError(
            _("Write title, objectives, target audience and subject, and choose a language, before you hand it in."),
            code="incomplete",
        )
    if not proposal.is_about_delivery and not proposal.about_note.strip():
        raise ValidationError(_("Say why it belongs here though it is not about delivery."), code="no_about")
    if proposal.is_series and proposal.parts.count() < FEWEST_PARTS:
        raise ValidationError(_("A series has at least two parts: write one in each line."), code="parts")


def _require_seen(proposal: Proposal, seen: str) -> None:
    if parse_datetime(seen) != proposal.saved_at:
        raise ValidationError(
            _("Somebody else has changed this meanwhile. Your words are still here: compare, then save once more."),
            code="changed",
        )


def _set(
    actor: User, proposal: Proposal, state: ProposalState, told: Mapping[int, MailScope], *, reason: str = ""
) -> Proposal:
    """Keep the new state, and tell of it whom it concerns and who did not do it."""
    before, proposal.state = proposal.state, state
    proposal.save(update_fields=["state", "state_reason", "submitted_at", "entered_by_secretariat"])
    event = audit.record(actor, f"webinar_proposal.{state}", proposal, reason=reason[:500], before=before)
    outbox.notify({user: scope for user, scope in told.items() if user != actor.pk}, kind=TOLD, about=event)
    return proposal
