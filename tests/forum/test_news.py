"""What is new since the last visit: visits, the page of news, and marking as read."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from accounts.enums import Role
from forum.enums import FollowLevel, TopicKind
from forum.models import Follow, ReadPosition, Visit
from forum.queries.news import end_of_last_visit, news_page
from forum.services.reading import mark_read, write_positions, write_visits
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    grant,
)
from tests.forum.test_budgets import statements

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
AWAY = settings.VISIT_ENDS_AFTER


def talk(language: str = "en", kind: TopicKind = TopicKind.OPEN, **fields: object):
    """Return a discussion with one post."""
    topic = TopicFactory(kind=kind, opens_at=timezone.now() - timedelta(days=60), closes_at=None)
    return PostFactory(
        discussion=DiscussionFactory(topic=topic, room=RoomFactory(language=language)), **fields
    ).discussion


def here_before(person, ago: timedelta) -> None:
    Visit.objects.create(user=person, seen_at=timezone.now() - ago)


def found(page) -> list[tuple[str, list[int]]]:
    return [(news.room.language, [row.pk for row in news.discussions]) for news in page.rooms]


# --- Visits -----------------------------------------------------------------------------------------


def test_a_visit_goes_on_until_nothing_is_asked_for_hours(delegate):
    for hours in (0, 1, 5, 10):
        write_visits({delegate.pk: NOW + timedelta(hours=hours)})
    kept = Visit.objects.get()
    assert (kept.previous_at, kept.seen_at) == (None, NOW + timedelta(hours=10))

    write_visits({delegate.pk: kept.seen_at + AWAY})

    kept.refresh_from_db()
    assert (kept.previous_at, kept.seen_at) == (NOW + timedelta(hours=10), NOW + timedelta(hours=10) + AWAY)


def test_pages_are_gathered_and_written_together(client, delegate, visits, django_assert_num_queries):
    other = DelegateFactory()
    with time_machine.travel(NOW, tick=False) as clock:
        for person in (delegate, other, delegate):
            client.force_login(person)
            client.get("/rooms/")
        assert not Visit.objects.exists()
        with django_assert_num_queries(1):
            visits.write()
        clock.shift(30)
        client.get("/rooms/")
        with django_assert_num_queries(0):
            visits.write()
        clock.shift(31)
        client.get("/rooms/")
        visits.write()

    assert dict(Visit.objects.values_list("user", "seen_at")) == {
        delegate.pk: NOW + timedelta(seconds=61),
        other.pk: NOW,
    }


def test_a_visitor_who_is_gone_does_not_lose_the_others(delegate):
    write_visits({delegate.pk: NOW, 999_999: NOW})

    assert Visit.objects.get().user == delegate


def test_the_last_visit_stays_the_same_through_this_one(delegate):
    with time_machine.travel(NOW, tick=False) as clock:
        assert end_of_last_visit(delegate) is None
        write_visits({delegate.pk: NOW})
        assert end_of_last_visit(delegate) is None
        clock.shift(AWAY)
        before_it_is_written = end_of_last_visit(delegate)
        write_visits({delegate.pk: timezone.now()})
        clock.shift(AWAY / 2)
        after = end_of_last_visit(delegate)

    assert (before_it_is_written, after) == (NOW, NOW)


# --- The page ---------------------------------------------------------------------------------------


def test_news_comes_by_room_this_weeks_first_then_questions_then_the_others(core_rooms):
    reader = DelegateFactory(language="fr", languages_read=["es"])
    here_before(reader, timedelta(days=3))
    other, question = talk("fr"), talk("fr", TopicKind.QUESTION)
    week = PostFactory(discussion=DiscussionFactory(room=core_rooms[1])).discussion
    talk("fr", posted_at=timezone.now() - timedelta(days=4))
    spanish, english = talk("es"), talk("en")

    assert found(news_page(reader)) == [
        ("fr", [week.pk, question.pk, other.pk]),
        ("es", [spanish.pk]),
        ("en", [english.pk]),
    ]


def test_what_is_read_is_not_new_and_what_is_old_and_unread_is_kept(delegate):
    here_before(delegate, timedelta(days=3))
    read, begun = talk(), talk()
    PostFactory(discussion=begun)
    write_positions({(delegate.pk, read.pk): 1, (delegate.pk, begun.pk): 1})
    old = talk(posted_at=timezone.now() - timedelta(days=400))

    page, all_of_it = news_page(delegate), news_page(delegate, is_all=True)

    assert found(page) == [("en", [begun.pk])]
    assert page.rooms[0].discussions[0].unread == 1
    assert found(all_of_it) == [("en", [begun.pk, old.pk])]


def test_a_topic_that_has_opened_is_news_before_anybody_posts(delegate):
    here_before(delegate, timedelta(days=1))
    opened = DiscussionFactory()
    DiscussionFactory(topic__opens_at=timezone.now() - timedelta(days=2))

    assert found(news_page(delegate)) == [("en", [opened.pk])]


@pytest.mark.parametrize(
    ("room", "own", "is_shown"),
    [
        (None, None, True),
        (FollowLevel.MUTED, None, False),
        (FollowLevel.QUIET, None, True),
        (None, FollowLevel.MUTED, False),
        (FollowLevel.MUTED, FollowLevel.EVERYTHING, True),
    ],
)
@pytest.mark.parametrize("kind", [TopicKind.WEEKLY, TopicKind.OPEN])
def test_what_is_muted_is_left_out(delegate, room, own, is_shown, kind):
    discussion = talk(kind=kind)
    Follow.objects.create(user=DelegateFactory(), discussion=discussion, level=FollowLevel.MUTED)
    if room:
        Follow.objects.create(user=delegate, room=discussion.room, level=room)
    if own:
        Follow.objects.create(user=delegate, discussion=discussion, level=own)

    assert bool(news_page(delegate).rooms) is is_shown


def test_the_first_visit_shows_the_last_month(client, delegate):
    recent = talk()
    talk(posted_at=timezone.now() - timedelta(days=31))
    client.force_login(delegate)

    answer = client.get("/since/")

    assert found(answer.context["page"]) == [("en", [recent.pk])]
    assert "This is your first visit" in answer.content.decode()


def test_a_facilitator_finds_the_news_of_one_room(core_rooms):
    facilitator = UserFactory(role=Role.FACILITATOR)
    grant(facilitator, core_rooms[1])
    talk("en")
    french = talk("fr")

    assert found(news_page(facilitator)) == [("fr", [french.pk])]


def test_news_goes_on_page_by_page_each_discussion_once(client, delegate):
    moment = timezone.now()
    wanted = {talk(posted_at=moment - timedelta(minutes=n // 2)).pk for n in range(45)}
    client.force_login(delegate)

    seen, address = [], "/since/"
    while address:
        page = client.get(address).context["page"]
        seen += [pk for _room, rows in found(page) for pk in rows]
        address = page.older and f"/since/?before={page.older}"

    assert len(seen) == 45
    assert set(seen) == wanted


@pytest.mark.parametrize("before", ["x", "1-x", "99999999999999999999999-1"])
def test_an_address_that_nobody_wrote_is_not_found(client, delegate, before):
    client.force_login(delegate)

    assert client.get(f"/since/?before={before}").status_code == 404


@pytest.mark.parametrize("query", ["", "?all"])
def test_the_page_costs_the_same_however_much_is_new(client, delegate, core_rooms, query):
    client.force_login(delegate)
    costs = []
    for count in (1, 3, 21):
        for _discussion in range(count):
            talk("fr")
            PostFactory(discussion=DiscussionFactory(room=core_rooms[0]))
        client.get(f"/since/{query}")
        sent = statements(client, f"/since/{query}")
        assert [sql for sql in sent if not sql.startswith(("SELECT", "EXECUTE compose_"))] == []
        costs.append(len(sent))

    assert costs == [6, 6, 6]


# --- Marking as read --------------------------------------------------------------------------------


def test_a_discussion_a_room_and_everything_are_marked_read(client, delegate, django_assert_num_queries):
    first, second, french = talk(), talk(), talk("fr")
    DiscussionFactory()
    client.force_login(delegate)

    marked = []
    for address in (f"{first.get_absolute_url()}read/", "/rooms/en/read/", "/read/", "/read/"):
        answer = client.post(address, follow=True)
        marked.append((answer.content.decode().count("marked as read"), ReadPosition.objects.count()))

    assert marked == [(1, 1), (1, 2), (1, 3), (0, 3)]
    assert dict(ReadPosition.objects.values_list("discussion", "number")) == {first.pk: 1, second.pk: 1, french.pk: 1}
    assert [row.last_number for row in news_page(delegate, is_all=True).rooms[0].discussions] == [0]
    with django_assert_num_queries(1):
        mark_read(actor=delegate)


def test_marking_read_moves_nobody_elses_position_and_none_back(delegate):
    discussion, other = talk(), DelegateFactory()
    write_positions({(delegate.pk, discussion.pk): 5, (other.pk, discussion.pk): 0})

    assert mark_read(actor=delegate) == 0

    assert dict(ReadPosition.objects.values_list("user", "number")) == {delegate.pk: 5, other.pk: 0}


def test_marking_read_touches_only_what_is_open_to_the_reader(client):
    external = UserFactory(role=Role.EXTERNAL)
    own, other = talk(), talk()
    grant(external, own)
    client.force_login(external)

    assert client.post("/read/", follow=True).status_code == 200
    assert client.post(f"{other.get_absolute_url()}read/").status_code == 404

    assert list(ReadPosition.objects.values_list("discussion", flat=True)) == [own.pk]


def test_an_external_stakeholder_has_no_page_of_news(client):
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, talk())
    client.force_login(external)

    assert client.get("/since/").status_code == 404
    assert "/since/" not in client.get("/rooms/").content.decode()
