import random
from collections import defaultdict
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import MaterialFactory, RegistrationFactory, SeriesFactory, UserFactory, WebinarFactory
from webinars.enums import AttendanceSource
from webinars.models import Webinar
from webinars.services.series import close_series, reopen_series
from webinars.services.webinars import change_webinar


@pytest.mark.parametrize("seed", range(8))
def test_what_builds_on_what_never_goes_in_a_circle(db, seed):
    """Whatever is asked for, in whatever order: what is kept has no circle, and what is refused would make one."""
    choose = random.Random(seed)
    actor = UserFactory()
    webinars = WebinarFactory.create_batch(6)
    edges = defaultdict(set)

    def leads(start, goal):
        return start == goal or any(leads(following, goal) for following in edges[start])

    for _step in range(40):
        later, *earlier = choose.sample(webinars, choose.choice([2, 3]))
        later.refresh_from_db()
        before = edges.pop(later.pk, set())
        closes = any(leads(one.pk, later.pk) for one in earlier)
        try:
            change_webinar(
                actor=actor,
                webinar=later.pk,
                values={},
                regions=list(later.regions.all()),
                builds_on=earlier,
                seen=later.changed_at,
            )
        except ValidationError as refusal:
            assert (refusal.code, closes) == ("circle", True)
            edges[later.pk] = before
        else:
            assert not closes
            edges[later.pk] = {one.pk for one in earlier}
        kept = {(row.from_webinar_id, row.to_webinar_id) for row in Webinar.builds_on.through.objects.all()}
        assert kept == {(later, earlier) for later, all_earlier in edges.items() for earlier in all_earlier}


def test_a_webinar_does_not_build_on_itself(db):
    webinar = WebinarFactory()

    with pytest.raises(ValidationError, match="cannot build on one that builds on it"):
        change_webinar(
            actor=UserFactory(),
            webinar=webinar.pk,
            values={},
            regions=list(webinar.regions.all()),
            builds_on=[webinar],
            seen=webinar.changed_at,
        )


@pytest.fixture
def series(db):
    """A series over two years: its first part held, with a recording, its second planned."""
    series = SeriesFactory(title_en="Search")
    first = WebinarFactory(
        series=series, part=1, title_en="First part", state="held", starts_at=timezone.now() - timedelta(days=9)
    )
    MaterialFactory(webinar=first, kind="recording")
    second = WebinarFactory(series=series, part=2, title_en="Second part", cycle__year=2028)
    second.builds_on.add(first)
    return series


def test_the_path_says_what_comes_first_and_what_can_be_watched(client, series):
    path = client.get(series.get_absolute_url()).context["path"]

    assert [(step.webinar.title_en, step.has_recording, step.is_next) for step in path] == [
        ("First part", True, True),
        ("Second part", False, False),
    ]
    assert [one.title_en for one in path[1].before] == ["First part"]


def test_the_path_goes_on_where_a_member_was(client, series, delegate):
    first, second = series.webinars.order_by("part")
    stay = RegistrationFactory(webinar=first, user=delegate).intervals
    stay.create(joined_at=first.starts_at, left_at=first.ends_at, source=AttendanceSource.HAND)
    RegistrationFactory(webinar=second, user=delegate)
    client.force_login(delegate)

    path = client.get(series.get_absolute_url()).context["path"]

    assert [(step.was_there, step.is_registered, step.is_next) for step in path] == [
        (True, False, False),
        (False, True, True),
    ]


def test_who_was_corrected_as_absent_was_not_there(client, series, delegate):
    first = series.webinars.get(part=1)
    registration = RegistrationFactory(webinar=first, user=delegate, attended=False)
    registration.intervals.create(joined_at=first.starts_at, source=AttendanceSource.PAGE)
    client.force_login(delegate)

    assert client.get(series.get_absolute_url()).context["path"][0].was_there is False


def test_nobody_sees_the_progress_of_others(client, series, delegate):
    RegistrationFactory(webinar=series.webinars.get(part=1), user=delegate, attended=True)

    assertNotContains(client.get(series.get_absolute_url()), "You were there")


def test_a_series_without_a_public_webinar_is_hidden(client, db):
    series = SeriesFactory()
    WebinarFactory(series=series, part=1, cycle__state="analysis")

    assert client.get(series.get_absolute_url()).status_code == 404


def test_a_series_is_closed_with_a_reason_that_everybody_reads(client, series):
    actor = UserFactory()

    with pytest.raises(ValidationError):
        close_series(actor=actor, series=series.pk, reason=" ")
    close_series(actor=actor, series=series.pk, reason="All is said.")

    assertContains(client.get(series.get_absolute_url()), "All is said.")
    reopen_series(actor=actor, series=series.pk)
    assertNotContains(client.get(series.get_absolute_url()), "All is said.")


def test_members_do_not_close_series(series, delegate):
    with pytest.raises(PermissionDenied):
        close_series(actor=delegate, series=series.pk, reason="All is said.")


def test_the_secretariat_begins_changes_and_closes_a_series_on_its_pages(client, db):
    client.force_login(UserFactory())

    created = client.post(reverse("webinars:series_create"), {"title_fr": "Recherche"})
    page = created.headers["Location"]
    client.post(page, {"action": "save", "title_fr": "Recherche", "title_en": "Search"})
    refused = client.post(page, {"action": "close", "reason": ""})
    client.post(page, {"action": "close", "reason": "All is said."})

    assert refused.status_code == 422
    series = client.get(page).context["series"]
    assert (series.title_en, series.state, series.state_reason) == ("Search", "explored", "All is said.")


@pytest.mark.parametrize("count", [1, 3])
def test_a_path_costs_the_same_however_long(client, django_assert_num_queries, db, count):
    series = SeriesFactory()
    for part in range(1, count + 1):
        WebinarFactory(series=series, part=part, starts_at=timezone.now() + timedelta(days=part))

    with django_assert_num_queries(4):  # series, webinars, what they build on, what is visible
        client.get(series.get_absolute_url())
