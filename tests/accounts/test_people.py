"""People: their names, their profile, and in whose language and time zone they read."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.enums import MailScope, Office, Pace, Role
from accounts.forms import CHOOSABLE
from accounts.models import AuditEntry, MailPreference, User
from accounts.models.people import time_zones
from accounts.services.people import update_profile
from accounts.services.records import discard_record, keep_record
from tests.factories import (
    DelegateFactory,
    MandateFactory,
    MemberStateFactory,
    PostFactory,
    ProtocolFactory,
    RegionalGroupFactory,
    RoomFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

PROFILE = "/profile/"


def profile(**changes: object) -> dict[str, object]:
    return {
        "full_name": "Delegate of Kenya",
        "language": "fr",
        "languages_read": ["fr", "en"],
        "time_zone": "America/Bogota",
        "gender": "",
        "institution_kind": "ip_office",
        "mail_topics": "at_once",
        "mail_replies": "none",
        "mail_posts": "at_once",
        **changes,
    }


# --- Names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Délégué du Sénégal", "مندوب مصر", "Делегат", "代表", "Anne-Marie O’Neill"])
def test_a_name_of_any_script_is_taken(name):
    DelegateFactory(full_name=name).full_clean()


@pytest.mark.parametrize(
    "name",
    [
        "Delegate\u202eeniarkU fo",
        "\u2066Delegate",
        "Dele\u200bgate",
        "Delegate\nBcc: x",
        "Dele\x00gate",
        "\ufeffDelegate",
    ],
    ids=["override", "isolate", "zero width", "newline", "NUL", "byte order mark"],
)
@pytest.mark.parametrize("field", ["full_name", "institution"])
def test_a_name_that_steers_the_text_around_it_is_refused(field, name):
    delegate = DelegateFactory()
    setattr(delegate, field, name)

    with pytest.raises(ValidationError) as refusal:
        delegate.full_clean()

    assert list(refusal.value.message_dict) == [field]


# --- The profile ------------------------------------------------------------------------------------


def test_a_profile_is_saved_with_the_wishes_about_mail(client, delegate):
    client.force_login(delegate)

    response = client.post(PROFILE, profile())

    assert (response.status_code, response["Location"]) == (302, PROFILE)
    delegate = User.objects.get(pk=delegate.pk)
    assert (delegate.full_name, delegate.language, delegate.languages_read, delegate.time_zone) == (
        "Delegate of Kenya",
        "fr",
        ["fr", "en"],
        "America/Bogota",
    )
    assert set(delegate.mail_preferences.values_list("scope", "pace")) == {
        (MailScope.TOPICS, Pace.AT_ONCE),
        (MailScope.REPLIES, Pace.NONE),
        (MailScope.POSTS, Pace.AT_ONCE),
    }


def test_the_profile_shows_what_is_kept(client, delegate):
    MailPreference.objects.create(user=delegate, scope=MailScope.POSTS, pace=Pace.NONE)
    client.force_login(delegate)

    form = client.get(PROFILE).context["form"]

    assert form["full_name"].value() == delegate.full_name
    assert [form[f"mail_{scope}"].value() for scope in CHOOSABLE] == [Pace.AT_ONCE, Pace.AT_ONCE, Pace.NONE]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", ""),
        ("full_name", "x" * 121),
        ("full_name", "Delegate\u202e"),
        ("language", "tlh"),
        ("languages_read", ["tlh"]),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("gender", "z"),
        ("mail_topics", "hourly"),
        ("mail_topics", "weekly"),
    ],
)
def test_a_wrong_profile_changes_nothing_and_says_so_at_the_field(client, delegate, field, value):
    client.force_login(delegate)
    before = User.objects.filter(pk=delegate.pk).values().get()

    response = client.post(PROFILE, profile(**{field: value}))

    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert User.objects.filter(pk=delegate.pk).values().get() == before


def test_a_wrong_name_does_not_show_in_the_page_head_as_if_it_were_saved(client, delegate):
    client.force_login(delegate)

    response = client.post(PROFILE, profile(full_name="x" * 121))

    assert response.context["user"].full_name == delegate.full_name


@pytest.mark.parametrize("field", ["role", "status", "email", "member_state", "is_superuser", "suspended_until"])
def test_nobody_gives_themselves_what_the_secretariat_gives(client, delegate, field):
    before = User.objects.filter(pk=delegate.pk).values(field).get()
    client.force_login(delegate)

    client.post(PROFILE, profile(**{field: {"role": "secretariat", "email": "x@y.example"}.get(field, "1")}))

    assert User.objects.filter(pk=delegate.pk).values(field).get() == before


def test_a_change_of_profile_is_recorded_without_its_words(delegate):
    update_profile(actor=delegate, full_name="Delegate of Kenya", time_zone="Africa/Nairobi")

    assert list(AuditEntry.objects.values_list("actor", "action", "subject", "facts")) == [
        (delegate.pk, "profile.updated", f"accounts.user:{delegate.pk}", {"fields": ["full_name", "time_zone"]})
    ]


def test_the_time_zones_to_choose_from_are_places():
    zones = dict(time_zones())

    assert zones["America/Port-au-Prince"] == "America/Port-au-Prince"
    assert zones["Asia/Ho_Chi_Minh"] == "Asia/Ho Chi Minh"
    assert not {"Etc/GMT+3", "UTC", "EST", "US/Pacific"} & set(zones)


# --- What can be true of a person -------------------------------------------------------------------


@pytest.mark.parametrize(("role", "of_a_state"), [(Role.DELEGATE, False), (Role.SECRETARIAT, True)])
def test_a_delegate_and_nobody_else_is_of_a_state(role, of_a_state):
    state = MemberStateFactory() if of_a_state else None

    with pytest.raises(IntegrityError), transaction.atomic():
        UserFactory(role=role, member_state=state)


def test_two_accounts_never_share_an_address(delegate):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(delegate.email.upper(), full_name="Somebody", role=Role.EXPERT)


def test_a_mandate_is_for_a_state_or_a_group_as_its_office_says():
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateFactory(office=Office.COORDINATOR)
    with pytest.raises(IntegrityError), transaction.atomic():
        MandateFactory(regional_group=RegionalGroupFactory())


# --- Language and time zone -------------------------------------------------------------------------


def test_a_page_is_in_the_language_of_the_profile_not_of_the_browser(client):
    client.force_login(DelegateFactory(language="fr"))

    response = client.get(PROFILE, headers={"accept-language": "es"})

    assert response["Content-Language"] == "fr"
    assert '<html lang="fr"' in response.content.decode()


@pytest.mark.parametrize(
    ("accepts", "language"), [("es-MX,es;q=0.9", "es"), ("de", "en"), ("", "en"), ("x" * 5000, "en")]
)
def test_the_front_page_is_in_the_language_of_the_browser(accepts, language):
    response = Client().get("/", headers={"accept-language": accepts})

    assert response["Content-Language"] == language
    assert f'<html lang="{language}"' in response.content.decode()


def test_a_reader_sees_their_own_time_and_genevas(client):
    post = PostFactory()
    post.discussion.posts.update(posted_at="2026-11-18T13:05:00Z")
    client.force_login(DelegateFactory(time_zone="America/Bogota"))

    page = client.get(post.discussion.get_absolute_url()).content.decode()

    assert "18 Nov 2026, 08:05" in page
    assert "18 Nov 2026, 14:05 in Geneva" in page


# --- What the Secretariat keeps ---------------------------------------------------------------------


def test_the_secretariat_changes_a_record_and_leaves_a_trace(delegate):
    secretariat = UserFactory(role=Role.SECRETARIAT)
    delegate.full_name = "Delegate of Kenya"

    keep_record(actor=secretariat, record=delegate, fields=["full_name"])

    assert User.objects.get(pk=delegate.pk).full_name == "Delegate of Kenya"
    assert list(AuditEntry.objects.values_list("actor", "action", "facts")) == [
        (secretariat.pk, "user.changed", {"fields": ["full_name"]})
    ]


def test_a_moderator_keeps_no_records(delegate):
    with pytest.raises(PermissionDenied):
        keep_record(actor=UserFactory(role=Role.MODERATOR), record=delegate, fields=["full_name"])


def test_a_protocol_in_force_is_not_reworded_but_one_to_come_is():
    secretariat = UserFactory(role=Role.SECRETARIAT)
    in_force, to_come = ProtocolFactory(), ProtocolFactory(version=2, in_force_on="2099-01-01")

    keep_record(actor=secretariat, record=to_come, fields=["text_en"])
    with pytest.raises(PermissionDenied):
        keep_record(actor=secretariat, record=in_force, fields=["text_en"])
    with pytest.raises(PermissionDenied):
        discard_record(actor=secretariat, record=in_force)


def test_a_record_nothing_stands_on_can_be_discarded():
    secretariat, room = UserFactory(role=Role.SECRETARIAT), RoomFactory(language="fr")
    pk = room.pk

    discard_record(actor=secretariat, record=room)

    assert list(AuditEntry.objects.values_list("action", "subject")) == [("room.deleted", f"forum.room:{pk}")]
