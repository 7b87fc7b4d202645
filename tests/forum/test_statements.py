"""Statements of the delegation: confirmed, never changed, corrected or withdrawn; and the withdrawal of other posts."""

import uuid
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.enums import MailScope, Pace, Role
from accounts.models import AuditEntry, MailPreference, Mandate, User
from accounts.services import outbox
from forum.enums import Capacity, PostState
from forum.models import Digest, Discussion, Follow, Post
from forum.services.feeds import make_feed
from forum.services.posts import edit_post, publish_post, withdraw_post
from tests.factories import DelegateFactory, DiscussionFactory, MandateFactory, PostFactory, UserFactory, grant

pytestmark = pytest.mark.django_db


def statement(focal_point: User, **fields: object) -> Post:
    return PostFactory(author=focal_point, capacity=Capacity.DELEGATION, **fields)


def send(client, discussion: Discussion, body: str, **fields: str):
    typed = {"body": body, "submission_key": str(uuid.uuid4()), **fields}
    return client.post(f"{discussion.get_absolute_url()}posts/", typed)


def correct(actor: User, post: Post, **fields: object) -> Post:
    given = {"capacity": Capacity.DELEGATION, "corrects": post.number, **fields}
    return publish_post(
        actor=actor, discussion=post.discussion_id, body="It is three.", submission_key=uuid.uuid4(), **given
    )


@pytest.fixture
def focal_point(db) -> User:
    return MandateFactory().user


# --- Confirmation -----------------------------------------------------------------------------------


def test_a_statement_is_shown_and_confirmed_before_it_is_published(client, focal_point):
    discussion = DiscussionFactory()
    client.force_login(focal_point)

    shown = send(client, discussion, "We **declare**.", capacity="delegation")

    assert (shown.status_code, Post.objects.count()) == (200, 0)
    page = shown.content.decode()
    assert f"You speak for {focal_point.member_state}." in page
    assert "<strong>declare</strong>" in page

    confirmed = shown.context["preview"].fingerprint
    assert f'value="{confirmed}"' in page
    answer = send(client, discussion, "We **declare**.", capacity="delegation", confirmed=confirmed)

    assert answer.status_code == 302
    post = Post.objects.get()
    assert (post.capacity, post.member_state) == (Capacity.DELEGATION, focal_point.member_state)


@pytest.mark.parametrize("confirmed", ["1", "the fingerprint of another text"])
def test_what_is_confirmed_is_the_text_that_was_shown(client, focal_point, confirmed):
    discussion = DiscussionFactory()
    client.force_login(focal_point)
    if confirmed != "1":
        confirmed = send(client, discussion, "We agree.", capacity="delegation").context["preview"].fingerprint

    answer = send(client, discussion, "We do not agree.", capacity="delegation", confirmed=confirmed)

    assert (answer.status_code, Post.objects.count()) == (200, 0)


@pytest.mark.parametrize(("capacity", "is_statement"), [(Capacity.DELEGATION, True), (Capacity.PERSONAL, False)])
def test_a_statement_is_the_delegations_in_mail_and_feed_too(client, focal_point, capacity, is_statement):
    now, reader = timezone.now(), DelegateFactory()
    post = PostFactory(author=focal_point, capacity=capacity)
    Follow.objects.create(user=reader, discussion=post.discussion)
    week = Digest.objects.create(starts_at=now - timedelta(days=1), ends_at=now + timedelta(days=1))
    outbox.notify({reader.pk: MailScope.REPLIES}, kind="post.published", about=post)
    outbox.notify({reader.pk: MailScope.POSTS}, kind="week.digested", about=week)
    outbox.deliver_due()
    feed = client.get(make_feed(actor=reader).removeprefix(settings.PUBLIC_URL)).content.decode()

    told = [text for message in mail.outbox for text in (message.body, message.alternatives[0][0])]
    speaker = f"{focal_point.member_state} (statement of the delegation, made by {focal_point.full_name})"

    assert len(told) == 4
    assert [speaker in text for text in [*told, feed]] == [is_statement] * 5
    assert [focal_point.full_name in text for text in [*told, feed]] == [True] * 5


def test_a_post_in_a_personal_capacity_needs_no_confirmation(client, focal_point):
    client.force_login(focal_point)

    assert send(client, DiscussionFactory(), "I think so.", capacity="personal").status_code == 302


def test_nobody_else_is_asked_to_confirm(client, delegate):
    client.force_login(delegate)

    answer = send(client, DiscussionFactory(), "We declare.", capacity="delegation")

    assert (answer.status_code, Post.objects.count()) == (422, 0)
    assert "You speak for" not in answer.content.decode()


@pytest.mark.parametrize("capacity", ["personal", "delegation"])
def test_the_preview_offers_to_confirm_a_statement_and_nothing_else(client, focal_point, capacity):
    discussion = DiscussionFactory()
    client.force_login(focal_point)
    fields = {"body": "A text.", "submission_key": str(uuid.uuid4()), "capacity": capacity}

    page = client.post(f"{discussion.get_absolute_url()}preview/", fields, headers={"HX-Request": "true"})

    assert ("You speak for" in page.content.decode()) is (capacity == "delegation")


# --- Corrigenda -------------------------------------------------------------------------------------


def test_a_statement_is_not_changed(focal_point):
    post = statement(focal_point)

    with pytest.raises(PermissionDenied):
        edit_post(actor=focal_point, post=post.pk, body="Another wording")


def test_a_corrigendum_is_a_post_of_its_own_and_both_say_so(client, focal_point):
    post = statement(focal_point, body="It is two.")
    client.force_login(focal_point)
    form = client.get(f"{post.discussion.get_absolute_url()}?corrects=1").context["form"]
    fields = {name: str(form[name].value()) for name in ("corrects", "capacity")}
    shown = send(client, post.discussion, "It is three.", **fields)

    send(client, post.discussion, "It is three.", confirmed=shown.context["preview"].fingerprint, **fields)

    corrigendum = Post.objects.get(number=2)
    assert (corrigendum.corrects, corrigendum.capacity) == (post, Capacity.DELEGATION)
    client.force_login(DelegateFactory())
    page = client.get(post.discussion.get_absolute_url()).content.decode()
    assert ("Corrected by post 2" in page, "Corrigendum to post 1" in page) == (True, True)
    entry = AuditEntry.objects.get(action="post.published")
    assert entry.facts["corrects"] == post.pk


def test_a_successor_corrects_what_the_predecessor_said(focal_point):
    post = statement(focal_point)
    Mandate.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    successor = MandateFactory(user=DelegateFactory(member_state=focal_point.member_state)).user

    assert correct(successor, post).corrects == post
    with pytest.raises(PermissionDenied):
        correct(User.objects.get(pk=focal_point.pk), post)


@pytest.mark.parametrize("what", ["another state's", "personal", "withdrawn", "none such", "in a personal capacity"])
def test_nothing_else_is_corrected(focal_point, what):
    discussion = DiscussionFactory()
    author = MandateFactory().user if what == "another state's" else focal_point
    capacity = Capacity.PERSONAL if what == "personal" else Capacity.DELEGATION
    state = PostState.WITHDRAWN if what == "withdrawn" else PostState.VISIBLE
    post = PostFactory(discussion=discussion, author=author, capacity=capacity, state=state)
    fields: dict[str, object] = {"corrects": 9} if what == "none such" else {}
    if what == "in a personal capacity":
        fields["capacity"] = Capacity.PERSONAL

    with pytest.raises(PermissionDenied):
        correct(focal_point, post, **fields)
    assert Post.objects.count() == 1


@pytest.mark.parametrize("reader", ["the focal point", "a delegate of the state", "the focal point of another"])
def test_the_way_to_correct_and_withdraw_is_shown_to_who_may(client, focal_point, reader):
    post = statement(focal_point)
    readers = {
        "the focal point": focal_point,
        "a delegate of the state": DelegateFactory(member_state=focal_point.member_state),
        "the focal point of another": MandateFactory().user,
    }
    client.force_login(readers[reader])

    page = client.get(post.discussion.get_absolute_url()).content.decode()

    may = reader == "the focal point"
    assert ("corrects=1#write" in page, f"/posts/{post.pk}/withdraw/" in page) == (may, may)


# --- Withdrawal -------------------------------------------------------------------------------------


def test_a_withdrawn_post_leaves_a_stub_with_reason_and_day(client, delegate):
    post = PostFactory(author=delegate, body="Too much said")
    client.force_login(delegate)
    assert "Too much said" in client.get(f"/posts/{post.pk}/withdraw/").content.decode()

    answer = client.post(f"/posts/{post.pk}/withdraw/", {"reason": "Our ministry asks for it."})

    post.refresh_from_db()
    assert answer["Location"] == f"{post.discussion.get_absolute_url()}?page=1#post-1"
    assert (post.state, post.state_reason) == (PostState.WITHDRAWN, "Our ministry asks for it.")
    client.force_login(DelegateFactory())
    page = client.get(post.discussion.get_absolute_url()).content.decode()
    assert ("Its author has withdrawn this post." in page, "Our ministry asks for it." in page) == (True, True)
    assert "Too much said" not in page
    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.subject) == (delegate, "post.withdrawn", f"forum.post:{post.pk}")
    assert entry.reason == "Our ministry asks for it."


@pytest.mark.parametrize("reason", ["", "   ", "\u200b", "x" * 301])
def test_a_withdrawal_needs_a_reason_and_keeps_what_was_typed(client, delegate, reason):
    post = PostFactory(author=delegate)
    client.force_login(delegate)

    answer = client.post(f"/posts/{post.pk}/withdraw/", {"reason": reason})

    post.refresh_from_db()
    assert (answer.status_code, post.state) == (422, PostState.VISIBLE)


def test_a_withdrawn_text_leaves_every_page(client, delegate):
    secret = "Quincunx"
    post = PostFactory(author=delegate, body=secret)
    edit_post(actor=delegate, post=post.pk, body=f"{secret} reworded")
    PostFactory(discussion=post.discussion, author=delegate, reply_to=post)
    withdraw_post(actor=delegate, post=post.pk, reason="Mistaken.")
    discussion = post.discussion.get_absolute_url()
    client.force_login(DelegateFactory())

    for address in (
        discussion,
        f"{discussion}?reply=1",
        f"{discussion}?quote={post.pk}",
        f"/posts/{post.pk}/wordings/",
        f"/posts/{post.pk}/edit/",
        f"/people/{delegate.pk}/",
        post.discussion.topic.get_absolute_url(),
        post.discussion.room.get_absolute_url(),
    ):
        assert secret not in client.get(address, follow=True).content.decode(), address


def test_a_withdrawn_text_is_in_no_letter_that_is_not_sent_yet(delegate):
    discussion, follower = DiscussionFactory(), DelegateFactory()
    Follow.objects.create(user=follower, discussion=discussion)
    MailPreference.objects.create(user=follower, scope=MailScope.POSTS, pace=Pace.AT_ONCE)
    post = publish_post(actor=delegate, discussion=discussion.pk, body="Too much said", submission_key=uuid.uuid4())
    withdraw_post(actor=delegate, post=post.pk, reason="Mistaken.")

    outbox.deliver_due()

    assert mail.outbox == []


def test_a_post_is_withdrawn_from_a_closed_discussion_too(delegate):
    post = PostFactory(author=delegate)
    Discussion.objects.update(closed_at=timezone.now())

    assert withdraw_post(actor=delegate, post=post.pk, reason="Mistaken.").state == PostState.WITHDRAWN


def test_nobody_withdraws_the_post_of_somebody_else(client, delegate):
    post = PostFactory()

    for other in (delegate, UserFactory(role=Role.MODERATOR), DelegateFactory(member_state=post.member_state)):
        client.force_login(other)
        assert client.get(f"/posts/{post.pk}/withdraw/").status_code == 403
        assert client.post(f"/posts/{post.pk}/withdraw/", {"reason": "Mistaken."}).status_code == 403
    post.refresh_from_db()
    assert post.state == PostState.VISIBLE


def test_a_post_that_one_may_not_see_is_not_there():
    external, post = UserFactory(role=Role.EXTERNAL), PostFactory()
    grant(external, DiscussionFactory())

    with pytest.raises(Post.DoesNotExist):
        withdraw_post(actor=external, post=post.pk, reason="Mistaken.")


def test_a_statement_is_withdrawn_by_a_successor_and_not_by_who_spoke_before(focal_point):
    post = statement(focal_point)
    Mandate.objects.update(ends_on=timezone.localdate() - timedelta(days=1))
    former = User.objects.get(pk=focal_point.pk)
    successor = MandateFactory(user=DelegateFactory(member_state=focal_point.member_state)).user

    with pytest.raises(PermissionDenied):
        withdraw_post(actor=former, post=post.pk, reason="Mistaken.")
    with pytest.raises(PermissionDenied):
        withdraw_post(actor=MandateFactory().user, post=post.pk, reason="Mistaken.")
    withdrawn = withdraw_post(actor=successor, post=post.pk, reason="Mistaken.")

    assert withdrawn.state == PostState.WITHDRAWN


def test_a_withdrawn_statement_says_that_the_delegation_withdrew_it(client, focal_point):
    post = statement(focal_point)
    withdraw_post(actor=focal_point, post=post.pk, reason="A newer one follows.")
    client.force_login(DelegateFactory())

    page = client.get(post.discussion.get_absolute_url()).content.decode()

    assert "The delegation has withdrawn this statement." in page


def test_a_post_is_withdrawn_once(delegate):
    post = PostFactory(author=delegate)
    withdraw_post(actor=delegate, post=post.pk, reason="Mistaken.")

    with pytest.raises(PermissionDenied):
        withdraw_post(actor=delegate, post=post.pk, reason="Another reason")
