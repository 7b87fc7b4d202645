"""The yearly cycle: its settings, and how it goes on from the list to the report."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.enums import MailScope
from accounts.models import User
from accounts.services import audit, outbox
from webinars.enums import CycleState, ProposalState
from webinars.models import AnnualReport, Cycle, CycleScope, GroupAnswer, ScopeArea
from webinars.models.proposals import LISTED
from webinars.policies.cycles import may_change_cycle, may_manage_cycles
from webinars.queries.cycles import groups_with_coordinator, lacking_words, mark_of
from webinars.queries.recipients import coordinators

TOLD, REMINDED = "cycle.told", "cycle.reminded"

FROM = {
    CycleState.SHARED: CycleState.PREPARING,
    CycleState.OPEN: CycleState.SHARED,
    CycleState.CLOSED: CycleState.OPEN,
    CycleState.ANALYSIS: CycleState.CLOSED,
    CycleState.RUNNING: CycleState.PUBLISHED,
    CycleState.REPORTED: CycleState.RUNNING,
}
"""From which state each one is reached; deciding and publishing are the selection's and the releases' to do."""
UNTIL = {
    "year": (CycleState.PREPARING,),
    "hides_answers": (CycleState.PREPARING, CycleState.SHARED),
    **dict.fromkeys(
        ("answers_due_at", "priority_marks", "strong_marks"),
        (CycleState.PREPARING, CycleState.SHARED, CycleState.OPEN),
    ),
}
"""In which states a setting can be changed, where that is not until the decision."""


# --- Settings -------------------------------------------------------------------------------------


@transaction.atomic
def create_cycle(*, actor: User, values: Mapping[str, Any], in_scope: Collection[ScopeArea]) -> Cycle:
    """Begin the cycle of a year.

    Args:
        actor: Who begins it.
        values: By name of the field, as ``CycleForm`` has accepted them.
        in_scope: The scope areas that come first in this cycle.

    Returns:
        The saved cycle, being prepared.

    Raises:
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: The year has a cycle already.

    Source: WEB-08, reading A26.
    """
    may_manage_cycles(actor).enforce()
    try:
        with transaction.atomic():
            cycle = Cycle.objects.create(**values)
    except IntegrityError:
        raise ValidationError(_("This year has a cycle already."), code="twice") from None
    _set_scopes(cycle, in_scope)
    audit.record(actor, "cycle.created", cycle, year=cycle.year)
    return cycle


@transaction.atomic
def change_cycle(
    *, actor: User, year: int, values: Mapping[str, Any], in_scope: Collection[ScopeArea], seen: str
) -> Cycle:
    """Change the settings of a cycle; coordinators are told when answers are open and the deadline moves.

    Args:
        actor: Who changes them.
        year: The cycle's; it is locked.
        values: By name of the field; what cannot be changed any more may be in it, unchanged.
        in_scope: The scope areas that come first in this cycle.
        seen: What ``mark_of`` said when ``actor`` saw the cycle.

    Returns:
        The saved cycle.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: The cycle was changed or has gone on meanwhile, or a setting can no longer be changed.

    Source: WEB-08, reading A26.
    """
    cycle = locked_cycle(actor, year)
    may_change_cycle(actor, cycle).enforce()
    if mark_of(cycle) != seen:
        raise ValidationError(
            _("Somebody else has changed this meanwhile. Your words are still here: compare, then save once more."),
            code="changed",
        )
    changed = {name for name, value in values.items() if getattr(cycle, name) != value}
    if any(name in UNTIL and cycle.state not in UNTIL[name] for name in changed):
        raise ValidationError(_("One of these settings can no longer be changed."), code="settled")
    for name in changed:
        setattr(cycle, name, values[name])
    _require_to_come(cycle)
    cycle.save()
    _set_scopes(cycle, in_scope)
    event = audit.record(actor, "cycle.changed", cycle, fields=sorted(changed))
    if "answers_due_at" in changed and cycle.state == CycleState.OPEN:
        outbox.notify(coordinators(), kind=TOLD, about=event)
    return cycle


def _set_scopes(cycle: Cycle, in_scope: Collection[ScopeArea]) -> None:
    for area in ScopeArea.objects.all():
        CycleScope.objects.update_or_create(cycle=cycle, area=area, defaults={"in_scope": area in in_scope})


def _require_to_come(cycle: Cycle) -> None:
    """Refuse a deadline that is over while answers are still to be given."""
    if cycle.state in {CycleState.SHARED, CycleState.OPEN} and cycle.answers_due_at <= timezone.now():
        raise ValidationError(_("Set a deadline for answers that is still to come."), code="over")


# --- From one state to the next -------------------------------------------------------------------


@transaction.atomic
def move_cycle(*, actor: User, year: int, to: CycleState, seen: str) -> Cycle:
    """Have a cycle go on to its next state; coordinators are told when the list is shared and answers are opened.

    Args:
        actor: Who moves it on.
        year: The cycle's; it is locked.
        to: The next state.
        seen: The state in which ``actor`` saw the cycle.

    Returns:
        The saved cycle.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: The cycle has gone on meanwhile, or something is still to be done before.

    Source: WEB-08 to WEB-14, CDIP/30/8 paras 7-10, workflow 2.6.
    """
    cycle = locked_cycle(actor, year)
    may_manage_cycles(actor).enforce()
    _require_seen(cycle, seen)
    if FROM.get(to) != cycle.state:
        raise ValidationError(_("A cycle goes on from one state to the next."), code="order")
    _require_ready(cycle, to)
    return _move(actor, cycle, to)


def _require_ready(cycle: Cycle, to: CycleState) -> None:
    """Refuse to go on while something is still to be done.

    Raises:
        ValidationError: It says what.
    """
    if to == CycleState.SHARED:
        _require_complete_list(cycle)
    elif to == CycleState.OPEN:
        _require_to_come(cycle)
    elif to == CycleState.CLOSED and timezone.now() < cycle.answers_due_at and _awaited(cycle):
        raise ValidationError(
            _("Not every group with a coordinator has handed in its answer: answers close at the deadline."),
            code="awaited",
        )
    elif to == CycleState.REPORTED and not AnnualReport.objects.filter(cycle=cycle).exists():
        raise ValidationError(_("Make the annual report first."), code="no_report")


def _require_complete_list(cycle: Cycle) -> None:
    topics = list(cycle.proposals.filter(origin__in=LISTED).exclude(state=ProposalState.WITHDRAWN))
    if not topics:
        raise ValidationError(_("There is nothing to share: put a topic on the list first."), code="empty")
    lacking = [topic.title for topic in topics if lacking_words(topic)]
    if lacking:
        raise ValidationError(
            _("Write these topics in every core language first: %(titles)s."),
            code="incomplete",
            params={"titles": pgettext("in a list", ", ").join(f"“{title}”" for title in lacking)},
        )
    if cycle.answers_due_at <= timezone.now():
        raise ValidationError(_("Set a deadline for answers that is still to come."), code="over")


def _awaited(cycle: Cycle) -> set[int]:
    """Return the groups with a coordinator that have not handed in their answer."""
    return groups_with_coordinator() - set(GroupAnswer.objects.filter(cycle=cycle).values_list("group", flat=True))


@transaction.atomic
def reopen_answers(*, actor: User, year: int, reason: str, answers_due_at: datetime, seen: str) -> Cycle:
    """Open answers again that were closed, with a new deadline; every coordinator is told why.

    Args:
        actor: Who does so.
        year: The cycle's; it is locked.
        reason: Why; the coordinators read it.
        answers_due_at: The new deadline.
        seen: The state in which ``actor`` saw the cycle.

    Returns:
        The saved cycle.

    Raises:
        Cycle.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` is not of the Secretariat.
        ValidationError: It is not closed or being analysed, no reason is given, or the deadline is over.

    Source: WEB-09, workflow 2.6.
    """
    cycle = locked_cycle(actor, year)
    may_manage_cycles(actor).enforce()
    _require_seen(cycle, seen)
    if cycle.state not in {CycleState.CLOSED, CycleState.ANALYSIS}:
        raise ValidationError(_("Only answers that were closed are opened again, before the decision."), code="order")
    if not reason.strip():
        raise ValidationError(_("Say why answers are opened again: every coordinator reads it."), code="no_reason")
    cycle.answers_due_at, cycle.reopened_reason = answers_due_at, reason
    cycle.state = CycleState.OPEN
    _require_to_come(cycle)
    return _move(actor, cycle, CycleState.OPEN, verb="reopened")


def close_due() -> int:
    """Close the answers whose deadline is over; asked again, nothing is closed twice.

    Returns:
        How many cycles were closed.

    Source: WEB-09, workflow 2.6.
    """
    closed = 0
    for pk in Cycle.objects.filter(state=CycleState.OPEN, answers_due_at__lte=timezone.now()).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            cycle = Cycle.objects.select_for_update().get(pk=pk)
            if cycle.state == CycleState.OPEN and cycle.answers_due_at <= timezone.now():
                _move(None, cycle, CycleState.CLOSED)
                closed += 1
    return closed


def _move(actor: User | None, cycle: Cycle, to: CycleState, verb: str = "") -> Cycle:
    cycle.state = to
    if to == CycleState.OPEN:
        cycle.opened_at = timezone.now()
    cycle.save()
    event = audit.record(actor, f"cycle.{verb or to}", cycle, reason=cycle.reopened_reason if verb else "")
    if to in {CycleState.SHARED, CycleState.OPEN}:
        outbox.notify(coordinators(), kind=TOLD, about=event)
    return cycle


def locked_cycle(actor: User, year: int) -> Cycle:
    """Return the cycle of a year, locked until the end of the transaction.

    Raises:
        Cycle.DoesNotExist: There is none, or it is hidden from ``actor``.
    """
    return Cycle.objects.visible_to(actor).select_for_update(of=("self",)).get(year=year)


def _require_seen(cycle: Cycle, seen: str) -> None:
    if cycle.state != seen:
        raise ValidationError(
            _("The cycle has gone on meanwhile: %(state)s. Look again, then decide."),
            code="changed",
            params={"state": cycle.get_state_display()},
        )


# --- Reminders ------------------------------------------------------------------------------------


def remind_coordinators() -> int:
    """Remind the coordinators whose group has not handed in its answer, some days before the deadline; each day once.

    A reminder whose day was over when answers were opened, or when the deadline moved, is not sent.

    Returns:
        How many reminders were due; asked again, nobody is reminded twice.

    Source: WEB-08, workflow 2.6.
    """
    now = timezone.now()
    due = 0
    for cycle in Cycle.objects.filter(state=CycleState.OPEN, answers_due_at__gt=now):
        before = {days: cycle.answers_due_at - timedelta(days=days) for days in settings.WEBINAR_ANSWER_REMINDERS}
        passed = [days for days, moment in before.items() if (cycle.opened_at or now) <= moment <= now]
        if not passed:
            continue
        told = coordinators(_awaited(cycle))
        occasion = f"{min(passed)}-{date_format(cycle.answers_due_at, 'YmdHi')}"
        with transaction.atomic():
            outbox.notify_each(
                [(user, cycle) for user in told], kind=REMINDED, scope=MailScope.ACCOUNT, occasion=occasion
            )
        due += len(told)
    return due
