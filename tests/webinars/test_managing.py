from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import (
    CycleFactory,
    EngagementFactory,
    MaterialFactory,
    QuestionFactory,
    RegionFactory,
    UserFactory,
    WebinarFactory,
)
from webinars.models import Webinar


@pytest.fixture
def secretariat(client, db):
    client.force_login(UserFactory())
    return client


def page(name, webinar):
    return reverse(f"webinars:{name}", args=[webinar.pk])


def sent(**fields):
    return {
        "title_en": "Searching patents",
        "aims_fr": "Chercher",
        "languages": ["en", "fr"],
        "regions": [RegionFactory().pk],
        "format": "live",
        "zone": "Asia/Kathmandu",
        "starts_at": "2027-03-28T09:00",
        "ends_at": "2027-03-28T11:00",
        **fields,
    }


def test_a_webinar_is_added_with_its_time_by_the_clocks_of_its_zone(secretariat):
    cycle = CycleFactory()

    response = secretariat.post(reverse("webinars:webinar_create"), sent(cycle=cycle.pk))

    webinar = Webinar.objects.get()
    assert response.headers["Location"] == page("webinar_manage", webinar)
    assert webinar.starts_at == datetime(2027, 3, 28, 3, 15, tzinfo=UTC)
    assert (webinar.cycle, webinar.state, webinar.languages, webinar.aims_fr) == (
        cycle,
        "planned",
        ["en", "fr"],
        "Chercher",
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"title_en": ""}, "Write a title in at least one language."),
        ({"languages": []}, "This field is required."),
        ({"regions": []}, "This field is required."),
        ({"ends_at": ""}, "Set both the start and the end."),
        ({"ends_at": "2027-03-28T08:00"}, "A webinar ends after it starts."),
        ({"starts_at": "soon"}, "Enter a day and a time."),
        ({"zone": "Europe/Zurich", "starts_at": "2027-03-28T02:30"}, "clocks go forward then"),
        ({"part": "1"}, "Give both the series and the part."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_is_kept(secretariat, fields, said):
    response = secretariat.post(reverse("webinars:webinar_create"), sent(**fields))

    assertContains(response, said, status_code=422)
    assertContains(response, "Chercher", status_code=422)
    assert not Webinar.objects.exists()


def test_the_year_that_is_full_is_said_in_the_form(secretariat):
    cycle = CycleFactory(cap=1)
    WebinarFactory(cycle=cycle)

    response = secretariat.post(reverse("webinars:webinar_create"), sent(cycle=cycle.pk))

    assertContains(response, "2027 has as many webinars as it may have", status_code=422)


def test_the_page_shows_the_time_in_the_zone_of_the_webinar_and_keeps_it(secretariat):
    webinar = WebinarFactory(zone="Asia/Kathmandu", starts_at=datetime(2027, 3, 28, 3, 15, tzinfo=UTC))
    form = secretariat.get(page("webinar_edit", webinar)).context["form"]
    assert form["starts_at"].value() == datetime(2027, 3, 28, 9, 0)  # noqa: DTZ001 - as clocks there show it

    fields = sent(seen=form["seen"].value(), title_en="Renamed", regions=[r.pk for r in webinar.regions.all()])
    secretariat.post(page("webinar_edit", webinar), fields)

    changed = Webinar.objects.get()
    assert (changed.title_en, changed.sequence, changed.starts_at) == ("Renamed", 0, webinar.starts_at)


@pytest.mark.parametrize("seen", ["", "not a moment", "2026-01-01T00:00:00+00:00"])
def test_who_did_not_see_the_last_change_is_told_in_the_form(secretariat, seen):
    webinar = WebinarFactory()

    response = secretariat.post(page("webinar_edit", webinar), sent(seen=seen))

    assertContains(response, "has changed meanwhile", status_code=422)
    assertContains(response, "Searching patents", status_code=422)


def test_the_same_topic_in_another_language_begins_with_its_words(secretariat):
    webinar = WebinarFactory(title_ar="البحث")

    form = secretariat.get(reverse("webinars:webinar_create"), {"repeats": webinar.pk}).context["form"]

    assert form["title_ar"].value() == "البحث"
    assert form["repeats"].value() == webinar.pk
    assert form["languages"].value() is None
    assert form["starts_at"].value() is None


def test_steps_are_taken_and_refused_on_the_page(secretariat):
    webinar = WebinarFactory(state="organizing")
    secretariat.post(page("webinar_move", webinar), {"to": "announced"})
    assert Webinar.objects.get().state == "announced"

    assertContains(
        secretariat.post(page("webinar_move", webinar), {"to": "held"}, follow=True), "has gone on meanwhile"
    )
    assert Webinar.objects.get().state == "announced"


def test_what_it_lacks_stands_on_the_page_of_a_held_webinar(secretariat):
    webinar = WebinarFactory(state="held", starts_at=timezone.now() - timedelta(days=1))
    QuestionFactory(webinar=webinar, state="left_open")

    response = secretariat.get(page("webinar_manage", webinar))

    for sentence in ("No recording is published", "No slides", "No summary", "A question is still open"):
        assertContains(response, sentence)


def test_a_webinar_is_cancelled_on_the_page_with_a_reason(secretariat):
    webinar = WebinarFactory()
    refused = secretariat.post(page("webinar_put_off", webinar), {"to": "cancelled", "reason": ""})
    secretariat.post(page("webinar_put_off", webinar), {"to": "cancelled", "reason": "The speaker is ill."})

    assert refused.status_code == 422
    cancelled = Webinar.objects.get()
    assert (cancelled.state, cancelled.state_reason) == ("cancelled", "The speaker is ill.")
    assertNotContains(secretariat.get(page("webinar_manage", webinar)), page("webinar_move", webinar))


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(secretariat, django_assert_num_queries, count):
    for webinar in WebinarFactory.create_batch(count):
        EngagementFactory(webinar=webinar)
    address = reverse("webinars:webinar_list")
    secretariat.get(address)

    with django_assert_num_queries(3):  # session, person, webinars
        secretariat.get(address)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_there_is(secretariat, django_assert_num_queries, count):
    webinar = WebinarFactory()
    EngagementFactory.create_batch(count, webinar=webinar)
    MaterialFactory.create_batch(count, webinar=webinar, kind="reading")
    secretariat.get(page("webinar_manage", webinar))

    with django_assert_num_queries(7):  # session, person, webinar, materials, experts, regions, the Committee
        secretariat.get(page("webinar_manage", webinar))


def test_members_have_no_such_page(client, delegate):
    client.force_login(delegate)
    webinar = WebinarFactory()

    for name in ("webinar_manage", "webinar_edit"):
        assert client.get(page(name, webinar)).status_code == 403
    assert client.get(reverse("webinars:webinar_list")).status_code == 403
