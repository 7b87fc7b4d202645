"""Where webinars take place: one interface to the organisation's software, who gets in, and what it reports."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import icalendar
import jwt
import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.services import outbox
from tests.factories import DelegateFactory, EngagementFactory, RegistrationFactory, UserFactory, WebinarFactory
from webinars.enums import AttendanceSource, MaterialKind, MaterialState, Provider, RegistrationState, WebinarState
from webinars.models import Material, Meeting, Recording
from webinars.queries.attendance import has_attended, merged, share_attended, time_attended
from webinars.services import attendance, meetings, registrations

START = datetime(2027, 3, 10, 14, 0, tzinfo=UTC)
SECRET = "a-shared-secret-of-forty-characters-abcd"
ADDRESS = "https://meet.example/room-1"


@pytest.fixture
def webinar(db):
    return WebinarFactory(
        state=WebinarState.ANNOUNCED, starts_at=START, ends_at=START + timedelta(hours=1), languages=["fr"]
    )


@pytest.fixture
def link(webinar):
    return Meeting.objects.create(
        webinar=webinar, provider=Provider.LINK, address=ADDRESS, created_there_at=START - timedelta(days=1)
    )


def page(registration) -> str:
    return reverse("webinars:registration_detail", args=[registrations.token_of(registration)])


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


# --- Who gets in, and when ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "is_open"),
    [(timedelta(minutes=16), False), (timedelta(minutes=15), True), (timedelta(minutes=-60), True)],
)
def test_the_way_in_opens_shortly_before_the_start(client, webinar, link, before, is_open):
    registration = RegistrationFactory(webinar=webinar)

    with at(START - before):
        shown = client.get(page(registration))
        entered = client.post(page(registration) + "join/")

    assert (">Join<" in shown.text) == is_open
    assert ADDRESS not in shown.text, "the address itself is on no page that can be looked at"
    assert entered.status_code == (200 if is_open else 403)
    assert (entered.headers.get("Refresh") == f"0; url={ADDRESS}") == is_open


@pytest.mark.parametrize(
    "state",
    [RegistrationState.PENDING, RegistrationState.WAITING, RegistrationState.OFFERED, RegistrationState.CANCELLED],
)
def test_only_who_has_a_place_gets_in(client, webinar, link, state):
    registration = RegistrationFactory(
        webinar=webinar, state=state, offered_until=START if state == RegistrationState.OFFERED else None
    )

    with at(START):
        response = client.post(page(registration) + "join/")

    assert response.status_code == 403
    assert ADDRESS not in response.text
    assert not registration.intervals.exists()


@pytest.mark.parametrize("state", [WebinarState.CANCELLED, WebinarState.POSTPONED])
def test_nobody_gets_into_what_is_off(client, webinar, link, state):
    webinar.state, webinar.state_reason = state, "The expert is ill."
    webinar.save()
    registration = RegistrationFactory(webinar=webinar)

    with at(START), pytest.raises(PermissionDenied):
        meetings.join(registration)


def test_an_expert_gets_in_by_a_link_of_their_own(client, webinar, link):
    token = meetings.expert_token(EngagementFactory(webinar=webinar))

    with at(START):
        response = client.post(reverse("webinars:expert_join", args=[token]))
        forged = client.post(reverse("webinars:expert_join", args=[f"{token}x"]))

    assert response.headers["Refresh"].endswith(ADDRESS)
    assert forged.status_code == 404


@pytest.mark.parametrize(("role", "status"), [(Role.SECRETARIAT, 200), (Role.MODERATOR, 403)])
def test_the_secretariat_runs_the_meeting(client, webinar, link, role, status):
    client.force_login(UserFactory(role=role), backend="accounts.backends.MemberBackend")

    assert client.post(reverse("webinars:webinar_join", args=[webinar.pk])).status_code == status


@pytest.mark.parametrize("signed_in", [True, False])
def test_the_way_in_is_on_no_public_page_feed_or_entry(client, webinar, link, signed_in):
    if signed_in:
        client.force_login(DelegateFactory(), backend="accounts.backends.MemberBackend")
    registration = RegistrationFactory(webinar=webinar)
    addresses = [
        reverse("webinars:programme"),
        webinar.get_absolute_url(),
        reverse("webinars:webinar_calendar", args=[webinar.pk]),
        reverse("webinars:calendar_feed"),
        page(registration),
        page(registration) + "webinar.ics",
    ]

    with at(START):
        for address in addresses:
            response = client.get(address)
            assert response.status_code == 200, address
            assert ADDRESS not in response.text, address


def test_a_stream_is_shown_in_the_page_where_its_host_is_allowed(client, webinar, settings):
    settings.STREAM_HOSTS = ["https://stream.example"]
    meeting = Meeting.objects.create(
        webinar=webinar, provider=Provider.STREAM, address="https://stream.example/live", created_there_at=START
    )
    registration = RegistrationFactory(webinar=webinar)

    with at(START):
        allowed = client.post(page(registration) + "join/")
        meeting.address = "https://elsewhere.example/live"
        meeting.save()
        refused = client.post(page(registration) + "join/")

    assert '<iframe class="stream" src="https://stream.example/live"' in allowed.text
    assert "Refresh" not in allowed.headers
    assert refused.status_code == 503
    assert "elsewhere" not in refused.text


def test_a_jitsi_token_names_the_person_and_the_room(webinar, settings):
    settings.JITSI_URL, settings.JITSI_APP_ID, settings.JITSI_APP_SECRET = "https://jitsi.example", "forum", SECRET
    Meeting.objects.create(webinar=webinar, provider=Provider.JITSI)
    registration = RegistrationFactory(webinar=webinar, full_name="Examiner of Kenya")

    with at(START):
        address = urlsplit(meetings.join(registration))
        claims = jwt.decode(parse_qs(address.query)["jwt"][0], SECRET, algorithms=["HS256"], audience="jitsi")

    assert claims["room"] == address.path.strip("/")
    assert claims["context"]["user"] == {"id": f"r{registration.pk}", "name": "Examiner of Kenya", "moderator": False}


# --- Another way in -----------------------------------------------------------------------------------


def moved(webinar, mailoutbox, **changes) -> list:
    """Keep the meeting with changes through the page, and return the letters of that."""
    client = Client()
    client.force_login(UserFactory(role=Role.SECRETARIAT), backend="accounts.backends.MemberBackend")
    outbox.deliver_due()
    mailoutbox.clear()
    kept = Meeting.objects.get(webinar=webinar)
    form = {name: getattr(kept, name) for name in ("provider", "address", "fallback_address", "telephone")}
    assert client.post(reverse("webinars:meeting_edit", args=[webinar.pk]), form | changes).status_code == 302
    outbox.deliver_due()
    webinar.refresh_from_db()
    return list(mailoutbox)


def test_who_has_a_place_is_told_once_of_another_way_in_and_not_where_it_leads(webinar, link, mailoutbox):
    elsewhere = "https://meet.example/room-2"
    with at(START - timedelta(days=2)):
        placed = RegistrationFactory(webinar=webinar, told_sequence=webinar.sequence)
        for state in (RegistrationState.PENDING, RegistrationState.WAITING):
            RegistrationFactory(webinar=webinar, state=state)
        RegistrationFactory(webinar=webinar, state=RegistrationState.CANCELLED, told_sequence=webinar.sequence)

        [letter] = moved(webinar, mailoutbox, address=elsewhere)
        assert moved(webinar, mailoutbox, address=elsewhere) == [], "nothing has changed since"

    assert letter.to == [placed.email]
    assert letter.subject == f"New way in: {webinar.title}"
    [(_name, entry, media_type)] = letter.attachments
    calendar = icalendar.Calendar.from_ical(entry)
    assert (calendar["method"], media_type) == ("REQUEST", "text/calendar; method=REQUEST")
    [event] = calendar.walk("VEVENT")
    assert (event["uid"].split("@")[0], event["sequence"]) == (str(webinar.uid), 1)
    for said in (letter.body, letter.alternatives[0][0], str(entry)):
        assert "meet.example" not in said, "a letter may be passed on"
    assert webinar.sequence == 1


@pytest.mark.parametrize(
    "changes", [{}, {"telephone": "+41 22 000 00 00"}, {"fallback_address": "https://fallback.example/"}]
)
def test_nobody_is_told_where_the_way_in_stays(webinar, link, mailoutbox, changes):
    with at(START - timedelta(days=2)):
        RegistrationFactory(webinar=webinar, told_sequence=webinar.sequence)

        assert moved(webinar, mailoutbox, **changes) == []

    assert webinar.sequence == 0


@pytest.mark.parametrize("state", [WebinarState.ORGANIZING, WebinarState.POSTPONED, WebinarState.HELD])
def test_nobody_is_told_of_another_way_into_what_is_not_announced(webinar, link, mailoutbox, state):
    webinar.state, webinar.state_reason = state, "The expert is ill."
    webinar.save()
    with at(START - timedelta(days=2)):
        RegistrationFactory(webinar=webinar, told_sequence=webinar.sequence)

        assert moved(webinar, mailoutbox, address="https://meet.example/room-2") == []


def test_the_first_meeting_of_a_webinar_is_no_change(webinar, mailoutbox):
    RegistrationFactory(webinar=webinar, told_sequence=webinar.sequence)
    values = {"provider": Provider.LINK, "address": ADDRESS, "fallback_address": "", "telephone": ""}

    meetings.keep_meeting(actor=UserFactory(role=Role.SECRETARIAT), webinar=webinar, values=values)
    outbox.deliver_due()

    assert mailoutbox == []


def test_only_the_secretariat_says_where_a_webinar_takes_place(webinar, link):
    values = {"provider": Provider.LINK, "address": "https://meet.example/2", "fallback_address": "", "telephone": ""}

    with pytest.raises(PermissionDenied):
        meetings.keep_meeting(actor=UserFactory(role=Role.MODERATOR), webinar=webinar, values=values)

    meetings.keep_meeting(actor=UserFactory(role=Role.SECRETARIAT), webinar=webinar, values=values)
    assert Meeting.objects.get().address == "https://meet.example/2"


def test_other_software_makes_its_own_address_whatever_is_typed(webinar, link, settings):
    settings.JITSI_URL = "https://jitsi.example"
    values = {"provider": Provider.JITSI, "address": ADDRESS, "fallback_address": "", "telephone": ""}

    kept = meetings.keep_meeting(actor=UserFactory(role=Role.SECRETARIAT), webinar=webinar, values=values)

    assert (kept.address, kept.created_there_at) == ("", None)
    assert meetings.make_due_meetings() == 1
    kept.refresh_from_db()
    again = meetings.keep_meeting(actor=UserFactory(role=Role.SECRETARIAT), webinar=webinar, values=values)
    assert again.address == kept.address
    assert kept.address.startswith("https://jitsi.example/webinar-")


# --- BigBlueButton, against a server that speaks its protocol -----------------------------------------


class Speaker(BaseHTTPRequestHandler):
    """A small BigBlueButton: checks each checksum, makes meetings, knows recordings."""

    def do_GET(self):
        parts = urlsplit(self.path)
        call = parts.path.rpartition("/")[2]
        query, _mark, checksum = parts.query.rpartition("&checksum=")
        given = {name: values[0] for name, values in parse_qs(query).items()}
        if checksum != hashlib.sha256(f"{call}{query}{SECRET}".encode()).hexdigest():
            answer = "<response><returncode>FAILED</returncode><messageKey>checksumError</messageKey></response>"
        elif self.server.is_down:
            self.send_error(500)
            return
        elif call == "create":
            self.server.meetings[given["meetingID"]] = given
            answer = f"<response><returncode>SUCCESS</returncode><meetingID>{given['meetingID']}</meetingID></response>"
        elif call == "getRecordings":
            answer = (
                "<response><returncode>SUCCESS</returncode><recordings><recording><playback>"
                "<format><type>presentation</type><url> https://bbb.example/play/1 </url></format>"
                "</playback></recording></recordings></response>"
            )
        else:
            answer = "<response><returncode>FAILED</returncode><messageKey>unsupportedRequest</messageKey></response>"
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer.encode())

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def bigbluebutton(settings) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Speaker)
    server.meetings, server.is_down = {}, False
    Thread(target=server.serve_forever, daemon=True).start()
    settings.BIGBLUEBUTTON_URL = f"http://127.0.0.1:{server.server_port}/bigbluebutton/api"
    settings.BIGBLUEBUTTON_SECRET = SECRET
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def meeting(webinar, bigbluebutton):
    made = Meeting.objects.create(webinar=webinar, provider=Provider.BIGBLUEBUTTON)
    assert meetings.make_due_meetings() == 1
    made.refresh_from_db()
    return made


def test_a_meeting_is_made_there_once(webinar, bigbluebutton, meeting):
    assert meetings.make_due_meetings() == 0

    [made] = bigbluebutton.meetings.values()
    assert made["name"] == webinar.title
    assert made["meetingID"] == meeting.external_id
    assert made["meta_bbb-recording-ready-url"].endswith(f"/webinars/callbacks/bigbluebutton/{meeting.pk}/recording/")


def test_who_joins_carries_a_checksum_and_no_more_rights_than_theirs(bigbluebutton, meeting, webinar):
    registration = RegistrationFactory(webinar=webinar, full_name="Examiner & Co")

    with at(START):
        guest = meetings.join(registration)
        host = meetings.join_as_host(actor=UserFactory(role=Role.SECRETARIAT), webinar=webinar)

    for address, role in ((guest, "VIEWER"), (host, "MODERATOR")):
        query, _mark, checksum = urlsplit(address).query.rpartition("&checksum=")
        assert checksum == hashlib.sha256(f"join{query}{SECRET}".encode()).hexdigest()
        assert parse_qs(query)["role"] == [role]
    assert parse_qs(urlsplit(guest).query)["fullName"] == ["Examiner & Co"]
    assert parse_qs(urlsplit(guest).query)["userID"] == [f"r{registration.pk}"]


def test_software_that_is_away_is_tried_three_times_and_says_so(client, webinar, bigbluebutton):
    bigbluebutton.is_down = True
    meeting = Meeting.objects.create(
        webinar=webinar, provider=Provider.BIGBLUEBUTTON, fallback_address="https://fallback.example/"
    )
    for _n in range(5):
        meetings.make_due_meetings()
    registration = RegistrationFactory(webinar=webinar)

    meeting.refresh_from_db()
    assert meeting.attempts == 3
    assert meeting.last_error
    with at(START):
        response = client.post(page(registration) + "join/")
    assert response.status_code == 503
    assert "https://fallback.example/" in response.text


def recording_of(meeting, secret=SECRET, **claims) -> dict:
    told = {"meeting_id": meeting.external_id, "record_id": "rec-1"} | claims
    return {"signed_parameters": jwt.encode(told, secret, algorithm="HS256")}


def test_a_recording_told_twice_is_one_material_to_be_checked(client, webinar, meeting):
    address = reverse("webinars:bigbluebutton_recording", args=[meeting.pk])

    for _twice in range(2):
        assert client.post(address, recording_of(meeting)).status_code == 200
        meetings.fetch_recordings()

    assert Recording.objects.get().external_id == "rec-1"
    material = Material.objects.get()
    assert (material.kind, material.language, material.state) == (
        MaterialKind.RECORDING,
        "fr",
        MaterialState.RECEIVED,
    )
    assert material.address == "https://bbb.example/play/1"


@pytest.mark.parametrize(
    "changes", [{"secret": "another-secret-of-forty-characters-abcdef"}, {"meeting_id": "another"}, {"record_id": ""}]
)
def test_a_recording_that_is_not_signed_for_this_meeting_is_refused(client, meeting, changes):
    address = reverse("webinars:bigbluebutton_recording", args=[meeting.pk])

    assert client.post(address, recording_of(meeting, **changes)).status_code == 403
    assert client.post(address, {}).status_code == 403
    assert not Recording.objects.exists()


def attendance_of(meeting, registration) -> dict:
    return {
        "meeting_id": meeting.external_id,
        "data": {
            "attendees": [
                {
                    "ext_user_id": f"r{registration.pk}",
                    "joins": ["2027-03-10T13:55:00Z", "2027-03-10T14:30:00Z"],
                    "leaves": ["2027-03-10T14:20:00Z", "2027-03-10T15:05:00Z"],
                },
                {"ext_user_id": "r999999999", "joins": ["2027-03-10T13:55:00Z"], "leaves": []},
                {"ext_user_id": "u1", "joins": ["not a time"], "leaves": []},
            ]
        },
    }


def test_join_times_give_attendance_however_often_they_are_told(client, webinar, meeting):
    registration = RegistrationFactory(webinar=webinar)
    address = reverse("webinars:bigbluebutton_attendance", args=[meeting.pk])
    bearer = f"Bearer {jwt.encode({'exp': 4_000_000_000}, SECRET, algorithm='HS512')}"

    for _twice in range(2):
        response = client.post(
            address,
            json.dumps(attendance_of(meeting, registration)),
            content_type="application/json",
            headers={"authorization": bearer},
        )
        assert response.status_code == 200
    refused = client.post(address, "{}", content_type="application/json", headers={"authorization": "Bearer x.y.z"})

    assert refused.status_code == 403
    assert registration.intervals.count() == 2
    assert time_attended(registration) == timedelta(minutes=50), "within the webinar's time only"
    assert has_attended(registration)


# --- Zoom's reports -----------------------------------------------------------------------------------


def zoom_posts(client, told: dict, secret: str):
    body = json.dumps(told)
    signature = "v0=" + hmac.new(secret.encode(), f"v0:123:{body}".encode(), hashlib.sha256).hexdigest()
    return client.post(
        reverse("webinars:zoom_event"),
        body,
        content_type="application/json",
        headers={"x-zm-request-timestamp": "123", "x-zm-signature": signature},
    )


def test_zoom_says_who_came_and_proves_itself(client, webinar, settings):
    settings.ZOOM_WEBHOOK_SECRET = SECRET
    Meeting.objects.create(webinar=webinar, provider=Provider.ZOOM, external_id="8123", created_there_at=START)
    registration = RegistrationFactory(webinar=webinar, email="examiner@office.example")
    person = {"email": "Examiner@office.example", "participant_uuid": "p-1"}

    def event(kind: str, **times: str) -> dict:
        return {"event": kind, "payload": {"object": {"id": "8123", "participant": person | times}}}

    joined = event("meeting.participant_joined", join_time="2027-03-10T14:00:00Z")
    left = event("meeting.participant_left", leave_time="2027-03-10T14:40:00Z")
    for told in (joined, joined, left, left):
        assert zoom_posts(client, told, SECRET).status_code == 200
    assert zoom_posts(client, joined, "a wrong secret").status_code == 403

    [stay] = registration.intervals.all()
    assert (stay.joined_at, stay.left_at) == (START, START + timedelta(minutes=40))
    proof = zoom_posts(client, {"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}}, SECRET).json()
    assert proof["encryptedToken"] == hmac.new(SECRET.encode(), b"abc", hashlib.sha256).hexdigest()


# --- Attendance ---------------------------------------------------------------------------------------


def minutes(*pairs: tuple[int, int]) -> list:
    return [(START + timedelta(minutes=a), START + timedelta(minutes=b)) for a, b in pairs]


@pytest.mark.parametrize(
    ("stays", "expected"),
    [
        ([], []),
        ([(0, 10), (20, 30)], [(0, 10), (20, 30)]),
        ([(20, 30), (0, 25)], [(0, 30)]),
        ([(0, 60), (10, 20)], [(0, 60)]),
        ([(0, 10), (10, 20)], [(0, 20)]),
    ],
)
def test_stays_on_two_devices_are_one(stays, expected):
    assert merged(minutes(*stays)) == minutes(*expected)


def test_the_join_button_counts_where_the_software_says_nothing(webinar, link):
    registration = RegistrationFactory(webinar=webinar)

    with at(START + timedelta(minutes=20)):
        meetings.join(registration)
        meetings.join(registration)

    assert registration.intervals.count() == 1
    assert time_attended(registration) == timedelta(minutes=40)
    attendance.note_stay(registration, joined_at=START, left_at=START + timedelta(minutes=2), external_id="there")
    assert not has_attended(registration)


def test_an_attendance_is_corrected_by_hand_with_a_trace(client, webinar):
    secretariat = UserFactory(role=Role.SECRETARIAT)
    registration = RegistrationFactory(webinar=webinar)
    registration.intervals.create(joined_at=START, left_at=START, source=AttendanceSource.PAGE)
    address = reverse("webinars:attendance_correct", args=[registration.pk])

    client.force_login(DelegateFactory(), backend="accounts.backends.MemberBackend")
    assert client.post(address, {"attended": "yes"}).status_code == 403
    client.force_login(secretariat, backend="accounts.backends.MemberBackend")
    client.post(address, {"attended": "yes", "reason": "Seen in the room."})

    registration.refresh_from_db()
    assert has_attended(registration)
    assert share_attended(registration) == 1
