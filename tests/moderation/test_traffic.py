"""Pages and sessions, counted by the forum itself, of nobody in particular."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from accounts.enums import Role
from forum.models import Visit
from forum.services.reading import write_visits
from moderation.models import TrafficDay
from moderation.services.traffic import add_traffic
from tests.factories import DelegateFactory, DiscussionFactory, PostFactory, UserFactory

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def counted():
    return {day.day: (day.page_views, day.sessions) for day in TrafficDay.objects.all()}


# --- Pages --------------------------------------------------------------------------------------------


def test_each_page_that_somebody_signed_in_is_answered_counts_once(client, delegate, core_rooms, traffic_counts):
    client.force_login(delegate)
    with time_machine.travel(NOON, tick=False):
        client.get("/rooms/")
        client.get("/rooms/en/")
        traffic_counts.write()

    assert counted() == {date(2026, 11, 16): (2, 0)}


def test_what_is_no_page_does_not_count(client, delegate, traffic_counts):
    discussion = DiscussionFactory()
    PostFactory(discussion=discussion)
    client.get("/")  # nobody is signed in
    client.force_login(delegate)
    client.get("/rooms/", headers={"HX-Request": "true"})
    client.get("/rooms/", headers={"Sec-Purpose": "prefetch"})
    client.head("/")
    client.get("/no-such-page/")
    client.get("/")  # leads on
    client.post(reverse("forum:room_follow", args=["en"]), {"level": "topics"})
    client.get(f"{discussion.get_absolute_url()}?format=json", headers={"Accept": "application/json"}, follow=False)

    traffic_counts.write()

    assert sum(pages for pages, _sessions in counted().values()) == 1  # the discussion, which is a page all the same


def test_a_file_does_not_count(client, db, traffic_counts):
    client.force_login(UserFactory(role=Role.MODERATOR))
    client.get("/moderation/figures/usage.csv")

    traffic_counts.write()

    assert counted() == {}


def test_counting_adds_no_statement_to_a_page(client, delegate, core_rooms, traffic_counts, django_assert_num_queries):
    client.force_login(delegate)
    client.get("/rooms/")
    traffic_counts.write()
    with django_assert_num_queries(4):  # session, person, rooms, this week
        client.get("/rooms/")


def test_a_day_is_that_of_geneva(client, delegate, core_rooms, traffic_counts):
    with time_machine.travel(datetime(2026, 12, 31, 23, 30, tzinfo=UTC), tick=False):
        client.force_login(delegate)
        client.get("/rooms/")
    traffic_counts.write()

    assert counted() == {date(2027, 1, 1): (1, 0)}


def test_what_is_written_twice_is_added(db):
    add_traffic(date(2026, 11, 16), pages=3)
    add_traffic(date(2026, 11, 16), pages=4, sessions=1)

    assert counted() == {date(2026, 11, 16): (7, 1)}


# --- Sessions -----------------------------------------------------------------------------------------


def test_a_session_is_a_visit_that_ends_after_some_hours_without_a_page(delegate, settings, traffic_counts):
    settings.VISIT_ENDS_AFTER = timedelta(hours=6)
    with time_machine.travel(NOON, tick=False):
        for hours in (0, 3, 8, 14):  # the last comes six hours after the one before it
            write_visits({delegate.pk: NOON + timedelta(hours=hours)})
        traffic_counts.write()

    assert counted() == {date(2026, 11, 16): (0, 2)}


def test_several_people_at_once_are_as_many_sessions(db, traffic_counts):
    people = DelegateFactory.create_batch(3)
    with time_machine.travel(NOON, tick=False):
        write_visits({person.pk: NOON for person in people} | {999_999: NOON})
        write_visits({person.pk: NOON for person in people})
        traffic_counts.write()

    assert counted() == {date(2026, 11, 16): (0, 3)}


def test_a_visit_written_late_begins_none(delegate, traffic_counts):
    with time_machine.travel(NOON, tick=False):
        write_visits({delegate.pk: NOON})
        write_visits({delegate.pk: NOON - timedelta(hours=20)})
        traffic_counts.write()

    assert counted() == {date(2026, 11, 16): (0, 1)}
    assert Visit.objects.get().seen_at == NOON


@pytest.mark.django_db(transaction=True)
def test_of_two_processes_that_see_somebody_come_back_one_counts_it(traffic_counts):
    delegate = DelegateFactory()
    write_visits({delegate.pk: NOON - timedelta(days=2)})
    traffic_counts.write()
    TrafficDay.objects.all().delete()
    both = Barrier(2)

    def see(moment):
        try:
            both.wait()
            write_visits({delegate.pk: moment})
        finally:
            connection.close()

    threads = [Thread(target=see, args=[NOON + timedelta(seconds=n)]) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    traffic_counts.write()

    assert [sessions for _pages, sessions in counted().values()] == [1]


def test_nobody_is_kept_with_the_counts(db):
    names = {field.name for field in TrafficDay._meta.get_fields()}

    assert names == {"id", "day", "page_views", "sessions", "active_users"}
