"""Publishing: what is taken, what is refused, and that nothing typed is lost or doubled."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils import timezone

from accounts.enums import MailScope, NoticeState, Pace, Role
from accounts.models import AuditEntry, MailPreference, Notice, User
from forum.enums import Capacity, ContributionKind, PostState
from forum.forms.posts import PostForm
from forum.models import Discussion, Draft, Follow, Post, Topic
from forum.services.posts import publish_post
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    MandateFactory,
    PostFactory,
    RoomFactory,
    TopicFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def form(body: str = "A practice of our office.", **fields: str) -> dict[str, str]:
    return {"body": body, "submission_key": str(uuid.uuid4()), **fields}


def send(client, discussion: Discussion, **fields: str):
    return client.post(f"{discussion.get_absolute_url()}posts/", form(**fields))


def publish(actor: User, discussion: Discussion, body: str = "A practice.", **fields: object) -> Post:
    return publish_post(actor=actor, discussion=discussion.pk, body=body, **{"submission_key": uuid.uuid4(), **fields})


def close(discussion: Discussion) -> None:
    Discussion.objects.filter(pk=discussion.pk).update(closed_at=timezone.now())


# --- What is published ------------------------------------------------------------------------------


def test_a_post_is_published_with_its_number_its_state_and_its_html(client):
    author = DelegateFactory()
    discussion = DiscussionFactory()
    client.force_login(author)

    response = send(client, discussion, body="  We **train** examiners.  ", kind="practice")

    post = Post.objects.get()
    assert response["Location"] == f"{discussion.get_absolute_url()}?page=1#post-1"
    assert {
        "discussion": post.discussion,
        "number": post.number,
        "author": post.author,
        "state": post.member_state,
        "capacity": post.capacity,
        "kind": post.kind,
        "language": post.language,
        "body": post.body,
        "reply_to": post.reply_to,
        "shown": post.state,
    } == {
        "discussion": discussion,
        "number": 1,
        "author": author,
        "state": author.member_state,
        "capacity": Capacity.PERSONAL,
        "kind": ContributionKind.PRACTICE,
        "language": "en",
        "body": "We **train** examiners.",
        "reply_to": None,
        "shown": PostState.VISIBLE,
    }
    assert 'id="post-1-1"' in post.html
    assert "<strong>train</strong>" in client.get(discussion.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    "body", ["Yes.", "!!!", "WE AGREE", " ".join(f"https://example.org/{n}" for n in range(20)), "One word. " * 1_000]
)
def test_the_first_post_of_a_newcomer_may_be_as_short_as_long_and_as_full_of_links_as_any(client, delegate, body):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    send(client, discussion, body=body)

    post = Post.objects.get()
    assert (post.body, post.state) == (body.strip(), PostState.VISIBLE)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_a_post_has_the_language_of_its_room_whatever_its_authors_is(client, language):
    client.force_login(DelegateFactory(language="ru", languages_read=["ru"]))

    send(client, DiscussionFactory(room=RoomFactory(language=language)), body="Да.")

    assert Post.objects.get().language == language


def test_a_topic_whose_time_is_over_is_closed_in_every_room(client, delegate):
    topic = TopicFactory(opens_at=timezone.now() - timedelta(days=8))
    sisters = [DiscussionFactory(topic=topic, room=RoomFactory(language=language)) for language in ("en", "fr", "es")]
    client.force_login(delegate)

    assert [send(client, sister, body="Late.").status_code for sister in sisters] == [422] * 3
    Topic.objects.update(closes_at=timezone.now() + timedelta(days=1))
    assert [send(client, sister, body="In time.").status_code for sister in sisters] == [302] * 3


def test_publishing_counts_follows_and_is_recorded():
    author, discussion = DelegateFactory(), DiscussionFactory()

    post = publish(author, discussion)

    discussion.refresh_from_db()
    assert (discussion.last_number, discussion.last_activity_at) == (1, post.posted_at)
    assert list(Follow.objects.values_list("user", "discussion")) == [(author.pk, discussion.pk)]
    assert list(AuditEntry.objects.values_list("actor", "action", "subject", "facts")) == [
        (
            author.pk,
            "post.published",
            f"forum.post:{post.pk}",
            {"discussion": discussion.pk, "number": 1, "capacity": "personal"},
        )
    ]


def test_a_reply_names_the_post_it_answers(client, delegate):
    answered = PostFactory()
    client.force_login(delegate)
    page = client.get(f"{answered.discussion.get_absolute_url()}?page=1&reply=1")

    send(client, answered.discussion, reply_to=str(page.context["form"]["reply_to"].value()))

    assert Post.objects.get(number=2).reply_to == answered


@pytest.mark.parametrize("number", [9, 2])
def test_a_reply_to_nothing_that_is_shown_is_a_post_of_its_own(delegate, number):
    discussion = DiscussionFactory()
    PostFactory(discussion=discussion)
    PostFactory(discussion=discussion, state=PostState.REMOVED)

    post = publish(delegate, discussion, reply_to=number)

    assert (post.number, post.reply_to) == (3, None)


# --- What is refused, with the text kept -------------------------------------------------------------


@pytest.mark.parametrize("body", ["", "   ", "\n\n\t", "\u200b", "\u2060\ufeff"])
def test_an_empty_text_is_refused(client, delegate, body):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = send(client, discussion, body=body)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["body"])
    assert not Post.objects.exists()


def test_a_text_of_just_the_limit_is_published(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = send(client, discussion, body="é" * settings.POST_MAX_LENGTH)

    assert response.status_code == 302


@pytest.mark.parametrize("length", [settings.POST_MAX_LENGTH + 1, 1_000_000])
def test_a_text_too_long_is_refused_with_the_limit_and_kept(client, delegate, length):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = send(client, discussion, body="x" * length)

    page = response.content.decode()
    assert response.status_code == 422
    assert f"has {length} characters" in page
    assert f"at most {settings.POST_MAX_LENGTH}" in page
    assert "x" * length in page
    assert not Post.objects.exists()


def test_a_text_with_a_nul_byte_is_refused_and_kept(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = send(client, discussion, body="before\x00after")

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["body"])
    assert "before" in response.content.decode()


@pytest.mark.parametrize("over", ["closed", "time is up"])
def test_a_closed_discussion_takes_no_post_and_gives_the_text_back(client, delegate, over):
    discussion = DiscussionFactory(
        topic__opens_at=timezone.now() - timedelta(days=8) if over == "time is up" else timezone.now()
    )
    if over == "closed":
        close(discussion)
    client.force_login(delegate)

    response = send(client, discussion, body="Typed for an hour.")

    assert response.status_code == 422
    assert "Typed for an hour." in response.content.decode()
    assert not Post.objects.exists()


def test_an_evaluator_reads_and_does_not_post(client):
    discussion = DiscussionFactory()
    client.force_login(UserFactory(role=Role.EVALUATOR))

    response = send(client, discussion, body="An opinion.")

    assert response.status_code == 422
    assert "An opinion." in response.content.decode()


def test_a_post_to_nowhere_is_answered_as_not_found(client, delegate):
    client.force_login(delegate)

    assert client.post("/rooms/en/999999/posts/", form()).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "sermon"},
        {"submission_key": "not-a-key"},
        {"submission_key": ""},
        {"reply_to": "-1"},
        {"reply_to": "9" * 30},
        {"reply_to": "one"},
    ],
)
def test_a_form_that_was_tampered_with_is_refused_and_the_text_kept(client, delegate, fields):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = send(client, discussion, body="A practice.", **fields)

    assert response.status_code == 422
    assert "A practice." in response.content.decode()


# --- Once, however often it is sent -----------------------------------------------------------------


def test_a_form_sent_twice_publishes_once_and_leads_to_the_same_post(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = form()

    answers = [client.post(f"{discussion.get_absolute_url()}posts/", fields) for _click in range(2)]

    assert len({answer["Location"] for answer in answers}) == 1
    assert Post.objects.count() == Notice.objects.count() + 1 == 1
    assert Discussion.objects.get().last_number == 1


def test_another_text_in_the_same_form_is_another_post(client, delegate):
    """After the browser's "back" the form has its old key: the second text must not vanish."""
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = form("The first text.")

    for body in ("The first text.", "The second text.", "The second text."):
        client.post(f"{discussion.get_absolute_url()}posts/", fields | {"body": body})

    assert list(Post.objects.order_by("number").values_list("number", "body")) == [
        (1, "The first text."),
        (2, "The second text."),
    ]


def test_the_same_key_in_another_discussion_is_another_post(delegate):
    key = uuid.uuid4()

    posts = [publish(delegate, DiscussionFactory(), submission_key=key) for _discussion in range(2)]

    assert posts[0].discussion != posts[1].discussion


def test_a_form_sent_again_after_the_closing_leads_to_the_post_it_made(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = form()
    first = client.post(f"{discussion.get_absolute_url()}posts/", fields)
    close(discussion)

    second = client.post(f"{discussion.get_absolute_url()}posts/", fields)

    assert (second.status_code, second["Location"]) == (302, first["Location"])
    assert Post.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_publishes_once():
    author, discussion, key = DelegateFactory(), DiscussionFactory(), uuid.uuid4()
    together = threading.Barrier(2)
    numbers: list[int] = []

    def click() -> None:
        together.wait()
        try:
            numbers.append(publish(User.objects.get(pk=author.pk), discussion, submission_key=key).number)
        finally:
            connection.close()

    run(click, 2)

    assert (numbers, Post.objects.count()) == ([1, 1], 1)
    assert Discussion.objects.get().last_number == 1


@pytest.mark.django_db(transaction=True)
def test_posts_that_come_together_are_numbered_without_gaps():
    authors, discussion = DelegateFactory.create_batch(5), DiscussionFactory()
    waiting = iter(authors)
    together = threading.Barrier(5)

    def post() -> None:
        author = next(waiting)
        together.wait()
        try:
            for _post in range(3):
                publish(User.objects.get(pk=author.pk), discussion)
        finally:
            connection.close()

    run(post, 5)

    assert list(Post.objects.order_by("number").values_list("number", flat=True)) == list(range(1, 16))
    assert Discussion.objects.get().last_number == 15


def run(work, times: int) -> None:
    threads = [threading.Thread(target=work) for _thread in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


# --- In whose name (reading A20) --------------------------------------------------------------------


def test_a_focal_point_speaks_for_the_delegation():
    post = publish(MandateFactory().user, DiscussionFactory(), capacity=Capacity.DELEGATION)

    assert post.capacity == Capacity.DELEGATION


@pytest.mark.parametrize("mandate", [None, "over", "to come"])
def test_nobody_else_does_and_the_text_is_not_published_as_something_less(client, mandate):
    actor = DelegateFactory()
    today = timezone.localdate()
    if mandate:
        day = today - timedelta(days=9) if mandate == "over" else today + timedelta(days=9)
        MandateFactory(user=actor, starts_on=day, ends_on=day)
    discussion = DiscussionFactory()
    client.force_login(actor)

    response = send(client, discussion, body="Our state declares.", capacity="delegation")

    assert response.status_code == 422
    assert "Our state declares." in response.content.decode()
    assert not Post.objects.exists()
    with pytest.raises(PermissionDenied):
        publish(actor, discussion, capacity=Capacity.DELEGATION)


@pytest.mark.parametrize("is_focal_point", [True, False])
def test_the_choice_is_offered_to_focal_points_only(client, is_focal_point):
    reader = MandateFactory().user if is_focal_point else DelegateFactory()
    client.force_login(reader)

    page = client.get(DiscussionFactory().get_absolute_url()).content.decode()

    assert ('name="capacity"' in page) is is_focal_point


# --- Who is told ------------------------------------------------------------------------------------


def wants(user: User, scope: MailScope, pace: Pace) -> None:
    MailPreference.objects.create(user=user, scope=scope, pace=pace)


def test_the_answered_author_and_those_who_follow_at_once_are_told():
    answered = PostFactory()
    discussion = answered.discussion
    at_once, weekly, elsewhere, author = DelegateFactory.create_batch(4)
    for person in (at_once, weekly, author):
        Follow.objects.create(user=person, discussion=discussion)
    Follow.objects.create(user=elsewhere, discussion=DiscussionFactory())
    for person in (at_once, elsewhere, author):
        wants(person, MailScope.POSTS, Pace.AT_ONCE)

    post = publish(author, discussion, reply_to=1)

    assert set(Notice.objects.values_list("user", "kind", "scope", "object_id", "state")) == {
        (at_once.pk, "post.published", MailScope.POSTS, post.pk, NoticeState.WAITING),
        (answered.author_id, "post.published", MailScope.REPLIES, post.pk, NoticeState.WAITING),
    }


@pytest.mark.parametrize(
    ("replies", "posts", "scope"),
    [
        (Pace.AT_ONCE, Pace.AT_ONCE, MailScope.REPLIES),
        (Pace.AT_ONCE, Pace.NONE, MailScope.REPLIES),
        (Pace.NONE, Pace.AT_ONCE, MailScope.POSTS),
        (Pace.NONE, Pace.NONE, None),
    ],
)
def test_who_is_answered_and_follows_is_told_once(replies, posts, scope):
    answered = PostFactory()
    Follow.objects.create(user=answered.author, discussion=answered.discussion)
    wants(answered.author, MailScope.REPLIES, replies)
    wants(answered.author, MailScope.POSTS, posts)

    publish(DelegateFactory(), answered.discussion, reply_to=1)

    assert list(Notice.objects.values_list("scope", flat=True)) == ([scope] if scope else [])


def test_nobody_is_told_of_their_own_post():
    post = PostFactory()
    wants(post.author, MailScope.POSTS, Pace.AT_ONCE)

    publish(post.author, post.discussion, reply_to=1)

    assert not Notice.objects.exists()


def test_a_post_that_is_refused_tells_nobody():
    answered = PostFactory()
    close(answered.discussion)

    with pytest.raises(PermissionDenied):
        publish(DelegateFactory(), answered.discussion, reply_to=1)

    assert not Notice.objects.exists()


# --- Preview ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_preview_shows_the_text_as_it_will_look_and_publishes_nothing(client, delegate, headers):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = client.post(
        f"{discussion.get_absolute_url()}preview/", form("We **train**. <script>alert(1)</script>"), headers=headers
    )

    page = response.content.decode()
    assert "<strong>train</strong>" in page
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert ("<html" in page) is not bool(headers)
    assert not Post.objects.exists()


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "htmx"])
def test_a_preview_of_nothing_says_so(client, delegate, headers):
    discussion = DiscussionFactory()
    client.force_login(delegate)

    response = client.post(f"{discussion.get_absolute_url()}preview/", form(""), headers=headers)

    assert list(response.context["form"].errors) == ["body"]
    assert response.content.decode().count('class="errorlist') == 1


def test_a_previewed_text_can_still_be_published_once(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = form()

    previewed = client.post(f"{discussion.get_absolute_url()}preview/", fields).context["form"]
    client.post(
        f"{discussion.get_absolute_url()}posts/",
        {"body": previewed["body"].value(), "submission_key": previewed["submission_key"].value()},
    )

    assert list(Post.objects.values_list("body", flat=True)) == [fields["body"]]


# --- Drafts -----------------------------------------------------------------------------------------


def test_a_draft_is_in_the_form_until_it_is_published(client, delegate):
    discussion = DiscussionFactory()
    Draft.objects.create(user=delegate, discussion=discussion, body="Half a thought")
    Draft.objects.create(user=DelegateFactory(), discussion=discussion, body="Somebody else's")
    client.force_login(delegate)

    before = client.get(discussion.get_absolute_url()).context["form"]["body"].value()
    send(client, discussion, body="Half a thought, and the other half")
    after = client.get(discussion.get_absolute_url()).context["form"]["body"].value()

    assert (before, after) == ("Half a thought", "")
    assert list(Draft.objects.values_list("body", flat=True)) == ["Somebody else's"]


def test_a_form_is_made_for_one_person_and_one_sending(delegate):
    forms = [PostForm(viewer=delegate) for _form in range(2)]

    keys = {str(form["submission_key"].value()) for form in forms}
    assert len(keys) == 2
