"""Live streams, played against the application itself: what an open page is sent, and when it is cut off."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from forum import live, streams
from forum.enums import Capacity, PostState
from forum.models import Discussion, DiscussionGrant, RoomGrant
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db(transaction=True)

SOON = 3.0  # seconds; far more than the promised one, for a busy machine


@dataclass
class Event:
    name: str
    data: dict[str, Any]
    number: int | None = None


class Page:
    """One open page and what its stream has sent."""

    def __init__(self, app: live.LiveStreams, path: str, cookie: str, headers: dict[str, str], method: str) -> None:
        address, _mark, query = path.partition("?")
        self.scope = {
            "type": "http",
            "method": method,
            "path": address,
            "query_string": query.encode(),
            "headers": [(name.encode(), value.encode()) for name, value in {"cookie": cookie, **headers}.items()],
        }
        self._sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._left = asyncio.Event()
        self.task = asyncio.create_task(app(self.scope, self._receive, self._sent.put))

    async def _receive(self) -> dict[str, str]:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def opened(self) -> "Page":
        start = await asyncio.wait_for(self._sent.get(), SOON)
        self.status, self.headers = start["status"], dict(start["headers"])
        return self

    async def next(self, *names: str) -> Event:
        """Wait for the next event of one of ``names``; ``closed`` stands for the end of the stream."""
        while True:
            message = await asyncio.wait_for(self._sent.get(), SOON)
            if not message.get("more_body"):
                return Event("closed", {})
            fields = dict(line.split(": ", 1) for line in message["body"].decode().splitlines() if ": " in line)
            if fields.get("event") in names:
                number = int(fields["id"]) if "id" in fields else None
                return Event(fields["event"], json.loads(fields["data"]), number)

    async def until(self, name: str, data: dict[str, Any]) -> list[dict[str, Any]]:
        """Wait for an event, and return what the events of its name said before it."""
        before: list[dict[str, Any]] = []
        while (event := await self.next(name)).data != data:
            assert event.name == name
            before.append(event.data)
        return before

    async def nothing(self, *names: str, seconds: float = 0.4) -> bool:
        """Tell whether no event of ``names`` comes for a while."""
        try:
            await asyncio.wait_for(self.next(*names), seconds)
        except TimeoutError:
            return True
        return False

    async def leave(self) -> None:
        self._left.set()
        await asyncio.wait_for(self.task, SOON)


class House:
    """The application, and what happens around it."""

    def __init__(self) -> None:
        self.app = live.LiveStreams()

    async def open(self, path: str, reader: User | None = None, method: str = "GET", **headers: str) -> Page:
        cookie = await self.do(cookie_of, reader) if reader else ""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await Page(self.app, path, cookie, named, method).opened()

    @staticmethod
    async def do(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Do something that needs the database, as another process would."""

        def elsewhere() -> Any:
            try:
                return work(*args, **kwargs)
            finally:
                connection.close()

        return await asyncio.to_thread(elsewhere)


def cookie_of(reader: User) -> str:
    client = Client()
    client.force_login(reader)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def play(scenario: Callable[[House], Awaitable[None]]) -> None:
    async def main() -> None:
        house = House()
        try:
            await asyncio.wait_for(scenario(house), 20)
        finally:
            for task in house.app._tasks:
                task.cancel()
            await asyncio.gather(*house.app._tasks, return_exceptions=True)
            house.app._threads.shutdown()

    asyncio.run(main())


def address(discussion: Discussion, after: int = 0) -> str:
    return f"/live/discussions/{discussion.pk}/?after={after}"


# --- Who is let in ----------------------------------------------------------------------------------


def test_nobody_is_let_in_without_a_session_and_the_right():
    discussion = DiscussionFactory()
    room = discussion.room
    elsewhere = DiscussionFactory(topic=discussion.topic, room=RoomFactory(language="fr"))
    delegate = DelegateFactory()
    readers = {
        "delegate": (delegate, 200, 200),
        "evaluator": (UserFactory(role=Role.EVALUATOR), 200, 200),
        "facilitator": (UserFactory(role=Role.FACILITATOR), 200, 200),
        "facilitator elsewhere": (UserFactory(role=Role.FACILITATOR), 404, 404),
        "external": (UserFactory(role=Role.EXTERNAL), 200, 404),
        "external elsewhere": (UserFactory(role=Role.EXTERNAL), 404, 404),
        "not accepted": (DelegateFactory(accepts=False), 404, 404),
        "suspended": (DelegateFactory(suspended_until=timezone.now() + timedelta(days=1)), 404, 404),
        "anonymous": (None, 404, 404),
    }
    grant(readers["facilitator"][0], room)
    grant(readers["facilitator elsewhere"][0], elsewhere.room)
    grant(readers["external"][0], discussion)
    grant(readers["external elsewhere"][0], elsewhere)
    found = {}

    async def scenario(house: House) -> None:
        for name, (reader, *_expected) in readers.items():
            pages = [await house.open(path, reader) for path in (address(discussion), f"/live/rooms/{room.language}/")]
            found[name] = (reader, *(page.status for page in pages))
            for page in pages:
                await page.leave()

    play(scenario)

    assert found == readers


def test_only_a_stream_that_exists_is_opened():
    RoomFactory()
    reader = DelegateFactory()
    asked = {
        ("/live/healthz", "GET", ""): 200,
        ("/live/rooms/en/", "GET", ""): 200,
        ("/live/rooms/", "GET", ""): 200,
        ("/live/discussions/999999/", "GET", ""): 404,
        ("/live/discussions/x/", "GET", ""): 404,
        ("/live/rooms/xx/", "GET", ""): 404,
        ("/live/", "GET", ""): 404,
        ("/rooms/en/", "GET", ""): 404,
        ("/live/rooms/en/", "POST", ""): 404,
        ("/live/rooms/en/", "GET", "sessionid=forged"): 404,
        ("/live/rooms/en/", "GET", 'sessionid="\x01;;=,'): 404,
    }
    found = {}

    async def scenario(house: House) -> None:
        for path, method, cookie in asked:
            page = await house.open(path, None if cookie else reader, method, **({"cookie": cookie} if cookie else {}))
            found[path, method, cookie] = page.status
            await page.leave()

    play(scenario)

    assert found == asked


def test_only_pages_of_the_same_host_may_listen():
    room, reader = RoomFactory(), DelegateFactory()
    allowed = {}

    async def scenario(house: House) -> None:
        for origin in ("http://forum.example:8000", "https://elsewhere.example", "null"):
            page = await house.open(f"/live/rooms/{room.language}/", reader, host="forum.example:8001", origin=origin)
            allowed[origin] = page.headers.get(b"access-control-allow-origin", b"").decode()
            await page.leave()

    play(scenario)

    assert allowed == {
        "http://forum.example:8000": "http://forum.example:8000",
        "https://elsewhere.example": "",
        "null": "",
    }


# --- What comes in ----------------------------------------------------------------------------------


def test_a_new_post_and_the_new_counts_reach_the_open_pages():
    topic = TopicFactory()
    discussion = DiscussionFactory(topic=topic)
    sister = DiscussionFactory(topic=topic, room=RoomFactory(language="fr"))
    readers = DelegateFactory.create_batch(2, time_zone="America/Bogota")

    async def scenario(house: House) -> None:
        page = await house.open(address(discussion), readers[0])
        of_sister = await house.open(address(sister), readers[1])
        of_room = await house.open("/live/rooms/en/", readers[1])
        post = await house.do(PostFactory, discussion=discussion, body="We **train** examiners.")

        event = await page.next("post")
        assert event.number == 1
        assert 'id="post-1"' in event.data["html"]
        assert "<strong>train</strong>" in event.data["html"]
        assert f"/posts/{post.pk}/" in event.data["html"]
        for counted in (page, of_sister, of_room):
            await counted.until("counts", {"discussion": discussion.pk, "posts": 1})
        assert await of_sister.nothing("post")

    play(scenario)


def test_a_post_is_rendered_for_each_reader_in_their_language_and_time():
    discussion = DiscussionFactory()
    readers = {
        "en": DelegateFactory(language="en", time_zone="America/Bogota"),
        "fr": DelegateFactory(language="fr", time_zone="Asia/Tokyo"),
    }

    async def scenario(house: House) -> None:
        pages = {name: await house.open(address(discussion), reader) for name, reader in readers.items()}
        await house.do(PostFactory, discussion=discussion, posted_at="2026-11-18T13:05:00Z")

        html = {name: (await page.next("post")).data["html"] for name, page in pages.items()}

        assert "18 Nov 2026, 08:05" in html["en"]
        assert "18 nov. 2026, 22:05" in html["fr"]
        assert "14:05" in html["en"]
        assert "14:05" in html["fr"]

    play(scenario)


def test_who_does_not_write_is_offered_no_reply_and_who_does_is():
    discussion = DiscussionFactory()
    readers = [UserFactory(role=Role.EVALUATOR), DelegateFactory()]

    async def scenario(house: House) -> None:
        for order in (readers, readers[::-1]):
            pages = [await house.open(address(discussion, discussion.last_number), reader) for reader in order]
            await house.do(PostFactory, discussion=discussion)
            html = [(await page.next("post")).data["html"] for page in pages]
            assert ["reply=" in text for text in html] == [reader.writes for reader in order]

    play(scenario)


def test_a_post_is_the_same_for_all_and_holds_what_its_own_people_can_do():
    speaker = MandateFactory().user
    discussion = DiscussionFactory()
    post = PostFactory(discussion=discussion, author=DelegateFactory(member_state=speaker.member_state))
    statement = PostFactory(discussion=discussion, author=speaker, capacity=Capacity.DELEGATION)

    events = streams.posts_after(post.author, discussion, 0)

    articles = [json.loads(event.partition("data: ")[2])["html"] for _number, event in events]
    own, of_state = (re.search(r'<span data-own="([^"]+)" hidden>(.*?)</span>', html, re.S) for html in articles)
    assert own[1] == f"person-{post.author_id}"
    assert re.findall('href="([^"]+)"', own[2]) == [f"/posts/{post.pk}/edit/", f"/posts/{post.pk}/withdraw/"]
    assert of_state[1] == f"state-{speaker.member_state_id}"
    correct, withdraw = re.findall('href="([^"]+)"', of_state[2])
    assert correct.endswith("&amp;corrects=2#write")
    assert withdraw == f"/posts/{statement.pk}/withdraw/"
    assert f"/posts/{statement.pk}/edit/" not in of_state[0]
    assert events == streams.posts_after(DelegateFactory(), discussion, 0)


def test_a_page_says_whose_posts_its_reader_can_change(client):
    speaker = MandateFactory().user
    discussion = DiscussionFactory()
    colleague = DelegateFactory(member_state=speaker.member_state)

    def owns(reader: User) -> str:
        client.force_login(reader)
        return re.search('data-owns="([^"]*)"', client.get(discussion.get_absolute_url()).text)[1]

    assert owns(speaker) == f"person-{speaker.pk} state-{speaker.member_state_id}"
    assert owns(colleague) == f"person-{colleague.pk}"


def test_a_held_post_reaches_nobody_else():
    discussion = DiscussionFactory()
    author, other = DelegateFactory.create_batch(2)

    async def scenario(house: House) -> None:
        for _page in range(8):  # whoever of those who look alike is served first
            await house.open(address(discussion), author)
        page = await house.open(address(discussion), other)
        await house.do(PostFactory, discussion=discussion, author=author, state=PostState.HELD, body="Held words")
        await house.do(PostFactory, discussion=discussion, body="Visible words")

        assert "Visible words" in (await page.next("post")).data["html"]

    play(scenario)


def test_a_page_that_comes_back_is_sent_what_it_missed():
    discussion = DiscussionFactory()
    PostFactory.create_batch(5, discussion=discussion)
    reader = DelegateFactory()

    async def scenario(house: House) -> None:
        by_address = await house.open(address(discussion, 3), reader)
        by_last_event = await house.open(address(discussion, 1), reader, last_event_id="3")

        for page in (by_address, by_last_event):
            assert [(await page.next("post")).number for _post in range(2)] == [4, 5]
            assert await page.nothing("post")

    play(scenario)


def test_a_page_that_was_away_for_long_misses_nothing():
    discussion, author = DiscussionFactory(), DelegateFactory()
    PostFactory.create_batch(streams.MOST_CAUGHT_UP + 30, discussion=discussion, author=author)
    reader = DelegateFactory()

    async def scenario(house: House) -> None:
        page = await house.open(address(discussion), reader)

        numbers = [(await page.next("post")).number for _post in range(discussion.last_number)]

        assert numbers == list(range(1, streams.MOST_CAUGHT_UP + 31))

    play(scenario)


def test_a_place_that_is_no_number_is_the_beginning():
    discussion = PostFactory().discussion
    reader = DelegateFactory()

    async def scenario(house: House) -> None:
        for after in ("", "x", "-1", "9" * 40, "1e9", "٣"):
            page = await house.open(f"/live/discussions/{discussion.pk}/?after={quote(after)}", reader)
            assert (await page.next("post")).number == 1

    play(scenario)


def test_a_lost_listener_is_replaced_and_nothing_is_missed(monkeypatch):
    monkeypatch.setattr(live, "SECONDS_TO_RECONNECT", 0.05)
    discussion, reader = DiscussionFactory(), DelegateFactory()

    async def scenario(house: House) -> None:
        page = await house.open(address(discussion), reader)
        await house.do(PostFactory, discussion=discussion)
        assert (await page.next("post")).number == 1

        await house.do(end_listeners)
        await house.do(PostFactory, discussion=discussion)

        assert (await page.next("post")).number == 2

    play(scenario)


def end_listeners() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")


# --- What is nobody else's business -----------------------------------------------------------------


def test_counts_of_discussions_one_may_not_see_are_not_told():
    topic = TopicFactory()
    own = DiscussionFactory(topic=topic)
    sister = DiscussionFactory(topic=topic, room=RoomFactory(language="fr"))
    external, facilitator = UserFactory(role=Role.EXTERNAL), UserFactory(role=Role.FACILITATOR)
    delegate = DelegateFactory()
    grant(external, own)
    grant(facilitator, own.room)

    async def scenario(house: House) -> None:
        colleague, *pages = [await house.open(address(own), person) for person in (delegate, external, facilitator)]
        await house.do(PostFactory, discussion=sister)
        await colleague.until("counts", {"discussion": sister.pk, "posts": 1})
        await house.do(PostFactory, discussion=own)

        for page in pages:
            before = await page.until("counts", {"discussion": own.pk, "posts": 1})
            assert {data["discussion"] for data in before} <= {own.pk}

    play(scenario)


# --- Access that ends -------------------------------------------------------------------------------


def suspend(reader: User) -> None:
    User.objects.filter(pk=reader.pk).update(suspended_until=timezone.now() + timedelta(days=1))


def sign_out(reader: User) -> None:
    for session in Session.objects.all():
        if session.get_decoded()["_auth_user_id"] == str(reader.pk):
            session.delete()


def end_the_admission(reader: User) -> None:
    DiscussionGrant.objects.filter(user=reader).update(ends_at=timezone.now())


def end_the_contract(reader: User) -> None:
    RoomGrant.objects.filter(user=reader).update(ends_at=timezone.now())


def test_access_that_ends_closes_the_stream_and_no_other(monkeypatch):
    monkeypatch.setattr(live, "SECONDS_BETWEEN_CHECKS", 0.1)
    discussion = DiscussionFactory()
    ends = {
        suspend: DelegateFactory(),
        sign_out: DelegateFactory(),
        end_the_admission: UserFactory(role=Role.EXTERNAL),
        end_the_contract: UserFactory(role=Role.FACILITATOR),
    }
    grant(ends[end_the_admission], discussion)
    grant(ends[end_the_contract], discussion.room)
    colleague = DelegateFactory()

    async def scenario(house: House) -> None:
        stays = await house.open(address(discussion), colleague)
        pages = {end: await house.open(address(discussion), reader) for end, reader in ends.items()}
        for page in pages.values():
            assert await page.nothing("ended", seconds=0.15)

        for end, page in pages.items():
            await house.do(end, ends[end])
            assert (await page.next("ended")).name == "ended"
            assert (await page.next("post")).name == "closed"
            await asyncio.wait_for(page.task, SOON)

        assert await stays.nothing("ended", seconds=0.15)
        assert len(house.app.streams) == 1

    play(scenario)


def test_access_is_checked_within_thirty_seconds():
    assert live.SECONDS_BETWEEN_CHECKS < 30


def test_a_reader_who_leaves_is_forgotten():
    discussion, reader = DiscussionFactory(), DelegateFactory()

    async def scenario(house: House) -> None:
        page = await house.open(address(discussion), reader)
        assert len(house.app.streams) == 1

        await page.leave()

        assert house.app.streams == set()

    play(scenario)


def test_a_reader_too_slow_for_the_stream_is_cut_off_and_comes_back():
    async def scenario(house: House) -> None:
        stream = streams.Stream("key", User())
        for _event in range(1_000):
            stream.put("event")
        assert stream.events.qsize() == 1_000

        stream.put("one too many")

        assert (stream.events.qsize(), stream.events.get_nowait()) == (1, None)

    play(scenario)
