"""What reading leaves behind: positions, unread counts, follows."""

import threading

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.enums import Role
from forum.models import Discussion, Follow, ReadPosition, Room
from forum.services import reading
from forum.services.reading import follow_discussion, follow_room, write_positions
from tests.factories import DelegateFactory, DiscussionFactory, PostFactory, RoomFactory, UserFactory, grant

pytestmark = pytest.mark.django_db


def test_reading_writes_nothing_until_positions_are_written_together(client, delegate, positions):
    discussion = DiscussionFactory()
    PostFactory.create_batch(3, discussion=discussion)
    client.force_login(delegate)

    with CaptureQueriesContext(connection) as statements:
        client.get(discussion.get_absolute_url())
    positions.write()

    assert [s["sql"] for s in statements if s["sql"].split()[0] in {"INSERT", "UPDATE", "DELETE"}] == []
    assert list(ReadPosition.objects.values_list("user", "discussion", "number")) == [(delegate.pk, discussion.pk, 3)]


def test_a_position_never_moves_back(delegate):
    discussion = DiscussionFactory()

    for number in (5, 3, 7, 6):
        write_positions({(delegate.pk, discussion.pk): number})

    assert ReadPosition.objects.get().number == 7


def test_many_positions_are_written_in_one_statement(django_assert_num_queries, delegate, positions):
    readers, discussions = [delegate, DelegateFactory()], DiscussionFactory.create_batch(3)
    for reader in readers:
        for discussion in discussions:
            positions.note(reader.pk, discussion.pk, 2)
            positions.note(reader.pk, discussion.pk, 1)

    with django_assert_num_queries(1):
        positions.write()

    assert set(ReadPosition.objects.values_list("number", flat=True)) == {2}
    assert ReadPosition.objects.count() == 6


def test_positions_of_who_and_what_is_gone_do_not_lose_the_others(delegate, positions):
    discussion = DiscussionFactory()
    positions.note(delegate.pk, discussion.pk, 2)
    positions.note(delegate.pk, 999_999, 2)
    positions.note(999_999, discussion.pk, 2)

    positions.write()

    assert list(ReadPosition.objects.values_list("user", "discussion")) == [(delegate.pk, discussion.pk)]


@pytest.mark.django_db(transaction=True)
def test_positions_are_written_a_moment_after_reading_without_being_asked(delegate, monkeypatch):
    monkeypatch.setattr(reading, "SECONDS_BETWEEN_WRITES", 0.01)
    discussion, positions = DiscussionFactory(), reading.ReadPositions()

    for number in (2, 4):
        positions.note(delegate.pk, discussion.pk, number)
        for thread in threading.enumerate():
            if isinstance(thread, threading.Timer):
                thread.join(5)

    assert list(ReadPosition.objects.values_list("user", "discussion", "number")) == [(delegate.pk, discussion.pk, 4)]


@pytest.mark.parametrize(("read", "unread"), [(0, 3), (1, 2), (3, 0)])
def test_the_room_shows_what_is_unread(client, delegate, read, unread):
    discussion = DiscussionFactory()
    PostFactory.create_batch(3, discussion=discussion)
    if read:
        write_positions({(delegate.pk, discussion.pk): read})
    write_positions({(DelegateFactory().pk, discussion.pk): 3})
    client.force_login(delegate)

    page = client.get("/rooms/en/").content.decode()

    assert f"<span data-unread>{unread}</span>" in page
    assert ('<p class="unread" hidden>' in page) is (unread == 0)


def test_a_discussion_opens_where_the_unread_begins(client, delegate):
    discussion = DiscussionFactory()
    PostFactory.create_batch(45, discussion=discussion)
    client.force_login(delegate)

    opened = []
    for read in (0, 19, 20, 44, 45):
        if read:
            write_positions({(delegate.pk, discussion.pk): read})
        opened.append(client.get(discussion.get_absolute_url()).context["page"].number)

    assert opened == [1, 1, 2, 3, 3]


# --- Follows ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", ["/rooms/en/", "discussion"])
def test_following_begins_and_ends_by_the_button(client, delegate, place):
    discussion = DiscussionFactory()
    address = place if place != "discussion" else discussion.get_absolute_url()
    client.force_login(delegate)

    began = client.post(f"{address}follow/", {"wanted": "1"})
    client.post(f"{address}follow/", {"wanted": "1"})
    followed = Follow.objects.count()
    shown = client.get(address).content.decode()
    client.post(f"{address}follow/", {})

    assert (began.status_code, began["Location"]) == (302, address)
    assert (followed, Follow.objects.count()) == (1, 0)
    assert shown.count('name="wanted"') == 0
    assert client.get(address).content.decode().count('name="wanted"') == 1


def test_nobody_follows_what_they_may_not_see():
    facilitator, external = UserFactory(role=Role.FACILITATOR), UserFactory(role=Role.EXTERNAL)
    own, other = DiscussionFactory(room=RoomFactory(language="fr")), DiscussionFactory()
    grant(facilitator, own.room)
    grant(external, own)

    follow_room(actor=facilitator, language="fr", wanted=True)
    follow_discussion(actor=external, discussion=own.pk, wanted=True)
    for actor in (facilitator, external):
        with pytest.raises(Room.DoesNotExist):
            follow_room(actor=actor, language="en", wanted=True)
        with pytest.raises(Discussion.DoesNotExist):
            follow_discussion(actor=actor, discussion=other.pk, wanted=True)

    assert set(Follow.objects.values_list("user", "room__language", "discussion")) == {
        (facilitator.pk, "fr", None),
        (external.pk, None, own.pk),
    }


def test_following_a_room_that_does_not_exist_is_not_found(client, delegate):
    client.force_login(delegate)

    assert client.post("/rooms/xx/follow/", {"wanted": "1"}).status_code == 404
    with pytest.raises(ObjectDoesNotExist):
        follow_room(actor=delegate, language="xx", wanted=True)
