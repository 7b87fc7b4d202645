"""Who may choose the year's webinars and publish them, and when."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import CycleState
from webinars.models import Cycle


def may_see_bench(actor: User) -> Verdict:
    """Judge whether ``actor`` works on the choice of webinars. Source: WEB-11, CDIP/30/8 para 9."""
    if not (actor.may_enter and actor.is_staff):
        return Verdict(_("Only the Secretariat chooses the year’s webinars."))
    return ALLOWED


def may_select(actor: User, cycle: Cycle) -> Verdict:
    """Judge whether ``actor`` may change what is chosen for ``cycle`` now. Source: WEB-11, CDIP/30/8 para 9."""
    if not may_see_bench(actor):
        return may_see_bench(actor)
    if cycle.state not in {CycleState.ANALYSIS, CycleState.DECIDED}:
        return Verdict(_("Webinars are chosen after the answers are closed and before the programme is published."))
    return ALLOWED


def may_override_cap(actor: User, cycle: Cycle) -> Verdict:
    """Judge whether ``actor`` may let ``cycle`` have more webinars than usual: until it is reported. Source: WEB-05."""
    if may_select(actor, cycle) or not may_see_bench(actor):
        return may_select(actor, cycle)
    if cycle.state not in {CycleState.PUBLISHED, CycleState.RUNNING}:
        return Verdict(_("An exception is made from the analysis of the answers until the year is reported."))
    return ALLOWED


def may_publish(actor: User, cycle: Cycle) -> Verdict:
    """Judge whether ``actor`` may publish the programme of ``cycle``. Source: WEB-14, CDIP/30/8 para 10."""
    if not may_see_bench(actor):
        return may_see_bench(actor)
    if cycle.state not in {CycleState.DECIDED, CycleState.PUBLISHED, CycleState.RUNNING}:
        return Verdict(_("A programme is published once it is decided."))
    return ALLOWED
