"""Organisations of member states: kept by their state, confirmed by themselves, found by delegates, and left alone.

Source: ACC-12, CDIP/11/4 rec 71 b).
"""

import logging
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts import tasks
from accounts.enums import ContactState, Role
from accounts.models import AuditEntry, Notice, StakeholderContact
from accounts.services import outbox
from accounts.services.contacts import (
    add_contact,
    ask_contact,
    ask_each_year,
    change_contact,
    confirm_contact,
    discard_unconfirmed,
    personal_address,
    remove_contact,
    stop_mail,
)
from config.logs import WithoutSecrets
from tests.factories import (
    DelegateFactory,
    MandateFactory,
    MemberStateFactory,
    StakeholderContactFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/contacts/"


@pytest.fixture
def focal_point():
    return MandateFactory().user


@pytest.fixture
def secretariat():
    return UserFactory(role=Role.SECRETARIAT)


def fields(state, **changed):
    return {
        "name": "Chamber of commerce",
        "member_state": state,
        "institution_kind": "private_sector",
        "email": "info@chamber.example",
        "website": "https://chamber.example",
        "languages": ["fr", "en"],
        "areas": "trade marks",
        "note": "Ask before August.",
        **changed,
    }


def typed(**changed):
    return {
        "name": "Chamber of commerce",
        "institution_kind": "private_sector",
        "email": "Info@Chamber.example",
        "website": "chamber.example",
        "languages": ["fr", "en"],
        "areas": "trade marks",
        "note": "Ask before August.",
        **changed,
    }


def of(contact):
    return {name: getattr(contact, name) for name in fields(None)}


def token(contact):
    return personal_address("contact_confirm", contact).rstrip("/").rpartition("/")[2]


def actions():
    return list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))


def names(viewer, **wanted):
    client = Client()
    client.force_login(viewer)
    response = client.get(LIST, wanted)
    return [contact.name for contact, _may_change in response.context["rows"]]


# --- Entering and confirming ------------------------------------------------------------------------------


def test_an_organisation_is_asked_in_its_language_and_is_found_once_it_agrees(client, focal_point, mailoutbox):
    client.force_login(focal_point)
    delegate = DelegateFactory()

    assert client.post(reverse("accounts:contact_create"), typed()).status_code == 302

    contact = StakeholderContact.objects.get()
    assert of(contact) == fields(focal_point.member_state)
    assert (contact.state, names(delegate), names(focal_point)) == (ContactState.ASKED, [], [contact.name])
    outbox.deliver_due()
    [letter] = mailoutbox
    assert letter.to == ["info@chamber.example"]
    assert Notice.objects.get(address="info@chamber.example").language == "fr"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page = re.search(r"(/contacts/confirm/\S+/)", letter.body)[1]

    stranger = Client()
    assertContains(stranger.get(page), "trade marks")
    contact.refresh_from_db()
    assert contact.confirmed_on is None, "to look at the page confirms nothing"
    assert stranger.post(page).status_code == 200

    contact.refresh_from_db()
    assert (contact.confirmed_on, contact.state) == (timezone.localdate(), ContactState.CONFIRMED)
    assert names(delegate) == [contact.name]
    assert actions() == ["contact.added", "contact.confirmed"]


def test_a_focal_point_enters_organisations_of_the_own_state_only(focal_point, secretariat):
    elsewhere = MemberStateFactory()

    with pytest.raises(PermissionDenied, match="own state"):
        add_contact(actor=focal_point, **fields(elsewhere))
    with pytest.raises(PermissionDenied, match="Only the focal point"):
        add_contact(actor=DelegateFactory(member_state=elsewhere), **fields(elsewhere))
    assert add_contact(actor=secretariat, **fields(elsewhere)).member_state == elsewhere
    assert add_contact(actor=focal_point, **fields(focal_point.member_state, email="other@chamber.example")).pk, (
        "nothing else stands against it"
    )


def test_a_form_of_a_focal_point_cannot_name_another_state(client, focal_point):
    client.force_login(focal_point)

    client.post(reverse("accounts:contact_create"), typed(member_state=MemberStateFactory().pk))

    assert StakeholderContact.objects.get().member_state == focal_point.member_state


def test_an_address_is_entered_once_and_what_was_typed_is_kept(client, focal_point):
    StakeholderContactFactory(email="info@chamber.example")
    client.force_login(focal_point)

    response = client.post(reverse("accounts:contact_create"), typed())

    assertContains(response, "An organisation with this address is in the list already.", status_code=422)
    assertContains(response, "Ask before August.", status_code=422)


def test_an_address_that_was_entered_meanwhile_is_told(focal_point):
    StakeholderContactFactory(email="info@chamber.example")

    with pytest.raises(ValidationError, match="in the list already"):
        add_contact(actor=focal_point, **fields(focal_point.member_state))


@pytest.mark.parametrize(
    ("name", "value"),
    [("email", "chamber"), ("website", "javascript:alert(1)"), ("name", "a\u202eb"), ("languages", "xx")],
)
def test_bad_input_is_told_and_saves_nothing(client, focal_point, name, value):
    client.force_login(focal_point)

    response = client.post(reverse("accounts:contact_create"), typed(**{name: value}))

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [name]
    assert not StakeholderContact.objects.exists()


def test_a_letter_says_nothing_once_the_organisation_has_answered_or_moved(focal_point, mailoutbox):
    contact = add_contact(actor=focal_point, **fields(focal_point.member_state))
    confirm_contact(token=token(contact))

    outbox.deliver_due()

    assert mailoutbox == []


def test_at_another_address_it_is_asked_anew_and_the_old_link_ends(client, focal_point, mailoutbox):
    contact = StakeholderContactFactory(member_state=focal_point.member_state)
    old = personal_address("contact_confirm", contact)

    change_contact(
        actor=focal_point, contact=contact, seen=contact.changed_at, **{**of(contact), "email": "new@chamber.example"}
    )

    contact.refresh_from_db()
    outbox.deliver_due()
    assert contact.state == ContactState.ASKED
    assert [letter.to for letter in mailoutbox] == [["new@chamber.example"]]
    assert client.get(old).status_code == 404


def test_another_word_about_it_needs_no_new_agreement(focal_point, mailoutbox):
    contact = StakeholderContactFactory(member_state=focal_point.member_state)

    change_contact(actor=focal_point, contact=contact, seen=contact.changed_at, **{**of(contact), "areas": "designs"})

    contact.refresh_from_db()
    outbox.deliver_due()
    assert (contact.areas, contact.state, mailoutbox) == ("designs", ContactState.CONFIRMED, [])


def test_of_two_changes_at_once_the_second_is_told(focal_point):
    contact = StakeholderContactFactory(member_state=focal_point.member_state)
    seen = contact.changed_at
    change_contact(actor=focal_point, contact=contact, seen=seen, **{**of(contact), "areas": "designs"})

    with pytest.raises(ValidationError, match="Somebody else has changed"):
        change_contact(actor=focal_point, contact=contact, seen=seen, **{**of(contact), "areas": "patents"})

    contact.refresh_from_db()
    assert contact.areas == "designs"


def test_the_page_changes_an_organisation(client, focal_point):
    contact = StakeholderContactFactory(member_state=focal_point.member_state)
    client.force_login(focal_point)
    address = reverse("accounts:contact_edit", args=[contact.pk])
    seen = client.get(address).context["form"]["seen"].value()

    response = client.post(address, typed(seen=seen, name="Chamber of trade"))

    contact.refresh_from_db()
    assert (response.status_code, contact.name) == (302, "Chamber of trade")


def test_asking_again_sends_one_letter_a_day(focal_point, mailoutbox):
    contact = StakeholderContactFactory(
        member_state=focal_point.member_state, confirmed_on=None, asked_on=timezone.localdate() - timedelta(days=61)
    )
    assert contact.state == ContactState.LAPSED

    ask_contact(actor=focal_point, contact=contact)
    ask_contact(actor=focal_point, contact=contact)
    outbox.deliver_due()

    contact.refresh_from_db()
    assert (len(mailoutbox), contact.state) == (1, ContactState.ASKED)


def test_who_has_confirmed_is_not_asked_by_hand(focal_point):
    contact = StakeholderContactFactory(member_state=focal_point.member_state)

    with pytest.raises(PermissionDenied, match="has confirmed"):
        ask_contact(actor=focal_point, contact=contact)


def test_an_organisation_is_deleted_by_its_state_and_not_by_another(focal_point):
    own, other = StakeholderContactFactory(member_state=focal_point.member_state), StakeholderContactFactory()

    with pytest.raises(PermissionDenied):
        remove_contact(actor=focal_point, contact=other)
    remove_contact(actor=focal_point, contact=own)

    assert list(StakeholderContact.objects.all()) == [other]


# --- Saying no ----------------------------------------------------------------------------------------------


def test_one_step_ends_all_mail_and_leaves_only_name_and_address(client, focal_point):
    contact = StakeholderContactFactory(
        member_state=focal_point.member_state, website="https://chamber.example/", areas="designs", note="A note."
    )
    page = personal_address("contact_stop", contact)
    assert client.get(page).status_code == 200
    assert not StakeholderContact.objects.exclude(stopped_on=None).exists(), "to look at the page ends nothing"

    mail_program = Client(enforce_csrf_checks=True)
    assert mail_program.post(page, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert mail_program.post(page).status_code == 200

    contact.refresh_from_db()
    assert (contact.state, contact.website, contact.areas, contact.note) == (ContactState.STOPPED, "", "", "")
    assert names(DelegateFactory()) == []
    assert actions() == ["contact.stopped"]


def test_who_wants_no_mail_is_not_asked_changed_or_entered_again(focal_point, secretariat):
    contact = StakeholderContactFactory(member_state=focal_point.member_state)
    stop_mail(token=token(contact))
    contact.refresh_from_db()

    with pytest.raises(PermissionDenied, match="wants no mail"):
        ask_contact(actor=focal_point, contact=contact)
    with pytest.raises(PermissionDenied, match="wants no mail"):
        change_contact(actor=secretariat, contact=contact, seen=contact.changed_at, **of(contact))
    with pytest.raises(PermissionDenied, match="wants no mail"):
        remove_contact(actor=focal_point, contact=contact)
    with pytest.raises(ValidationError, match="in the list already"):
        add_contact(actor=focal_point, **fields(focal_point.member_state, email=contact.email))

    remove_contact(actor=secretariat, contact=contact)
    assert not StakeholderContact.objects.exists(), "where it asks for it, the Secretariat deletes the address too"


def test_it_can_come_back_by_its_own_link():
    contact = StakeholderContactFactory()
    stop_mail(token=token(contact))

    confirm_contact(token=token(contact))

    contact.refresh_from_db()
    assert contact.state == ContactState.CONFIRMED


def test_a_made_up_link_leads_nowhere(client):
    for name in ("contact_confirm", "contact_stop"):
        assert client.post(reverse(f"accounts:{name}", args=["WzEsIngiXQ:1abc:made-up"])).status_code == 404


# --- Each year ----------------------------------------------------------------------------------------------


def test_each_year_it_is_asked_again_and_left_out_when_it_does_not_answer(time_machine, mailoutbox):
    delegate = DelegateFactory()
    contact = StakeholderContactFactory(name="Chamber")
    today = timezone.localdate()

    def on(days):
        time_machine.move_to(f"{today + timedelta(days=days)}T12:00:00+01:00")
        asked, deleted = ask_each_year(), discard_unconfirmed()
        return asked, deleted, names(delegate)

    year, within = settings.CONTACT_CONFIRMED_FOR.days, settings.CONTACT_CONFIRM_WITHIN.days
    assert on(year - 1) == (0, 0, ["Chamber"])
    assert on(year) == (1, 0, ["Chamber"])
    assert on(year + 1) == (0, 0, ["Chamber"])
    outbox.deliver_due()
    assert [letter.to for letter in mailoutbox] == [[contact.email]]
    assert "A year ago you agreed" in mailoutbox[0].body
    assert on(year + within - 1) == (0, 0, ["Chamber"])
    assert on(year + within) == (0, 0, [])
    assert on(year + settings.CONTACT_KEPT.days - 1) == (0, 0, [])
    assert on(year + settings.CONTACT_KEPT.days) == (0, 1, [])
    assert not StakeholderContact.objects.exists()


def test_who_confirms_again_stays_for_another_year(time_machine):
    contact = StakeholderContactFactory()
    day = timezone.localdate() + settings.CONTACT_CONFIRMED_FOR
    time_machine.move_to(f"{day}T12:00:00+01:00")
    ask_each_year()
    confirm_contact(token=token(contact))

    time_machine.move_to(f"{day + settings.CONTACT_KEPT}T12:00:00+01:00")

    assert (ask_each_year(), discard_unconfirmed()) == (0, 0)
    assert StakeholderContact.objects.agreeing().count() == 1


def test_who_wants_no_mail_stays_known_so_that_nobody_writes(time_machine):
    contact = StakeholderContactFactory()
    stop_mail(token=token(contact))
    time_machine.move_to(timezone.now() + timedelta(days=900))

    assert (ask_each_year(), discard_unconfirmed()) == (0, 0)
    assert StakeholderContact.objects.exists()


# --- The list ---------------------------------------------------------------------------------------------


def test_delegates_find_by_state_kind_language_and_word():
    delegate = DelegateFactory()
    chamber = StakeholderContactFactory(name="Chamber", areas="Trade marks")
    StakeholderContactFactory(name="University", institution_kind="university", languages=["fr", "ar"])

    assert names(delegate) == ["Chamber", "University"]
    assert names(delegate, state=chamber.member_state_id) == ["Chamber"]
    assert names(delegate, kind="university") == ["University"]
    assert names(delegate, language="ar") == ["University"]
    assert names(delegate, q="trade") == ["Chamber"]
    assert names(delegate, q="nothing") == []


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.SECRETARIAT, Role.DELEGATE}])
def test_nobody_but_delegates_and_the_secretariat_sees_the_list(client, role, secretariat):
    StakeholderContactFactory(name="Chamber")
    reader = UserFactory(role=role)
    client.force_login(reader)

    assert client.get(LIST).status_code == 404
    assert not StakeholderContact.objects.visible_to(reader).exists()
    assert names(secretariat) == ["Chamber"]


def test_where_it_stands_and_the_note_are_for_those_who_keep_it(client, focal_point):
    contact = StakeholderContactFactory(member_state=focal_point.member_state, note="Ask before August.")
    client.force_login(DelegateFactory(member_state=focal_point.member_state))

    assertNotContains(client.get(LIST), "Ask before August.")
    assertNotContains(client.get(LIST), reverse("accounts:contact_edit", args=[contact.pk]))
    client.force_login(focal_point)
    assertContains(client.get(LIST), reverse("accounts:contact_edit", args=[contact.pk]))
    assertContains(client.get(reverse("accounts:contact_edit", args=[contact.pk])), "Ask before August.")


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(client, django_assert_num_queries, count):
    contacts = StakeholderContactFactory.create_batch(count)
    client.force_login(DelegateFactory())

    with django_assert_num_queries(5):  # session, viewer, states to choose from, how many, organisations
        page = client.get(LIST)

    for contact in contacts:
        assertContains(page, contact.name)


def test_the_clock_keeps_the_list():
    StakeholderContactFactory(confirmed_on=None, asked_on=timezone.localdate() - settings.CONTACT_KEPT)
    kept = StakeholderContactFactory()

    tasks.keep_contacts()

    assert list(StakeholderContact.objects.all()) == [kept]


@pytest.mark.parametrize("name", ["contact_confirm", "contact_stop"])
def test_a_log_leaves_out_what_a_personal_link_holds(name):
    address = personal_address(name, StakeholderContactFactory())
    record = logging.makeLogRecord({"msg": "GET %s", "args": (address,)})

    WithoutSecrets().filter(record)

    assert address.rstrip("/").rpartition("/")[2] not in record.getMessage()
    assert "…" in record.getMessage()
