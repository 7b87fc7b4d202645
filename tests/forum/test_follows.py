"""How much people hear of rooms and discussions, and that every kind of mail keeps to it."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from accounts.enums import MailScope, Pace, Role
from accounts.models import MailPreference, Notice, User
from accounts.services import outbox
from forum.enums import FollowLevel
from forum.models import Discussion, Follow, Post, Room
from forum.services.digests import write_digest
from forum.services.follows import follow_discussion, follow_room, follow_rooms_read
from forum.services.posts import publish_post
from forum.services.topics import core_rooms as core_rooms_of
from forum.services.topics import open_topic
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
    grant,
)

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 11, 15, 23, tzinfo=UTC)  # begins in Geneva
EVERYTHING, TOPICS, QUIET, MUTED = FollowLevel


def choose(person: User, *, room: FollowLevel | None, own: FollowLevel | None, discussion: Discussion) -> None:
    """Save what a person chose for a discussion's room and for the discussion itself."""
    if room:
        Follow.objects.create(user=person, room=discussion.room, level=room)
    if own:
        Follow.objects.create(user=person, discussion=discussion, level=own)


def publish(author: User, discussion: Discussion, **fields: object) -> Post:
    key = uuid.uuid4()
    return publish_post(actor=author, discussion=discussion.pk, body="A practice.", submission_key=key, **fields)


# --- The form ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "levels"),
    [
        ("/rooms/en/", {"everything": EVERYTHING, "topics": TOPICS, "quiet": QUIET, "muted": MUTED}),
        ("discussion", {"everything": EVERYTHING, "quiet": QUIET, "muted": MUTED, "": None}),
    ],
)
def test_a_level_is_chosen_saved_and_shown(client, delegate, place, levels):
    discussion = DiscussionFactory()
    address = discussion.get_absolute_url() if place == "discussion" else place
    client.force_login(delegate)

    found = {}
    for value in levels:
        response = client.post(f"{address}follow/", {"level": value})
        assert (response.status_code, response["Location"]) == (302, address)
        found[value] = Follow.objects.values_list("level", flat=True).first()
        assert f'<option value="{value}" selected>' in client.get(address).content.decode()

    assert found == levels
    assert Follow.objects.count() <= 1


@pytest.mark.parametrize(("place", "level"), [("/rooms/en/", ""), ("/rooms/en/", "x"), ("discussion", "topics")])
def test_a_level_that_is_not_in_the_list_changes_nothing(client, delegate, place, level):
    discussion = DiscussionFactory()
    address = discussion.get_absolute_url() if place == "discussion" else place
    client.force_login(delegate)
    client.post(f"{address}follow/", {"level": "quiet"})

    answer = client.post(f"{address}follow/", {"level": level}, follow=True)

    assert "Choose from the list" in answer.content.decode()
    assert Follow.objects.get().level == QUIET


def test_a_discussion_shows_what_its_room_brings(client, delegate):
    discussion = DiscussionFactory()
    choose(delegate, room=TOPICS, own=None, discussion=discussion)
    client.force_login(delegate)

    page = client.get(discussion.get_absolute_url()).content.decode()

    assert "As in its room (New topics and answers to me)" in page


def test_nobody_follows_what_they_may_not_see():
    facilitator, external = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.EXTERNAL)
    own, other = DiscussionFactory(room=RoomFactory(language="fr")), DiscussionFactory()
    grant(facilitator, own.room)
    grant(external, own)

    follow_room(actor=facilitator, language="fr", level=TOPICS)
    follow_discussion(actor=external, discussion=own.pk, level=EVERYTHING)
    for actor in (facilitator, external):
        with pytest.raises(Room.DoesNotExist):
            follow_room(actor=actor, language="en", level=TOPICS)
        with pytest.raises(Discussion.DoesNotExist):
            follow_discussion(actor=actor, discussion=other.pk, level=EVERYTHING)

    assert set(Follow.objects.values_list("user", "room__language", "discussion")) == {
        (facilitator.pk, "fr", None),
        (external.pk, None, own.pk),
    }


def test_a_newcomer_hears_of_topics_and_who_writes_of_every_answer(core_rooms):
    newcomer = DelegateFactory(language="fr", languages_read=["es"])
    follow_rooms_read(newcomer)
    discussion = DiscussionFactory(room=core_rooms[0])

    publish(newcomer, discussion)

    assert set(Follow.objects.values_list("room__language", "discussion", "level")) == {
        ("fr", None, TOPICS),
        ("es", None, TOPICS),
        (None, discussion.pk, EVERYTHING),
    }


def test_writing_does_not_undo_what_was_chosen(delegate):
    discussion = DiscussionFactory()
    choose(delegate, room=None, own=MUTED, discussion=discussion)

    publish(delegate, discussion)

    assert Follow.objects.get().level == MUTED


# --- Mail -------------------------------------------------------------------------------------------

CHOICES = [  # for the room, for the discussion: every post at once, an answer, a topic, the digest
    (None, None, (False, True, False, False)),
    (EVERYTHING, None, (True, True, True, True)),
    (TOPICS, None, (False, True, True, True)),
    (QUIET, None, (False, True, False, False)),
    (MUTED, None, (False, False, False, False)),
    (None, EVERYTHING, (True, True, False, True)),
    (MUTED, EVERYTHING, (True, True, False, True)),
    (EVERYTHING, QUIET, (False, True, True, False)),
    (EVERYTHING, MUTED, (False, False, True, False)),
]


@pytest.mark.parametrize(("room", "own", "heard"), CHOICES)
def test_what_is_told_at_once_keeps_to_the_level(core_rooms, room, own, heard):
    discussion = DiscussionFactory(room=core_rooms[0])
    person = PostFactory(discussion=discussion).author
    MailPreference.objects.create(user=person, scope=MailScope.POSTS, pace=Pace.AT_ONCE)
    choose(person, room=room, own=own, discussion=discussion)
    other = DelegateFactory()

    publish(other, discussion)
    told_of_post = Notice.objects.filter(user=person).exists()
    Notice.objects.all().delete()
    publish(other, discussion, reply_to=1)
    told_of_answer = Notice.objects.filter(user=person).exists()
    open_topic(TopicFactory(year=None, number=None), core_rooms_of(), actor=None, at=MONDAY)
    told_of_topic = Notice.objects.filter(user=person, kind="topic.opened").exists()

    assert (told_of_post, told_of_answer, told_of_topic) == heard[:3]


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
@pytest.mark.parametrize(("room", "own", "heard"), CHOICES)
def test_the_digest_keeps_to_the_level(room, own, heard):
    person, moment = DelegateFactory(), timezone.now() - timedelta(days=5)
    post = PostFactory(posted_at=moment, body="What we learnt.")
    elsewhere = PostFactory(
        discussion=DiscussionFactory(room=RoomFactory(language="fr")), posted_at=moment, body="What they learnt."
    )
    Follow.objects.create(user=person, discussion=elsewhere.discussion)
    choose(person, room=room, own=own, discussion=post.discussion)

    write_digest()
    outbox.deliver_due()

    text = mail.outbox[0].body
    assert ("What we learnt." in text, "What they learnt." in text) == (heard[3], True)


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
def test_who_muted_all_of_it_has_no_digest():
    person = DelegateFactory()
    post = PostFactory(posted_at=timezone.now() - timedelta(days=5))
    choose(person, room=EVERYTHING, own=MUTED, discussion=post.discussion)

    assert write_digest() == 0


@pytest.mark.parametrize(("level", "letters"), [(EVERYTHING, 1), (QUIET, 0), (MUTED, 0)])
def test_a_letter_asks_again_when_it_is_sent(level, letters):
    person, discussion = DelegateFactory(), DiscussionFactory()
    MailPreference.objects.create(user=person, scope=MailScope.POSTS, pace=Pace.AT_ONCE)
    follow_discussion(actor=person, discussion=discussion.pk, level=EVERYTHING)
    publish(DelegateFactory(), discussion)

    follow_discussion(actor=person, discussion=discussion.pk, level=level)
    outbox.deliver_due()

    assert len(mail.outbox) == letters


def test_a_topic_is_told_in_a_room_that_is_heard_of(core_rooms):
    person = DelegateFactory(language="fr", languages_read=["en", "fr"])
    Follow.objects.create(user=person, room=core_rooms[0], level=TOPICS)
    Follow.objects.create(user=person, room=core_rooms[1], level=MUTED)

    open_topic(TopicFactory(year=None, number=None), core_rooms_of(), actor=None, at=timezone.now())
    outbox.deliver_due()

    assert "/rooms/en/" in mail.outbox[0].body
    assert "/rooms/fr/" not in mail.outbox[0].body
