"""Live streams: new posts and counts reach open pages by server-sent events.

One process serves all streams. PostgreSQL announces posts (``forum_posts``), and is asked for what
each reader has not got yet, so nothing is kept here that could be missed: a stream that comes back
with ``Last-Event-ID`` is served from the database like any other.
"""

import asyncio
import contextlib
import json
import logging
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from importlib import import_module
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import psycopg2
from django.conf import settings
from django.contrib.auth import get_user
from django.db import close_old_connections, connection
from django.http import HttpRequest
from django.utils import timezone, translation

from accounts.models import User
from forum import fragments
from forum.models import Discussion, Room
from forum.rows import post_rows

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_CHECKS = 20  # access that has ended is cut within 30 seconds (security promise)
SECONDS_TO_GATHER = 0.05  # posts that come together are told together
SECONDS_TO_RECONNECT = 1.0
DATABASE_THREADS = 3
MOST_CAUGHT_UP = 100  # posts sent at once to a stream that was away; the next when it has taken these
MOST_COUNTED = 20  # discussions whose counts a stream begins with
CHANNEL = "forum_posts"
ADDRESS = re.compile(r"/live/(?:discussions/(?P<discussion>\d{1,18})|rooms(?:/(?P<room>[\w-]{1,10}))?)/")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = TypeVar("Answer")
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
    def look(self) -> tuple[str, str, bool]:
        """What a rendered post depends on: language, time zone and whether to offer an answer."""
        return self.viewer.language, self.viewer.time_zone, self.viewer.writes

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


# --- What is asked of PostgreSQL, in threads --------------------------------------------------------


def _viewer_of(session_key: str) -> User | None:
    """Return whose session it is, when it is valid and its holder may enter."""
    request = HttpRequest()
    request.session = SessionStore(session_key)
    user = get_user(request)
    return user if isinstance(user, User) and user.may_enter else None


def _open(session_key: str, discussion: int | None, room: str | None, sent_up_to: int) -> Stream | None:
    """Return a stream for what the address names, or None where it is nothing to this reader."""
    viewer = _viewer_of(session_key)
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


def _still_allowed(stream: Stream) -> bool:
    """Ask again whether the reader may see what the stream carries, in today's words of the rules."""
    viewer = _viewer_of(stream.session_key)
    if viewer is None or viewer.pk != stream.viewer.pk:
        return False
    stream.viewer = viewer
    if stream.discussion is not None:
        return bool(Discussion.objects.visible_to(viewer).filter(pk=stream.discussion.pk).exists())
    return stream.rooms <= set(Room.objects.visible_to(viewer).values_list("pk", flat=True))


def _posts_after(viewer: User, discussion: Discussion, number: int) -> list[tuple[int, str]]:
    """Return the numbers and events of the posts above ``number``, for ``viewer`` and all of the same look."""
    with translation.override(viewer.language), timezone.override(viewer.zone):
        events: list[tuple[int, str]] = []
        while len(events) < MOST_CAUGHT_UP:
            rows = post_rows(None, discussion.pk, number)
            for row in rows:
                html = fragments.posts(
                    [row],
                    address=discussion.get_absolute_url(),
                    language=discussion.room.language,
                    viewer=None,
                    may_post=viewer.writes,
                )
                events.append((row.number, sse("post", {"html": html}, row.number)))
            if len(rows) < settings.POSTS_PER_PAGE:
                break
            number = rows[-1].number
        return events


def _counts_shown(stream: Stream) -> list[str]:
    """Return the events of the counts on a page that has just come, or come back after a break."""
    shown = Discussion.objects.visible_to(stream.viewer)
    shown = shown.filter(topic=stream.topic) if stream.discussion else shown.filter(room__in=stream.rooms)
    latest = shown.order_by("-last_activity_at").values_list("pk", "last_number")[:MOST_COUNTED]
    return [sse("counts", {"discussion": pk, "posts": posts}) for pk, posts in latest]


def _counts(discussions: Iterable[int]) -> dict[int, int]:
    return dict(Discussion.objects.filter(pk__in=list(discussions)).values_list("pk", "last_number"))


class LiveStreams:
    """The ASGI application of ``/live/``."""

    def __init__(self) -> None:
        self.streams: set[Stream] = set()
        self._announced: dict[int, tuple[int, int]] = {}  # discussion: (topic, room), gathered for a moment
        self._news = asyncio.Event()
        self._threads = ThreadPoolExecutor(DATABASE_THREADS, "database")
        self._tasks: list[asyncio.Task[None]] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            self._start()
            await self._serve(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        for task in self._tasks:
            task.cancel()
        for stream in self.streams:
            stream.put(None)
        await send({"type": "lifespan.shutdown.complete"})

    def _start(self) -> None:
        if not self._tasks:
            work = (self._listen(), self._tell(), self._check())
            self._tasks = [asyncio.create_task(coroutine) for coroutine in work]

    async def _ask(self, function: Callable[..., Answer], *args: Any) -> Answer:
        """Run a question to PostgreSQL in a thread, on that thread's lasting connection."""

        def work() -> Answer:
            close_old_connections()
            return function(*args)

        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    # --- One reader ---------------------------------------------------------------------------------

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if scope["path"] == "/live/healthz":
            await _answer(send, 200, b"ok")
            return
        match = ADDRESS.fullmatch(scope["path"])
        session_key = _session_key(headers.get(b"cookie", ""))
        stream = None
        if match and session_key and scope["method"] == "GET":
            discussion = int(match["discussion"]) if match["discussion"] else None
            after = _after(headers.get(b"last-event-id", ""), scope.get("query_string", b"").decode("latin-1"))
            stream = await self._ask(_open, session_key, discussion, match["room"], after)
        if stream is None:
            await _answer(send, 404, b"", _cross_origin(headers))
            return
        self.streams.add(stream)
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await _begin(send, _cross_origin(headers))
            if stream.discussion is not None:
                await self._send_posts(stream.discussion, [stream])
            for event in await self._ask(_counts_shown, stream):
                stream.put(event)
            await self._carry(stream, gone, send)
        except OSError:
            pass
        finally:
            gone.cancel()
            self.streams.discard(stream)

    async def _carry(self, stream: Stream, gone: "asyncio.Task[None]", send: Send) -> None:
        """Send the stream's events until it is ended or its reader has gone."""
        while True:
            event = asyncio.ensure_future(stream.events.get())
            await asyncio.wait({event, gone}, return_when=asyncio.FIRST_COMPLETED)
            if gone.done() or (text := event.result()) is None:
                event.cancel()
                break
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})
            if stream.is_behind and stream.events.empty() and stream.discussion is not None:
                await self._send_posts(stream.discussion, [stream])
        with contextlib.suppress(Exception):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    # --- Everybody ----------------------------------------------------------------------------------

    async def _listen(self) -> None:
        """Hear PostgreSQL's announcements; after a lost connection, ask for everything again."""
        while True:
            try:
                await self._listen_once()
            except (psycopg2.Error, OSError) as error:
                logger.warning("PostgreSQL is not listening: %s", type(error).__name__)
            await asyncio.sleep(SECONDS_TO_RECONNECT)

    async def _listen_once(self) -> None:
        loop = asyncio.get_running_loop()
        listener = await self._ask(_listener)
        lost = loop.create_future()

        def hear() -> None:
            try:
                listener.poll()
            except psycopg2.Error as error:
                loop.remove_reader(listener.fileno() if not listener.closed else descriptor)
                lost.set_exception(error)
                return
            for notice in listener.notifies:
                discussion, topic, room = map(int, notice.payload.split(":"))
                self._announced[discussion] = (topic, room)
            listener.notifies.clear()
            self._news.set()

        descriptor = listener.fileno()
        loop.add_reader(descriptor, hear)
        for stream in self.streams:
            if stream.discussion is not None:
                self._announced[stream.discussion.pk] = (stream.discussion.topic_id, stream.discussion.room_id)
        self._news.set()
        try:
            await lost
        finally:
            loop.remove_reader(descriptor)
            listener.close()

    async def _tell(self) -> None:
        """Send what was announced to the pages it concerns."""
        while True:
            await self._news.wait()
            await asyncio.sleep(SECONDS_TO_GATHER)
            self._news.clear()
            announced, self._announced = self._announced, {}
            try:
                await self._tell_of(announced)
            except Exception:
                logger.exception("New posts could not be told; they are told again in a moment")
                self._announced = announced | self._announced
                await asyncio.sleep(SECONDS_TO_RECONNECT)
                self._news.set()

    async def _tell_of(self, announced: dict[int, tuple[int, int]]) -> None:
        if not announced or not self.streams:
            return
        readers: dict[int, list[Stream]] = defaultdict(list)
        for stream in self.streams:
            if stream.discussion is not None and stream.discussion.pk in announced:
                readers[stream.discussion.pk].append(stream)
        for streams in readers.values():
            assert streams[0].discussion is not None
            await self._send_posts(streams[0].discussion, streams)
        counts = await self._ask(_counts, announced)
        for discussion, (topic, room) in announced.items():
            event = sse("counts", {"discussion": discussion, "posts": counts.get(discussion, 0)})
            for stream in self.streams:
                if stream.counts(discussion, topic, room):
                    stream.put(event)

    async def _send_posts(self, discussion: Discussion, streams: list[Stream]) -> None:
        """Send each stream the posts it has not got, rendered once for all readers of one look."""
        looks: dict[tuple[str, str, bool], list[Stream]] = defaultdict(list)
        for stream in streams:
            looks[stream.look].append(stream)
        for alike in looks.values():
            lowest = min(stream.sent_up_to for stream in alike)
            events = await self._ask(_posts_after, alike[0].viewer, discussion, lowest)
            for stream in alike:
                stream.is_behind = len(events) >= MOST_CAUGHT_UP
            for number, event in events:
                for stream in alike:
                    if number > stream.sent_up_to:
                        stream.sent_up_to = number
                        stream.put(event)

    async def _check(self) -> None:
        """Cut the streams of readers whose access has ended, and keep the others' lines open."""
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_CHECKS)
            for stream in list(self.streams):
                try:
                    allowed = await self._ask(_still_allowed, stream)
                except Exception as error:  # noqa: BLE001 - PostgreSQL is away: ask again next time
                    logger.warning("Access could not be checked: %s", type(error).__name__)
                    break
                stream.put(": still here\n\n" if allowed else sse("ended", {}))
                if not allowed:
                    stream.put(None)


def _listener() -> Any:
    """Return a connection of its own that hears the announcements of posts."""
    connection.ensure_connection()
    listener = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    listener.set_session(autocommit=True)
    with listener.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    return listener


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _session_key(cookies: str) -> str:
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return found.value if found else ""


def _after(last_event_id: str, query: str) -> int:
    """Return the number of the last post that the page has: the browser's, else its address's."""
    value = last_event_id or parse_qs(query).get("after", ["0"])[0]
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0


def _cross_origin(headers: dict[bytes, str]) -> list[tuple[bytes, bytes]]:
    """Let the pages of this same host listen, where they are served on another port."""
    origin = headers.get(b"origin", "")
    host = headers.get(b"host", "")
    if not origin or urlsplit(origin).hostname != urlsplit(f"//{host}").hostname:
        return []
    return [
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


async def _begin(send: Send, headers: list[tuple[bytes, bytes]]) -> None:
    """Begin the stream; a browser that loses it comes back after two seconds."""
    fixed = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        (b"x-content-type-options", b"nosniff"),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": fixed + headers})
    await send({"type": "http.response.body", "body": b"retry: 2000\n\n", "more_body": True})


async def _answer(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers or []})
    await send({"type": "http.response.body", "body": body})
