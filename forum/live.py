"""Live streams: new posts and counts reach open pages by server-sent events.

One process serves all streams. PostgreSQL announces posts (``forum_posts``), and is asked for what
each reader has not got yet, so nothing is kept here that could be missed: a stream that comes back
with ``Last-Event-ID`` is served from the database like any other.
"""

import asyncio
import contextlib
import logging
import re
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from http.cookies import CookieError, SimpleCookie
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import psycopg2
from django.conf import settings
from django.db import close_old_connections

from forum.models import Discussion
from forum.streams import (
    MOST_CAUGHT_UP,
    Stream,
    counts_of,
    counts_shown,
    listener,
    open_stream,
    posts_after,
    sse,
    still_allowed,
)

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_CHECKS = 20  # access that has ended is cut within 30 seconds (security promise)
SECONDS_TO_GATHER = 0.05  # posts that come together are told together
SECONDS_TO_RECONNECT = 1.0
DATABASE_THREADS = 3
ADDRESS = re.compile(r"/live/(?:discussions/(?P<discussion>\d{1,18})|rooms(?:/(?P<room>[\w-]{1,10}))?)/")

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Answer = TypeVar("Answer")


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
        if match and session_key and scope["method"] == "GET" and settings.FORUM:
            discussion = int(match["discussion"]) if match["discussion"] else None
            after = _after(headers.get(b"last-event-id", ""), scope.get("query_string", b"").decode("latin-1"))
            stream = await self._ask(open_stream, session_key, discussion, match["room"], after)
        if stream is None:
            await _answer(send, 404, b"", _cross_origin(headers))
            return
        self.streams.add(stream)
        gone = asyncio.create_task(_until_gone(receive))
        try:
            await _begin(send, _cross_origin(headers))
            if stream.discussion is not None:
                await self._send_posts(stream.discussion, [stream])
            for event in await self._ask(counts_shown, stream):
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
        heard = await self._ask(listener)
        lost = loop.create_future()

        def hear() -> None:
            try:
                heard.poll()
            except psycopg2.Error as error:
                loop.remove_reader(heard.fileno() if not heard.closed else descriptor)
                lost.set_exception(error)
                return
            for notice in heard.notifies:
                discussion, topic, room = map(int, notice.payload.split(":"))
                self._announced[discussion] = (topic, room)
            heard.notifies.clear()
            self._news.set()

        descriptor = heard.fileno()
        loop.add_reader(descriptor, hear)
        for stream in self.streams:
            if stream.discussion is not None:
                self._announced[stream.discussion.pk] = (stream.discussion.topic_id, stream.discussion.room_id)
        self._news.set()
        try:
            await lost
        finally:
            loop.remove_reader(descriptor)
            heard.close()

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
        counts = await self._ask(counts_of, announced)
        for discussion, (topic, room) in announced.items():
            event = sse("counts", {"discussion": discussion, "posts": counts.get(discussion, 0)})
            for stream in self.streams:
                if stream.counts(discussion, topic, room):
                    stream.put(event)

    async def _send_posts(self, discussion: Discussion, streams: list[Stream]) -> None:
        """Send each stream the posts it has not got, rendered once for all readers of one look."""
        looks: dict[tuple[str, str, bool, int], list[Stream]] = defaultdict(list)
        for stream in streams:
            looks[stream.look].append(stream)
        for alike in looks.values():
            lowest = min(stream.sent_up_to for stream in alike)
            events = await self._ask(posts_after, alike[0].viewer, discussion, lowest)
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
                    allowed = await self._ask(still_allowed, stream)
                except Exception as error:  # noqa: BLE001 - PostgreSQL is away: ask again next time
                    logger.warning("Access could not be checked: %s", type(error).__name__)
                    break
                stream.put(": still here\n\n" if allowed else sse("ended", {}))
                if not allowed:
                    stream.put(None)


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
