"""Posts that a moderator reads before they are shown, people who do not write for a time, rooms kept to be read."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.enums import MailScope, Role
from accounts.models import Notice
from forum import policies
from forum.documents.record import record_text
from forum.enums import PostState, SignalKind
from forum.models import Mention, Post, Room, SearchDocument
from forum.models.posts import HELD_FROM
from forum.queries.feeds import feed_of
from forum.services.holds import hold_again, hold_person, hold_room, keep_back, release_post, reword_held, version_of
from forum.services.posts import edit_post
from forum.services.signals import give_signal
from forum.services.topics import open_discussion
from forum.streams import counts_of, posts_after
from tests.factories import (
    AttachmentFactory,
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    RoomFactory,
    UserFactory,
    grant,
)
from tests.forum.test_posts import form, publish

pytestmark = pytest.mark.django_db
TOMORROW = timedelta(days=1)


@pytest.fixture
def moderator():
    return UserFactory(role=Role.MODERATOR)


@pytest.fixture
def held_room(moderator) -> Room:
    room = RoomFactory()
    return hold_room(actor=moderator, room=room.pk, holds=True)


# --- Hidden from everybody ---------------------------------------------------------------------------


def test_a_held_post_is_told_to_its_author_plainly_and_shown_to_nobody(client, delegate, held_room):
    discussion = DiscussionFactory(room=held_room)
    client.force_login(delegate)
    assertContains(client.get(discussion.get_absolute_url()), "A moderator reads your post before others see it.")

    response = client.post(f"{discussion.get_absolute_url()}posts/", form(body="Canary words"), follow=True)

    assertContains(response, "A moderator reads it before others see it")
    assertContains(response, "1 post of yours waits here")
    assertNotContains(response, "Canary words")
    client.force_login(DelegateFactory())
    assertNotContains(client.get(discussion.get_absolute_url()), "Canary")
    assertNotContains(client.get(discussion.get_absolute_url()), "waits here")


def test_nothing_of_a_held_post_leaves_it(client, delegate, held_room):
    discussion = DiscussionFactory(room=held_room)
    shown = PostFactory(discussion=discussion)
    reader = DelegateFactory()
    reader.mail_preferences.create(scope=MailScope.POSTS, pace="at_once")
    discussion.follows.create(user=reader)
    before = discussion.last_activity_at
    named = DelegateFactory(full_name="Ada Named")

    post = publish(delegate, discussion, "Canary words for @[Ada Named]", reply_to=1)

    discussion.refresh_from_db()
    assert (discussion.last_number, discussion.last_activity_at) == (1, before)
    assert counts_of([discussion.pk]) == {discussion.pk: 1}
    assert [number for number, _event in posts_after(reader, discussion, 0)] == [1]
    assert not SearchDocument.objects.filter(post=post).exists()
    assert not Mention.objects.filter(post=post).exists()
    told = Notice.objects.filter(kind="post.published", object_id=post.pk)
    assert not told.filter(user__in=[reader, named, shown.author]).exists()
    assert b"Canary" not in feed_of(reader, is_of_rooms=True).content
    text = record_text(discussion.topic, discussion, reader=reader, language="en")
    assert [len(exchange.contributions) for exchange in text.exchanges] == [1]
    client.force_login(reader)
    assert client.get(f"/posts/{post.pk}/").status_code == 404
    assert client.get(f"/posts/{post.pk}/cite/").status_code == 404
    assertNotContains(client.get("/search/?q=canary"), "Canary")
    assertNotContains(client.get(f"/people/{delegate.pk}/"), "Canary")


def test_no_gap_in_the_numbers_tells_of_a_held_post(delegate, held_room, moderator):
    discussion = DiscussionFactory(room=held_room)

    held = publish(delegate, discussion, "Held")

    assert held.number >= HELD_FROM
    assert publish(moderator, discussion, "The moderator's own is not held").number == 1


def test_its_files_are_for_its_author_and_who_reads_it_first(client, delegate, held_room, moderator):
    discussion = DiscussionFactory(room=held_room)
    file = AttachmentFactory(post=publish(delegate, discussion), discussion=discussion)
    guide = UserFactory(role=Role.FACILITATOR)
    grant(guide, held_room)

    answers = {}
    for name, person in {
        "author": delegate,
        "moderator": moderator,
        "guide": guide,
        "other": DelegateFactory(),
    }.items():
        client.force_login(person)
        answers[name] = client.get(file.get_absolute_url()).status_code

    assert answers == {"author": 200, "moderator": 200, "guide": 200, "other": 404}


# --- Shown after all ---------------------------------------------------------------------------------


def test_a_released_post_is_announced_like_a_new_one(delegate, held_room, moderator):
    discussion = DiscussionFactory(room=held_room)
    asked = PostFactory(discussion=discussion)
    reader = DelegateFactory()
    reader.mail_preferences.create(scope=MailScope.POSTS, pace="at_once")
    discussion.follows.create(user=reader)
    named = DelegateFactory(full_name="Ada Named")
    post = publish(delegate, discussion, "Words for @[Ada Named]", reply_to=1)
    publish(moderator, discussion, "Meanwhile")

    release_post(actor=moderator, post=post.pk, version=version_of(post))

    post.refresh_from_db()
    assert (post.number, post.state) == (3, PostState.VISIBLE)
    assert 'id="post-3-1"' in post.html
    discussion.refresh_from_db()
    assert (discussion.last_number, discussion.last_activity_at) == (3, post.posted_at)
    told = Notice.objects.filter(kind="post.published", object_id=post.pk).values_list("user", "scope")
    assert dict(told) == {reader.pk: "posts", asked.author_id: "replies", named.pk: "replies"}
    assert Mention.objects.filter(post=post, user=named).exists()
    assert SearchDocument.objects.filter(post=post).exists()
    assert [number for number, _event in posts_after(reader, discussion, 2)] == [3]


@pytest.mark.django_db(transaction=True)
def test_the_database_announces_a_released_post_to_open_pages(delegate, moderator):
    room = hold_room(actor=moderator, room=RoomFactory().pk, holds=True)
    discussion = DiscussionFactory(room=room)
    post = publish(delegate, discussion)
    with connection.cursor() as cursor:
        cursor.execute("LISTEN forum_posts")
        release_post(actor=moderator, post=post.pk)
        raw = connection.connection
        raw.poll()
        heard = [notice.payload for notice in raw.notifies]
        cursor.execute("UNLISTEN forum_posts")

    assert heard == [f"{discussion.pk}:{discussion.topic_id}:{room.pk}"]


def test_who_wrote_it_and_who_does_not_guide_the_room_release_nothing(delegate, held_room):
    post = publish(delegate, DiscussionFactory(room=held_room))
    guide, guide_elsewhere = UserFactory.create_batch(2, role=Role.FACILITATOR)
    grant(guide, held_room)
    grant(guide_elsewhere, RoomFactory(language="fr"))

    with pytest.raises(PermissionDenied):
        release_post(actor=delegate, post=post.pk)
    for hidden_from in (DelegateFactory(), guide_elsewhere, UserFactory(role=Role.EVALUATOR)):
        with pytest.raises(Post.DoesNotExist):
            release_post(actor=hidden_from, post=post.pk)
    assert release_post(actor=guide, post=post.pk).number == 1


def test_two_who_decide_on_one_post_one_succeeds_and_the_other_is_told(delegate, held_room, moderator):
    post = publish(delegate, DiscussionFactory(room=held_room))
    release_post(actor=moderator, post=post.pk)

    for decide in (
        lambda: release_post(actor=moderator, post=post.pk),
        lambda: keep_back(actor=moderator, post=post.pk, reason="No."),
    ):
        with pytest.raises(ValidationError) as refusal:
            decide()
        assert refusal.value.code == "decided"
    post.refresh_from_db()
    assert post.number == 1


def test_words_that_nobody_has_read_are_not_released(delegate, held_room, moderator):
    post = publish(delegate, DiscussionFactory(room=held_room), "Read words")
    version = version_of(post)
    reword_held(actor=delegate, post=post.pk, body="Unread words")

    with pytest.raises(ValidationError) as refusal:
        release_post(actor=moderator, post=post.pk, version=version)

    assert refusal.value.code == "changed"


def test_a_post_that_was_kept_back_waits_again(delegate, held_room, moderator):
    post = publish(delegate, DiscussionFactory(room=held_room))
    keep_back(actor=moderator, post=post.pk, reason="Please name the source.")
    assert not Post.objects.waiting().exists()

    hold_again(actor=moderator, post=post.pk)

    assert Post.objects.waiting().get() == post
    assert release_post(actor=moderator, post=post.pk).state_reason == ""


def test_a_shown_post_that_is_held_again_keeps_its_number(client, delegate, held_room, moderator):
    discussion = DiscussionFactory(room=held_room)
    post = release_post(actor=moderator, post=publish(delegate, discussion, "Canary").pk)
    publish(moderator, discussion, "Next")

    hold_again(actor=moderator, post=post.pk)

    client.force_login(DelegateFactory())
    assertNotContains(client.get(discussion.get_absolute_url()), "Canary")
    assert release_post(actor=moderator, post=post.pk).number == 1


# --- Whose posts are held ----------------------------------------------------------------------------


def test_a_person_is_held_everywhere_until_a_moment(delegate, moderator):
    discussion = DiscussionFactory()
    hold_person(actor=moderator, person=delegate.pk, until=timezone.now() + TOMORROW)
    delegate.refresh_from_db()
    assert publish(delegate, discussion, "While held").state == PostState.HELD
    assert publish(DelegateFactory(), discussion, "Of another").state == PostState.VISIBLE

    delegate.held_until = timezone.now() - timedelta(seconds=1)

    assert publish(delegate, discussion, "Afterwards").state == PostState.VISIBLE


def test_only_the_moderator_says_whose_posts_are_held(delegate, moderator):
    room, until = RoomFactory(), timezone.now() + TOMORROW
    guide = UserFactory(role=Role.FACILITATOR)
    grant(guide, room)

    for actor in (delegate, guide):
        with pytest.raises(PermissionDenied):
            hold_room(actor=actor, room=room.pk, holds=True)
        with pytest.raises(PermissionDenied):
            hold_person(actor=actor, person=delegate.pk, until=until)
    for person, moment, code in ((moderator, until, "guides"), (delegate, timezone.now() - TOMORROW, "over")):
        with pytest.raises(ValidationError) as refusal:
            hold_person(actor=moderator, person=person.pk, until=moment)
        assert refusal.value.code == code
    assert hold_person(actor=moderator, person=delegate.pk, until=until).held_until == until


def test_who_is_held_neither_changes_what_is_shown_nor_opens_discussions(delegate, moderator):
    shown = PostFactory(author=delegate, discussion=DiscussionFactory())
    opening = {
        "actor": delegate,
        "room": "en",
        "kind": "open",
        "title": "Fees",
        "category": CategoryFactory(),
        "body": "How?",
        "submission_key": uuid.uuid4(),
    }
    delegate.held_until = timezone.now() + TOMORROW

    with pytest.raises(PermissionDenied, match="reads your posts first"):
        edit_post(actor=delegate, post=shown.pk, body="Unread words")
    with pytest.raises(PermissionDenied, match="ask the moderator to open"):
        open_discussion(**opening)
    assert not policies.may_translate(delegate, shown)
    delegate.held_until = None
    assert edit_post(actor=delegate, post=shown.pk, body="Other words").body == "Other words"
    assert open_discussion(**opening).number == 1


# --- Who does not write, and where nobody does ---------------------------------------------------------


def test_who_is_muted_reads_and_does_not_write(client, delegate):
    discussion = DiscussionFactory()
    post = PostFactory(discussion=discussion)
    own = PostFactory(discussion=discussion, author=delegate)
    delegate.muted_until = timezone.now() + TOMORROW
    delegate.save()
    client.force_login(delegate)

    page = client.get(discussion.get_absolute_url())

    assertContains(page, post.body)
    assertContains(page, "you read the forum and do not write in it")
    assertNotContains(page, 'name="give"')
    response = client.post(f"{discussion.get_absolute_url()}posts/", form(body="Typed all the same"))
    assertContains(response, "Typed all the same", status_code=422)
    for verdict in (
        policies.may_post(delegate, discussion),
        policies.may_open(delegate),
        policies.may_signal(delegate, post, SignalKind.USEFUL),
        policies.may_edit(delegate, own),
        policies.may_translate(delegate, own),
        policies.may_begin_entry(delegate, own),
    ):
        assert "do not write in it" in verdict.reason
    assert policies.may_withdraw(delegate, own)
    delegate.muted_until = timezone.now() - timedelta(seconds=1)
    assert policies.may_post(delegate, discussion)
    assert policies.may_signal(delegate, post, SignalKind.USEFUL)


def test_nothing_new_is_written_in_a_room_that_is_read_only(client, delegate, moderator):
    discussion = DiscussionFactory()
    post = PostFactory(discussion=discussion)
    Room.objects.filter(pk=discussion.room_id).update(read_only_since=timezone.now())
    client.force_login(delegate)

    page = client.get(discussion.get_absolute_url())

    assertContains(page, post.body)
    assertContains(page, "This room is kept to be read.")
    assertContains(client.get(discussion.room.get_absolute_url()), "This room is kept to be read.")
    for actor in (delegate, moderator):
        with pytest.raises(PermissionDenied, match="kept to be read"):
            publish(actor, discussion)
        with pytest.raises(PermissionDenied, match="kept to be read"):
            give_signal(actor=actor, post=post.pk, kind=SignalKind.USEFUL)
    Room.objects.update(read_only_since=timezone.now() + TOMORROW)
    assert publish(delegate, discussion).number == 2
