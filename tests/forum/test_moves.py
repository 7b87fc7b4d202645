"""Moving posts to another discussion, to a new one, and merging two: everything that hangs on a post goes along."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import Role
from accounts.markdown import render
from accounts.models import AuditEntry, Notice
from forum.documents.record import record_text
from forum.models import Discussion, Draft, Follow, MovedPost, PostTranslation, ReadPosition, SearchDocument
from forum.queries.news import news_page
from forum.services.holds import hold_room, release_post
from forum.services.moves import merge_discussions, move_posts, part_discussions, split_posts
from forum.services.posts import edit_post
from forum.streams import posts_after
from tests.factories import (
    AttachmentFactory,
    CategoryFactory,
    DelegateFactory,
    DiscussionFactory,
    LibraryEntryFactory,
    PostFactory,
    RoomFactory,
    UserFactory,
    grant,
)
from tests.forum.test_posts import form, publish

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return UserFactory(role=Role.MODERATOR)


def numbers(discussion: Discussion) -> dict[int, int]:
    """Return the ids of a discussion's posts by number."""
    return dict(discussion.posts.values_list("number", "pk"))


def move(moderator, source, target, *posts):
    return move_posts(actor=moderator, source=source.pk, target=target.pk, posts=[post.pk for post in posts])


def test_posts_get_the_next_numbers_and_their_old_ones_are_never_given_again(moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    first, second, third = PostFactory.create_batch(3, discussion=source)
    resident = PostFactory(discussion=target)

    move(moderator, source, target, third, first)

    assert numbers(target) == {1: resident.pk, 2: first.pk, 3: third.pk}
    assert numbers(source) == {2: second.pk}
    assert publish(DelegateFactory(), source).number == 4
    assert publish(DelegateFactory(), target).number == 4
    assert AuditEntry.objects.filter(action="posts.moved", facts__posts=[first.pk, third.pk]).count() == 1


def test_the_paragraphs_of_a_moved_post_bear_its_new_number_in_every_wording_and_language(moderator, delegate):
    source, target = DiscussionFactory(), DiscussionFactory()
    PostFactory(discussion=target)
    body = 'The id="post-1-1" stays.[^1]\n\n[below](#post-1-1)\n\n[^1]: A note.'
    post = PostFactory(discussion=source, author=delegate, body=body)
    edit_post(actor=delegate, post=post.pk, body=f"{body}\n\nAnd more.")
    PostTranslation.objects.create(
        post=post,
        language="fr",
        body="Une",
        html='<p id="post-1-1">Une</p>',
        status="person",
        made_from=timezone.now(),
        translated_by=delegate,
    )

    move(moderator, source, target, post)

    post.refresh_from_db()
    assert post.html == render(post.body, anchor="post-2").replace('href="#post-1-1"', 'href="#post-2-1"')
    assert 'The id="post-1-1" stays.' in post.html
    assert 'id="post-2-2"' in post.revisions.get().html
    assert post.translations.get().html == '<p id="post-2-1">Une</p>'


def test_old_addresses_lead_to_where_a_post_stands_now(client, delegate, moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    _stays, post = PostFactory.create_batch(2, discussion=source)
    move(moderator, source, target, post)
    client.force_login(delegate)

    response = client.get(f"{source.get_absolute_url()}?post=2", follow=True)
    assert response.redirect_chain[-1][0] == f"{target.get_absolute_url()}?page=1#post-1"
    response = client.get(f"{source.get_absolute_url()}?post=1")
    assert response.url == f"{source.get_absolute_url()}?page=1#post-1"
    assert client.get(f"/posts/{post.pk}/?paragraph=1").url == f"{target.get_absolute_url()}?page=1#post-1-1"
    by_symbol = f"/topics/{source.topic.symbol}/{source.room.language}/?post=2&paragraph=1"
    assertRedirects(client.get(by_symbol), f"/posts/{post.pk}/?paragraph=1", fetch_redirect_response=False)


def test_a_line_stands_in_the_old_place(client, delegate, moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    _first, post, _third = PostFactory.create_batch(3, discussion=source)
    move(moderator, source, target, post)
    client.force_login(delegate)

    page = client.get(source.get_absolute_url()).content.decode()

    assert page.count('class="post__moved"') == 1
    assert page.index('id="post-1"') < page.index('id="post-2"') < page.index('id="post-3"')
    assert f'href="/posts/{post.pk}/"' in page
    assert post.body not in page
    assertContains(client.get(target.get_absolute_url()), post.body)


def test_a_page_of_nothing_but_moved_posts_says_so(client, delegate, moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    post = PostFactory(discussion=source)
    move(moderator, source, target, post)
    client.force_login(delegate)

    assertContains(client.get(source.get_absolute_url()), 'class="post__moved"', 1)


def test_moved_back_a_post_takes_its_old_number(client, delegate, moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    first, post = PostFactory.create_batch(2, discussion=source)
    html = post.html
    move(moderator, source, target, post)

    move(moderator, target, source, post)

    post.refresh_from_db()
    assert numbers(source) == {1: first.pk, 2: post.pk}
    assert post.html == html
    assert not MovedPost.objects.filter(discussion=source).exists()
    client.force_login(delegate)
    assert client.get(f"{target.get_absolute_url()}?post=1").url == f"/posts/{post.pk}/"


def test_an_answer_to_a_post_that_has_gone_leads_there(client, delegate, moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    question = PostFactory(discussion=source)
    answer = PostFactory(discussion=source, reply_to=question)
    PostFactory.create_batch(3, discussion=target)
    move(moderator, source, target, question)
    client.force_login(delegate)

    page = client.get(source.get_absolute_url())

    assertContains(page, f'<a href="/posts/{question.pk}/">In reply to a post in another discussion</a>')
    move(moderator, source, target, answer)
    assertContains(client.get(target.get_absolute_url()), "In reply to post 4")


def test_a_statement_and_its_corrigendum_stay_together(moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    statement = PostFactory(discussion=source, capacity="delegation")
    other = PostFactory(discussion=source)
    corrigendum = PostFactory(discussion=source, capacity="delegation", corrects=statement)

    move(moderator, source, target, corrigendum)

    assert numbers(target) == {1: statement.pk, 2: corrigendum.pk}
    assert numbers(source) == {2: other.pk}


def test_search_files_and_library_follow_a_moved_post(client, delegate, moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    post = PostFactory(discussion=source, body="A xylophone register")
    attachment = AttachmentFactory(post=post, discussion=source)
    entry = LibraryEntryFactory(post=post)

    move(moderator, source, target, post)

    assert set(SearchDocument.objects.filter(post=post).values_list("discussion", flat=True)) == {target.pk}
    attachment.refresh_from_db()
    assert attachment.discussion == target
    client.force_login(delegate)
    assert client.get(attachment.get_absolute_url()).status_code == 200
    assertContains(client.get(entry.get_absolute_url()), f"/posts/{post.pk}/")
    assertContains(client.get("/search/?q=xylophone"), target.symbol)


def test_what_somebody_has_read_stays_read_and_the_rest_stays_unread(moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    posts = PostFactory.create_batch(3, discussion=source)
    PostFactory.create_batch(2, discussion=target)
    read_both, read_source, read_target = DelegateFactory.create_batch(3)
    for user, read_there, read_here in ((read_both, 3, 2), (read_source, 3, 1), (read_target, 1, 2)):
        ReadPosition.objects.create(user=user, discussion=source, number=read_there)
        ReadPosition.objects.create(user=user, discussion=target, number=read_here)

    move(moderator, source, target, *posts[1:])

    there = dict(ReadPosition.objects.filter(discussion=target).values_list("user", "number"))
    assert there == {read_both.pk: 4, read_source.pk: 1, read_target.pk: 2}
    here = dict(ReadPosition.objects.filter(discussion=source).values_list("user", "number"))
    assert here == {read_both.pk: 3, read_source.pk: 3, read_target.pk: 1}


def test_posts_move_within_a_room_only_and_not_to_readers_from_outside(moderator):
    source, elsewhere = DiscussionFactory(), DiscussionFactory(room=RoomFactory(language="fr"))
    open_to_outsiders = DiscussionFactory()
    right = grant(UserFactory(role=Role.EXTERNAL), open_to_outsiders)
    post = PostFactory(discussion=source)

    for target, code in ((elsewhere, "elsewhere"), (source, "elsewhere"), (open_to_outsiders, "outsiders")):
        with pytest.raises(ValidationError) as refusal:
            move(moderator, source, target, post)
        assert refusal.value.code == code
    right.delete()
    move(moderator, source, open_to_outsiders, post)
    assert numbers(open_to_outsiders) == {1: post.pk}


def test_only_who_guides_the_room_moves_posts(moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    post = PostFactory(discussion=source)
    guide, guide_elsewhere = UserFactory.create_batch(2, role=Role.FACILITATOR)
    grant(guide, source.room)
    grant(guide_elsewhere, RoomFactory(language="fr"))

    with pytest.raises(Discussion.DoesNotExist):
        move(guide_elsewhere, source, target, post)
    for actor in (DelegateFactory(), UserFactory(role=Role.EXPERT), UserFactory(role=Role.EVALUATOR)):
        with pytest.raises(PermissionDenied):
            move(actor, source, target, post)
    move(guide, source, target, post)
    assert numbers(target) == {1: post.pk}


def test_two_who_move_the_same_post_are_told(moderator):
    source, target, other = DiscussionFactory.create_batch(3)
    post = PostFactory(discussion=source)
    move(moderator, source, target, post)

    with pytest.raises(ValidationError) as refusal:
        move(moderator, source, other, post)

    assert refusal.value.code == "moved"
    with pytest.raises(ValidationError) as refusal:
        move(moderator, source, other)
    assert refusal.value.code == "none"


def test_posts_that_are_split_off_open_a_topic_of_their_own(moderator):
    source = DiscussionFactory()
    first, second = PostFactory.create_batch(2, discussion=source)
    follower = DelegateFactory()
    Follow.objects.create(user=follower, discussion=source, level="quiet")
    in_room = DelegateFactory()
    Follow.objects.create(user=in_room, room=source.room)

    discussion = split_posts(
        actor=moderator, source=source.pk, posts=[second.pk], title="Fees", category=CategoryFactory()
    )

    assert numbers(discussion) == {1: second.pk}
    assert (discussion.topic.kind, discussion.topic.title_en, discussion.room) == ("open", "Fees", source.room)
    assert discussion.topic.number is not None
    levels = dict(discussion.follows.values_list("user", "level"))
    assert levels == {follower.pk: "quiet", second.author_id: "everything"}
    assert Notice.objects.filter(kind="topic.opened", user=in_room).exists()
    assert numbers(source) == {1: first.pk}


def test_a_merged_discussion_leads_to_the_other_with_followers_and_drafts(client, moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    sister = DiscussionFactory(topic=source.topic, room=RoomFactory(language="fr"))
    posts = PostFactory.create_batch(2, discussion=source)
    resident = PostFactory(discussion=target)
    muted, follower = DelegateFactory.create_batch(2)
    Follow.objects.create(user=follower, discussion=source)
    Follow.objects.create(user=muted, discussion=source)
    Follow.objects.create(user=muted, discussion=target, level="muted")
    Draft.objects.create(user=follower, discussion=source, body="Half", reply_to=1)

    merge_discussions(actor=moderator, source=source.pk, target=target.pk)

    assert numbers(target) == {1: resident.pk, 2: posts[0].pk, 3: posts[1].pk}
    levels = dict(target.follows.filter(user__in=[muted, follower]).values_list("user", "level"))
    assert levels == {muted.pk: "muted", follower.pk: "everything"}
    draft = Draft.objects.get(user=follower)
    assert (draft.discussion, draft.reply_to) == (target, None)
    client.force_login(follower)
    assert client.get(source.get_absolute_url()).url == f"{target.get_absolute_url()}#posts"
    assert client.get(f"{source.get_absolute_url()}?post=2").url == f"/posts/{posts[1].pk}/"
    assertContains(client.get(sister.get_absolute_url()), "merged with another")
    room = client.get(source.room.get_absolute_url())
    assertNotContains(room, source.topic.symbol)
    assertContains(room, target.topic.symbol)
    assert source.pk not in [row.pk for news in news_page(follower).rooms for row in news.discussions]


def test_nobody_writes_in_a_merged_discussion_and_the_text_is_kept(client, delegate, moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    merge_discussions(actor=moderator, source=source.pk, target=target.pk)
    client.force_login(delegate)

    response = client.post(f"{source.get_absolute_url()}posts/", form(body="Typed meanwhile"))

    assertContains(response, "merged with another one, where it goes on", status_code=422)
    assertContains(response, "Typed meanwhile", status_code=422)
    assert client.post(f"{target.get_absolute_url()}posts/", form(body="Typed meanwhile")).status_code == 302


def test_a_merger_is_taken_back(client, delegate, moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    posts = PostFactory.create_batch(2, discussion=source)
    resident = PostFactory(discussion=target)
    merge_discussions(actor=moderator, source=source.pk, target=target.pk)

    part_discussions(actor=moderator, source=source.pk)

    assert numbers(source) == {1: posts[0].pk, 2: posts[1].pk}
    assert numbers(target) == {1: resident.pk}
    client.force_login(delegate)
    assertContains(client.get(source.get_absolute_url()), posts[0].body)
    part_discussions(actor=moderator, source=source.pk)
    assert AuditEntry.objects.filter(action="discussion.parted").count() == 1


def test_a_discussion_that_admits_people_from_outside_is_not_merged(moderator):
    source, target = DiscussionFactory(), DiscussionFactory()
    right = grant(UserFactory(role=Role.EXTERNAL), source, ends_at=timezone.now() + timedelta(days=1))

    with pytest.raises(ValidationError) as refusal:
        merge_discussions(actor=moderator, source=source.pk, target=target.pk)

    assert refusal.value.code == "outsiders"
    right.delete()
    assert merge_discussions(actor=moderator, source=source.pk, target=target.pk) == target
    with pytest.raises(ValidationError) as refusal:
        merge_discussions(actor=moderator, source=target.pk, target=source.pk)
    assert refusal.value.code == "merged"


def test_held_posts_go_along_with_a_merger(moderator, delegate):
    source, target = DiscussionFactory(), DiscussionFactory()
    hold_room(actor=moderator, room=source.room_id, holds=True)
    held = [publish(delegate, discussion) for discussion in (source, target)]

    merge_discussions(actor=moderator, source=source.pk, target=target.pk)

    assert set(target.posts.values_list("pk", flat=True)) == {post.pk for post in held}
    shown = release_post(actor=moderator, post=held[0].pk)
    assert (shown.discussion, shown.number) == (target, 1)


def test_a_record_says_that_an_answer_is_to_a_post_elsewhere(moderator, delegate):
    source, target = DiscussionFactory(), DiscussionFactory()
    question = PostFactory(discussion=source)
    PostFactory(discussion=source, reply_to=question)
    move(moderator, source, target, question)

    text = record_text(source.topic, source, reader=delegate, language="en")

    marks = [mark for exchange in text.exchanges for each in exchange.contributions for mark in each.marks]
    assert marks == ["In reply to a post in another discussion"]


def test_open_pages_hear_of_moved_posts(moderator, delegate):
    source, target = DiscussionFactory(), DiscussionFactory()
    post = PostFactory(discussion=source)
    move(moderator, source, target, post)
    target.refresh_from_db()

    assert [number for number, _event in posts_after(delegate, target, 0)] == [1]
    assert posts_after(delegate, source, 0) == []
