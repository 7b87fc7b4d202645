"""Opening a topic and telling of it, at once and in the weekly digest."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.enums import MailScope, Pace, Role
from accounts.models import AuditEntry, MailPreference, Notice
from accounts.services import outbox
from forum.enums import PostState
from forum.models import Digest, Discussion, Follow, Post, Topic
from forum.services.posts import publish_post
from forum.services.topics import core_rooms as core_rooms_of
from forum.services.topics import open_topic
from forum.tasks import write_digest
from forum.weeks import monday_of
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

MONDAY = datetime(2026, 11, 15, 23, 0, tzinfo=UTC)  # 16 November, 00:00 in Geneva


# --- Opening ----------------------------------------------------------------------------------------


def test_a_topic_opens_in_each_room_at_one_moment_with_a_symbol(core_rooms):
    moderator, topic = UserFactory(role=Role.MODERATOR), TopicFactory(year=None, number=None)

    discussions = open_topic(topic, core_rooms_of(), actor=moderator, at=MONDAY)

    assert [(d.room.language, d.opened_at, d.last_activity_at, d.last_number) for d in discussions] == [
        (language, MONDAY, MONDAY, 0) for language in ("en", "fr", "es")
    ]
    assert (topic.symbol, discussions[1].symbol) == ("TAF/2026/1", "TAF/2026/1/fr")
    assert list(AuditEntry.objects.values_list("actor", "action", "subject", "facts")) == [
        (
            moderator.pk,
            "topic.opened",
            f"forum.topic:{topic.pk}",
            {"symbol": "TAF/2026/1", "rooms": ["en", "fr", "es"]},
        )
    ]


def test_symbols_count_on_within_a_year_and_begin_anew_with_the_next(core_rooms):
    symbols = []
    for year in (2026, 2026, 2027):
        topic = TopicFactory(year=None, number=None)
        open_topic(topic, core_rooms_of(), actor=None, at=datetime(year, 6, 1, tzinfo=UTC))
        symbols.append(topic.symbol)

    assert symbols == ["TAF/2026/1", "TAF/2026/2", "TAF/2027/1"]


def test_the_year_of_a_symbol_is_genevas(core_rooms):
    topic = TopicFactory(year=None, number=None)

    open_topic(topic, core_rooms_of(), actor=None, at=datetime(2026, 12, 31, 23, 30, tzinfo=UTC))

    assert topic.symbol == "TAF/2027/1"


def test_who_follows_a_room_is_told_once_however_many_they_follow(core_rooms):
    follower, refuser, gone, elsewhere = DelegateFactory.create_batch(4)
    for room in core_rooms[:2]:
        Follow.objects.create(user=follower, room=room)
    for person in (refuser, gone):
        Follow.objects.create(user=person, room=core_rooms[0])
    MailPreference.objects.create(user=refuser, scope=MailScope.TOPICS, pace=Pace.NONE)
    type(gone).objects.filter(pk=gone.pk).update(suspended_until=timezone.now() + timedelta(days=900))
    Follow.objects.create(user=elsewhere, discussion=DiscussionFactory())
    topic = TopicFactory(year=None, number=None)

    open_topic(topic, core_rooms_of(), actor=None, at=MONDAY)

    assert list(Notice.objects.values_list("user", "kind", "scope", "object_id")) == [
        (follower.pk, "topic.opened", MailScope.TOPICS, topic.pk)
    ]


def test_a_topic_never_has_two_discussions_in_one_room(core_rooms):
    topic = TopicFactory(year=None, number=None)
    open_topic(topic, core_rooms_of(), actor=None, at=MONDAY)

    with pytest.raises(IntegrityError), transaction.atomic():
        open_topic(topic, core_rooms_of(), actor=None, at=MONDAY)

    assert Discussion.objects.count() == 3


def test_the_core_rooms_are_the_three_of_the_documents(core_rooms):
    RoomFactory(language="ar", name_en="Arabic", is_core=True)
    RoomFactory(language="ru", name_en="Russian", is_core=False)

    assert list(core_rooms_of().values_list("language", flat=True)) == ["en", "fr", "es"]


@pytest.mark.parametrize("closes_after", [0, -1])
def test_a_topic_closes_after_it_opens(closes_after):
    with pytest.raises(IntegrityError), transaction.atomic():
        TopicFactory(opens_at=MONDAY, closes_at=MONDAY + timedelta(hours=closes_after))


def test_a_symbol_is_never_given_twice():
    TopicFactory(year=2026, number=47)

    with pytest.raises(IntegrityError), transaction.atomic():
        TopicFactory(year=2026, number=47)

    assert Topic.objects.count() == 1


# --- The weekly digest ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        (datetime(2026, 11, 15, 22, 59, 59, tzinfo=UTC), datetime(2026, 11, 8, 23, tzinfo=UTC)),
        (MONDAY, MONDAY),
        (datetime(2026, 11, 22, 22, 59, tzinfo=UTC), MONDAY),
        (datetime(2026, 3, 29, 12, tzinfo=UTC), datetime(2026, 3, 22, 23, tzinfo=UTC)),  # clocks change that Sunday
        (datetime(2026, 3, 30, 12, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC)),
    ],
)
def test_a_week_begins_on_monday_in_geneva(moment, monday):
    assert monday_of(moment) == monday


def week_before(now: datetime) -> Post:
    """Return a post of the week before ``now``'s."""
    return PostFactory(posted_at=now - timedelta(days=5), body="We **train** examiners. Fees < 5 & <b>free</b>")


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
def test_the_weeks_posts_are_told_in_one_mail_to_who_follows():
    post = week_before(timezone.now())
    of_discussion, of_room, of_both, elsewhere = DelegateFactory.create_batch(4)
    for person in (of_discussion, of_both):
        Follow.objects.create(user=person, discussion=post.discussion)
    for person in (of_room, of_both):
        Follow.objects.create(user=person, room=post.discussion.room)
    Follow.objects.create(user=elsewhere, room=RoomFactory(language="fr"))

    told = write_digest()
    outbox.deliver_due()

    assert told == 3
    assert sorted(message.to[0] for message in mail.outbox) == sorted(
        person.email for person in (of_discussion, of_room, of_both)
    )
    for message in mail.outbox:
        assert message.body.count("We **train** examiners. Fees < 5 & <b>free</b>") == 1
        html = message.alternatives[0][0]
        assert "<strong>train</strong> examiners. Fees &lt; 5 &amp; &lt;b&gt;free&lt;/b&gt;" in html


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
@pytest.mark.parametrize(
    ("pace", "told"), [(None, True), (Pace.WEEKLY, True), (Pace.AT_ONCE, False), (Pace.NONE, False)]
)
def test_the_digest_is_for_those_who_want_it_weekly(pace, told):
    reader = DelegateFactory()
    Follow.objects.create(user=reader, discussion=week_before(timezone.now()).discussion)
    if pace:
        MailPreference.objects.create(user=reader, scope=MailScope.POSTS, pace=pace)

    assert write_digest() == int(told)


def test_the_digest_of_a_week_is_written_once_and_the_next_one_a_week_later():
    reader = DelegateFactory()
    with time_machine.travel(MONDAY, tick=False) as clock:
        Follow.objects.create(user=reader, discussion=week_before(timezone.now()).discussion)
        counts = [write_digest(), write_digest()]
        clock.move_to(MONDAY + timedelta(days=6, hours=23))
        counts.append(write_digest())
        PostFactory(discussion=Discussion.objects.get(), posted_at=timezone.now())
        clock.move_to(MONDAY + timedelta(days=7))
        counts.append(write_digest())

    assert counts == [1, 0, 0, 1]
    assert list(Digest.objects.order_by("ends_at").values_list("ends_at", flat=True)) == [
        MONDAY,
        MONDAY + timedelta(days=7),
    ]


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
def test_a_week_without_a_new_topic_tells_the_answers_a_newcomers_among_them():
    long_ago = timezone.now() - timedelta(days=200)
    discussion = DiscussionFactory(topic__opens_at=long_ago, topic__closes_at=None)
    Follow.objects.create(user=DelegateFactory(), discussion=discussion)
    newcomer = DelegateFactory(created_at=timezone.now() - timedelta(days=3))
    PostFactory(discussion=discussion, author=newcomer, posted_at=timezone.now() - timedelta(days=3), body="My first.")

    write_digest()
    outbox.deliver_due()

    (message,) = mail.outbox
    assert "My first." in message.body


def test_who_only_reads_by_mail_is_told_for_as_long_as_they_want():
    """Nobody who has not been on the pages for a year falls silent: not in the digest, not at once."""
    weekly, at_once, author = DelegateFactory.create_batch(3, last_login=MONDAY - timedelta(days=400))
    MailPreference.objects.create(user=at_once, scope=MailScope.POSTS, pace=Pace.AT_ONCE)
    told = []
    with time_machine.travel(MONDAY, tick=False) as clock:
        discussion = DiscussionFactory(topic__closes_at=None)
        for reader in (weekly, at_once):
            Follow.objects.create(user=reader, discussion=discussion)
        for week in (1, 2, 30, 60):
            clock.move_to(MONDAY + timedelta(weeks=week))
            publish_post(actor=author, discussion=discussion.pk, body=f"Week {week}.", submission_key=uuid.uuid4())
            clock.move_to(MONDAY + timedelta(weeks=week + 1))
            write_digest()
            outbox.deliver_due()
            told.append(sorted(message.to[0] for message in mail.outbox))
            mail.outbox.clear()

    assert told == [sorted([weekly.email, at_once.email])] * 4


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
def test_the_digest_is_in_the_language_of_each_reader():
    discussion = week_before(timezone.now()).discussion
    for language in ("es", "en", "fr"):
        Follow.objects.create(user=DelegateFactory(language=language), discussion=discussion)

    write_digest()
    outbox.deliver_due()

    titles = ("Training that lasts", "Una formación que perdura", "Une formation qui dure")
    assert sorted(title for message in mail.outbox for title in titles if title in message.body) == sorted(titles)


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
@pytest.mark.parametrize("state", [PostState.HELD, PostState.WITHDRAWN, PostState.REMOVED])
def test_a_digest_without_anything_to_tell_is_not_sent(state):
    post = week_before(timezone.now())
    Follow.objects.create(user=DelegateFactory(), discussion=post.discussion)
    Follow.objects.create(user=post.author, discussion=post.discussion)
    type(post).objects.update(state=state)

    write_digest()
    outbox.deliver_due()

    assert mail.outbox == []


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
def test_a_digest_tells_nothing_that_its_reader_may_not_see():
    own, other = week_before(timezone.now()), week_before(timezone.now())
    type(other).objects.filter(pk=other.pk).update(body="Not for outsiders")
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, own.discussion)
    for post in (own, other):
        Follow.objects.create(user=external, discussion=post.discussion)

    write_digest()
    outbox.deliver_due()

    (message,) = mail.outbox
    assert "We **train** examiners." in message.body
    assert "Not for outsiders" not in message.body


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
def test_ones_own_posts_and_those_of_other_weeks_are_not_told():
    reader = DelegateFactory()
    discussion = week_before(timezone.now()).discussion
    Follow.objects.create(user=reader, discussion=discussion)
    PostFactory(discussion=discussion, author=reader, posted_at=MONDAY - timedelta(days=1), body="One's own")
    PostFactory(discussion=discussion, posted_at=MONDAY - timedelta(days=7, seconds=1), body="Too early")
    PostFactory(discussion=discussion, posted_at=MONDAY, body="Too late")

    write_digest()
    outbox.deliver_due()

    (message,) = mail.outbox
    assert [text for text in ("examiners", "One's own", "Too early", "Too late") if text in message.body] == [
        "examiners"
    ]


@time_machine.travel(MONDAY + timedelta(hours=1), tick=False)
def test_a_week_of_many_posts_is_told_in_part_and_the_others_counted(settings):
    settings.DIGEST_POSTS = 2
    discussion = week_before(timezone.now()).discussion
    PostFactory.create_batch(4, discussion=discussion, posted_at=timezone.now() - timedelta(days=4))
    Follow.objects.create(user=DelegateFactory(), discussion=discussion)

    write_digest()
    outbox.deliver_due()

    (message,) = mail.outbox
    assert message.body.count("/posts/") == 2
    assert "3 more posts" in message.body
    assert "5 posts" in message.subject
