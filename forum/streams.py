"""Open pages that hear of new posts, and what PostgreSQL is asked for them, in the threads of ``forum.live``."""

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import psycopg2
from django.conf import settings
from django.contrib.auth import get_user
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone, translation

from accounts.enums import Role
from accounts.models import User
from forum import fragments
from forum.models import Discussion, Room
from forum.queries.extras import post_extras
from forum.queries.rows import post_rows

MOST_CAUGHT_UP = 100  # posts sent at once to a stream that was away; the next when it has taken these
MOST_COUNTED = 20  # discussions whose counts a stream begins with
CHANNEL = "forum_posts"
SessionStore = import_module(settings.SESSION_ENGINE).SessionStore


@dataclass(eq=False)
class Stream:
    """One open page.

    Args:
        session_key: The reader's session; when it ends, so does the stream.
        viewer: The reader, as of the last check.
        topic: The id of the topic whose counts the page shows, on a discussion's page.
        rooms: The ids of the rooms whose counts the page shows, on a room's page or the list of rooms.
        discussion: The discussion whose posts the page shows.
        sent_up_to: The number of the last post that was sent.
        is_behind: Whether more than ``MOST_CAUGHT_UP`` posts waited for it when it was last served.
    """

    session_key: str
    viewer: User
    topic: int | None = None
    rooms: frozenset[int] = frozenset()
    discussion: Discussion | None = None
    sent_up_to: int = 0
    is_behind: bool = False
    events: asyncio.Queue[str | None] = field(default_factory=lambda: asyncio.Queue(1_000))

    @property
    def look(self) -> tuple[str, str, bool, int]:
        """What a rendered post depends on: language, time zone, whether to offer an answer, and an admission."""
        outsider = self.viewer.pk if self.viewer.role == Role.EXTERNAL else 0
        return self.viewer.language, self.viewer.time_zone, self.viewer.writes, outsider

    def counts(self, discussion: int, topic: int, room: int) -> bool:
        """Tell whether the page shows how many posts a discussion has, and its reader may know."""
        if self.discussion is None:
            return room in self.rooms
        return self.topic == topic and (self.viewer.reads_every_room or discussion == self.discussion.pk)

    def put(self, event: str | None) -> None:
        """Queue an event; a reader so slow that the queue is full is cut off and will come back."""
        if self.events.full():
            while not self.events.empty():
                self.events.get_nowait()
            event = None
        self.events.put_nowait(event)


def sse(event: str, data: dict[str, Any], number: int | None = None) -> str:
    """Write one server-sent event; ``number`` is what the browser sends back as Last-Event-ID."""
    identity = f"id: {number}\n" if number is not None else ""
    return f"{identity}event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def viewer_of(session_key: str) -> User | None:
    """Return whose session it is, when it is valid and its holder may enter."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, User) and user.may_enter else None


def open_stream(session_key: str, discussion: int | None, room: str | None, sent_up_to: int) -> Stream | None:
    """Return a stream for what the address names, or None where it is nothing to this reader."""
    viewer = viewer_of(session_key)
    if viewer is None:
        return None
    if discussion is not None:
        found = Discussion.objects.visible_to(viewer).select_related("room").filter(pk=discussion).first()
        if found is None:
            return None
        return Stream(session_key, viewer, topic=found.topic_id, discussion=found, sent_up_to=sent_up_to)
    places = Room.objects.visible_to(viewer)
    rooms = frozenset((places.filter(language=room) if room else places).values_list("pk", flat=True))
    return Stream(session_key, viewer, rooms=rooms) if rooms else None


def still_allowed(stream: Stream) -> bool:
    """Ask again whether the reader may see what the stream carries, in today's words of the rules."""
    viewer = viewer_of(stream.session_key)
    if viewer is None or viewer.pk != stream.viewer.pk:
        return False
    stream.viewer = viewer
    if stream.discussion is not None:
        return bool(Discussion.objects.visible_to(viewer).filter(pk=stream.discussion.pk).exists())
    return stream.rooms <= set(Room.objects.visible_to(viewer).values_list("pk", flat=True))


def posts_after(viewer: User, discussion: Discussion, number: int) -> list[tuple[int, str]]:
    """Return the numbers and events of the posts above ``number``, for ``viewer`` and all of the same look."""
    with translation.override(viewer.language), timezone.override(viewer.zone):
        events: list[tuple[int, str]] = []
        while len(events) < MOST_CAUGHT_UP:
            rows = post_rows(viewer if viewer.role == Role.EXTERNAL else None, discussion.pk, number)
            extras = post_extras(None, discussion.pk, number, rows[-1].number) if rows else {}
            for row in rows:
                html = fragments.posts(
                    [row],
                    address=discussion.get_absolute_url(),
                    language=discussion.room.language,
                    viewer=None,
                    may_post=viewer.writes,
                    may_signal=viewer.writes,
                    extras=extras,
                )
                events.append((row.number, sse("post", {"html": html}, row.number)))
            if len(rows) < settings.POSTS_PER_PAGE:
                break
            number = rows[-1].number
        return events


def counts_shown(stream: Stream) -> list[str]:
    """Return the events of the counts on a page that has just come, or come back after a break."""
    shown = Discussion.objects.visible_to(stream.viewer)
    shown = shown.filter(topic=stream.topic) if stream.discussion else shown.filter(room__in=stream.rooms)
    latest = shown.order_by("-last_activity_at").values_list("pk", "last_number")[:MOST_COUNTED]
    return [sse("counts", {"discussion": pk, "posts": posts}) for pk, posts in latest]


def counts_of(discussions: Iterable[int]) -> dict[int, int]:
    return dict(Discussion.objects.filter(pk__in=list(discussions)).values_list("pk", "last_number"))


def listener() -> Any:
    """Return a connection of its own that hears the announcements of posts."""
    connection.ensure_connection()
    listener = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    listener.set_session(autocommit=True)
    with listener.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return listener
