"""Registering for a webinar: without an account, confirmed by mail, with a waiting list and a calendar entry."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
import vobject
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import reverse

from accounts.enums import InstitutionKind, Role
from accounts.services import outbox
from tests.factories import DelegateFactory, RegistrationFactory, UserFactory, WebinarFactory
from webinars.enums import DeliveryState, RegistrationState, WebinarState
from webinars.models import Registration, Reminder
from webinars.services import registrations, reminders

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _now():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def webinar(db):
    return WebinarFactory(
        state=WebinarState.ANNOUNCED,
        zone="Europe/Zurich",
        starts_at=NOW + timedelta(days=14),
        ends_at=NOW + timedelta(days=14, hours=1, minutes=30),
        capacity=None,
    )


def typed(**changes) -> dict:
    return {
        "full_name": "Examiner of Kenya",
        "email": "examiner@office.example",
        "institution": "Patent office",
        "institution_kind": InstitutionKind.IP_OFFICE,
        "languages": ["en", "fr"],
        "language": "en",
        "time_zone": "Africa/Nairobi",
        "gender": "",
        "accepts_recording": "on",
    } | changes


def fields(**changes) -> dict:
    return {
        "full_name": "Examiner of Kenya",
        "institution_kind": InstitutionKind.IP_OFFICE,
        "languages": ["en"],
        "language": "en",
        "time_zone": "Africa/Nairobi",
        "accepts_recording": True,
    } | changes


def registered(webinar, email="examiner@office.example", **changes) -> Registration:
    """Somebody without an account who has registered and confirmed it."""
    registration = registrations.register(webinar=webinar, user=None, email=email, **fields(**changes))
    return registrations.confirm(token=registrations.token_of(registration))


def create_address(webinar) -> str:
    return reverse("webinars:registration_create", args=[webinar.pk])


def own_page(registration) -> str:
    return reverse("webinars:registration_detail", args=[registrations.token_of(registration)])


# --- Without an account -------------------------------------------------------------------------------


def test_an_outsider_registers_and_confirms_from_the_mail(client, webinar, mailoutbox):
    response = client.post(create_address(webinar), typed(), follow=True)

    assert "Look into your mail" in response.text
    registration = Registration.objects.get()
    assert registration.state == RegistrationState.PENDING
    outbox.deliver_due()
    assert own_page(registration) in mailoutbox[0].body

    client.get(own_page(registration))
    registration.refresh_from_db()
    assert registration.state == RegistrationState.PENDING, "a mail program that looks confirms nothing"
    response = client.post(own_page(registration) + "confirm/", follow=True)

    registration.refresh_from_db()
    assert registration.state == RegistrationState.CONFIRMED
    assert "Confirmed" in response.text
    assert not registration.hears_of_later


def test_a_participant_of_the_forum_needs_no_confirmation_of_the_own_address(client, webinar):
    delegate = DelegateFactory()
    client.force_login(delegate, backend="accounts.backends.MemberBackend")

    client.post(create_address(webinar), typed(email=delegate.email))
    client.post(create_address(webinar), typed(email="a.colleague@office.example"))

    own, other = Registration.objects.order_by("pk")
    assert (own.user, own.state) == (delegate, RegistrationState.CONFIRMED)
    assert (other.user, other.state) == (None, RegistrationState.PENDING)


def test_an_address_is_answered_alike_whether_it_is_registered_or_not(client, webinar, mailoutbox):
    first = client.post(create_address(webinar), typed(), follow=True)
    again = client.post(create_address(webinar), typed(email="EXAMINER@office.example"), follow=True)

    assert first.text == again.text
    assert Registration.objects.count() == 1
    outbox.deliver_due()
    assert [message.subject.split(":")[0] for message in mailoutbox] == [
        "Please confirm your registration",
        "You are registered already",
    ]


def test_what_was_typed_stays_when_something_is_missing(client, webinar):
    response = client.post(create_address(webinar), typed(accepts_recording="", full_name="Ex‮aminer"))

    assert response.status_code == 422
    assert "Tick this to say that you know" in response.text
    assert 'value="examiner@office.example"' in response.text
    assert not Registration.objects.exists()


@pytest.mark.parametrize(
    "state", [WebinarState.PLANNED, WebinarState.ORGANIZING, WebinarState.HELD, WebinarState.CANCELLED]
)
def test_nobody_registers_for_what_is_not_announced(state, webinar):
    webinar.state, webinar.state_reason = state, "The expert is ill." if state == WebinarState.CANCELLED else ""
    webinar.save()

    with pytest.raises(PermissionDenied):
        registrations.register(webinar=webinar, user=None, email="a@office.example", **fields())


def test_nobody_registers_after_the_end(webinar):
    with time_machine.travel(webinar.ends_at - timedelta(seconds=1), tick=False):
        registrations.register(webinar=webinar, user=None, email="a@office.example", **fields())
    with time_machine.travel(webinar.ends_at, tick=False), pytest.raises(PermissionDenied, match="over"):
        registrations.register(webinar=webinar, user=None, email="b@office.example", **fields())


@pytest.mark.parametrize("token", ["", "x", "MTI:1abc:def"])
def test_a_link_that_is_not_ours_leads_nowhere(client, webinar, token):
    assert client.get(f"/webinars/registrations/{token}/").status_code == 404


def test_too_many_registrations_are_stopped_and_keep_what_was_typed(client, webinar):
    for _n in range(5):
        assert client.post(create_address(webinar), typed()).status_code == 302

    response = client.post(create_address(webinar), typed())

    assert response.status_code == 429
    assert 'value="examiner@office.example"' in response.text


# --- Places -------------------------------------------------------------------------------------------


def test_who_comes_after_the_last_place_waits_and_is_offered_one(webinar, mailoutbox):
    webinar.capacity = 1
    webinar.save()
    first = registered(webinar, "a@office.example")
    second = registered(webinar, "b@office.example")
    assert (first.state, second.state) == (RegistrationState.CONFIRMED, RegistrationState.WAITING)

    registrations.cancel(token=registrations.token_of(first))

    second.refresh_from_db()
    assert second.state == RegistrationState.OFFERED
    assert second.offered_until == NOW + timedelta(days=2)
    taken = registrations.confirm(token=registrations.token_of(second))
    assert taken.state == RegistrationState.CONFIRMED


def test_a_place_offered_in_vain_goes_to_the_next(webinar):
    webinar.capacity = 1
    webinar.save()
    first, second, third = (registered(webinar, f"{name}@office.example") for name in "abc")
    registrations.cancel(token=registrations.token_of(first))

    with time_machine.travel(NOW + timedelta(days=2), tick=False):
        assert registrations.offer_due_places() == 1
        second.refresh_from_db()
        third.refresh_from_db()

    assert (second.state, third.state) == (RegistrationState.WAITING, RegistrationState.OFFERED)


def test_a_free_place_goes_to_who_waits_before_anybody_new(webinar):
    webinar.capacity = 1
    webinar.save()
    first = registered(webinar, "a@office.example")
    registered(webinar, "b@office.example")
    registrations.cancel(token=registrations.token_of(first))

    newcomer = registered(webinar, "c@office.example")

    assert newcomer.state == RegistrationState.WAITING


@pytest.mark.django_db(transaction=True)
def test_two_at_once_do_not_take_one_place(webinar):
    webinar.capacity = 1
    webinar.save()
    pending = [
        registrations.register(webinar=webinar, user=None, email=f"{name}@office.example", **fields()) for name in "ab"
    ]
    together = Barrier(2)

    def take(registration):
        try:
            together.wait()
            registrations.confirm(token=registrations.token_of(registration))
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(take, pending))

    states = sorted(Registration.objects.values_list("state", flat=True))
    assert states == [RegistrationState.CONFIRMED, RegistrationState.WAITING]


# --- Calendar -----------------------------------------------------------------------------------------


def entry(content: bytes) -> icalendar.Event:
    return icalendar.Calendar.from_ical(content).walk("VEVENT")[0]


def attached(message) -> bytes:
    [(_name, content, _type)] = message.attachments
    return content if isinstance(content, bytes) else content.encode()


def test_a_place_comes_with_a_calendar_entry_that_two_programs_read(webinar, mailoutbox):
    registered(webinar)
    outbox.deliver_due()

    content = attached(mailoutbox[-1])
    event = entry(content)
    assert event["uid"] == f"{webinar.uid}@{outbox.settings.MAIL_DOMAIN}"
    assert event["sequence"] == 0
    assert event.decoded("dtstart") == webinar.starts_at
    other = vobject.readOne(content.decode())
    assert other.vevent.uid.value == event["uid"]
    assert other.vevent.dtstart.value == webinar.starts_at


def test_the_entry_moves_and_goes_with_the_webinar(webinar, mailoutbox):
    registered(webinar)
    webinar.starts_at += timedelta(days=1)
    webinar.ends_at += timedelta(days=1)
    webinar.sequence = 1
    webinar.save()
    registrations.follow_change(webinar)
    webinar.state, webinar.state_reason, webinar.sequence = WebinarState.CANCELLED, "The expert is ill.", 2
    webinar.save()
    registrations.follow_change(webinar)
    registrations.follow_change(webinar)
    outbox.deliver_due()

    told = {message.subject.split(":")[0]: message for message in mailoutbox}
    assert set(told) == {"Your place", "Cancelled"}, "what has been overtaken says only how it ended"
    last = icalendar.Calendar.from_ical(attached(told["Cancelled"]))
    assert last["method"] == "CANCEL"
    assert last.walk("VEVENT")[0]["sequence"] == 2
    assert last.walk("VEVENT")[0]["status"] == "CANCELLED"
    assert "The expert is ill." in told["Cancelled"].body


def test_who_cancels_has_the_entry_taken_out_by_a_newer_one(client, webinar, mailoutbox):
    registration = registered(webinar)
    outbox.deliver_due()
    registrations.cancel(token=registrations.token_of(registration))
    outbox.deliver_due()
    registered(webinar)
    outbox.deliver_due()

    sent = [icalendar.Calendar.from_ical(attached(letter)) for letter in mailoutbox if letter.attachments]
    versions = [(one["method"], one.walk("VEVENT")[0]["sequence"]) for one in sent]
    assert versions == [("REQUEST", 0), ("CANCEL", 1), ("REQUEST", 1)]
    assert {str(one.walk("VEVENT")[0]["uid"]).split("@")[0] for one in sent} == {str(webinar.uid)}
    own = entry(client.get(own_page(registration) + "webinar.ics").content)
    assert (own["status"], own["sequence"]) == ("CANCELLED", 1)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("Pacific/Kiritimati", "2027-03-29 04:00"),
        ("Asia/Kathmandu", "2027-03-28 19:45"),
        ("America/Santiago", "2027-03-28 11:00"),
        ("Europe/Zurich", "2027-03-28 16:00"),
    ],
)
def test_times_are_right_across_a_clock_change(client, webinar, zone, said):
    webinar.starts_at = datetime(2027, 3, 28, 16, 0, tzinfo=ZoneInfo("Europe/Zurich"))  # the day Geneva's clocks change
    webinar.ends_at = webinar.starts_at + timedelta(hours=1)
    webinar.zone = "Europe/Zurich"
    webinar.save()

    response = client.get(reverse("webinars:webinar_calendar", args=[webinar.pk]))

    start = entry(response.content).decoded("dtstart")
    assert f"{start.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == said
    assert f"{vobject.readOne(response.text).vevent.dtstart.value.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" == said


def test_feeds_hold_announced_webinars_and_nothing_personal(client, webinar):
    WebinarFactory(state=WebinarState.PLANNED, starts_at=NOW + timedelta(days=20), ends_at=NOW + timedelta(days=21))
    registration = registered(webinar)

    everything = client.get(reverse("webinars:calendar_feed"))
    in_language = client.get(reverse("webinars:language_feed", args=[webinar.languages[0]]))

    for response in (everything, in_language):
        assert [
            str(event["uid"]).split("@")[0] for event in icalendar.Calendar.from_ical(response.content).walk("VEVENT")
        ] == [str(webinar.uid)]
        assert registration.email not in response.text
        assert "registrations/" not in response.text


# --- Reminders ----------------------------------------------------------------------------------------


def states() -> dict[tuple[str, int], str]:
    found = Reminder.objects.values_list("rule__moment", "rule__minutes", "state")
    return {(moment, minutes): state for moment, minutes, state in found}


def test_reminders_whose_moment_has_passed_are_missed(webinar):
    with time_machine.travel(webinar.starts_at - timedelta(hours=3), tick=False):
        registered(webinar)

    assert states() == {
        ("start", 7 * 24 * 60): DeliveryState.MISSED,
        ("start", 24 * 60): DeliveryState.MISSED,
        ("start", 60): DeliveryState.SCHEDULED,
        ("end", 24 * 60): DeliveryState.SCHEDULED,
    }


def test_each_reminder_goes_once_at_its_moment_in_the_readers_language_and_zone(webinar, mailoutbox):
    registered(webinar, language="fr", time_zone="Asia/Kathmandu")
    outbox.deliver_due()
    mailoutbox.clear()

    with time_machine.travel(webinar.starts_at - timedelta(hours=1), tick=False):
        assert reminders.send_due() == 3
        assert reminders.send_due() == 0
        outbox.deliver_due()

    assert len(mailoutbox) == 1, "the two that were a day and a week too late say nothing"
    assert "Kathmandu" in mailoutbox[0].body
    assert states()["start", 60] == DeliveryState.SENT
    assert states()["start", 24 * 60] == DeliveryState.MISSED


def test_reminders_move_with_the_webinar(webinar):
    registered(webinar)
    webinar.starts_at += timedelta(days=30)
    webinar.ends_at += timedelta(days=30)
    webinar.sequence = 1
    webinar.save()

    registrations.follow_change(webinar)

    due = Reminder.objects.get(rule__moment="start", rule__minutes=60).due_at
    assert due == webinar.starts_at - timedelta(hours=1)


def test_who_cancels_is_reminded_of_nothing(webinar, mailoutbox):
    registration = registered(webinar)
    registrations.cancel(token=registrations.token_of(registration))

    with time_machine.travel(webinar.starts_at - timedelta(minutes=50), tick=False):
        assert reminders.send_due() == 0
    assert set(states().values()) == {DeliveryState.DROPPED}


# --- What is forgotten, and who sees ------------------------------------------------------------------


def test_what_nobody_confirms_is_forgotten_and_names_go_when_their_time_is_over(webinar):
    registrations.register(webinar=webinar, user=None, email="never@office.example", **fields())
    kept = registered(webinar, "short@office.example", country=None)
    longer = registered(webinar, "longer@office.example", hears_of_later=True)

    with time_machine.travel(webinar.ends_at + timedelta(days=366), tick=False):
        registrations.discard_old()

    assert not Registration.objects.filter(email="never@office.example").exists()
    kept.refresh_from_db()
    longer.refresh_from_db()
    assert (kept.full_name, kept.institution_kind) == ("", InstitutionKind.IP_OFFICE)
    assert "short" not in kept.email
    assert longer.full_name == "Examiner of Kenya"


@pytest.mark.parametrize(("role", "status"), [(Role.SECRETARIAT, 200), (Role.MODERATOR, 403), (Role.EXPERT, 403)])
def test_the_secretariat_alone_sees_who_registered(client, webinar, role, status):
    RegistrationFactory(webinar=webinar, full_name="Examiner of Kenya")
    client.force_login(UserFactory(role=role), backend="accounts.backends.MemberBackend")

    response = client.get(reverse("webinars:webinar_registrations", args=[webinar.pk]))

    assert response.status_code == status
    assert ("Examiner of Kenya" in response.text) == (status == 200)
