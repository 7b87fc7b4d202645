from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import (
    AnswerFactory,
    DelegateFactory,
    DiscussionFactory,
    EngagementFactory,
    MaterialFactory,
    MeetingFactory,
    QuestionFactory,
    RegistrationFactory,
    UserFactory,
    WebinarFactory,
)
from webinars.models import Webinar

START = datetime(2027, 3, 27, 13, 0, tzinfo=UTC)  # the day before the clocks go forward in Geneva


def test_an_announced_webinar_says_what_for_whom_by_whom_and_when(client, db):
    webinar = WebinarFactory(starts_at=START, zone="Asia/Kathmandu")
    EngagementFactory(webinar=webinar, full_name="A. Speaker", email="speaker@university.example", gender="f")

    response = client.get(webinar.get_absolute_url())

    for words in (webinar.title_en, webinar.aims_en, webinar.audience_en, "A. Speaker"):
        assertContains(response, words)
    assertContains(response, reverse("webinars:registration_create", args=[webinar.pk]))
    assertContains(response, reverse("webinars:webinar_calendar", args=[webinar.pk]))
    assertNotContains(response, "speaker@university.example")
    assertNotContains(response, "Woman")


@pytest.mark.parametrize(
    ("zone", "place", "before", "after"),
    [
        ("Pacific/Kiritimati", "Kiritimati", "28 Mar 2027, 03:00", "29 Mar 2027, 03:00"),
        ("Asia/Kathmandu", "Kathmandu", "27 Mar 2027, 18:45", "28 Mar 2027, 18:45"),
        ("America/Santiago", "Santiago", "27 Mar 2027, 10:00", "28 Mar 2027, 10:00"),
        ("Europe/Zurich", "Geneva", "27 Mar 2027, 14:00", "28 Mar 2027, 15:00"),
    ],
)
def test_times_are_right_on_both_sides_of_a_clock_change(client, db, zone, place, before, after):
    """Geneva goes from UTC+1 to UTC+2 between the two, and Chile not yet from UTC-3."""
    client.force_login(DelegateFactory(time_zone=zone))
    for start, shown in ((START, before), (START + timedelta(days=1), after)):
        response = client.get(WebinarFactory(starts_at=start).get_absolute_url())
        times = response.content.decode()
        assert f"<dt>{place}</dt><dd><time" in times
        assert shown in times


def test_every_time_names_its_place_the_webinars_and_genevas_among_them(client, db):
    response = client.get(WebinarFactory(starts_at=START, zone="America/Bogota").get_absolute_url())

    assertContains(response, "<dt>Bogota</dt>")
    assertContains(response, "<dt>Geneva</dt>")
    assertContains(response, 'data-local-time="2027-03-27T')


@pytest.mark.parametrize("state", ["postponed", "cancelled"])
def test_what_is_put_off_says_so_with_the_reason_and_without_its_time(client, db, state):
    webinar = WebinarFactory(state=state, state_reason="The speaker is ill.", starts_at=START)

    response = client.get(webinar.get_absolute_url())

    assertContains(response, f"This webinar is {state}.")
    assertContains(response, "The speaker is ill.")
    assertNotContains(response, "27 Mar 2027")
    assertNotContains(response, reverse("webinars:registration_create", args=[webinar.pk]))


def test_what_is_planned_without_a_time_says_so(client, db):
    webinar = WebinarFactory(state="planned", starts_at=None, ends_at=None)

    response = client.get(webinar.get_absolute_url())

    assertContains(response, "The time is not set yet.")
    assertNotContains(response, reverse("webinars:registration_create", args=[webinar.pk]))


# --- The way in -------------------------------------------------------------------------------------


def joins(client, webinar, viewer=None):
    if viewer is not None:
        client.force_login(viewer)
    response = client.get(webinar.get_absolute_url())
    assertNotContains(response, "meet.example")
    return ">Join</button>" in response.content.decode()


@pytest.mark.parametrize(
    ("minutes", "may"), [(-16, False), (-15, True), (0, True), (120 + 59, True), (120 + 60, False)]
)
def test_who_has_a_place_joins_from_the_set_time_until_the_end(client, delegate, time_machine, minutes, may):
    webinar = MeetingFactory(webinar__starts_at=START).webinar
    RegistrationFactory(webinar=webinar, user=delegate)
    time_machine.move_to(START + timedelta(minutes=minutes))

    assert joins(client, webinar, delegate) is may


@pytest.mark.parametrize("state", ["pending", "waiting", "cancelled"])
def test_who_has_no_place_does_not_join(client, delegate, time_machine, state):
    webinar = MeetingFactory(webinar__starts_at=START).webinar
    RegistrationFactory(webinar=webinar, user=delegate, state=state)
    time_machine.move_to(START)

    assert not joins(client, webinar, delegate)


def test_nobody_else_sees_the_way_in(client, delegate, time_machine):
    webinar = MeetingFactory(webinar__starts_at=START).webinar
    RegistrationFactory(webinar=webinar, user=delegate)
    time_machine.move_to(START)

    assert not joins(client, webinar)
    assert not joins(client, webinar, DelegateFactory())
    assert not joins(client, webinar, UserFactory())


# --- After it ---------------------------------------------------------------------------------------


def test_a_held_webinar_shows_what_remains(client, db):
    webinar = WebinarFactory(state="held", starts_at=timezone.now() - timedelta(days=1))
    MaterialFactory(webinar=webinar, kind="recording", address="https://video.example/1")
    MaterialFactory(webinar=webinar, kind="slides", language="fr", source="machine")
    MaterialFactory(webinar=webinar, kind="summary", address="", text="Short", html="<p>In short.</p>")
    MaterialFactory(webinar=webinar, kind="slides", language="es", state="checked", title="Not yet")

    response = client.get(webinar.get_absolute_url())

    assertContains(response, "https://video.example/1")
    assertContains(response, "Translated by a machine")
    assertContains(response, "<p>In short.</p>")
    assertNotContains(response, "Not yet")
    assertNotContains(response, reverse("webinars:registration_create", args=[webinar.pk]))
    matrix = response.context["page"].matrix
    assert matrix.languages == ["en", "fr"]
    assert [row.kind for row in matrix.rows] == ["slides", "recording"]


def test_questions_left_open_are_answered_in_writing_once_it_is_held(client, db):
    question = QuestionFactory(webinar__state="held", state="published", text="How long does it take?")
    AnswerFactory(
        question=question,
        text="A year.",
        cleared_by=UserFactory(),
        cleared_at=timezone.now(),
        published_at=timezone.now(),
    )
    QuestionFactory(webinar=question.webinar, state="assigned", owner=UserFactory(), due_on=timezone.localdate())

    response = client.get(question.webinar.get_absolute_url())

    assertContains(response, "How long does it take?")
    assertContains(response, "A year.")
    assert [one.question for one in response.context["answered"]] == [question]


def test_a_webinar_without_a_recording_says_why(client, db):
    webinar = WebinarFactory(state="held", no_recording_reason="A speaker did not agree.")

    assertContains(client.get(webinar.get_absolute_url()), "A speaker did not agree.")


def test_other_deliveries_of_the_topic_and_its_neighbours_are_linked(client, db):
    first = WebinarFactory()
    repeat = WebinarFactory(repeats=first, languages=["ar"])
    later, hidden = WebinarFactory(), WebinarFactory(cycle__year=2030, cycle__state="analysis")
    later.builds_on.add(first)
    hidden.builds_on.add(first)

    page = client.get(first.get_absolute_url()).context["page"]

    assert [one.pk for one in page.deliveries] == [first.pk, repeat.pk]
    assert [one.pk for one in page.after] == [later.pk]
    assert [one.pk for one in client.get(later.get_absolute_url()).context["page"].before] == [first.pk]


def test_the_topic_of_the_forum_is_for_members_only(client, delegate):
    topic = DiscussionFactory(topic__title_en="Only among members").topic
    webinar = WebinarFactory(topic=topic)

    assertNotContains(client.get(webinar.get_absolute_url()), "Only among members")
    client.force_login(UserFactory(role="external"))
    assertNotContains(client.get(webinar.get_absolute_url()), "Only among members")
    client.force_login(delegate)
    assertContains(client.get(webinar.get_absolute_url()), "Only among members")


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_of_a_webinar_costs_the_same_however_much_it_has(client, django_assert_num_queries, db, count):
    webinar = WebinarFactory(state="held")
    MaterialFactory.create_batch(count, webinar=webinar, kind="reading")
    EngagementFactory.create_batch(count, webinar=webinar)
    WebinarFactory.create_batch(count, repeats=webinar)
    for _n in range(count):
        WebinarFactory().builds_on.add(webinar)

    for question in QuestionFactory.create_batch(count, webinar=webinar, state="published"):
        AnswerFactory(
            question=question, cleared_by=UserFactory(), cleared_at=timezone.now(), published_at=timezone.now()
        )

    with django_assert_num_queries(10):
        # webinar, regions, materials, deliveries and their regions, experts, before, after, questions and answers
        client.get(webinar.get_absolute_url())


def test_the_page_is_read_by_robots_and_kept_for_a_minute(client, db):
    response = client.get(WebinarFactory().get_absolute_url())

    assert response.headers["X-Robots-Tag"] == "all"
    assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assertNotContains(response, "noindex")


def test_a_webinar_outside_the_programme_is_public_once_announced(client, db):
    webinar = WebinarFactory(cycle=None, state="organizing")
    assert client.get(webinar.get_absolute_url()).status_code == 404

    Webinar.objects.update(state="announced")
    assert client.get(webinar.get_absolute_url()).status_code == 200
