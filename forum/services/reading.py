"""What reading leaves behind: positions and visits, gathered in the process and written together."""

import atexit
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from forum.models import Discussion, ReadPosition, Visit
from forum.signals import visits_begun

SECONDS_BETWEEN_WRITES = 1.0
BETWEEN_SIGHTS = timedelta(minutes=1)  # of one person: how exactly the end of a visit is known

Key = TypeVar("Key")
Value = TypeVar("Value", int, datetime)


class Gathered(ABC, Generic[Key, Value]):
    """Gathers what pages note, one value of each key, and writes all of it at once, off the page's path.

    A process that is killed forgets at most the last second, which nobody was promised.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gathered: dict[Key, Value] = {}
        self._timer: threading.Timer | None = None

    @abstractmethod
    def _save(self, gathered: Mapping[Key, Value]) -> None: ...

    @staticmethod
    def _joined(kept: Value, noted: Value) -> Value:
        return max(kept, noted)

    def _note(self, key: Key, value: Value) -> None:
        with self._lock:
            self._gathered[key] = self._joined(self._gathered[key], value) if key in self._gathered else value
            if self._timer is None:
                self._timer = threading.Timer(SECONDS_BETWEEN_WRITES, self._write_from_timer)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """Write what was gathered."""
        with self._lock:
            gathered, self._gathered = self._gathered, {}
            self._timer = None
        if gathered:
            self._save(gathered)

    def _write_from_timer(self) -> None:
        try:
            self.write()
        finally:
            connection.close()


class ReadPositions(Gathered[tuple[int, int], int]):
    """How far people have read discussions."""

    def note(self, user: int, discussion: int, number: int) -> None:
        """Remember that ``user`` has seen ``discussion`` up to post ``number``."""
        self._note((user, discussion), number)

    def _save(self, gathered: Mapping[tuple[int, int], int]) -> None:
        write_positions(gathered)


class Visits(Gathered[int, datetime]):
    """When people were here."""

    def __init__(self) -> None:
        super().__init__()
        self._seen: dict[int, datetime] = {}

    def note(self, user: int) -> None:
        """Remember that ``user`` is here now; more often than each minute says nothing new."""
        now = timezone.now()
        seen = self._seen.get(user)
        if seen is None or not seen <= now < seen + BETWEEN_SIGHTS:
            self._seen[user] = now
            self._note(user, now)

    def _save(self, gathered: Mapping[int, datetime]) -> None:
        write_visits(gathered)


def write_positions(gathered: Mapping[tuple[int, int], int]) -> None:
    """Save positions by (user, discussion) in one statement, keeping the greater number of two.

    Args:
        gathered: The number of the last post read; what concerns a person or a discussion gone meanwhile is left out.
    """
    rows = sorted((user, discussion, number) for (user, discussion), number in gathered.items())
    table, people, discussions = (model._meta.db_table for model in (ReadPosition, User, Discussion))
    values = ", ".join(["(%s, %s, %s)"] * len(rows))
    statement = (
        f"INSERT INTO {table} (user_id, discussion_id, number) "  # noqa: S608 - only names of ours
        f"SELECT read.* FROM (VALUES {values}) AS read (person, discussion, number) "
        f"JOIN {people} ON {people}.id = read.person JOIN {discussions} ON {discussions}.id = read.discussion "
        f"ORDER BY 1, 2 "
        f"ON CONFLICT (user_id, discussion_id) DO UPDATE SET number = GREATEST({table}.number, EXCLUDED.number)"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [value for row in rows for value in row])


def write_visits(gathered: Mapping[int, datetime]) -> None:
    """Save when people were last here in one statement; who was away for long enough begins another visit.

    How many visits have begun is told to apps above, without whose they are. The rows are locked before they are
    written, so that of two processes that see somebody come back only one counts it.

    Args:
        gathered: The last moment, by the id of the person; who is gone meanwhile is left out.
    """
    table, people = (model._meta.db_table for model in (Visit, User))
    values = ", ".join(["(%s, %s::timestamptz)"] * len(gathered))
    statement = (
        f"WITH seen (person, moment) AS (VALUES {values}), "  # noqa: S608 - only names of ours
        f"before AS (SELECT user_id, seen_at FROM {table} WHERE user_id IN (SELECT person FROM seen) "
        f"ORDER BY user_id FOR UPDATE), "
        f"written AS (INSERT INTO {table} AS kept (user_id, seen_at) "
        f"SELECT person, moment FROM seen JOIN {people} ON {people}.id = person LEFT JOIN before ON user_id = person "
        f"ORDER BY 1 "
        f"ON CONFLICT (user_id) DO UPDATE SET seen_at = GREATEST(kept.seen_at, EXCLUDED.seen_at), "
        f"previous_at = CASE WHEN EXCLUDED.seen_at >= kept.seen_at + make_interval(secs => %s) "
        f"THEN kept.seen_at ELSE kept.previous_at END "
        f"RETURNING user_id, seen_at, xmax = 0 AS is_first) "
        f"SELECT count(*) FROM written LEFT JOIN before USING (user_id) "
        f"WHERE is_first OR written.seen_at >= before.seen_at + make_interval(secs => %s)"
    )
    rows = [value for row in gathered.items() for value in row]
    away = settings.VISIT_ENDS_AFTER.total_seconds()
    with connection.cursor() as cursor:
        cursor.execute(statement, [*rows, away, away])
        begun = cursor.fetchone()[0]
    if begun:
        visits_begun.send(sender=Visit, count=begun)


def mark_read(*, actor: User, room: str | None = None, discussion: int | None = None) -> int:
    """Count everything posted so far as read by ``actor``, in one statement.

    Args:
        actor: Who has read it, or does not want to.
        room: The language of the only room meant.
        discussion: The id of the only discussion meant; what ``actor`` may not see is left out.

    Returns:
        In how many discussions there was something unread.
    """
    meant: QuerySet[Discussion] = Discussion.objects.visible_to(actor).filter(last_number__gt=0).order_by()
    if room is not None:
        meant = meant.filter(room__language=room)
    if discussion is not None:
        meant = meant.filter(pk=discussion)
    discussions, params = meant.values_list("pk", "last_number").query.sql_with_params()
    table = ReadPosition._meta.db_table
    statement = (
        f"INSERT INTO {table} AS kept (user_id, discussion_id, number) "  # noqa: S608 - composed by Django
        f"SELECT %s, meant.* FROM ({discussions}) AS meant (discussion, number) ORDER BY 2 "
        f"ON CONFLICT (user_id, discussion_id) DO UPDATE SET number = EXCLUDED.number "
        f"WHERE kept.number < EXCLUDED.number"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [actor.pk, *params])
        return int(cursor.rowcount)


positions, visits = ReadPositions(), Visits()
atexit.register(positions.write)
atexit.register(visits.write)
