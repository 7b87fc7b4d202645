"""Who reports a year to the Committee, and when."""

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.verdicts import ALLOWED, Verdict
from webinars.enums import CycleState
from webinars.models import Cycle
from webinars.policies.cycles import may_manage_cycles


def may_report(actor: User, cycle: Cycle) -> Verdict:
    """Judge whether ``actor`` may set the report of ``cycle`` now. Source: REP-03, CDIP/30/8 para 21."""
    if not may_manage_cycles(actor):
        return may_manage_cycles(actor)
    if cycle.state == CycleState.REPORTED:
        return Verdict(_("This year is reported: its figures stay as they were."))
    if cycle.state != CycleState.RUNNING:
        return Verdict(_("A year is reported once its programme runs."))
    return ALLOWED
