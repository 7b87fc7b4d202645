"""Series: beginning one, saying what it is about, and when it is fully explored."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import audit
from webinars.enums import SeriesState
from webinars.models import Series
from webinars.policies.webinars import may_organize


@transaction.atomic
def create_series(*, actor: User, values: Mapping[str, Any]) -> Series:
    """Begin a series.

    Args:
        actor: Who does.
        values: Its texts in each language, by name of the column.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.

    Source: WEB-03, CDIP/30/8 para 14.
    """
    may_organize(actor).enforce()
    series = Series.objects.create(**values)
    audit.record(actor, "series.created", series)
    return series


@transaction.atomic
def change_series(*, actor: User, series: int, values: Mapping[str, Any]) -> Series:
    """Change what is said about a series.

    Args:
        actor: Who does.
        series: Its id.
        values: Its texts in each language, by name of the column.

    Raises:
        Series.DoesNotExist: There is none such.
        PermissionDenied: ``actor`` may not; the message says why.
    """
    found = _locked(actor, series)
    for name, value in values.items():
        setattr(found, name, value)
    found.save()
    audit.record(actor, "series.changed", found)
    return found


@transaction.atomic
def close_series(*, actor: User, series: int, reason: str) -> Series:
    """Say that a series is fully explored: no part is added to it any more, and a new one may start.

    Args:
        actor: Who does.
        series: Its id.
        reason: Why; everybody reads it.

    Raises:
        Series.DoesNotExist: There is none such.
        PermissionDenied: ``actor`` may not; the message says why.
        ValidationError: There is no reason.

    Source: WEB-04, CDIP/30/8 para 14.
    """
    if not reason.strip():
        raise ValidationError(_("Say why the series is fully explored."), code="reason")
    return _set(actor, series, SeriesState.EXPLORED, reason.strip())


def reopen_series(*, actor: User, series: int) -> Series:
    """Let parts be added to a series again.

    Args:
        actor: Who does.
        series: Its id.

    Raises:
        Series.DoesNotExist: There is none such.
        PermissionDenied: ``actor`` may not; the message says why.
    """
    return _set(actor, series, SeriesState.OPEN, "")


@transaction.atomic
def _set(actor: User, series: int, state: SeriesState, reason: str) -> Series:
    found = _locked(actor, series)
    found.state, found.state_reason = state, reason
    found.save(update_fields=["state", "state_reason"])
    audit.record(actor, f"series.{state}", found, reason=reason)
    return found


def _locked(actor: User, series: int) -> Series:
    may_organize(actor).enforce()
    found: Series = Series.objects.visible_to(actor).select_for_update().get(pk=series)
    return found
