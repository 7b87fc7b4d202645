"""Proposals of topics: making, supporting, withdrawing them, and what becomes of them."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.enums import MailScope, Role
from accounts.models import User
from accounts.services import audit, outbox
from forum.models import Topic
from moderation.enums import ProposalState
from moderation.models import ProposalSupport, TopicProposal
from moderation.policies import proposals as policies

COLUMNS = ("title", "why", "expected_result", "language", "wanted_languages", "category", "names_proposer")
DECISIONS = {
    ProposalState.UNDER_REVIEW: {ProposalState.SUBMITTED},
    ProposalState.ACCEPTED: {ProposalState.SUBMITTED, ProposalState.UNDER_REVIEW},
    ProposalState.DECLINED: set(policies.OPEN),
    ProposalState.MERGED: set(policies.OPEN),
}
"""What can be decided, and from which states."""
TAKEN_BACK_TO = {
    ProposalState.UNDER_REVIEW: ProposalState.SUBMITTED,
    ProposalState.ACCEPTED: ProposalState.UNDER_REVIEW,
    ProposalState.DECLINED: ProposalState.UNDER_REVIEW,
    ProposalState.MERGED: ProposalState.UNDER_REVIEW,
    ProposalState.SCHEDULED: ProposalState.ACCEPTED,
}
"""Where a proposal stands once what was decided about it is taken back."""


# --- What participants do -------------------------------------------------------------------------


def propose_topic(
    *, actor: User, values: Mapping[str, Any], submission_key: uuid.UUID, by_mail: bool = False
) -> TopicProposal:
    """Propose a topic of the week; the moderators are told.

    Args:
        actor: Who proposes it; the member state they are of now is credited.
        values: By name of the field, as ``TopicProposalForm`` has accepted them.
        submission_key: Made with the form, or from the letter: the same one sent again proposes nothing new.
        by_mail: Whether it came by mail.

    Returns:
        The proposal, or the one that the same form made before.

    Raises:
        PermissionDenied: ``actor`` may not propose topics; the message says why.

    Source: FOR-03, CDIP/22/3 para 6, workflow 2.2.
    """
    policies.may_propose(actor).enforce()
    columns = {name: values[name] for name in COLUMNS}
    try:
        with transaction.atomic():
            proposal = TopicProposal.objects.create(
                proposed_by=actor,
                member_state_id=actor.member_state_id,
                submission_key=submission_key,
                by_mail=by_mail,
                **columns,
            )
            _keep(actor, proposal, ProposalState.SUBMITTED)
            return proposal
    except IntegrityError:
        return TopicProposal.objects.get(proposed_by=actor, submission_key=submission_key)


@transaction.atomic
def support_proposal(*, actor: User, proposal: int, supports: bool) -> TopicProposal:
    """Support a proposal, or support it no longer; that helps ordering and is no vote.

    Args:
        actor: Who supports it.
        proposal: Its id, locked.
        supports: Whether they do.

    Returns:
        The proposal.

    Raises:
        TopicProposal.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not support it; the message says why.

    Source: workflow 2.2.
    """
    locked = _locked(actor, proposal)
    policies.may_support(actor, locked).enforce()
    if supports:
        ProposalSupport.objects.get_or_create(proposal=locked, user=actor)
    else:
        ProposalSupport.objects.filter(proposal=locked, user=actor).delete()
    return locked


@transaction.atomic
def withdraw_proposal(*, actor: User, proposal: int) -> TopicProposal:
    """Withdraw a proposal that is not decided; only its proposer and the moderators see it from then on.

    Args:
        actor: Who proposed it.
        proposal: Its id, locked.

    Raises:
        TopicProposal.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not withdraw it; the message says why.

    Source: workflow 2.2.
    """
    locked = _locked(actor, proposal)
    policies.may_withdraw(actor, locked).enforce()
    return _set(actor, locked, ProposalState.WITHDRAWN)


@transaction.atomic
def renew_proposal(*, actor: User, proposal: int) -> TopicProposal:
    """Make again a proposal that one had withdrawn.

    Args:
        actor: Who proposed it.
        proposal: Its id, locked.

    Raises:
        TopicProposal.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.

    Source: workflow 2.2, MOD-11.
    """
    locked = _locked(actor, proposal)
    policies.may_renew(actor, locked).enforce()
    return _set(actor, locked, ProposalState.SUBMITTED)


# --- What moderators decide -----------------------------------------------------------------------


@transaction.atomic
def decide_proposal(
    *,
    actor: User,
    proposal: int,
    decision: ProposalState,
    seen: str,
    reason: str = "",
    into: int | None = None,
) -> TopicProposal:
    """Review, accept, decline or merge a proposal; its proposer is told.

    Args:
        actor: Who decides.
        proposal: Its id, locked.
        decision: One of ``DECISIONS``.
        seen: In which state it was, as far as ``actor`` knew.
        reason: Why; needed to decline.
        into: The id of the proposal that it is merged into; who supports either counts once.

    Returns:
        The proposal.

    Raises:
        TopicProposal.DoesNotExist: There is none, or not the one that it is merged into.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: Somebody else has decided meanwhile, or the decision lacks what it needs.

    Source: FOR-03, workflow 2.2.
    """
    policies.may_decide_proposals(actor).enforce()
    locked = _locked(actor, proposal)
    _require_unchanged(locked, seen)
    if locked.state not in DECISIONS[decision]:
        raise ValidationError(_("This cannot be decided of a proposal in this state."), code="state")
    if decision == ProposalState.DECLINED and not reason:
        raise ValidationError({"reason": _("Say why it is declined: the proposer is told.")})
    if decision == ProposalState.MERGED:
        locked.merged_into = _target(actor, locked, into)
    return _set(actor, locked, decision, reason=reason)


def _target(actor: User, proposal: TopicProposal, into: int | None) -> TopicProposal:
    """Return what a proposal is merged into, locked."""
    if proposal.merged.exists():
        raise ValidationError(
            _("Others were merged into this proposal. Merge the other one into it instead."), code="has_merged"
        )
    open_others = TopicProposal.objects.visible_to(actor).filter(state__in=policies.OPEN).exclude(pk=proposal.pk)
    target = open_others.select_for_update(of=("self",)).filter(pk=into or 0).first()
    if target is None:
        raise ValidationError({"into": _("Choose the proposal that it is merged into.")})
    return target


@transaction.atomic
def take_back_decision(*, actor: User, proposal: int, seen: str) -> TopicProposal:
    """Take back what was decided about a proposal; its proposer is told where it stands now.

    Args:
        actor: Who takes it back.
        proposal: Its id, locked.
        seen: In which state it was, as far as ``actor`` knew.

    Returns:
        The proposal.

    Raises:
        TopicProposal.DoesNotExist: There is none.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: Somebody else has decided meanwhile, nothing is decided, or its topic has opened.

    Source: MOD-11, workflow 2.2.
    """
    policies.may_decide_proposals(actor).enforce()
    locked = _locked(actor, proposal)
    _require_unchanged(locked, seen)
    back_to = TAKEN_BACK_TO.get(ProposalState(locked.state))
    if back_to is None:
        raise ValidationError(_("There is nothing to take back."), code="state")
    if locked.state == ProposalState.SCHEDULED:
        assert locked.topic is not None
        return _released(actor, locked, locked.topic)
    locked.merged_into = None
    return _set(actor, locked, back_to)


@transaction.atomic
def schedule_proposal(*, actor: User, proposal: int, topic: Topic) -> TopicProposal:
    """Keep which topic a proposal became; the topic credits its state, and the person who agrees to be named.

    Args:
        actor: Who prepares the topic.
        proposal: The id of the proposal, locked.
        topic: Saved, and not opened.

    Returns:
        The proposal.

    Raises:
        TopicProposal.DoesNotExist: There is none.
        PermissionDenied: ``actor`` does not moderate.
        ValidationError: It was decided otherwise meanwhile.

    Source: FOR-03, workflow 2.2.
    """
    policies.may_decide_proposals(actor).enforce()
    locked = _locked(actor, proposal)
    if locked.state not in policies.OPEN:
        raise ValidationError(
            _("This proposal has been decided meanwhile: %(state)s."),
            params={"state": locked.get_state_display()},
            code="changed",
        )
    topic.proposing_state = locked.member_state
    topic.proposer = locked.proposed_by if locked.names_proposer else None
    topic.save(update_fields=["proposing_state", "proposer"])
    locked.topic = topic
    return _set(actor, locked, ProposalState.SCHEDULED, plan_opens_at=topic.opens_at.isoformat())


@transaction.atomic
def release_proposals(*, actor: User, topic: Topic) -> None:
    """Part a topic from what it was made of: each proposal is accepted as before, and waits for another topic.

    Args:
        actor: Who takes the topic off the plan.
        topic: Not opened.
    """
    for proposal in topic.proposals.select_for_update(of=("self",)):
        _released(actor, proposal, topic)


def _released(actor: User, proposal: TopicProposal, topic: Topic) -> TopicProposal:
    if topic.number is not None:
        raise ValidationError(_("Its topic has opened, so it stays."), code="opened")
    topic.proposing_state = topic.proposer = None
    topic.save(update_fields=["proposing_state", "proposer"])
    proposal.topic = None
    return _set(actor, proposal, ProposalState.ACCEPTED)


def tell_of_opening(topic: Topic) -> None:
    """Tell who proposed a topic that it has opened. Source: workflow 2.2."""
    for proposal in topic.proposals.filter(state=ProposalState.SCHEDULED):
        opened = audit.record(None, "topic_proposal.opened", proposal, topic=topic.pk)
        outbox.notify({proposal.proposed_by_id: MailScope.ACCOUNT}, kind="proposal.told", about=opened)


# --- For all of them ------------------------------------------------------------------------------


def _locked(actor: User, proposal: int) -> TopicProposal:
    visible = TopicProposal.objects.visible_to(actor).select_related("topic", "proposed_by", "member_state")
    return visible.select_for_update(of=("self",)).get(pk=proposal)


def _require_unchanged(proposal: TopicProposal, seen: str) -> None:
    if proposal.state != seen:
        raise ValidationError(
            _("Somebody else has decided meanwhile: %(state)s. Look again, then decide."),
            params={"state": proposal.get_state_display()},
            code="changed",
        )


def _set(
    actor: User, proposal: TopicProposal, state: ProposalState, *, reason: str = "", **facts: Any
) -> TopicProposal:
    before, proposal.state, proposal.reason = proposal.state, state, reason
    if actor.is_moderator:
        proposal.decided_by, proposal.decided_at = actor, timezone.now()
    proposal.save()
    into = proposal.merged_into_id if state == ProposalState.MERGED else None
    _keep(actor, proposal, state, before=before, into=into, **facts)
    return proposal


def _keep(actor: User, proposal: TopicProposal, verb: str, **facts: Any) -> None:
    """Keep what happened, and tell the proposer of it; the moderators of what comes in."""
    event = audit.record(actor, f"topic_proposal.{verb}", proposal, **facts)
    told = {proposal.proposed_by_id}
    if verb == ProposalState.SUBMITTED and actor.pk == proposal.proposed_by_id:
        told = set(User.objects.active().filter(role=Role.MODERATOR).values_list("pk", flat=True))
    told.discard(actor.pk)
    outbox.notify(dict.fromkeys(sorted(told), MailScope.ACCOUNT), kind="proposal.told", about=event)
