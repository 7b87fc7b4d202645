"""Changing one's own words: the earlier wording stays, and readers see that there is one."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.enums import Role
from accounts.models import AuditEntry
from forum.enums import Capacity, PostState
from forum.models import Discussion, Post, PostRevision
from forum.services.posts import edit_post
from tests.factories import DelegateFactory, DiscussionFactory, PostFactory, UserFactory, grant

pytestmark = pytest.mark.django_db


def test_a_new_wording_is_shown_and_the_earlier_one_kept(client, delegate):
    post = PostFactory(author=delegate, body="First wording")
    old_html = post.html
    client.force_login(delegate)

    response = client.post(f"/posts/{post.pk}/edit/", {"body": "Second **wording**"})

    post.refresh_from_db()
    assert response["Location"] == f"{post.discussion.get_absolute_url()}?page=1#post-1"
    assert (post.body, post.number) == ("Second **wording**", 1)
    assert "<strong>wording</strong>" in post.html
    assert 'id="post-1-1"' in post.html
    assert post.edited_at is not None
    assert list(PostRevision.objects.values_list("post", "body", "html", "replaced_by")) == [
        (post.pk, "First wording", old_html, delegate.pk)
    ]
    assert list(AuditEntry.objects.values_list("actor", "action", "subject")) == [
        (delegate.pk, "post.edited", f"forum.post:{post.pk}")
    ]


def test_the_same_wording_changes_nothing(delegate):
    post = PostFactory(author=delegate)

    edited = edit_post(actor=delegate, post=post.pk, body=post.body)

    assert edited.edited_at is None
    assert not PostRevision.objects.exists()
    assert not AuditEntry.objects.exists()


def test_every_wording_is_kept_and_shown_the_latest_first(client, delegate):
    post = PostFactory(author=delegate, body="One")
    for body in ("Two", "Three"):
        edit_post(actor=delegate, post=post.pk, body=body)
    client.force_login(DelegateFactory())

    response = client.get(f"/posts/{post.pk}/wordings/")

    assert [revision.body for revision in response.context["revisions"]] == ["Two", "One"]


def test_readers_are_led_to_the_earlier_wordings(client, delegate):
    post = PostFactory(author=delegate)
    untouched = PostFactory(discussion=post.discussion, author=delegate)
    edit_post(actor=delegate, post=post.pk, body="Another wording")
    client.force_login(DelegateFactory())

    page = client.get(post.discussion.get_absolute_url()).content.decode()

    assert f"/posts/{post.pk}/wordings/" in page
    assert f"/posts/{untouched.pk}/wordings/" not in page


def test_the_form_holds_the_present_wording(client, delegate):
    post = PostFactory(author=delegate, body="Present **wording**")
    client.force_login(delegate)

    assert client.get(f"/posts/{post.pk}/edit/").context["form"]["body"].value() == "Present **wording**"


@pytest.mark.parametrize("body", ["", "  ", "x" * 20_001, "a\x00b"])
def test_a_wording_that_is_no_post_is_refused_and_kept_in_the_form(client, delegate, body):
    post = PostFactory(author=delegate, body="Present wording")
    client.force_login(delegate)

    response = client.post(f"/posts/{post.pk}/edit/", {"body": body})

    assert response.status_code == 422
    assert response.context["form"]["body"].value() == body
    assert Post.objects.get().body == "Present wording"


def test_an_empty_form_without_any_field_is_refused_too(client, delegate):
    post = PostFactory(author=delegate)
    client.force_login(delegate)

    assert client.post(f"/posts/{post.pk}/edit/", {}).status_code == 422


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.SECRETARIAT, Role.EXPERT])
def test_nobody_rewords_somebody_else(client, role):
    post = PostFactory(body="Present wording")
    other = UserFactory(role=role)
    client.force_login(other)

    assert client.get(f"/posts/{post.pk}/edit/").status_code == 403
    assert client.post(f"/posts/{post.pk}/edit/", {"body": "Another"}).status_code == 422
    with pytest.raises(PermissionDenied):
        edit_post(actor=other, post=post.pk, body="Another")
    assert Post.objects.get().body == "Present wording"


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"state": PostState.HELD}, False),
        ({"state": PostState.WITHDRAWN}, False),
        ({"state": PostState.REMOVED}, False),
        ({"capacity": Capacity.DELEGATION}, False),
    ],
)
def test_only_a_visible_post_in_ones_own_name_is_reworded(client, delegate, change, may):
    post = PostFactory(author=delegate, body="Present wording", **change)
    client.force_login(delegate)

    client.post(f"/posts/{post.pk}/edit/", {"body": "Another"})

    assert (Post.objects.get().body == "Another") is may


def test_nothing_is_reworded_in_a_closed_discussion(delegate):
    post = PostFactory(author=delegate)
    Discussion.objects.update(closed_at=timezone.now())

    with pytest.raises(PermissionDenied):
        edit_post(actor=delegate, post=post.pk, body="Another")


def test_an_external_stakeholder_rewords_nothing_once_the_admission_is_over(client):
    external = UserFactory(role=Role.EXTERNAL)
    discussion = DiscussionFactory()
    admission = grant(external, discussion)
    post = PostFactory(author=external, discussion=discussion, member_state=None)
    client.force_login(external)
    before = client.get(f"/posts/{post.pk}/edit/")

    admission.ends_at = timezone.now()
    admission.save()

    assert (before.status_code, client.get(f"/posts/{post.pk}/edit/").status_code) == (200, 404)
    with pytest.raises(Post.DoesNotExist):
        edit_post(actor=external, post=post.pk, body="Another")


# --- Who sees the earlier wordings ------------------------------------------------------------------


@pytest.mark.parametrize("state", [PostState.HELD, PostState.WITHDRAWN, PostState.REMOVED])
def test_what_is_no_longer_shown_is_not_shown_in_its_earlier_wordings(client, delegate, state):
    post = PostFactory(author=delegate)
    edit_post(actor=delegate, post=post.pk, body="Another wording")
    client.force_login(delegate)
    before = client.get(f"/posts/{post.pk}/wordings/")

    Post.objects.update(state=state)

    assert (before.status_code, client.get(f"/posts/{post.pk}/wordings/").status_code) == (200, 404)


@pytest.mark.parametrize(("state", "placeholder"), [(PostState.WITHDRAWN, "withdrawn"), (PostState.REMOVED, "removed")])
def test_a_withdrawn_or_removed_post_keeps_its_place_without_its_words(client, delegate, state, placeholder):
    post = PostFactory(body="Words that are gone", state=state)
    after = PostFactory(discussion=post.discussion)
    client.force_login(delegate)

    page = client.get(post.discussion.get_absolute_url()).content.decode()

    assert 'id="post-1"' in page
    assert placeholder in page
    assert "Words that are gone" not in page
    assert after.body in page


def test_a_held_post_is_shown_to_its_author_only(client, delegate):
    post = PostFactory(author=delegate, body="Waiting for the moderator", state=PostState.HELD)

    client.force_login(DelegateFactory())
    others = client.get(post.discussion.get_absolute_url()).content.decode()
    client.force_login(delegate)
    own = client.get(post.discussion.get_absolute_url()).content.decode()

    assert ("Waiting for the moderator" in others, "Waiting for the moderator" in own) == (False, True)
