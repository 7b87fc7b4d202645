"""The profile: what one says about oneself, and what of it others see."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import translation

from accounts.enums import Economy, InstitutionKind, OfficeProfile, Role
from accounts.models import AuditEntry, User
from accounts.services.states import describe_state
from accounts.zones import canonical_zone, zone_choices
from tests.accounts.test_people import PROFILE, profile
from tests.factories import DelegateFactory, MandateFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_everything_is_kept(client, delegate):
    client.force_login(delegate)

    response = client.post(
        PROFILE,
        profile(
            institution="Kenya Industrial Property Institute",
            institution_kind="research",
            office_profile="small_examining",
            gender="f",
            biography="Ten years of training.\n\nNow in charge of it.",
            shows_email="on",
            languages_read=["ar", "", "fr", "en"],
            time_zone="Asia/Kolkata",
        ),
    )

    assert response.status_code == 302
    kept = User.objects.get(pk=delegate.pk)
    assert (kept.institution, kept.institution_kind, kept.office_profile) == (
        "Kenya Industrial Property Institute",
        InstitutionKind.RESEARCH,
        OfficeProfile.SMALL_EXAMINING,
    )
    assert (kept.gender, kept.shows_email, kept.time_zone) == ("f", True, "Asia/Kolkata")
    assert kept.biography.splitlines() == ["Ten years of training.", "", "Now in charge of it."]
    assert kept.languages_read == ["ar", "fr", "en"]


def test_optional_facts_stay_empty(client, delegate):
    client.force_login(delegate)

    client.post(PROFILE, profile())

    kept = User.objects.get(pk=delegate.pk)
    assert (kept.gender, kept.biography, kept.institution, kept.office_profile, kept.shows_email) == (
        "",
        "",
        "",
        "",
        False,
    )


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("institution", "x" * 161),
        ("institution", "Office\u202e"),
        ("institution_kind", ""),
        ("institution_kind", "secret"),
        ("office_profile", "huge"),
        ("biography", "x" * 2_001),
        ("biography", "I work\u202e elsewhere"),
        ("biography", "NUL\x00"),
        ("languages_read", []),
        ("languages_read", ["", ""]),
        ("languages_read", ["en", "en"]),
        ("languages_read", ["en", "tlh"]),
        ("time_zone", "Etc/GMT+3"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_saved(client, delegate, field, value):
    client.force_login(delegate)
    before = User.objects.filter(pk=delegate.pk).values().get()

    response = client.post(PROFILE, profile(biography="What I typed") | {field: value})

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert User.objects.filter(pk=delegate.pk).values().get() == before
    if field != "biography":
        assert "What I typed" in response.content.decode()


def test_languages_are_numbered_lists_of_one_name_in_the_order_kept(client):
    client.force_login(DelegateFactory(languages_read=["fr", "ar"]))

    page = client.get(PROFILE).content.decode()

    lists = re.findall(r'<select name="languages_read".*?</select>', page, re.DOTALL)
    chosen = [re.search(r'value="([^"]+)" selected', one) for one in lists]
    assert len(lists) == 6
    assert [found[1] if found else "" for found in chosen] == ["fr", "ar", "", "", "", ""]


def test_what_was_chosen_wrongly_is_shown_again_in_its_order(client, delegate):
    client.force_login(delegate)

    page = client.post(PROFILE, profile(languages_read=["es", "fr", "es"])).content.decode()

    lists = re.findall(r'<select name="languages_read".*?</select>', page, re.DOTALL)
    assert [re.search(r'value="([^"]+)" selected', one)[1] for one in lists[:3]] == ["es", "fr", "es"]


def test_gender_is_labelled_optional(client, delegate):
    client.force_login(delegate)

    assert "Gender (optional)" in client.get(PROFILE).content.decode()


# --- Time zones -------------------------------------------------------------------------------------


def test_zones_are_cities_by_offset_in_the_readers_language():
    english = dict(zone_choices())
    with translation.override("ar"):
        arabic = dict(zone_choices())
    with translation.override("zh-hans"):
        assert "内罗毕" in dict(zone_choices())["Africa/Nairobi"]

    assert english["Africa/Nairobi"] == "UTC+03:00 – Nairobi (Kenya)"
    assert english["America/Argentina/Buenos_Aires"].endswith("Buenos Aires (Argentina)")
    assert "نيروبي" in arabic["Africa/Nairobi"]
    assert set(english) == set(arabic)
    offsets = [label[3:9] for _zone, label in zone_choices()]
    minutes = [int(offset[0] + "1") * (int(offset[1:3]) * 60 + int(offset[4:6])) for offset in offsets]
    assert minutes == sorted(minutes)


def test_there_are_no_aliases_and_an_old_choice_is_shown_by_its_present_name(client):
    zones = dict(zone_choices())
    assert not {"Asia/Calcutta", "America/Buenos_Aires", "US/Pacific", "Etc/GMT+3", "UTC"} & set(zones)
    client.force_login(DelegateFactory(time_zone="Asia/Calcutta"))

    form = client.get(PROFILE).context["form"]

    assert form["time_zone"].value() == canonical_zone("Asia/Calcutta") == "Asia/Kolkata"


# --- What others see --------------------------------------------------------------------------------


def person_page(viewer: User, person: User) -> str:
    browser = Client()
    browser.force_login(viewer)
    response = browser.get(f"/people/{person.pk}/")
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("shows", [True, False])
def test_others_see_the_address_only_where_one_shows_it(delegate, shows):
    person = DelegateFactory(shows_email=shows)

    assert (person.email in person_page(delegate, person)) is shows


def test_nobody_sees_the_gender(delegate):
    person = DelegateFactory(gender="f")

    for viewer in (delegate, UserFactory(role=Role.SECRETARIAT), person):
        assert "Woman" not in person_page(viewer, person)


def test_a_biography_is_plain_text(delegate):
    person = DelegateFactory(biography="**Bold** <script>alert(1)</script>\n\n[a](javascript:alert(1))")

    page = person_page(delegate, person)

    assert "**Bold** &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert '<a href="javascript' not in page


# --- What a state says about itself (ACC-14) -----------------------------------------------------------


def test_the_focal_point_says_what_kind_of_economy_the_state_is(client):
    here = MandateFactory().user
    client.force_login(here)
    assert 'name="economy"' in client.get(PROFILE).content.decode()

    client.post(PROFILE, profile(economy="large_emerging"))
    client.post(PROFILE, profile(economy="large_emerging"))

    here.member_state.refresh_from_db()
    assert here.member_state.economy == Economy.LARGE_EMERGING
    entries = AuditEntry.objects.filter(action="memberstate.described").values_list("actor", "subject", "facts")
    assert list(entries) == [(here.pk, f"accounts.memberstate:{here.member_state.pk}", {"economy": "large_emerging"})]
    assert 'value="large_emerging" selected' in client.get(PROFILE).content.decode()


def test_it_can_be_left_unsaid_again_and_nothing_else_is_taken(client):
    here = MandateFactory(user__member_state__economy="other").user
    client.force_login(here)

    refused = client.post(PROFILE, profile(economy="rich"))
    client.post(PROFILE, profile(economy=""))

    assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["economy"])
    here.member_state.refresh_from_db()
    assert here.member_state.economy == ""


def test_a_delegate_without_a_mandate_does_not_say_it(client, delegate):
    client.force_login(delegate)

    assert 'name="economy"' not in client.get(PROFILE).content.decode()
    client.post(PROFILE, profile(economy="other"))

    delegate.member_state.refresh_from_db()
    assert delegate.member_state.economy == ""
    with pytest.raises(PermissionDenied):
        describe_state(actor=User.objects.with_access().get(pk=delegate.pk), economy="other")
