"""Who prepares a year's cycle and its list of topics, and until when."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import CycleState
from webinars.models import Cycle

BEFORE_ANSWERS = (CycleState.PREPARING, CycleState.SHARED)
"""While what groups are to answer about, and by which rules, is still being settled."""
BEFORE_DECISION = (*BEFORE_ANSWERS, CycleState.OPEN, CycleState.CLOSED, CycleState.ANALYSIS)


def may_manage_cycles(actor: User) -> Verdict:
    """Judge whether ``actor`` runs the yearly cycles. Source: WEB-08, CDIP/30/8 paras 7, 15."""
    if not (actor.may_enter and actor.is_staff):
        return Verdict(_("Only the Secretariat runs the yearly programme."))
    return ALLOWED


def may_change_cycle(actor: User, cycle: Cycle) -> Verdict:
    """Judge whether ``actor`` may change the settings of ``cycle``. Source: WEB-08, reading A26."""
    if not may_manage_cycles(actor):
        return may_manage_cycles(actor)
    if cycle.state not in BEFORE_DECISION:
        return Verdict(_("The programme is decided: its rules stay as they were."))
    return ALLOWED


def may_change_list(actor: User, cycle: Cycle) -> Verdict:
    """Judge whether ``actor`` may add topics to the list of ``cycle`` or take them off it. Source: WEB-08."""
    if not may_manage_cycles(actor):
        return may_manage_cycles(actor)
    if cycle.state not in BEFORE_ANSWERS:
        return Verdict(_("Groups answer about this list: topics are neither added to it nor taken off it any more."))
    return ALLOWED
