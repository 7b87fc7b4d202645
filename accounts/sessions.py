"""Sessions in the database, found by a query that is composed once, and when they end."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from accounts.composed import ComposedRows
from accounts.models import User

BEGAN, IDLE, LASTS = "began_at", "idle", "lasts"
"""In a session: when it began, and for how long it may be idle and may last at all, in seconds."""
PARTS = 12
"""Of the time that a session may be idle, in how many it is noted that it was not: so few pages write."""


def _compose_session(source: QuerySet[Session], language: str, *, key: str, now: datetime) -> QuerySet:
    return source.filter(session_key=key, expire_date__gt=now).values_list("session_key", "session_data", "expire_date")


_session = ComposedRows(_compose_session, key=str, now=datetime)


class SessionStore(DatabaseSessionStore):
    """Django's own, but for how a session is looked up on every request, and for when it ends.

    The row's own date is the end, so a session that is over is not found, by pages and by open streams alike.
    """

    kept_until: datetime | None = None

    def begin(self, person: User) -> None:
        """Count the time of somebody who has just signed in."""
        self[BEGAN] = timezone.now().timestamp()
        self._keep_to(person)

    def go_on(self, person: User) -> bool:
        """Put the end off, because somebody is here.

        Args:
            person: Whose session it is, with the role of today.

        Returns:
            Whether it goes on; no, where their role does not let it last as long as it has.
        """
        if BEGAN not in self:
            self.begin(person)
        elif (self[IDLE], self[LASTS]) != _times_of(person):
            self._keep_to(person)
        end = self.get_expiry_date()
        if self.kept_until is not None and end - self.kept_until > timedelta(seconds=self[IDLE] / PARTS):
            self.modified = True
        return end > timezone.now()

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        if BEGAN not in self:
            return super().get_expiry_date(**kwargs)
        last = datetime.fromtimestamp(self[BEGAN] + self[LASTS], UTC)
        return min(timezone.now() + timedelta(seconds=self[IDLE]), last)

    def get_expiry_age(self, **kwargs: Any) -> int:
        if BEGAN not in self:
            return super().get_expiry_age(**kwargs)
        return int((self.get_expiry_date() - timezone.now()).total_seconds())

    def _keep_to(self, person: User) -> None:
        self[IDLE], self[LASTS] = _times_of(person)

    def _get_session_from_db(self) -> Any:
        found = _session.fetch(Session.objects.all(), key=self.session_key, now=timezone.now())
        for key, data, expire_date in found:
            self.kept_until = expire_date
            return Session(session_key=key, session_data=data, expire_date=expire_date)
        self._session_key = None
        return None


def _times_of(person: User) -> tuple[float, float]:
    """Return for how many seconds a session of somebody may be idle, and may last at all."""
    if person.role in settings.SHORT_SESSION_ROLES:
        times = settings.SHORT_SESSION_IDLE, settings.SHORT_SESSION_LASTS
    else:
        times = settings.SESSION_IDLE, settings.SESSION_LASTS
    return times[0].total_seconds(), times[1].total_seconds()
