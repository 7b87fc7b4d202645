"""What the page about one's own sessions shows."""

from dataclasses import dataclass
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import devices
from accounts.models import User


@dataclass(frozen=True)
class OpenSession:
    """One browser that somebody is signed in with.

    Args:
        pk: The id of its row.
        device: What it is called.
        address: The network address that it signed in from.
        since: When that was.
        is_current: Whether it is the one that asks.
    """

    pk: int
    device: str
    address: str
    since: datetime
    is_current: bool


def open_sessions(viewer: User, *, current: str | None) -> list[OpenSession]:
    """Return where ``viewer`` is signed in, the browser in use first, then the latest.

    Args:
        viewer: Whose sessions they are.
        current: The key of the session in use.
    """
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=timezone.now())
    rows = UserSession.objects.filter(Exists(alive), user=viewer).order_by("-created_at")
    found = [
        OpenSession(row.pk, devices.name_of(row.user_agent), row.ip, row.created_at, row.session_key == current)
        for row in rows
    ]
    return sorted(found, key=lambda session: not session.is_current)
