"""What reading leaves behind: positions, unread counts, follows."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from forum.models import ReadPosition
from forum.services import reading
from forum.services.reading import write_positions
from tests.factories import DelegateFactory, DiscussionFactory, PostFactory

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


def test_what_was_skipped_does_not_count_as_read(client, delegate, positions):
    discussion = DiscussionFactory()
    PostFactory.create_batch(45, discussion=discussion)
    client.force_login(delegate)

    kept = []
    for page in (3, 1, 3, 2, 3, 1):
        client.get(f"{discussion.get_absolute_url()}?page={page}")
        positions.write()
        kept.append(ReadPosition.objects.values_list("number", flat=True).first())

    assert kept == [None, 20, 20, 40, 45, 45]


@pytest.mark.parametrize(("read", "line_above"), [(0, None), (1, 2), (3, None)])
def test_a_line_shows_where_the_unread_begins(client, delegate, read, line_above):
    discussion = DiscussionFactory()
    PostFactory.create_batch(3, discussion=discussion)
    write_positions({(delegate.pk, discussion.pk): read})
    client.force_login(delegate)

    _before, line, after = client.get(discussion.get_absolute_url()).content.decode().partition("post__new-line")

    assert bool(line) is bool(line_above)
    assert after.partition('id="post-')[2][:1] == (str(line_above) if line_above else "")


def test_the_line_stands_above_the_next_post_where_the_first_unread_one_is_held(client, delegate):
    discussion = DiscussionFactory()
    for state in ("visible", "held", "visible"):
        PostFactory(discussion=discussion, state=state)
    write_positions({(delegate.pk, discussion.pk): 1})
    client.force_login(delegate)

    assert client.get(discussion.get_absolute_url()).context["page"].first_new == 3


def test_lists_lead_to_where_one_stopped(client, delegate):
    begun, new = DiscussionFactory(), DiscussionFactory()
    for discussion in (begun, new):
        PostFactory.create_batch(3, discussion=discussion)
    write_positions({(delegate.pk, begun.pk): 2})
    client.force_login(delegate)

    page = client.get("/rooms/en/").content.decode()

    assert f'<a href="{begun.get_absolute_url()}#post-3">Go on at post 3</a>' in page
    assert page.count("Go on at post") == 1
