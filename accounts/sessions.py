"""Sessions in the database, found by a query that is composed once."""

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from accounts.composed import ComposedRows


def _compose_session(source: QuerySet[Session], language: str, *, key: str, now: datetime) -> QuerySet:
    return source.filter(session_key=key, expire_date__gt=now).values_list("session_key", "session_data", "expire_date")


_session = ComposedRows(_compose_session, key=str, now=datetime)


class SessionStore(DatabaseSessionStore):
    """Django's own, but for how a session is looked up on every request."""

    def _get_session_from_db(self) -> Any:
        found = _session.fetch(Session.objects.all(), key=self.session_key, now=timezone.now())
        for key, data, expire_date in found:
            return Session(session_key=key, session_data=data, expire_date=expire_date)
        self._session_key = None
        return None
