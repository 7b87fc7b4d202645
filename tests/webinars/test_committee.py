"""The Committee's calendar: kept by the Secretariat, and a warning where a webinar overlaps it (WEB-29)."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains

from accounts.enums import Role
from accounts.models import AuditEntry
from tests.factories import UserFactory, WebinarFactory
from tests.factories.webinars import CommitteeMeetingFactory
from webinars.enums import WebinarState
from webinars.models import CommitteeMeeting, Webinar
from webinars.queries.committee import overlapping
from webinars.services.committee import add_committee_meeting, drop_committee_meeting

CALENDAR = "/webinars/manage/committee/"
WARNING = "This webinar overlaps the calendar of the Committee."


@pytest.fixture
def secretariat(db):
    return UserFactory(role=Role.SECRETARIAT, time_zone="Europe/Zurich")


@pytest.fixture
def desk(secretariat) -> Client:
    client = Client()
    client.force_login(secretariat)
    return client


def values() -> dict:
    starts_at = timezone.now() + timedelta(days=40)
    return {"title": "CDIP/38", "starts_at": starts_at, "ends_at": starts_at + timedelta(days=5)}


# --- The calendar -------------------------------------------------------------------------------------


def test_a_session_is_added_and_taken_out_on_the_page(desk):
    typed = {"title": "CDIP/38", "starts_at": "2041-05-13T10:00", "ends_at": "2041-05-17T18:00"}
    assertContains(desk.post(CALENDAR, typed, follow=True), "CDIP/38")

    meeting = CommitteeMeeting.objects.get()
    assert meeting.starts_at.isoformat() == "2041-05-13T08:00:00+00:00"
    response = desk.post(reverse("webinars:committee_meeting_drop", args=[meeting.pk]), follow=True)

    assertContains(response, "Nothing is in the calendar.")
    assert list(AuditEntry.objects.order_by("pk").values_list("action", flat=True)) == [
        "committee_meeting.added",
        "committee_meeting.dropped",
    ]
    assert desk.post(reverse("webinars:committee_meeting_drop", args=[meeting.pk])).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"ends_at": "2041-05-13T10:00"}, "A meeting ends after it starts."),
        ({"starts_at": ""}, "This field is required."),
        ({}, "This meeting is in the list already."),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(desk, typed, said):
    known = {"title": "CDIP/38", "starts_at": "2041-05-13T10:00", "ends_at": "2041-05-17T18:00"}
    assert desk.post(CALENDAR, known).status_code == 302

    response = desk.post(CALENDAR, known | typed)

    assertContains(response, said, status_code=422)
    assertContains(response, 'value="CDIP/38"', status_code=422)
    assert CommitteeMeeting.objects.count() == 1


def test_of_two_who_add_the_same_the_second_is_told(secretariat):
    same = values()
    add_committee_meeting(actor=secretariat, values=same)

    with pytest.raises(ValidationError, match="already"):
        add_committee_meeting(actor=secretariat, values=same)


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.EXPERT])
def test_only_the_secretariat_keeps_it(secretariat, role):
    other, meeting = UserFactory(role=role), CommitteeMeetingFactory()

    with pytest.raises(PermissionDenied):
        add_committee_meeting(actor=other, values=values())
    with pytest.raises(PermissionDenied):
        drop_committee_meeting(actor=other, meeting=meeting.pk)

    drop_committee_meeting(actor=secretariat, meeting=meeting.pk)
    assert not CommitteeMeeting.objects.exists()


def test_a_meeting_never_ends_before_it_starts(db):
    now = timezone.now()

    with pytest.raises(IntegrityError):
        CommitteeMeeting.objects.create(title="CDIP/38", starts_at=now, ends_at=now)


@pytest.mark.parametrize("count", [1, 3])
def test_the_calendar_costs_the_same_however_long(desk, django_assert_num_queries, count):
    meetings = CommitteeMeetingFactory.create_batch(count)
    CommitteeMeetingFactory(
        title="Over", starts_at=timezone.now() - timedelta(days=9), ends_at=timezone.now() - timedelta(days=2)
    )

    with django_assert_num_queries(3):  # session with the person, what waits, the calendar
        response = desk.get(CALENDAR)

    for meeting in meetings:
        assertContains(response, meeting.title)
    assertNotContains(response, "Over<")


# --- The warning --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "is_met"),
    [(-2, 0, False), (-2, 1, True), (0, 24, True), (1, 2, True), (23, 26, True), (24, 26, False), (-5, 30, True)],
)
def test_what_overlaps_and_what_only_touches(db, start, end, is_met):
    begins = timezone.now()
    meeting = CommitteeMeetingFactory(starts_at=begins, ends_at=begins + timedelta(hours=24))

    found = overlapping(begins + timedelta(hours=start), begins + timedelta(hours=end))

    assert found == ([meeting] if is_met else [])


def form_of(desk, address) -> dict:
    """Return what the form of a webinar would send as it stands."""
    form = desk.get(address).context["form"]
    sent = {}
    for name in form.fields:
        value = form[name].value()
        if value not in (None, False, ""):
            sent[name] = value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "strftime") else value
    return sent


def test_a_webinar_that_overlaps_is_warned_of_and_saved_all_the_same(desk):
    webinar = WebinarFactory(state=WebinarState.PLANNED)
    meeting = CommitteeMeetingFactory(starts_at=webinar.starts_at + timedelta(days=30))
    edit = reverse("webinars:webinar_edit", args=[webinar.pk])
    typed = form_of(desk, edit)
    assertNotContains(desk.get(edit), WARNING)
    local = timezone.localtime(meeting.starts_at) + timedelta(hours=1)
    typed |= {"starts_at": f"{local:%Y-%m-%dT%H:%M}", "ends_at": f"{local + timedelta(hours=1):%Y-%m-%dT%H:%M}"}

    wrong = desk.post(edit, {**typed, "title_en": ""})
    saved = desk.post(edit, typed, follow=True)

    assertContains(wrong, WARNING, status_code=422)
    assertContains(saved, WARNING)
    assertContains(saved, meeting.title)
    assertContains(desk.get(edit), WARNING)
    assert Webinar.objects.get().starts_at == meeting.starts_at + timedelta(hours=1)


@pytest.mark.parametrize(("state", "is_warned"), [(WebinarState.ANNOUNCED, True), (WebinarState.HELD, False)])
def test_the_page_of_a_webinar_warns_while_it_can_still_be_moved(desk, state, is_warned):
    webinar = WebinarFactory(state=state)
    CommitteeMeetingFactory(starts_at=webinar.starts_at)

    response = desk.get(reverse("webinars:webinar_manage", args=[webinar.pk]))

    assert (WARNING in response.text) is is_warned


def test_nobody_outside_the_secretariat_reads_the_warning(client, db):
    webinar = WebinarFactory()
    CommitteeMeetingFactory(starts_at=webinar.starts_at, title="CDIP/38")

    assertNotContains(client.get(webinar.get_absolute_url()), "CDIP/38")
