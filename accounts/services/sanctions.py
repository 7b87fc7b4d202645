"""Keeping somebody from writing, or from the forum, for a time; what for, the app above this one keeps."""

from datetime import datetime
from typing import Literal

from django.db import transaction
from django.utils import timezone

from accounts import policies
from accounts.models import User
from accounts.services import audit
from accounts.services.sessions import end_sessions

Limit = Literal["muted_until", "suspended_until"]


@transaction.atomic
def limit_person(*, actor: User, person: int, limit: Limit, until: datetime) -> User:
    """Keep somebody from writing or from the forum until a moment; a later one that is set already stays.

    Who is suspended is signed out everywhere; streams and mail ask about the account by themselves.

    Args:
        actor: Who decides.
        person: The id of whom it is about, locked.
        limit: ``muted_until`` or ``suspended_until``.
        until: The end.

    Returns:
        The person.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.

    Source: MOD-09, OPS-01.
    """
    limited = _locked(actor, person)
    setattr(limited, limit, max(until, getattr(limited, limit) or until))
    limited.save(update_fields=[limit])
    sessions = 0 if limited.is_active else end_sessions(limited)
    audit.record(
        actor, f"person.{_verb(limit)}", limited, until=getattr(limited, limit).isoformat(), sessions_ended=sessions
    )
    return limited


@transaction.atomic
def lift_limit(*, actor: User, person: int, limit: Limit, was_until: datetime, until: datetime | None) -> User:
    """End a limit before its day, unless somebody has set another end since.

    Args:
        actor: Who decides.
        person: The id of whom it is about, locked.
        limit: ``muted_until`` or ``suspended_until``.
        was_until: The end that is taken back.
        until: The end of another such limit that goes on; None where there is none.

    Returns:
        The person.

    Raises:
        PermissionDenied: ``actor`` may not; the message says why.

    Source: MOD-09.
    """
    limited = _locked(actor, person)
    if getattr(limited, limit) == was_until and was_until > timezone.now():
        setattr(limited, limit, until)
        limited.save(update_fields=[limit])
        audit.record(actor, f"person.{_verb(limit)}", limited, until=until.isoformat() if until else None)
    return limited


def _locked(actor: User, person: int) -> User:
    locked: User = User.objects.select_for_update(of=("self",)).get(pk=person)
    policies.may_limit(actor, locked).enforce()
    return locked


def _verb(limit: Limit) -> str:
    return limit.removesuffix("_until")
