"""Reporting a year to the Committee: the figures are copied once, the words can still be corrected."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from webinars.enums import CycleState
from webinars.models import AnnualReport, Cycle
from webinars.policies import reports as policies
from webinars.policies.cycles import may_manage_cycles
from webinars.queries.report import STILL_TO_COME, report_figures
from webinars.services.cycles import locked_cycle, move_cycle


@transaction.atomic
def set_report(*, actor: User, year: int, narrative: Mapping[str, str]) -> AnnualReport:
    """Copy the figures of a year into its report, which ends the cycle.

    Args:
        actor: Who reports.
        year: The cycle's; it is locked.
        narrative: What there is to say, by column.

    Returns:
        The report; its figures stay as they are.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not, or it is reported already; the message says why.
        ValidationError: A webinar of the year is still to be held.

    Source: WEB-31, REP-03, CDIP/30/8 para 21.
    """
    cycle: Cycle = locked_cycle(actor, year)
    policies.may_report(actor, cycle).enforce()
    if cycle.webinars.filter(state__in=STILL_TO_COME).exists():
        raise ValidationError(_("A webinar of this year is still to be held."), code="early")
    report = AnnualReport.objects.create(cycle=cycle, figures=report_figures(cycle), made_by=actor, **narrative)
    audit.record(actor, "annual_report.made", report, year=year)
    move_cycle(actor=actor, year=year, to=CycleState.REPORTED, seen=CycleState.RUNNING)
    return report


@transaction.atomic
def change_narrative(*, actor: User, year: int, narrative: Mapping[str, str]) -> AnnualReport:
    """Correct the words of a report; its figures stay as they are.

    Args:
        actor: Who corrects them.
        year: The cycle's.
        narrative: What there is to say, by column.

    Returns:
        The saved report.

    Raises:
        AnnualReport.DoesNotExist: The year is not reported.
        PermissionDenied: ``actor`` is not of the Secretariat.
    """
    may_manage_cycles(actor).enforce()
    report = AnnualReport.objects.select_for_update().get(cycle__year=year)
    for column, text in narrative.items():
        setattr(report, column, text)
    report.save(update_fields=list(narrative))
    audit.record(actor, "annual_report.worded", report, year=year)
    return report
