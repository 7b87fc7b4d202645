"""Rooms for some categories, and rooms that open on set days. Source: FOR-08, FOR-09."""

import uuid
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation
from pytest_django.asserts import assertContains, assertNotContains

from accounts.enums import Role
from forum import policies
from forum.enums import TopicKind
from forum.models import Category, Discussion, Post, Room
from forum.models.rooms import offered_categories
from forum.services.posts import edit_post, publish_post, withdraw_post
from forum.services.topics import open_discussion
from forum.weeks import opens_on
from tests.factories import (
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
MONDAY, SATURDAY = date(2026, 11, 23), date(2026, 11, 21)


@pytest.fixture
def room() -> Room:
    found: Room = RoomFactory()
    return found


@pytest.fixture
def delegate():
    return DelegateFactory()


def publish(actor, discussion) -> Post:
    return publish_post(actor=actor, discussion=discussion.pk, body="Ours is on paper.", submission_key=uuid.uuid4())


def opened(actor, category, **fields) -> Post:
    values = {"room": "en", "kind": TopicKind.OPEN, "title": "Registers", "body": "Ours is on paper."}
    return open_discussion(actor=actor, category=category, submission_key=uuid.uuid4(), **values | fields)


# --- Opening days -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "day", "opens"),
    [
        ([], SATURDAY, SATURDAY),
        ([6], SATURDAY, SATURDAY),
        ([1], SATURDAY, MONDAY),
        ([1, 3], SATURDAY, MONDAY),
        ([5], SATURDAY, date(2026, 11, 27)),
    ],
)
def test_a_room_opens_on_the_first_of_its_days(days, day, opens):
    assert opens_on(days, day) == opens


def test_one_posts_on_an_opening_day_and_is_told_the_next_one_on_others(room, delegate, monkeypatch):
    discussion = DiscussionFactory(room=room)
    Room.objects.update(opening_days=[1, 2])
    monkeypatch.setattr(policies, "today", lambda: MONDAY)
    post = publish(delegate, discussion)

    monkeypatch.setattr(policies, "today", lambda: SATURDAY)
    refusals = []
    for attempt in (
        lambda: publish(delegate, discussion),
        lambda: edit_post(actor=delegate, post=post.pk, body="Other words."),
        lambda: opened(delegate, CategoryFactory()),
    ):
        with pytest.raises(PermissionDenied) as refusal:
            attempt()
        refusals.append(str(refusal.value))

    assert set(refusals) == {"This room is open on set days only. It opens again on Monday, 23 Nov 2026."}
    assert not Discussion.objects.exclude(pk=discussion.pk).exists()
    assert withdraw_post(actor=delegate, post=post.pk, reason="An error.").state == "withdrawn"


def test_the_day_is_genevas(room, delegate, time_machine):
    discussion = DiscussionFactory(room=room)
    Room.objects.update(opening_days=[1])
    delegate.time_zone = "America/Bogota"

    time_machine.move_to(datetime(2026, 11, 22, 23, 30, tzinfo=UTC))  # half past midnight, Monday in Geneva

    assert publish(delegate, discussion).number == 1


def test_pages_say_when_the_room_opens_and_a_draft_can_be_kept(room, delegate, client, monkeypatch):
    discussion = DiscussionFactory(room=room)
    Room.objects.update(opening_days=[1])
    monkeypatch.setattr(policies, "today", lambda: SATURDAY)
    client.force_login(delegate)
    form = reverse("forum:topic_create", args=["en"])

    for address in (room.get_absolute_url(), discussion.get_absolute_url(), form):
        assertContains(client.get(address), "It opens again on Monday, 23 Nov 2026.")
    assertNotContains(client.get(room.get_absolute_url()), "Ask a question")

    monkeypatch.setattr(policies, "today", lambda: MONDAY)
    for address in (room.get_absolute_url(), discussion.get_absolute_url(), form):
        assertNotContains(client.get(address), "It opens again")
    assertContains(client.get(room.get_absolute_url()), "Ask a question")


def test_the_refusal_is_in_the_readers_language(room, delegate, monkeypatch):
    room.opening_days = [1]
    monkeypatch.setattr(policies, "today", lambda: SATURDAY)

    with translation.override("ru"):
        assert "понедельник" in policies.may_post(delegate, DiscussionFactory(room=room)).reason.lower()


def test_a_room_opens_on_days_that_there_are(room):
    with pytest.raises(IntegrityError), transaction.atomic():
        Room.objects.update(opening_days=[8])


# --- Categories -------------------------------------------------------------------------------------


def test_a_room_without_categories_of_its_own_is_for_all(room):
    first, second = CategoryFactory(position=1), CategoryFactory(position=2)
    elsewhere = RoomFactory(language="fr")
    elsewhere.categories.add(first)

    assert list(offered_categories(room.pk, Category.objects.all())) == [first, second]
    assert list(offered_categories(elsewhere.pk, Category.objects.all())) == [first]


def test_a_discussion_is_opened_about_what_its_rooms_are_for(room, delegate):
    own, other = CategoryFactory(name_en="Training"), CategoryFactory(name_en="Legislation")
    room.categories.add(own)
    RoomFactory(language="fr").categories.add(own, other)
    RoomFactory(language="es")

    assert opened(delegate, own, sisters=["fr", "es"]).discussion.topic.discussions.count() == 3
    with pytest.raises(ValidationError, match="“Legislation” are not opened in the room “English”"):
        opened(delegate, other, title="Laws")
    with pytest.raises(ValidationError, match="in the room “English”"):
        opened(delegate, other, title="Laws", room="fr", sisters=["en"])
    assert opened(delegate, other, title="Laws", room="fr", sisters=["es"]).number == 1


def test_the_form_offers_the_categories_of_the_room(room, delegate, client):
    own, other = CategoryFactory(name_en="Training"), CategoryFactory(name_en="Legislation")
    room.categories.add(own)
    client.force_login(delegate)
    address = reverse("forum:topic_create", args=["en"])
    typed = {"kind": "open", "title": "Laws", "body": "Ours is old.", "submission_key": str(uuid.uuid4())}

    page = client.get(address)
    refused = client.post(address, typed | {"category": other.pk})

    assertContains(page, "Training")
    assertNotContains(page, "Legislation")
    assert (refused.status_code, Discussion.objects.exists()) == (422, False)
    assertContains(refused, "Ours is old.", status_code=422)


def test_a_room_is_narrowed_down_to_a_category(room, delegate, client):
    category = CategoryFactory(name_en="Training")
    titles = {
        TopicKind.QUESTION: DiscussionFactory(
            topic=TopicFactory(category=category, kind=TopicKind.QUESTION, title_en="Who trains?", opened_by=delegate)
        ),
        TopicKind.WEEKLY: DiscussionFactory(topic=TopicFactory(category=category, title_en="Training that lasts")),
    }
    DiscussionFactory(topic=TopicFactory(title_en="Old laws", category=CategoryFactory(name_en="Legislation")))
    client.force_login(delegate)
    address = room.get_absolute_url()

    def shown(**asked) -> set[str]:
        page = client.get(address, asked).text
        return {title for title in ("Who trains?", "Training that lasts", "Old laws") if title in page}

    assert shown(category=category.pk) == {"Who trains?", "Training that lasts"}
    assert shown(category=category.pk, kind="question") == {"Who trains?"}
    assert shown(category=Category.objects.get(name_en="Legislation").pk) == {"Old laws"}
    assert shown(category=999_999) == shown() == {"Who trains?", "Training that lasts", "Old laws"}
    assert len(titles) == 2


def test_a_narrowed_room_goes_on_by_last_activity_at_the_same_cost(
    room, delegate, client, django_assert_max_num_queries
):
    category = CategoryFactory()
    for _discussion in range(22):
        DiscussionFactory(room=room, topic=TopicFactory(category=category))
    client.force_login(delegate)

    with django_assert_max_num_queries(6):
        page = client.get(room.get_absolute_url(), {"category": category.pk})
    following = page.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    further = client.get(room.get_absolute_url() + following)

    assert (page.text.count('class="discussion-row"'), further.text.count('class="discussion-row"')) == (20, 2)


# --- The administration -----------------------------------------------------------------------------


def test_the_secretariat_chooses_days_and_categories(room, client):
    client.force_login(UserFactory(role=Role.SECRETARIAT))
    category = CategoryFactory()
    names = {f"name_{code}": "English" for code in ("en", "fr", "es", "ar", "ru", "zh_hans")}
    data = {"is_core": "on", "position": "0", "opening_days": ["1", "4"], "categories": [category.pk], **names}

    client.post(reverse("admin:forum_room_change", args=[room.pk]), data)

    room.refresh_from_db()
    assert (room.opening_days, list(room.categories.all())) == ([1, 4], [category])


def test_evaluators_read_a_closed_room(room, client):
    Room.objects.update(opening_days=[1])
    post = PostFactory(discussion=DiscussionFactory(room=room))
    client.force_login(UserFactory(role=Role.EVALUATOR))

    assertContains(client.get(post.discussion.get_absolute_url()), post.body)
