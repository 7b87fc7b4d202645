"""Organizing one webinar: what is said about it, when it takes place, and how it goes on until it is complete."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from webinars.enums import WebinarState
from webinars.models import Cycle, Region, Series, Webinar
from webinars.models.cycles import PUBLIC
from webinars.policies import webinars as policies
from webinars.queries.completion import lacking
from webinars.queries.cycles import places_taken
from webinars.queries.series import follows_itself
from webinars.signals import IN_CALENDARS, Change, webinar_changed

OF_TIME = ("starts_at", "ends_at", "zone")
TO_ANNOUNCE = ("title", "aims", "audience")


# --- What is said about it --------------------------------------------------------------------------


@transaction.atomic
def create_webinar(
    *, actor: User, values: Mapping[str, Any], regions: Collection[Region], builds_on: Collection[Webinar]
) -> Webinar:
    """Add a webinar to the programme, such as another delivery of a topic.

    Args:
        actor: Who adds it.
        values: By name of the field, as ``WebinarForm`` has accepted them.
        regions: For which it is.
        builds_on: What was shown before.

    Returns:
        The saved webinar, planned.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: The year is full, or the webinar does not fit into its series.

    Source: WEB-02, WEB-05, CDIP/30/8 para 4.
    """
    policies.may_organize(actor).enforce()
    webinar = Webinar(**values)
    _lock_order()
    if webinar.cycle is not None:
        _require_place(webinar, webinar.cycle)
    _require_order(webinar, actor)
    webinar.save()
    _connect(webinar, regions, builds_on)
    audit.record(actor, "webinar.created", webinar)
    changed(webinar, Change.MADE)
    return webinar


@transaction.atomic
def change_webinar(
    *,
    actor: User,
    webinar: int,
    values: Mapping[str, Any],
    regions: Collection[Region],
    builds_on: Collection[Webinar],
    seen: datetime | None,
) -> Webinar:
    """Change what is said about a webinar, or when it takes place; whoever is registered hears of another time.

    Args:
        actor: Who changes it.
        webinar: Its id; it is locked.
        values: By name of the field, as ``WebinarForm`` has accepted them.
        regions: For which it is.
        builds_on: What was shown before.
        seen: When what ``actor`` saw was changed last.

    Returns:
        The saved webinar.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: Somebody else changed it meanwhile, or it does not fit into its series.

    Source: WEB-17, workflow 2.7.
    """
    _lock_order()
    found = locked_webinar(actor, webinar)
    policies.may_change_webinar(actor, found).enforce()
    _require_seen(found, seen)
    fields = sorted(name for name, value in values.items() if getattr(found, name) != value)
    is_moved = any(name in OF_TIME for name in fields)
    if is_moved:
        policies.may_set_time(actor, found).enforce()
    before = found.series_id, found.part
    for name in fields:
        setattr(found, name, values[name])
    if is_moved and found.state == WebinarState.ANNOUNCED:
        _require_to_come(found)
    if is_moved or (found.series_id, found.part) != before:
        _require_order(found, actor)
    if "repeats" in fields and found.cycle is not None:
        _require_place(found, found.cycle)
    if found.state == WebinarState.COMPLETE and "no_recording_reason" in fields:
        _require_complete(found)
    _connect(found, regions, builds_on)
    audit.record(actor, "webinar.changed", found, fields=fields)
    changed(found, Change.TIME if is_moved else Change.TEXTS)
    return found


def locked_webinar(actor: User, webinar: int) -> Webinar:
    """Return a webinar, locked until the end of the transaction.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
    """
    found: Webinar = Webinar.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=webinar)
    return found


def changed(webinar: Webinar, what: Change) -> None:
    """Save a locked webinar that has changed, and say so; the one place where its calendar version goes up.

    Args:
        webinar: Locked, with its new values.
        what: What has changed.

    Source: workflow 2.7.
    """
    if what in IN_CALENDARS:
        webinar.sequence += 1
    webinar.changed_at = timezone.now()
    webinar.save()
    webinar_changed.send(Webinar, webinar=webinar, what=what)


def _connect(webinar: Webinar, regions: Collection[Region], builds_on: Collection[Webinar]) -> None:
    if not regions:
        raise ValidationError(_("Say for which regions this webinar is."), code="regions")
    if follows_itself(webinar, builds_on):
        raise ValidationError(_("A webinar cannot build on one that builds on it."), code="circle")
    webinar.regions.set(regions)
    webinar.builds_on.set(builds_on)


def _lock_order() -> None:
    """Let one change of series and of what builds on what be made after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('webinars_webinar.order'))")


def _require_place(webinar: Webinar, cycle: Cycle) -> None:
    """Refuse a webinar beyond the most of its year; an exception is made on the year itself. Source: WEB-05."""
    cycle = Cycle.objects.select_for_update().get(pk=cycle.pk)
    if cycle.state not in PUBLIC:
        raise ValidationError(
            _("The webinars of %(year)d are chosen first, and published at once.") % {"year": cycle.year},
            code="unpublished",
        )
    if places_taken(cycle, webinar) > cycle.most:
        raise ValidationError(
            _("%(year)d has as many webinars as it may have: make an exception, with its reason, first.")
            % {"year": cycle.year},
            code="full",
        )


def _require_order(webinar: Webinar, actor: User) -> None:
    """Refuse a part of a series without the part before it, or earlier than that. Source: WEB-03, CDIP/30/8 para 14."""
    if webinar.series_id is None or webinar.part is None:
        return
    series = Series.objects.get(pk=webinar.series_id)
    if webinar._state.adding:
        policies.may_add_part(actor, series).enforce()
    if webinar.repeats_id is not None:
        return
    others = series.webinars.filter(repeats=None).exclude(pk=webinar.pk).exclude(state=WebinarState.CANCELLED)
    parts = {other.part: other for other in others}
    if webinar.part in parts:
        raise ValidationError(_("The series has this part already."), code="part_twice")
    before, after = parts.get(webinar.part - 1), parts.get(webinar.part + 1)
    if webinar.part > 1 and before is None:
        raise ValidationError(
            _("Part %(part)d is programmed once part %(before)d is.")
            % {"part": webinar.part, "before": webinar.part - 1},
            code="part_missing",
        )
    pairs = [(before, webinar), (webinar, after)]
    if any(a and b and a.starts_at and b.starts_at and a.starts_at >= b.starts_at for a, b in pairs):
        raise ValidationError(_("The parts of a series are held in their order."), code="part_order")


def _require_seen(webinar: Webinar, seen: datetime | None) -> None:
    if webinar.changed_at != seen:
        raise ValidationError(
            _("This webinar has changed meanwhile. Look at what stands there now, then change it again."),
            code="changed",
        )


def _require_to_come(webinar: Webinar) -> None:
    if webinar.starts_at is None or webinar.starts_at <= timezone.now():
        raise ValidationError(_("Set a time that is still to come."), code="past")


def _require_complete(webinar: Webinar) -> None:
    reasons = lacking(webinar)
    if reasons:
        raise ValidationError([ValidationError(reason, code="lacking") for reason in reasons])


# --- How it goes on ---------------------------------------------------------------------------------


@transaction.atomic
def move_on(*, actor: User, webinar: int, to: WebinarState) -> Webinar:
    """Take a webinar one step on: organized, announced, live, held, followed up, complete.

    Args:
        actor: Who does.
        webinar: Its id; it is locked.
        to: The state it is to have; what has it already stays as it is.

    Returns:
        The saved webinar.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: It is not that far yet; the messages say what is lacking.

    Source: WEB-17, WEB-24, WEB-25, workflow 2.7.
    """
    found = locked_webinar(actor, webinar)
    policies.may_change_webinar(actor, found).enforce()
    if found.state == to:
        return found
    if policies.NEXT.get(WebinarState(found.state)) != to:
        raise ValidationError(_("This webinar has gone on meanwhile."), code="changed")
    if to == WebinarState.ANNOUNCED:
        _require_to_come(found)
        if not all(getattr(found, name) for name in TO_ANNOUNCE):
            raise ValidationError(_("Write title, objectives and target audience first."), code="words")
    if to == WebinarState.COMPLETE:
        _require_complete(found)
    _go_to(found, to, actor)
    return found


def _go_to(webinar: Webinar, to: WebinarState, actor: User | None, reason: str = "") -> None:
    webinar.state, webinar.state_reason = to, reason
    audit.record(actor, f"webinar.{to}", webinar, reason=reason)
    changed(webinar, Change(to) if to.value in set(Change) else Change.TEXTS)


@transaction.atomic
def put_off(*, actor: User, webinar: int, to: WebinarState, reason: str) -> Webinar:
    """Postpone or cancel a webinar, with a reason that everybody reads.

    Args:
        actor: Who does.
        webinar: Its id; it is locked.
        to: Postponed or cancelled.
        reason: Why.

    Returns:
        The saved webinar.

    Raises:
        Webinar.DoesNotExist: It is hidden from ``actor``.
        PermissionDenied: ``actor`` may not, or it has begun; the message says why.
        ValidationError: There is no reason, it is so already, or a later part of the series is still to come.

    Source: workflow 2.7.
    """
    _lock_order()
    found = locked_webinar(actor, webinar)
    policies.may_put_off(actor, found).enforce()
    if to not in {WebinarState.POSTPONED, WebinarState.CANCELLED} or found.state == to:
        raise ValidationError(_("This webinar has gone on meanwhile."), code="changed")
    if not reason.strip():
        raise ValidationError(_("Say why it is postponed or cancelled."), code="reason")
    if to == WebinarState.CANCELLED and found.repeats_id is None and found.series_id and found.part is not None:
        later = Webinar.objects.filter(series=found.series_id, part__gt=found.part, repeats=None)
        if later.exclude(state=WebinarState.CANCELLED).exists():
            raise ValidationError(
                _("Later parts of the series need this one: give it another time, or cancel those first."),
                code="part_needed",
            )
    _go_to(found, to, actor, reason.strip())
    return found


@transaction.atomic
def follow_clock() -> int:
    """Begin the webinars whose time has come, and end those whose time is over.

    Returns:
        How many went on.

    Source: workflow 2.7.
    """
    now, count = timezone.now(), 0
    rows = Webinar.objects.select_for_update(of=("self",), skip_locked=True)
    for webinar in rows.filter(state=WebinarState.ANNOUNCED, starts_at__lte=now):
        _go_to(webinar, WebinarState.LIVE, None)
        count += 1
    for webinar in rows.filter(state=WebinarState.LIVE, ends_at__lte=now - settings.WEBINAR_RUNS_OVER):
        _go_to(webinar, WebinarState.HELD, None)
        count += 1
    return count
