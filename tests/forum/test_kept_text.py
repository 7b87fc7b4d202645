"""What somebody typed outlives a lost session, a form too old and a new protocol."""

import uuid
from datetime import date, timedelta

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.utils import timezone

from accounts.enums import Role
from accounts.models import User
from forum.forms.posts import AUTHOR_SALT
from forum.models import Discussion, Draft, Post
from tests.factories import DelegateFactory, DiscussionFactory, PostFactory, ProtocolFactory, UserFactory, grant
from tests.factories.accounts import PASSWORD

pytestmark = pytest.mark.django_db

TEXT = "Typed for an hour."


def open_form(client: Client, discussion: Discussion) -> dict[str, str]:
    """Return what the browser would send of the form on the page, with ``TEXT`` typed in."""
    form = client.get(discussion.get_absolute_url()).context["form"]
    kept = {name: str(form[name].value()) for name in ("submission_key", "author")}
    return {"body": TEXT, **kept}


@pytest.mark.parametrize("lost", ["signed out", "session expired"])
@pytest.mark.parametrize("to", ["posts", "preview"])
def test_a_text_sent_after_the_session_is_kept_and_found_after_signing_in(client, delegate, lost, to):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = open_form(client, discussion)
    if lost == "signed out":
        client.post("/accounts/logout/")
    else:
        Session.objects.all().delete()

    asked = client.post(f"{discussion.get_absolute_url()}{to}/", fields)
    sign_in_page = client.get(asked["Location"])
    signed_in = client.post(asked["Location"], {"login": delegate.email, "password": PASSWORD})
    back = client.get(signed_in["Location"])

    assert asked["Location"].startswith("/accounts/login/?next=")
    assert [str(message) for message in sign_in_page.context["messages"]] != []
    assert signed_in["Location"] == f"{discussion.get_absolute_url()}#write"
    assert back.context["form"]["body"].value() == TEXT
    assert not Post.objects.exists()


def test_htmx_is_led_to_the_sign_in_as_a_whole_page(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = open_form(client, discussion)
    client.logout()

    response = client.post(f"{discussion.get_absolute_url()}preview/", fields, headers={"HX-Request": "true"})

    assert response.status_code == 204
    assert response["HX-Redirect"].startswith("/accounts/login/?next=")
    assert Draft.objects.get().body == TEXT


def test_a_text_is_kept_for_who_typed_it_not_for_who_signs_in_next(client, delegate):
    discussion, colleague = DiscussionFactory(), DelegateFactory()
    client.force_login(delegate)
    fields = open_form(client, discussion)
    client.logout()

    asked = client.post(f"{discussion.get_absolute_url()}posts/", fields)
    client.force_login(colleague)
    page = client.get(discussion.get_absolute_url())

    assert asked.status_code == 302
    assert page.context["form"]["body"].value() == ""
    assert list(Draft.objects.values_list("user", "body")) == [(delegate.pk, TEXT)]


@pytest.mark.parametrize("author", ["", "1", "1:x:y", "\x00", "a" * 3000])
def test_nothing_is_kept_for_an_author_the_form_does_not_prove(client, delegate, author):
    discussion = DiscussionFactory()
    forged = author or signing.dumps(delegate.pk, salt="mail.stop")

    response = client.post(f"{discussion.get_absolute_url()}posts/", {"body": TEXT, "author": forged})

    assert response.status_code == 302
    assert list(client.get(response["Location"]).context["messages"]) == []
    assert not Draft.objects.exists()


def test_nothing_is_kept_of_a_discussion_that_the_author_may_not_see(client):
    external = UserFactory(role=Role.EXTERNAL)
    grant(external, DiscussionFactory())
    other = DiscussionFactory()
    author = signing.dumps(external.pk, salt=AUTHOR_SALT)

    for pk in (other.pk, 999_999):
        response = client.post(f"/rooms/en/{pk}/posts/", {"body": TEXT, "author": author})
        assert response.status_code == 302

    assert not Draft.objects.exists()


def test_a_form_older_than_any_session_keeps_nothing(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = open_form(client, discussion)
    client.logout()

    with time_machine.travel(timezone.now() + timedelta(days=31)):
        client.post(f"{discussion.get_absolute_url()}posts/", fields)

    assert not Draft.objects.exists()


def test_a_nul_byte_in_a_kept_text_is_left_out(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = open_form(client, discussion)
    client.logout()

    client.post(f"{discussion.get_absolute_url()}posts/", fields | {"body": "before\x00after"})

    assert Draft.objects.get().body == "beforeafter"


def test_a_suspended_person_is_not_promised_what_is_not_kept(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = open_form(client, discussion)
    User.objects.filter(pk=delegate.pk).update(suspended_until=timezone.now() + timedelta(days=1))

    asked = client.post(f"{discussion.get_absolute_url()}posts/", fields)
    messages = [str(message) for message in client.get(asked["Location"]).context["messages"]]

    assert bool(messages) is Draft.objects.exists()


# --- A form too old (its CSRF token is another session's) ---------------------------------------------


def test_a_form_from_before_the_sign_in_is_refused_and_the_text_kept(delegate):
    client = Client(enforce_csrf_checks=True)
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = open_form(client, discussion)

    refused = client.post(f"{discussion.get_absolute_url()}posts/", fields | {"csrfmiddlewaretoken": "x" * 64})
    back = client.get(refused.context["back_to"])

    assert refused.status_code == 403
    assert f'href="{discussion.get_absolute_url()}#write"' in refused.content.decode()
    assert back.context["form"]["body"].value() == TEXT
    assert not Post.objects.exists()


def test_a_form_with_the_right_token_is_taken(delegate):
    client = Client(enforce_csrf_checks=True)
    discussion = DiscussionFactory()
    client.force_login(delegate)
    page = client.get(discussion.get_absolute_url())
    fields = open_form(client, discussion) | {"csrfmiddlewaretoken": str(page.context["csrf_token"])}

    assert client.post(f"{discussion.get_absolute_url()}posts/", fields).status_code == 302
    assert Post.objects.get().body == TEXT


@pytest.mark.parametrize("fields", [{"body": TEXT}, {"body": TEXT, "author": "forged"}])
def test_a_form_of_unknown_origin_is_refused_and_no_kept_text_is_promised(delegate, fields):
    client = Client(enforce_csrf_checks=True)
    discussion = DiscussionFactory()

    refused = client.post(f"{discussion.get_absolute_url()}posts/", fields)

    assert refused.status_code == 403
    assert refused.context["text_kept"] is False
    assert not Draft.objects.exists()


@pytest.mark.parametrize("address", ["/rooms/en/follow/", "/accounts/logout/", "/profile/"])
def test_other_forms_too_old_are_refused_with_a_way_back(delegate, address):
    DiscussionFactory()
    client = Client(enforce_csrf_checks=True)
    client.force_login(delegate)

    here = client.post(address, {}, headers={"referer": "http://testserver/rooms/en/"})
    outside = client.post(address, {}, headers={"referer": "https://elsewhere.example/"})

    assert (here.status_code, here.context["back_to"]) == (403, "http://testserver/rooms/en/")
    assert (outside.status_code, outside.context["back_to"]) == (403, "/")


# --- A new version of the protocol, in force while somebody writes -----------------------------------


def test_a_text_outlives_the_arrival_of_a_new_protocol(client, delegate):
    discussion = DiscussionFactory()
    client.force_login(delegate)
    fields = open_form(client, discussion)
    ProtocolFactory(version=2, in_force_on=date(2026, 1, 2))

    asked = client.post(f"{discussion.get_absolute_url()}posts/", fields)
    accepted = client.post(asked["Location"], {"next": client.get(asked["Location"]).context["next"]})
    back = client.get(accepted["Location"])

    assert asked["Location"].startswith("/protocol/?next=")
    assert accepted["Location"] == f"{discussion.get_absolute_url()}#write"
    assert back.context["form"]["body"].value() == TEXT


# --- Editing ----------------------------------------------------------------------------------------


def test_a_wording_is_not_lost_when_the_discussion_closes_meanwhile(client, delegate):
    post = PostFactory(author=delegate)
    client.force_login(delegate)
    Discussion.objects.update(closed_at=timezone.now())

    response = client.post(f"/posts/{post.pk}/edit/", {"body": TEXT})

    assert response.status_code == 422
    assert TEXT in response.content.decode()


def edit_form(client: Client, post: Post) -> dict[str, str]:
    form = client.get(f"/posts/{post.pk}/edit/").context["form"]
    return {"body": TEXT, "author": str(form["author"].value())}


def test_a_wording_sent_after_the_session_is_kept_as_a_draft(client, delegate):
    post = PostFactory(author=delegate, body="Present wording")
    client.force_login(delegate)
    fields = edit_form(client, post)
    client.logout()

    asked = client.post(f"/posts/{post.pk}/edit/", fields)
    signed_in = client.post(asked["Location"], {"login": delegate.email, "password": PASSWORD})

    assert signed_in["Location"] == f"{post.discussion.get_absolute_url()}#write"
    assert client.get(signed_in["Location"]).context["form"]["body"].value() == TEXT
    assert Post.objects.get().body == "Present wording"


def test_a_wording_too_old_is_refused_and_kept(delegate):
    client = Client(enforce_csrf_checks=True)
    post = PostFactory(author=delegate)
    client.force_login(delegate)

    refused = client.post(f"/posts/{post.pk}/edit/", edit_form(client, post))

    assert (refused.status_code, refused.context["text_kept"]) == (403, True)
    assert Draft.objects.get().body == TEXT


@pytest.mark.parametrize("who", ["nobody", "somebody else"])
def test_nobody_learns_where_a_post_stands_by_sending_a_wording(client, delegate, who):
    post = PostFactory()
    author = signing.dumps(delegate.pk, salt=AUTHOR_SALT) if who == "somebody else" else ""

    response = client.post(f"/posts/{post.pk}/edit/", {"body": TEXT, "author": author})

    assert response["Location"] == f"/accounts/login/?next=%2Fposts%2F{post.pk}%2Fedit%2F"
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("texts", "kept"),
    [
        (["first", "second"], "first\n\nsecond"),
        (["first", "first and more"], "first and more"),
        (["first and more", "first"], "first and more"),
        (["first", "first"], "first"),
    ],
)
def test_a_kept_text_overwrites_no_other(client, delegate, texts, kept):
    discussion = DiscussionFactory()
    author = signing.dumps(delegate.pk, salt=AUTHOR_SALT)

    for body in texts:
        fields = {"body": body, "author": author, "submission_key": str(uuid.uuid4())}
        client.post(f"{discussion.get_absolute_url()}posts/", fields)

    assert list(Draft.objects.values_list("body", flat=True)) == [kept]


def test_a_kept_text_replaces_the_draft_that_it_goes_on_from(client, delegate):
    draft = Draft.objects.create(user=delegate, discussion=DiscussionFactory(), body="An older wording")
    client.force_login(delegate)
    form = client.get(draft.discussion.get_absolute_url()).context["form"]
    fields = {name: str(form[name].value()) for name in ("submission_key", "author", "draft")}
    client.logout()

    client.post(f"{draft.discussion.get_absolute_url()}posts/", fields | {"body": "A newer one"})

    assert Draft.objects.get().body == "A newer one"
