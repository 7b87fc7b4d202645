"""Who may propose topics, support them, and decide on them."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from moderation.enums import ProposalState
from moderation.models import TopicProposal

OPEN = (ProposalState.SUBMITTED, ProposalState.UNDER_REVIEW, ProposalState.ACCEPTED)
"""What can still become a topic, so it can be supported and withdrawn."""


def may_propose(actor: User) -> Verdict:
    """Judge whether ``actor`` may propose topics of the week. Source: FOR-03, CDIP/22/3 para 6, workflow 2.2."""
    if not (actor.may_enter and actor.reads_every_room):
        return Verdict(_("Topics are proposed by participants who read every room."))
    if not actor.writes:
        return Verdict(_("An evaluator reads proposals and makes none."))
    return ALLOWED


def may_support(actor: User, proposal: TopicProposal) -> Verdict:
    """Judge whether ``actor`` may support ``proposal``, or support it no longer. Source: workflow 2.2."""
    if not may_propose(actor):
        return may_propose(actor)
    if proposal.proposed_by_id == actor.pk:
        return Verdict(_("This is your own proposal."))
    if proposal.state not in OPEN:
        return Verdict(_("This proposal is decided."))
    return ALLOWED


def may_withdraw(actor: User, proposal: TopicProposal) -> Verdict:
    """Judge whether ``actor`` may withdraw ``proposal``. Source: workflow 2.2."""
    if not (actor.may_enter and proposal.proposed_by_id == actor.pk):
        return Verdict(_("Only who proposed a topic withdraws it."))
    if proposal.state not in OPEN:
        return Verdict(_("This proposal is decided."))
    return ALLOWED


def may_renew(actor: User, proposal: TopicProposal) -> Verdict:
    """Judge whether ``actor`` may propose again what they had withdrawn. Source: workflow 2.2, MOD-11."""
    if not may_propose(actor):
        return may_propose(actor)
    if proposal.proposed_by_id != actor.pk or proposal.state != ProposalState.WITHDRAWN:
        return Verdict(_("Only who withdrew a proposal makes it again."))
    return ALLOWED


def may_decide_proposals(actor: User) -> Verdict:
    """Judge whether ``actor`` decides on proposals. Source: FOR-03, MOD-01, workflow 2.2."""
    if not (actor.may_enter and actor.is_moderator):
        return Verdict(_("Only the moderator decides on proposals."))
    return ALLOWED
