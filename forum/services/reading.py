"""What reading leaves behind: positions gathered in the process and written together."""

import atexit
import threading
from collections.abc import Mapping

from django.db import connection, transaction

from accounts.models import User
from forum.models import Discussion, Follow, ReadPosition, Room

SECONDS_BETWEEN_WRITES = 1.0


class ReadPositions:
    """Gathers how far people have read, and writes all of it at once, off the page's path.

    A process that is killed forgets at most the last second of reading, which nobody was promised.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gathered: dict[tuple[int, int], int] = {}
        self._timer: threading.Timer | None = None

    def note(self, user: int, discussion: int, number: int) -> None:
        """Remember that ``user`` has seen ``discussion`` up to post ``number``."""
        with self._lock:
            self._gathered[user, discussion] = max(number, self._gathered.get((user, discussion), 0))
            if self._timer is None:
                self._timer = threading.Timer(SECONDS_BETWEEN_WRITES, self._write_from_timer)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """Write what was gathered; a position never moves back."""
        with self._lock:
            gathered, self._gathered = self._gathered, {}
            self._timer = None
        if gathered:
            write_positions(gathered)

    def _write_from_timer(self) -> None:
        try:
            self.write()
        finally:
            connection.close()


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


positions = ReadPositions()
atexit.register(positions.write)


@transaction.atomic
def follow_discussion(*, actor: User, discussion: int, wanted: bool) -> None:
    """Begin or end following a discussion.

    Args:
        actor: Who follows.
        discussion: The discussion's id.
        wanted: Whether to follow from now on.

    Raises:
        Discussion.DoesNotExist: The discussion is hidden from ``actor``.
    """
    found = Discussion.objects.visible_to(actor).get(pk=discussion)
    if wanted:
        Follow.objects.get_or_create(user=actor, discussion=found)
    else:
        Follow.objects.filter(user=actor, discussion=found).delete()


@transaction.atomic
def follow_room(*, actor: User, language: str, wanted: bool) -> None:
    """Begin or end following a room: being told when a topic opens in it.

    Args:
        actor: Who follows.
        language: The room's language.
        wanted: Whether to follow from now on.

    Raises:
        Room.DoesNotExist: The room is hidden from ``actor``.
    """
    found = Room.objects.visible_to(actor).get(language=language)
    if wanted:
        Follow.objects.get_or_create(user=actor, room=found)
    else:
        Follow.objects.filter(user=actor, room=found).delete()


def follow_rooms_read(user: User) -> None:
    """Have a newcomer follow the rooms of the languages they read."""
    rooms = Room.objects.filter(language__in=[*user.languages_read, user.language])
    Follow.objects.bulk_create([Follow(user=user, room=room) for room in rooms], ignore_conflicts=True)
