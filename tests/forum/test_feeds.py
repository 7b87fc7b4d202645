"""The private feed: who it opens for, what it holds, and how its address is made and ended."""

import io
import logging
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.enums import AccountStatus, Role
from accounts.models import AuditEntry
from config.logs import WithoutSecrets
from forum.enums import FollowLevel, PostState
from forum.models import FeedToken, Follow, Room
from forum.services.feeds import make_feed
from tests.again import sign_in_again
from tests.factories import (
    DelegateFactory,
    DiscussionFactory,
    PostFactory,
    ProtocolFactory,
    RoomFactory,
    UserFactory,
    grant,
)

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def reader(db):
    return DelegateFactory(language="en", languages_read=["en", "fr"])


@pytest.fixture
def address(reader):
    return make_feed(actor=reader).removeprefix("http://localhost:8000")


@pytest.fixture
def post(reader):
    """A post in a discussion that the reader follows."""
    post = PostFactory(body="We train *examiners*.")
    Follow.objects.create(user=reader, discussion=post.discussion)
    return post


def entries(response):
    """Return the entries of a feed, by what each element says."""
    assert response.status_code == 200, response.status_code
    root = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    return [
        {child.tag.removeprefix(ATOM): "".join(child.itertext()).strip() for child in entry}
        for entry in root.iter(f"{ATOM}entry")
    ]


def test_a_feed_tells_of_a_post_with_its_text_and_where_it_stands(client, address, post):
    (entry,) = entries(client.get(address))

    assert entry["title"] == f"Training that lasts ({post.discussion.symbol}, post 1)"
    assert entry["author"] == post.author.full_name
    assert entry["id"] == f"http://localhost:8000{post.get_absolute_url()}"
    assert "<em>examiners</em>" in entry["summary"]
    assert f'href="{entry["id"]}#post-1-1"' in entry["summary"]
    assert datetime.fromisoformat(entry["updated"]) == post.posted_at


def test_it_answers_as_a_private_atom_feed_in_the_language_of_its_reader(client, address, reader, post):
    reader.language = "fr"
    reader.save()

    response = client.get(address)

    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert response.headers["Cache-Control"] == "private, no-cache"
    assert response.headers["Content-Language"] == "fr"
    assertContains(response, "Une formation qui dure")
    assertContains(response, 'xml:lang="fr"')


@pytest.mark.parametrize(
    ("level", "is_there"),
    [
        (FollowLevel.EVERYTHING, True),
        (FollowLevel.TOPICS, True),
        (FollowLevel.QUIET, False),
        (FollowLevel.MUTED, False),
    ],
)
@pytest.mark.parametrize("place", ["discussion", "room"])
def test_it_holds_what_is_followed_unless_that_is_quiet(client, address, reader, level, is_there, place):
    post = PostFactory()
    followed = post.discussion if place == "discussion" else post.discussion.room
    Follow.objects.create(user=reader, level=level, **{place: followed})
    PostFactory(discussion=DiscussionFactory(room=RoomFactory(language="fr")))

    assert [entry["id"].rstrip("/").rpartition("/")[2] for entry in entries(client.get(address))] == (
        [str(post.pk)] if is_there else []
    )


def test_the_other_one_holds_all_rooms_in_the_languages_that_are_read(client, address):
    posts = {
        language: PostFactory(discussion=DiscussionFactory(room=RoomFactory(language=language)))
        for language in ("en", "fr", "es")
    }

    found = {entry["id"].rstrip("/").rpartition("/")[2] for entry in entries(client.get(address, {"of": "rooms"}))}

    assert found == {str(posts["en"].pk), str(posts["fr"].pk)}


@pytest.mark.parametrize("state", [state for state in PostState if state != PostState.VISIBLE])
def test_it_holds_nothing_that_is_not_shown(client, address, post, state):
    post.state = state
    post.save()

    assert entries(client.get(address)) == []


def test_it_holds_the_newest_posts_only_and_costs_the_same_however_many(client, address, reader, post, settings):
    settings.FEED_POSTS = 3
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    PostFactory.create_batch(5, discussion=post.discussion)

    with CaptureQueriesContext(connection) as many:
        found = entries(client.get(address))

    assert len(few) == len(many) == 3  # whose it is; the discussions; the posts
    assert [entry["title"][-2:] for entry in found] == ["6)", "5)", "4)"]


def test_of_a_sensitive_room_it_tells_only_that_there_is_something_new(client, address, post):
    Room.objects.update(is_sensitive=True)

    (entry,) = entries(client.get(address))

    assert entry["title"] == "Something new in the room English"
    assert set(entry) <= {"title", "link", "id", "updated", "published", "summary"}
    assert not entry.get("summary")
    assertNotContains(client.get(address), "examiners")
    assertNotContains(client.get(address), "Training that lasts")
    assertNotContains(client.get(address), post.author.full_name)


def test_it_asks_at_each_fetch_what_may_be_read(client, post):
    outsider = UserFactory(role=Role.EXTERNAL)
    Follow.objects.create(user=outsider, discussion=post.discussion)
    admission = grant(outsider, post.discussion, ends_at=timezone.now() + timedelta(days=1))
    address = make_feed(actor=outsider).removeprefix("http://localhost:8000")
    assert len(entries(client.get(address))) == 1

    admission.ends_at = timezone.now()
    admission.save()

    assert entries(client.get(address)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"status": AccountStatus.LEFT},
        {"suspended_until": datetime(2999, 1, 1, tzinfo=UTC)},
        {"serves_until": datetime(2020, 1, 1, tzinfo=UTC).date()},
    ],
)
def test_it_answers_nothing_while_the_account_does_not_work(client, address, reader, change):
    assert client.get(address).status_code == 200
    for name, value in change.items():
        setattr(reader, name, value)
    reader.save()

    assert client.get(address).status_code == 404


def test_it_answers_nothing_before_a_new_protocol_is_accepted(client, address):
    ProtocolFactory(version=2, in_force_on=timezone.localdate())

    assert client.get(address).status_code == 404


def test_a_guessed_address_answers_nothing(client, address):
    assert client.get(reverse("forum:feed", args=["A" * 43])).status_code == 404
    assert client.get(address).status_code == 200


def test_what_has_not_changed_is_not_sent_again(client, address, post):
    first = client.get(address)

    same = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
    since = client.get(address, headers={"If-Modified-Since": first.headers["Last-Modified"]})
    assert (same.status_code, since.status_code) == (304, 304)
    assert same.headers["Cache-Control"] == "private, no-cache"

    PostFactory(discussion=post.discussion)
    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_an_empty_feed_stays_the_same(client, address):
    first = client.get(address)

    assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_characters_that_xml_cannot_hold_do_not_break_it(client, address, post):
    type(post).objects.update(html="<p>A\x0b\x1fB ￿ C</p>")

    (entry,) = entries(client.get(address))

    assert entry["summary"] == "<p>AB  C</p>"


def test_a_former_participant_is_named_so(client, address, post):
    post.author.status, post.author.full_name = AccountStatus.LEFT, "Former participant"
    post.author.save()

    assert entries(client.get(address))[0]["author"] == "Former participant"


# --- Its address ------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client, reader):
    """A client of somebody who has just given the password."""
    sign_in_again(client, reader)
    return client


def shown_address(response):
    (address,) = {
        line.partition('dir="ltr">')[2].partition("</code>")[0]
        for line in response.content.decode().splitlines()
        if "/feed/" in line and "<code" in line and "?of" not in line
    }
    return address.removeprefix("http://localhost:8000")


def test_the_address_is_shown_once_and_kept_as_a_digest(signed_in, reader):
    made = signed_in.post(reverse("forum:feed_edit"))

    address = shown_address(made)
    assert signed_in.get(address).status_code == 200
    token = address.rstrip("/").rpartition("/")[2]
    assertNotContains(signed_in.get(reverse("forum:feed_edit")), token)
    assert token not in str(FeedToken.objects.values())
    assert [(entry.action, entry.facts) for entry in AuditEntry.objects.filter(actor=reader)] == [("feed.made", {})]


def test_a_new_address_ends_the_one_before(signed_in):
    first = shown_address(signed_in.post(reverse("forum:feed_edit")))
    second = shown_address(signed_in.post(reverse("forum:feed_edit")))

    assert signed_in.get(first).status_code == 404
    assert signed_in.get(second).status_code == 200


def test_a_feed_that_is_ended_answers_nothing(signed_in, address):
    assertRedirects(signed_in.post(reverse("forum:feed_end")), reverse("forum:feed_edit"))

    assert signed_in.get(address).status_code == 404
    assert AuditEntry.objects.filter(action="feed.ended").count() == 1


def test_the_password_is_asked_before_an_address_is_made(client, reader):
    client.force_login(reader)

    answer = client.post(reverse("forum:feed_edit"))

    assert answer.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert not FeedToken.objects.exists()


def test_the_profile_leads_to_it(signed_in):
    assertContains(signed_in.get(reverse("accounts:profile_edit")), reverse("forum:feed_edit"))


def test_no_log_holds_the_address():
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "%s: %s", ("Error", f"/feed/{'s' * 43}/"), None)

    WithoutSecrets().filter(record)

    assert record.getMessage() == "Error: /feed/…/"


def test_a_fault_is_logged_without_the_address(client, address, monkeypatch):
    (console,) = [
        handler
        for handler in logging.getLogger().handlers
        if any(isinstance(kept, WithoutSecrets) for kept in handler.filters)
    ]
    monkeypatch.setattr(console, "stream", io.StringIO())
    client.raise_request_exception = False
    monkeypatch.setattr("forum.views.feeds.feed_of", lambda *args, **kwargs: 1 / 0)

    assert client.get(address).status_code == 500

    said = console.stream.getvalue()
    assert "/feed/…/" in said
    assert address not in said
