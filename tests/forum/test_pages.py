"""Rooms, discussions and dossiers as a reader finds them."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pytest_django.asserts import assertContains

from accounts.enums import Role
from forum.enums import Capacity, ContributionKind, PostState, TopicKind
from forum.models import Category, Discussion, Step
from forum.queries.pages import discussion_page, room_page, room_summaries, room_with_level
from forum.queries.rows import discussion_head
from forum.services.discussions import close_discussion, reopen_discussion
from forum.services.reference import load_structure
from forum.services.topics import core_rooms
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    MemberStateFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)


def past(days: int, **discussion: object) -> Discussion:
    """Return a discussion whose week is over, last active ``days`` ago."""
    moment = timezone.now() - timedelta(days=days)
    return DiscussionFactory(topic__opens_at=moment - timedelta(days=7), last_activity_at=moment, **discussion)


def ids(rows) -> list[int]:
    return [row.pk for row in rows]


# --- The list of rooms ------------------------------------------------------------------------------


def test_the_rooms_of_ones_languages_come_first(core_rooms):
    reader = DelegateFactory(language="es", languages_read=["fr", "es"])

    assert [summary.room.language for summary in room_summaries(reader)] == ["es", "fr", "en"]


def test_each_room_shows_what_is_open_in_it_this_week(client, core_rooms, delegate):
    topic = TopicFactory()
    this_week = [DiscussionFactory(topic=topic, room=room) for room in core_rooms]
    past(8)
    client.force_login(delegate)

    summaries = client.get("/rooms/").context["summaries"]

    assert [ids(summary.this_week) for summary in summaries] == [[discussion.pk] for discussion in this_week]


def test_a_facilitator_finds_one_room(client, core_rooms):
    facilitator = UserFactory(role=Role.FACILITATOR)
    grant(facilitator, core_rooms[1])
    client.force_login(facilitator)

    assert [s.room.language for s in client.get("/rooms/").context["summaries"]] == ["fr"]


def test_an_external_stakeholder_finds_the_one_discussion(client):
    admitted, _other = DiscussionFactory(), DiscussionFactory()
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, admitted)
    client.force_login(external)

    assert ids(client.get("/rooms/").context["discussions"]) == [admitted.pk]


# --- One room ---------------------------------------------------------------------------------------


def test_this_weeks_topic_comes_first_then_the_others_by_last_activity(delegate):
    old, recent = past(20), past(9)
    this_week = DiscussionFactory(last_activity_at=timezone.now() - timedelta(days=30))
    closed = DiscussionFactory(last_activity_at=timezone.now() - timedelta(days=10))
    Discussion.objects.filter(pk=closed.pk).update(closed_at=timezone.now() + timedelta(seconds=1))
    of_no_week = DiscussionFactory(topic__kind=TopicKind.QUESTION, last_activity_at=timezone.now() - timedelta(days=15))
    DiscussionFactory(room=RoomFactory(language="fr"))

    page = room_page(room_with_level(delegate, "en"), viewer=delegate)

    assert ids(page.this_week) == [this_week.pk]
    assert ids(page.others) == ids([recent, closed, of_no_week, old])


def test_a_topic_leaves_the_week_at_the_moment_it_closes(delegate):
    with time_machine.travel(NOW, tick=False):
        discussion = DiscussionFactory(topic__opens_at=NOW - timedelta(days=7), topic__closes_at=NOW)
        open_still = DiscussionFactory(topic__opens_at=NOW, topic__closes_at=NOW + timedelta(seconds=1))

        page = room_page(room_with_level(delegate, discussion.room.language), viewer=delegate)

    assert (ids(page.this_week), ids(page.others)) == ([open_still.pk], [discussion.pk])


def test_older_discussions_follow_page_by_page_each_once(client, delegate):
    room, moment = RoomFactory(), timezone.now() - timedelta(days=9)
    topics = TopicFactory.create_batch(45, opens_at=moment - timedelta(days=9), category=CategoryFactory())
    alike = [moment] * 25  # as many of one moment as more than a page, so that the id decides
    moments = alike + [moment - timedelta(minutes=n, microseconds=n) for n in range(1, 21)]
    made = [
        DiscussionFactory(topic=topic, room=room, last_activity_at=at)
        for topic, at in zip(topics, moments, strict=True)
    ]
    client.force_login(delegate)

    seen, address = [], "/rooms/en/"
    while address:
        page = client.get(address).context["page"]
        seen += page.others
        address = f"/rooms/en/?before={page.older}" if page.older else ""

    assert ids(seen) == ids([*reversed(made[:25]), *made[25:]])


def test_an_earlier_page_does_not_repeat_this_weeks_topic(delegate):
    this_week = DiscussionFactory()

    first = room_page(room_with_level(delegate, this_week.room.language), viewer=delegate)
    later = room_page(room_with_level(delegate, this_week.room.language), viewer=delegate, before=(timezone.now(), 1))

    assert (ids(first.this_week), ids(later.this_week)) == ([this_week.pk], [])


@pytest.mark.parametrize(
    "before",
    [
        "x",
        "1",
        "-",
        "1-",
        "nan-1",
        "inf-1",
        "1-x",
        "9" * 40 + "-1",
        "1-" + "9" * 40,
        "1e400-1",
        "\x00-1",
        "-1--1",
        "%00",
    ],
)
def test_a_page_that_nobody_was_led_to_is_not_found(client, delegate, before):
    RoomFactory()
    client.force_login(delegate)

    assert client.get("/rooms/en/", {"before": before}).status_code in {200, 404}


@pytest.mark.parametrize("address", ["/rooms/xx/", "/rooms/en-GB/", "/rooms/EN/"])
def test_a_room_that_does_not_exist_is_not_found(client, delegate, address):
    RoomFactory()
    client.force_login(delegate)

    assert client.get(address).status_code == 404


# --- A discussion -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "shown"),
    [(1, range(1, 21)), (2, range(21, 41)), (3, range(41, 46)), (99, range(41, 46)), (0, range(1, 21))],
)
def test_posts_are_shown_twenty_to_a_page(client, delegate, number, shown):
    discussion = DiscussionFactory()
    PostFactory.create_batch(45, discussion=discussion, author=delegate)
    client.force_login(delegate)

    page = client.get(f"{discussion.get_absolute_url()}?page={number}").context["page"]

    assert ([post.number for post in page.posts], page.pages) == (list(shown), 3)


@pytest.mark.parametrize("value", ["x", "-1", "1.5", "9" * 30, "", "%00", "٣"])
def test_a_page_that_is_no_number_is_the_one_that_would_be_shown_without(client, delegate, value):
    discussion = PostFactory().discussion
    client.force_login(delegate)

    response = client.get(discussion.get_absolute_url(), {"page": value, "reply": value})

    assert (response.status_code, response.context["page"].number) == (200, 1)


def test_a_page_keeps_its_posts_when_one_of_them_is_held(delegate):
    discussion = DiscussionFactory()
    PostFactory.create_batch(21, discussion=discussion, author=UserFactory(), member_state=None)
    discussion.posts.filter(number=5).update(state=PostState.HELD)

    found = discussion_head(delegate, "en", discussion.pk)
    pages = [[p.number for p in discussion_page(found, viewer=delegate, number=n).posts] for n in (1, 2)]

    assert pages == [[n for n in range(1, 21) if n != 5], [21]]


def test_an_empty_discussion_invites_to_post(client, delegate):
    client.force_login(delegate)

    response = client.get(DiscussionFactory().get_absolute_url())

    assert response.status_code == 200
    assert response.context["page"].posts == []


@pytest.mark.parametrize(("role", "is_offered"), [(Role.MODERATOR, True), (Role.EVALUATOR, False)])
def test_the_keyboard_skips_to_the_text_box_where_there_is_one(client, role, is_offered):
    client.force_login(UserFactory(role=role))

    page = client.get(DiscussionFactory().get_absolute_url()).text

    assert ('<a class="skip" href="#id_body">' in page) is is_offered
    assert ('<textarea name="body"' in page) is is_offered


def test_a_post_says_who_speaks_for_whom(client, delegate):
    state = MemberStateFactory(name_en="Kenya")
    author = DelegateFactory(full_name="Delegate of Kenya", member_state=state)
    post = PostFactory(author=author, capacity=Capacity.DELEGATION, kind=ContributionKind.PRACTICE)
    PostFactory(discussion=post.discussion, author=UserFactory(role=Role.EXTERNAL), member_state=None)
    client.force_login(delegate)

    page = client.get(post.discussion.get_absolute_url()).content.decode()

    for words in ("Delegate of Kenya", ">Kenya<", "Statement of the delegation", "Practice", "External stakeholder"):
        assert words in page


def test_a_state_is_named_in_the_readers_language(client):
    state = MemberStateFactory(name_en="Germany", name_fr="Allemagne")
    post = PostFactory(author=DelegateFactory(member_state=state, full_name="Delegate"))
    client.force_login(DelegateFactory(language="fr"))

    page = client.get(post.discussion.get_absolute_url()).content.decode()

    assert ">Allemagne<" in page
    assert ">Germany<" not in page


def test_a_state_not_named_in_the_readers_language_is_named_all_the_same(client):
    state = MemberStateFactory(name_en="Kenya", name_fr=None)
    post = PostFactory(author=DelegateFactory(member_state=state, full_name="Delegate"))
    client.force_login(DelegateFactory(language="fr"))

    assert ">Kenya<" in client.get(post.discussion.get_absolute_url()).content.decode()


def test_the_sister_discussions_are_linked_with_their_counts(client, core_rooms, delegate):
    topic = TopicFactory()
    sisters = [DiscussionFactory(topic=topic, room=room) for room in core_rooms]
    PostFactory.create_batch(2, discussion=sisters[1])
    client.force_login(delegate)

    page = client.get(sisters[0].get_absolute_url()).context["page"]

    assert [(d.pk, d.last_number) for d in page.sisters] == [(d.pk, n) for d, n in zip(sisters, (0, 2, 0), strict=True)]


def test_a_facilitator_is_shown_no_sister_in_another_room(client, core_rooms):
    topic = TopicFactory()
    sisters = [DiscussionFactory(topic=topic, room=room) for room in core_rooms]
    facilitator = UserFactory(role=Role.FACILITATOR)
    grant(facilitator, core_rooms[0])
    client.force_login(facilitator)

    response = client.get(sisters[0].get_absolute_url())

    assert ids(response.context["page"].sisters) == [sisters[0].pk]
    assert sisters[1].get_absolute_url() not in response.content.decode()


# --- Languages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Training that lasts"), ("fr", "Une formation qui dure"), ("es", "Una formación que perdura")],
)
def test_a_topic_is_in_the_readers_language_whatever_the_room(client, language, title):
    discussion = DiscussionFactory(room=RoomFactory(language="fr"))
    client.force_login(DelegateFactory(language=language))

    for address in (discussion.get_absolute_url(), discussion.topic.get_absolute_url(), "/rooms/fr/"):
        assert title in client.get(address).content.decode()


@pytest.mark.parametrize(
    ("texts", "shown"),
    [
        ({"title_fr": "", "objective_fr": None}, ("Training that lasts", "Three ways to see what remains.")),
        (
            {"title_en": "", "title_fr": "", "objective_en": "", "objective_fr": ""},
            ("Una formación que perdura", "Tres formas de ver qué queda."),
        ),
    ],
)
def test_a_topic_without_french_text_is_shown_in_the_next_language(client, texts, shown):
    discussion = DiscussionFactory(topic=TopicFactory(**texts))
    client.force_login(DelegateFactory(language="fr"))

    for address in (discussion.get_absolute_url(), discussion.topic.get_absolute_url()):
        page = client.get(address).content.decode()
        assert [text in page for text in shown] == [True, True]


# --- Permanent addresses ----------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "on_page"), [(1, 1), (20, 1), (21, 2), (45, 3)])
def test_the_permanent_address_of_a_post_leads_to_where_it_stands(client, delegate, number, on_page):
    discussion = DiscussionFactory()
    posts = PostFactory.create_batch(45, discussion=discussion, author=delegate)
    client.force_login(delegate)

    response = client.get(f"/posts/{posts[number - 1].pk}/")

    assert response["Location"] == f"{discussion.get_absolute_url()}?page={on_page}#post-{number}"


@pytest.mark.parametrize("pk", ["0", "999999", "9" * 25])
@pytest.mark.parametrize(
    "address", ["/posts/{}/", "/posts/{}/edit/", "/posts/{}/wordings/", "/rooms/en/{}/", "/topics/TAF/2026/{}/"]
)
def test_what_does_not_exist_is_not_found(client, delegate, address, pk):
    RoomFactory()
    client.force_login(delegate)

    assert client.get(address.format(pk)).status_code == 404


@pytest.mark.parametrize("year", ["0", "99999", "9" * 20])
def test_a_year_without_topics_is_not_found(client, delegate, year):
    client.force_login(delegate)

    assert client.get(f"/topics/TAF/{year}/1/").status_code == 404


def test_a_discussion_is_found_only_under_its_own_room(client, delegate):
    discussion = DiscussionFactory()
    RoomFactory(language="fr")
    client.force_login(delegate)

    assert client.get(f"/rooms/fr/{discussion.pk}/").status_code == 404


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_discussion_shows_the_symbol_that_cites_it_with_its_room(client, delegate, language):
    discussion = DiscussionFactory(room=RoomFactory(language=language), topic__number=47)
    client.force_login(delegate)

    response = client.get(discussion.get_absolute_url())

    assert response.context["page"].discussion.symbol == discussion.symbol == f"TAF/2026/47/{language}"
    assertContains(response, f">TAF/2026/47/{language}</a>")


def test_the_dossier_is_found_by_its_symbol_with_the_synthesis(client, delegate):
    discussion = DiscussionFactory(topic__year=2026, topic__number=47, topic__synthesis_en="We **agreed**.")
    client.force_login(delegate)

    response = client.get("/topics/TAF/2026/47/")

    assert response.context["topic"] == discussion.topic
    assert ids(response.context["sisters"]) == [discussion.pk]
    assert "<strong>agreed</strong>" in response.content.decode()


def test_a_topic_that_has_not_opened_has_no_dossier(client, delegate):
    TopicFactory(year=2026, number=47)
    client.force_login(delegate)

    assert client.get("/topics/TAF/2026/47/").status_code == 404


# --- Each reader in turn ----------------------------------------------------------------------------


def test_what_a_process_learnt_for_one_reader_is_not_shown_to_the_next(client, core_rooms):
    topic = TopicFactory()
    sisters = [DiscussionFactory(topic=topic, room=room) for room in core_rooms]
    facilitators, externals = (UserFactory.create_batch(2, role=role) for role in (Role.FACILITATOR, Role.EXTERNAL))
    for facilitator, external, sister in zip(facilitators, externals, sisters[:2], strict=True):
        grant(facilitator, sister.room)
        grant(external, sister)
    may_see = {
        DelegateFactory(): sisters,
        facilitators[0]: sisters[:1],
        externals[1]: sisters[1:2],
        facilitators[1]: sisters[1:2],
        UserFactory(role=Role.EVALUATOR): sisters,
        externals[0]: sisters[:1],
    }

    found = {}
    for reader in [*may_see, *reversed(may_see)]:
        client.force_login(reader)
        rooms = client.get("/rooms/").content.decode()
        open_to = [sister for sister in sisters if client.get(sister.get_absolute_url()).status_code == 200]
        linked = [sister for sister in sisters if sister.get_absolute_url() in rooms]
        shown = client.get(open_to[0].get_absolute_url()).context["page"].sisters
        found[reader] = (ids(open_to), ids(linked), ids(shown))

    assert found == {reader: (ids(seen), ids(seen), ids(seen)) for reader, seen in may_see.items()}


# --- Access that ends, ends at that moment ------------------------------------------------------------


@pytest.mark.parametrize("role", [Role.EXTERNAL, Role.FACILITATOR])
def test_access_ends_with_the_admission_or_the_contract(client, role):
    post = PostFactory()
    discussion = post.discussion
    reader = UserFactory(role=role)
    addresses = [
        discussion.get_absolute_url(),
        f"/posts/{post.pk}/",
        f"/posts/{post.pk}/wordings/",
        discussion.topic.get_absolute_url(),
    ]
    with time_machine.travel(NOW, tick=False) as clock:
        grant(reader, discussion if role == Role.EXTERNAL else discussion.room, ends_at=NOW + timedelta(days=1))
        client.force_login(reader)

        clock.move_to(NOW + timedelta(hours=23, minutes=59))
        before = {client.get(address).status_code for address in addresses}
        clock.move_to(NOW + timedelta(days=1))
        after = {client.get(address).status_code for address in addresses}

    assert (before, after) == ({200, 302}, {404})


def test_access_begins_with_the_admission(client):
    discussion = DiscussionFactory()
    external = UserFactory(role=Role.EXTERNAL)
    admission = grant(external, discussion)
    admission.starts_at = timezone.now() + timedelta(hours=1)
    admission.save()
    client.force_login(external)

    assert client.get(discussion.get_absolute_url()).status_code == 404


# --- Closing by hand --------------------------------------------------------------------------------


def test_the_moderator_closes_a_discussion_and_opens_it_again(client, delegate):
    moderator, discussion = UserFactory(role=Role.MODERATOR), DiscussionFactory()
    client.force_login(delegate)

    close_discussion(actor=moderator, discussion=discussion.pk)
    closed = client.get(discussion.get_absolute_url()).context["page"].may_post
    reopen_discussion(actor=moderator, discussion=discussion.pk)
    opened = client.get(discussion.get_absolute_url()).context["page"].may_post

    assert (bool(closed), bool(opened)) == (False, True)


def test_nobody_else_closes_a_discussion(delegate):
    discussion = DiscussionFactory()

    with pytest.raises(PermissionDenied):
        close_discussion(actor=delegate, discussion=discussion.pk)

    discussion.refresh_from_db()
    assert discussion.closed_at is None


# --- The structure that ships with the forum ----------------------------------------------------------


def test_the_categories_the_steps_and_the_core_rooms_are_loaded_once():
    for _time in range(2):
        load_structure()

    assert (Category.objects.count(), Step.objects.count()) == (6, 4)
    assert list(core_rooms().values_list("language", flat=True)) == ["en", "fr", "es"]
