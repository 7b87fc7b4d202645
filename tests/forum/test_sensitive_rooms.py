"""Of a sensitive room, mail tells only that there is something new."""

import uuid
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.enums import MailScope, Pace
from accounts.services.outbox import deliver_due, notify, set_pace
from forum.models import Digest, Follow, Room
from forum.services.posts import publish_post
from tests.factories import DelegateFactory, DiscussionFactory

WORDS = ("Training that lasts", "Three ways to see", "Our office failed", "Delegate who writes")


@pytest.fixture
def discussion(db):
    return DiscussionFactory()


@pytest.fixture
def reader(discussion):
    reader = DelegateFactory(language="en", languages_read=["en"])
    Follow.objects.create(user=reader, discussion=discussion)
    Follow.objects.create(user=reader, room=discussion.room)
    return reader


def letter_of(kind, discussion, reader):
    """Return the letter that the reader gets about a new topic, a post or the week's posts."""
    paces = {"topic.opened": Pace.NONE, "post.published": Pace.AT_ONCE, "week.digested": Pace.WEEKLY}
    set_pace(reader, MailScope.POSTS, paces[kind])
    now = timezone.now()
    post = publish_post(
        actor=DelegateFactory(full_name="Delegate who writes"),
        discussion=discussion.pk,
        body="Our office failed twice.",
        submission_key=uuid.uuid4(),
    )
    about = {
        "topic.opened": discussion.topic,
        "post.published": post,
        "week.digested": Digest.objects.create(starts_at=now - timedelta(1), ends_at=now + timedelta(1)),
    }[kind]
    scope = MailScope.TOPICS if kind == "topic.opened" else MailScope.POSTS
    notify({reader.pk: scope}, kind=kind, about=about)
    deliver_due()
    (letter,) = [letter for letter in mail.outbox if letter.to == [reader.email]]
    return "\n".join([letter.subject, letter.body, letter.alternatives[0].content])


@pytest.mark.parametrize("kind", ["topic.opened", "post.published", "week.digested"])
def test_a_letter_says_what_is_new(discussion, reader, kind):
    letter = letter_of(kind, discussion, reader)

    assert any(words in letter for words in WORDS)


@pytest.mark.parametrize("kind", ["topic.opened", "post.published", "week.digested"])
def test_of_a_sensitive_room_it_says_only_that_something_is(discussion, reader, kind):
    Room.objects.update(is_sensitive=True)

    letter = letter_of(kind, discussion, reader)

    assert [words for words in WORDS if words in letter] == []
    assert discussion.symbol in letter
    assert "its posts are read in the forum only" in letter
