"""Who answers for a group, who proposes through it, and until when."""

from django.utils.translation import gettext as _

from accounts.models import RegionalGroup, User
from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import CycleState, Origin, ProposalState
from webinars.models import Cycle, Proposal
from webinars.models.cycles import PUBLIC, coordinated_group
from webinars.models.proposals import LISTED, UNFINISHED
from webinars.policies.cycles import may_change_list, may_manage_cycles

TAKEN_DOWN = (CycleState.OPEN, CycleState.CLOSED, CycleState.ANALYSIS)
"""While the Secretariat may enter what a group or a state says."""


def may_answer(actor: User, cycle: Cycle, group: RegionalGroup | None) -> Verdict:
    """Judge whether ``actor`` may answer for ``group`` now, or propose for it.

    A coordinator with a mandate in force does until the deadline; the Secretariat may enter on a group's behalf, or
    for states without a group, until the programme is decided.

    Args:
        actor: Who answers.
        cycle: Whose list it is about.
        group: For whom; None for a state without a group, which only the Secretariat writes for.

    Source: WEB-09, ACC-10, reading A14, CDIP/30/8 para 8.
    """
    if may_manage_cycles(actor):
        if cycle.state not in TAKEN_DOWN:
            return Verdict(_("Answers are entered from when they are opened until the programme is decided."))
        return ALLOWED
    if not actor.may_enter or group is None or coordinated_group(actor) != group.pk:
        return Verdict(
            _("Only the coordinator of a group with a mandate in force, and the Secretariat, answer for it.")
        )
    if not cycle.takes_answers:
        return Verdict(_("Answers are not open now."))
    return ALLOWED


def may_draft(actor: User, cycle: Cycle) -> Verdict:
    """Judge whether ``actor`` may draft a proposal for the own state, to its coordinator. Source: reading A15."""
    if not (actor.may_enter and actor.member_state_id is not None):
        return Verdict(_("Only delegates of member states draft proposals for their state."))
    if not cycle.takes_answers:
        return Verdict(_("Answers are not open now."))
    return ALLOWED


def may_change_proposal(actor: User, proposal: Proposal) -> Verdict:
    """Judge whether ``actor`` may change the words of ``proposal``.

    A state's own draft is its author's until it is with the coordinator; then it is the coordinator's, who changes
    it until the deadline, and later only where the Secretariat has returned it for completion. What is published is
    only corrected, by the Secretariat, and keeps its earlier wording.

    Source: WEB-10, WEB-14, reading A15, workflow 2.6.
    """
    cycle = proposal.cycle
    if proposal.state == ProposalState.WITHDRAWN:
        return Verdict(_("This proposal is withdrawn."))
    if may_manage_cycles(actor):
        return _may_enter_words(actor, proposal)
    if _is_authors(proposal):
        if proposal.proposed_by_id != actor.pk:
            return Verdict(_("Only who drafts this proposal changes it now."))
        return may_draft(actor, cycle)
    if is_to_be_completed(proposal) and proposal.group_id is not None and cycle.state in TAKEN_DOWN:
        return ALLOWED if coordinated_group(actor) == proposal.group_id and actor.may_enter else _not_yours()
    return may_answer(actor, cycle, proposal.group)


def _may_enter_words(actor: User, proposal: Proposal) -> Verdict:
    if proposal.origin in LISTED or proposal.cycle.state in PUBLIC:
        return ALLOWED
    if not proposal.entered_by_secretariat:
        return Verdict(_("These are the words of a group: return the proposal to it for completion instead."))
    return may_answer(actor, proposal.cycle, proposal.group)


def _is_authors(proposal: Proposal) -> bool:
    """Tell whether a state's draft is still, or again, with the delegate who wrote it."""
    return (
        proposal.origin == Origin.MEMBER
        and proposal.submitted_at is None
        and proposal.state in {ProposalState.DRAFT, ProposalState.RETURNED}
    )


def is_to_be_completed(proposal: Proposal) -> bool:
    """Tell whether the Secretariat has returned a proposal to its group."""
    return proposal.state == ProposalState.RETURNED and proposal.submitted_at is not None


def _not_yours() -> Verdict:
    return Verdict(_("Only the coordinator of the group completes this proposal."))


def may_submit(actor: User, proposal: Proposal) -> Verdict:
    """Judge whether ``actor`` may hand a proposal on: to the coordinator, or to the Secretariat. Source: WEB-09."""
    if proposal.state not in UNFINISHED:
        return Verdict(_("This proposal is handed in already."))
    if proposal.state == ProposalState.WITH_COORDINATOR and may_manage_cycles(actor):
        return may_take_up(actor, proposal)
    return may_change_proposal(actor, proposal)


def may_take_up(actor: User, proposal: Proposal) -> Verdict:
    """Judge whether the Secretariat may take up a draft that no coordinator dealt with. Source: readings A14, A15."""
    if not may_manage_cycles(actor):
        return may_manage_cycles(actor)
    if proposal.state != ProposalState.WITH_COORDINATOR:
        return Verdict(_("This proposal does not wait for a coordinator."))
    cycle = proposal.cycle
    if cycle.state not in TAKEN_DOWN:
        return Verdict(_("Answers are entered from when they are opened until the programme is decided."))
    if proposal.group_id is not None and cycle.takes_answers:
        return Verdict(_("The coordinator of the group may still deal with it, until the deadline."))
    return ALLOWED


def may_return(actor: User, proposal: Proposal) -> Verdict:
    """Judge whether ``actor`` may return a proposal: the coordinator to the state, the Secretariat to the group.

    Source: reading A15, workflow 2.6.
    """
    if proposal.state == ProposalState.WITH_COORDINATOR and not may_manage_cycles(actor):
        return may_answer(actor, proposal.cycle, proposal.group)
    if not may_manage_cycles(actor):
        return may_manage_cycles(actor)
    is_groups = proposal.origin in {Origin.GROUP, Origin.MEMBER} and not proposal.entered_by_secretariat
    if proposal.state != ProposalState.SUBMITTED or not is_groups or proposal.cycle.state not in TAKEN_DOWN:
        return Verdict(_("Only what a group has handed in is returned to it, before the programme is decided."))
    return ALLOWED


def may_withdraw(actor: User, proposal: Proposal) -> Verdict:
    """Judge whether ``actor`` may withdraw ``proposal``: while it is theirs to change. Source: WEB-09, workflow 2.6."""
    if proposal.origin in LISTED:
        return may_change_list(actor, proposal.cycle)
    if proposal.cycle.state in PUBLIC or proposal.cycle.state == CycleState.DECIDED:
        return Verdict(_("The programme is decided: proposals are not withdrawn any more."))
    if (
        proposal.proposed_by_id == actor.pk
        and proposal.state == ProposalState.WITH_COORDINATOR
        and not may_manage_cycles(actor)
    ):
        return may_draft(actor, proposal.cycle)
    return may_change_proposal(actor, proposal)


def may_bring_back(actor: User, proposal: Proposal) -> Verdict:
    """Judge whether ``actor`` may make a withdrawn proposal a draft again: whoever may draft it anew, and only they.

    A group's is its coordinator's; a state's is the delegate's who drafted it. The Secretariat enters its own anew.

    Source: WEB-09, workflow 2.6.
    """
    if proposal.state != ProposalState.WITHDRAWN or proposal.origin in LISTED:
        return Verdict(_("Only what a group or a state has withdrawn is brought back."))
    if may_manage_cycles(actor):
        return Verdict(_("Only the group or the state that proposed it brings it back."))
    if proposal.origin == Origin.GROUP:
        return may_answer(actor, proposal.cycle, proposal.group)
    if proposal.proposed_by_id != actor.pk:
        return Verdict(_("Only who drafted this proposal brings it back."))
    return may_draft(actor, proposal.cycle)
