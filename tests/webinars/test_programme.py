import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from tests.factories import (
    CycleFactory,
    DelegateFactory,
    ProposalFactory,
    RegionFactory,
    SeriesFactory,
    UserFactory,
    WebinarFactory,
)
from webinars.models import Cluster, Release
from webinars.services.releases import snapshot_of

PROGRAMME = reverse("webinars:programme")


def page_of(client, **asked):
    return client.get(PROGRAMME, asked).context["page"]


def titles(topics):
    return [topic.first.title_en for topic in topics]


def test_the_public_reads_what_is_held_planned_cancelled_and_in_the_pipeline(client, db):
    now = timezone.now()
    WebinarFactory(title_en="Held", state="held", starts_at=now - timedelta(days=9))
    WebinarFactory(title_en="Next", starts_at=now + timedelta(days=2))
    WebinarFactory(title_en="Later", state="planned", starts_at=None, ends_at=None)
    WebinarFactory(title_en="Off", state="cancelled", state_reason="The speaker is ill.")
    ProposalFactory(title_en="Waits", state="carried_over", state_reason="For want of days.")

    response = client.get(PROGRAMME)

    page = response.context["page"]
    assert (titles(page.held), titles(page.planned), titles(page.cancelled)) == (["Held"], ["Next", "Later"], ["Off"])
    assert [proposal.title_en for proposal in page.proposals] == ["Waits"]
    assertContains(response, "For want of days.")
    assertContains(response, "The speaker is ill.")


def test_what_is_not_published_is_not_in_it(client, db):
    cycle = CycleFactory(state="decided")
    webinar, proposal = WebinarFactory(cycle=cycle), ProposalFactory(cycle=cycle, state="carried_over")
    ProposalFactory(state="draft", title_en="Unfinished")
    ProposalFactory(state="withdrawn", submitted_at=None, title_en="Unfinished too")

    response = client.get(PROGRAMME)

    assertNotContains(response, webinar.title_en)
    assertNotContains(response, proposal.title_en)
    assertNotContains(response, "Unfinished")
    assert client.get(reverse("webinars:webinar_detail", args=[webinar.pk])).status_code == 404


def test_an_exception_to_the_cap_and_an_empty_region_are_told_with_their_reasons(client, db):
    cycle = CycleFactory(
        overridden_cap=8,
        cap_reason="Two topics were urgent.",
        cap_overridden_by=UserFactory(),
        cap_overridden_at=timezone.now(),
        uncovered_reason="It asked for nothing.",
    )
    served, empty = RegionFactory(name_en="Served group"), RegionFactory(name_en="Empty group")
    WebinarFactory(cycle=cycle, regions=[served])
    WebinarFactory(cycle=cycle, regions=[empty], state="cancelled", state_reason="No speaker.")

    response = client.get(PROGRAMME)

    assertContains(response, "there may be 8 webinars instead of 6")
    assertContains(response, "Two topics were urgent.")
    assertContains(response, "there is no webinar for: Empty group.")
    assertContains(response, "It asked for nothing.")


def test_a_covered_year_without_exception_says_neither(client, db):
    WebinarFactory(cycle=CycleFactory(uncovered_reason="Not shown."))

    response = client.get(PROGRAMME)

    assertNotContains(response, "there is no webinar for")
    assertNotContains(response, "instead of")
    assertNotContains(response, "Not shown.")


def test_earlier_years_are_noted_where_they_are_asked_for(client, db):
    for year in (2025, 2026, 2027):
        CycleFactory(year=year)

    assert [note.cycle.year for note in page_of(client).years] == [2027, 2026]
    assert [note.cycle.year for note in page_of(client, year=2025).years] == [2025]


@pytest.fixture
def two(db):
    """Two webinars that differ in everything the programme can be narrowed down by."""
    return [
        WebinarFactory(title_en="Búsqueda de patentes", languages=["es"], series=SeriesFactory(), part=1),
        WebinarFactory(title_en="Trade marks", languages=["fr"], cycle=CycleFactory(year=2028)),
    ]


@pytest.mark.parametrize(
    "asked",
    [
        lambda webinar: {"region": webinar.regions.get().pk},
        lambda webinar: {"held_in": "es"},
        lambda webinar: {"series": webinar.series_id},
        lambda webinar: {"year": 2027},
        lambda webinar: {"q": "BUSQUEDA patentes"},
    ],
    ids=["region", "language", "series", "year", "words"],
)
def test_the_programme_is_narrowed_down_by_one_thing(client, two, asked):
    page = page_of(client, **asked(two[0]))

    assert titles(page.planned) == ["Búsqueda de patentes"]
    assert page.wanted.is_narrowed


@pytest.mark.parametrize(("query", "is_open"), [("", False), ("?q=patentes", False), ("?year=2027", True)])
def test_the_filters_are_folded_until_one_is_chosen(client, two, query, is_open):
    shown = client.get(f"{PROGRAMME}{query}")

    assertContains(shown, '<details class="search-filters" open>' if is_open else '<details class="search-filters">')


@pytest.mark.parametrize("asked", [{}, {"region": "none"}, {"year": "1999"}, {"held_in": "xx"}])
def test_what_nobody_offered_narrows_nothing_down(client, two, asked):
    assert len(page_of(client, **asked).planned) == 2


def test_proposals_follow_region_language_year_and_words(client, db):
    region = RegionFactory()
    ProposalFactory(title_en="Wanted", state="carried_over", regions=[region], languages=["ar"])
    ProposalFactory(title_en="Other", state="carried_over", regions=[RegionFactory()], languages=["ru"])
    WebinarFactory(regions=[region], languages=["ar"])

    for asked in ({"region": region.pk}, {"held_in": "ar"}, {"q": "wanted"}):
        assert [proposal.title_en for proposal in page_of(client, **asked).proposals] == ["Wanted"]
    assert page_of(client, year=2027).proposals


def test_what_waits_from_earlier_years_stays_until_it_is_taken_up_again(client, db):
    last = CycleFactory(year=2026)
    taken_up = ProposalFactory(title_en="Taken up", cycle=last, state="carried_over")
    ProposalFactory(title_en="Still waits", cycle=last, state="carried_over")
    ProposalFactory(title_en="Long declined", cycle=last, state="declined", state_reason="Not about this.")
    ProposalFactory(title_en="Again", carried_from=taken_up, state="declined", state_reason="Done elsewhere.")

    assert [p.title_en for p in page_of(client).proposals] == ["Again", "Still waits"]
    assert len(page_of(client, year=2026).proposals) == 3


def test_a_merged_proposal_names_what_it_was_merged_with(client, db):
    lead = ProposalFactory(title_en="The leading one", state="selected")
    cluster = Cluster.objects.create(cycle=lead.cycle, lead=lead, reason="Alike.", made_by=UserFactory())
    ProposalFactory(state="merged", cluster=cluster)

    response = client.get(PROGRAMME)

    assertContains(response, "The leading one")
    assertContains(response, lead.reference)


def test_repeats_of_one_topic_stand_together(client, db):
    first = WebinarFactory()
    repeat = WebinarFactory(repeats=first, languages=["ar"], title_en=first.title_en)

    planned = page_of(client).planned

    assert [[one.pk for one in topic.deliveries] for topic in planned] == [[first.pk, repeat.pk]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_programme_costs_the_same_however_long(client, django_assert_num_queries, db, count):
    for number in range(count):
        WebinarFactory(series=SeriesFactory(), part=1, cycle=CycleFactory(year=2027 + number))
        ProposalFactory(state="carried_over", cycle=CycleFactory(year=2027 + number))

    with django_assert_num_queries(6):  # webinars, their regions, regions, releases, cycles, proposals
        client.get(PROGRAMME)


def test_a_member_costs_two_statements_more(client, django_assert_num_queries, delegate):
    client.force_login(delegate)
    WebinarFactory()
    client.get(PROGRAMME)

    with django_assert_num_queries(8):  # session, person, and the six of everybody
        client.get(PROGRAMME)


@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("fr", "ltr"), ("zh-hans", "ltr")])
def test_a_stranger_reads_in_the_language_that_the_address_names_without_a_cookie(client, db, language, direction):
    webinar = WebinarFactory()

    response = client.get(PROGRAMME, {"language": language})

    assertContains(response, f'<html lang="{language}" dir="{direction}">')
    assertContains(response, f'href="{webinar.get_absolute_url()}?language={language}"')
    assert response.headers["Content-Language"] == language
    assert not response.cookies


def test_a_stranger_reads_in_the_language_of_the_browser(client, db):
    response = client.get(PROGRAMME, headers={"Accept-Language": "ru,en;q=0.5"})

    assertContains(response, '<html lang="ru" dir="ltr">')
    assert {"Accept-Language", "Cookie"} <= set(response.headers["Vary"].split(", "))


def test_a_member_reads_in_the_language_of_the_profile(client, db):
    client.force_login(DelegateFactory(language="es"))

    response = client.get(PROGRAMME, {"language": "ar"})

    assertContains(response, '<html lang="es" dir="ltr">')
    assertNotContains(response, "language=ar")


def test_a_title_that_lacks_the_language_says_in_which_it_is(client, db):
    WebinarFactory(title_en="In English only")

    assertContains(client.get(PROGRAMME, {"language": "ar"}), 'lang="en">In English only</a>')


def test_what_strangers_read_may_be_kept_on_the_way_and_is_asked_for_once(client, db):
    WebinarFactory()
    response = client.get(PROGRAMME)

    assert response.headers["Cache-Control"] == "public, max-age=0, s-maxage=60"
    assert response.headers["X-Robots-Tag"] == "all"
    assertNotContains(response, "noindex")
    again = client.get(PROGRAMME, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_what_a_member_reads_is_kept_by_nobody(client, delegate):
    client.force_login(delegate)

    assert client.get(PROGRAMME).headers["Cache-Control"] == "private, no-store"


def test_robots_read_the_programme_and_nothing_else(client, db):
    rules = client.get("/robots.txt").content.decode().splitlines()

    assert "Allow: /webinars/" in rules
    assert "Disallow: /" in rules
    assert "Disallow: /webinars/manage/" in rules
    assert client.get(reverse("account_login")).headers["X-Robots-Tag"] == "noindex, nofollow"


# --- Releases ---------------------------------------------------------------------------------------


@pytest.fixture
def released(db):
    """A programme with two releases, the second of which moved a webinar and gave an outcome."""
    cycle = CycleFactory()
    webinar = WebinarFactory(cycle=cycle, title_en="Patents", title_fr="Brevets")
    ProposalFactory(cycle=cycle, title_en="Waits", state="carried_over", state_reason="For want of days.")
    actor = UserFactory()
    Release.objects.create(cycle=cycle, number=1, snapshot=snapshot_of(cycle), published_by=actor)
    kept = snapshot_of(cycle)
    kept["webinars"][str(webinar.pk)]["title"] = {"en": "Patents again", "fr": "Encore les brevets"}
    changes = [{"kind": "webinars", "id": str(webinar.pk), "change": "changed", "fields": ["starts_at"]}]
    Release.objects.create(
        cycle=cycle, number=2, snapshot=json.loads(json.dumps(kept)), changes=changes, published_by=actor
    )
    return webinar


def test_a_release_stays_as_it_was(client, released):
    released.title_en = "Another title"
    released.save()

    response = client.get(reverse("webinars:release_detail", args=[2027, 1]))

    assertContains(response, "Patents")
    assertNotContains(response, "Another title")
    assertContains(response, "For want of days.")
    assertContains(response, "There is a newer release.")


def test_the_changes_are_told_in_the_readers_language(client, released):
    response = client.get(reverse("webinars:release_list", args=[2027]), {"language": "fr"})

    assertContains(response, "Encore les brevets")
    assertNotContains(client.get(reverse("webinars:release_detail", args=[2027, 2])), "There is a newer release.")


def test_a_year_that_is_not_published_has_no_releases_page(client, db):
    CycleFactory(year=2029, state="analysis")

    assert client.get(reverse("webinars:release_list", args=[2029])).status_code == 404
    assert client.get(reverse("webinars:release_detail", args=[2029, 1])).status_code == 404


# --- Feed -------------------------------------------------------------------------------------------


def test_the_feed_tells_of_releases_and_of_what_is_announced(client, released):
    WebinarFactory(title_en="Not announced", state="organizing")

    response = client.get(reverse("webinars:programme_atom"))

    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assertContains(response, "Webinars of 2027: release 2")
    assertContains(response, released.get_absolute_url())
    assertNotContains(response, "Not announced")
    again = client.get(reverse("webinars:programme_atom"), headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304


def test_an_empty_feed_stays_the_same(client, db):
    address = reverse("webinars:programme_atom")

    assert client.get(address).content == client.get(address).content
