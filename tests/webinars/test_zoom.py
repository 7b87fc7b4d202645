"""Zoom's API: meetings made, changed, started and asked for, against a server that speaks its protocol."""

import json
import time
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine

from accounts.enums import Role
from tests.factories import EngagementFactory, RegistrationFactory, UserFactory, WebinarFactory
from webinars.enums import MaterialKind, Provider, WebinarState
from webinars.meetings.base import MeetingSoftwareError
from webinars.models import Material, Meeting
from webinars.services import meetings
from webinars.services.webinars import change_webinar

START = datetime(2027, 3, 10, 14, 0, tzinfo=UTC)
OCCURRENCE = "/ajXp112Qm//uoKj4854875=="  # what names one holding of a meeting; such slashes are Zoom's own example
FILES = [
    {"file_type": "TIMELINE", "download_url": "https://zoom.example/rec/timeline"},
    {"file_type": "M4A", "play_url": "https://zoom.example/rec/play/sound"},
    {"file_type": "MP4", "play_url": "https://zoom.example/rec/play/film"},
    {"file_type": "CHAT", "play_url": "https://zoom.example/rec/play/chat"},
]


class Speaker(BaseHTTPRequestHandler):
    """A small Zoom: gives tokens to the one app, and answers who holds the last of them."""

    def do_POST(self):
        server, parts = self.server, urlsplit(self.path)
        if parts.path == "/oauth/token":
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            known = "Basic " + b64encode(b"client:secret").decode()
            if self.headers["Authorization"] != known or asked["account_id"] != "account":
                self.say(400, {"reason": "Invalid client_id or client_secret", "error": "invalid_client"})
                return
            assert asked["grant_type"] == "account_credentials"
            server.tokens += 1
            self.say(200, {"access_token": f"token-{server.tokens}", "token_type": "bearer", "expires_in": 3599})
        elif self.is_let_in() and parts.path == "/v2/users/me/meetings":
            number = 85_000_000_000 + len(server.meetings)
            server.meetings[str(number)] = self.body()
            self.say(201, {"id": number, "join_url": f"https://zoom.example/j/{number}?pwd=x", "start_url": "stale"})

    def do_GET(self):
        _empty, _version, _meetings, key, *rest = urlsplit(self.path).path.split("/")
        if not self.is_let_in():
            return
        if rest == ["recordings"] and unquote(unquote(key)) == OCCURRENCE:
            self.say(200, {"uuid": OCCURRENCE, "recording_play_passcode": "p/w", "recording_files": FILES})
        elif not rest and key in self.server.meetings:
            self.server.starts += 1
            start = f"https://zoom.example/s/{key}?zak={self.server.starts}"
            self.say(200, {"id": int(key), "start_url": start})
        else:
            self.say(404, {"code": 3001, "message": f"Meeting does not exist: {key}."})

    def do_PATCH(self):
        key = urlsplit(self.path).path.rpartition("/")[2]
        if not self.is_let_in():
            return
        if key not in self.server.meetings:
            self.say(404, {"code": 3001, "message": f"Meeting does not exist: {key}."})
            return
        self.server.meetings[key] |= self.body()
        self.say(204, None)

    def is_let_in(self) -> bool:
        """Answer as the test has it go wrong, or to a token that is not the last one given."""
        server = self.server
        if server.sleeps:
            time.sleep(server.sleeps)
        if server.broken is not None:
            self.say(*server.broken)
        elif self.headers["Authorization"] != f"Bearer token-{server.tokens}":
            self.say(401, {"code": 124, "message": "Invalid access token."})
        else:
            return True
        return False

    def body(self) -> dict:
        assert self.headers["Content-Type"] == "application/json"
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))

    def say(self, status: int, told: object):
        content = b"" if told is None else told if isinstance(told, bytes) else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments):
        pass


@pytest.fixture
def zoom(settings) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Speaker)
    server.daemon_threads, server.handle_error = True, lambda *_: None  # who asked may have gone
    server.meetings, server.tokens, server.starts, server.sleeps, server.broken = {}, 0, 0, 0, None
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    here = f"http://127.0.0.1:{server.server_port}"
    settings.ZOOM_API_URL, settings.ZOOM_TOKEN_URL = f"{here}/v2", f"{here}/oauth/token"
    settings.ZOOM_ACCOUNT_ID, settings.ZOOM_CLIENT_ID, settings.ZOOM_CLIENT_SECRET = "account", "client", "secret"
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def webinar(db):
    return WebinarFactory(
        state=WebinarState.ANNOUNCED,
        title_en="Registers that work",
        starts_at=START,
        ends_at=START + timedelta(minutes=90),
        zone="Asia/Kathmandu",
    )


@pytest.fixture(autouse=True)
def _before():
    with time_machine.travel(START - timedelta(days=9), tick=False):
        yield


@pytest.fixture
def meeting(webinar, zoom):
    made = Meeting.objects.create(webinar=webinar, provider=Provider.ZOOM)
    assert meetings.make_due_meetings() == 1
    made.refresh_from_db()
    return made


def test_a_meeting_is_made_there_once_with_its_time_in_universal_time(zoom, meeting):
    assert meetings.make_due_meetings() == 0

    [(key, made)] = zoom.meetings.items()
    assert (meeting.external_id, meeting.address) == (key, f"https://zoom.example/j/{key}?pwd=x")
    assert (made["topic"], made["type"], made["duration"]) == ("Registers that work", 2, 90)
    assert (made["start_time"], made["timezone"]) == ("2027-03-10T14:00:00Z", "Asia/Kathmandu")
    assert meeting.secrets == {}, "what starts a meeting is not kept"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title_en": "Registers that last"}, {"topic": "Registers that last"}),
        (
            {"starts_at": START + timedelta(days=1), "ends_at": START + timedelta(days=1, hours=1)},
            {"start_time": "2027-03-11T14:00:00Z", "duration": 60},
        ),
    ],
    ids=["title", "time"],
)
def test_a_new_title_or_time_is_told(zoom, webinar, meeting, change, expected, django_capture_on_commit_callbacks):
    before = dict(zoom.meetings[meeting.external_id])

    with django_capture_on_commit_callbacks(execute=True):
        change_webinar(
            actor=UserFactory(role=Role.SECRETARIAT),
            webinar=webinar.pk,
            values=change,
            regions=webinar.regions.all(),
            builds_on=[],
            seen=webinar.changed_at,
        )

    assert zoom.meetings[meeting.external_id] == before | expected


def test_a_meeting_that_is_gone_there_is_said_and_the_webinar_changes_all_the_same(zoom, webinar, meeting):
    zoom.meetings.clear()

    meetings._change(meeting, webinar)

    meeting.refresh_from_db()
    assert meeting.last_error == f"Zoom refused: Meeting does not exist: {meeting.external_id}."


def test_the_secretariat_starts_it_by_an_address_of_the_moment_and_nobody_else_does(zoom, webinar, meeting):
    secretariat = UserFactory(role=Role.SECRETARIAT)
    with time_machine.travel(START, tick=False):
        starts = [meetings.join_as_host(actor=secretariat, webinar=webinar) for _twice in range(2)]
        joins = [
            meetings.join(RegistrationFactory(webinar=webinar)),
            meetings.join_as_expert(EngagementFactory(webinar=webinar)),
        ]

    assert [start.rpartition("=")[2] for start in starts] == ["1", "2"], "the one before has lapsed after two hours"
    assert joins == [meeting.address, meeting.address], "who starts it acts for the account that it belongs to"


def test_a_recording_becomes_the_film_with_its_passcode(zoom, webinar, meeting):
    meetings.receive_recording(meeting, external_id=OCCURRENCE)
    assert meetings.fetch_recordings() == 1
    assert meetings.fetch_recordings() == 0

    assert [one["type"] for one in meeting.recordings.get().formats] == ["MP4", "M4A"]
    material = Material.objects.get()
    assert (material.kind, material.address) == (
        MaterialKind.RECORDING,
        "https://zoom.example/rec/play/film?pwd=p%2Fw",
    )


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        ((400, {"code": 300, "message": "The value that you entered is invalid."}), "Zoom refused: The value that"),
        ((429, {"code": 429, "message": "You have reached the rate limit."}), "Zoom refused: You have reached"),
        ((500, {}), "Zoom does not answer."),
        ((503, b"<html>Back soon</html>"), "Zoom does not answer."),
        ((201, {"id": 85}), "Zoom does not answer."),
        ((201, []), "Zoom does not answer."),
    ],
    ids=["refused", "too often", "crashed", "away", "lacking", "not an object"],
)
def test_what_goes_wrong_is_said_and_tried_again_three_times(zoom, webinar, broken, said):
    zoom.broken = broken
    meeting = Meeting.objects.create(webinar=webinar, provider=Provider.ZOOM)

    for _n in range(5):
        assert meetings.make_due_meetings() == 0

    meeting.refresh_from_db()
    assert (meeting.attempts, meeting.external_id) == (3, "")
    assert meeting.last_error.startswith(said)
    zoom.broken = None
    Meeting.objects.update(attempts=0)
    assert meetings.make_due_meetings() == 1


def test_credentials_that_are_not_taken_are_said(zoom, webinar, settings):
    settings.ZOOM_CLIENT_SECRET = "another"
    meeting = Meeting.objects.create(webinar=webinar, provider=Provider.ZOOM)

    assert not meetings.make_meeting(meeting.pk)

    meeting.refresh_from_db()
    assert meeting.last_error == "Zoom refused: Invalid client_id or client_secret"
    assert zoom.meetings == {}


def test_nobody_waits_for_zoom_longer_than_is_set(zoom, webinar, settings):
    settings.WEBINAR_MEETING_TIMEOUT, zoom.sleeps = 0.2, 2
    meeting = Meeting.objects.create(webinar=webinar, provider=Provider.ZOOM)
    began = time.perf_counter()

    assert not meetings.make_meeting(meeting.pk)

    assert time.perf_counter() - began < zoom.sleeps
    meeting.refresh_from_db()
    assert meeting.last_error == "Zoom does not answer."


def test_nobody_joins_what_is_not_made(client, zoom, webinar):
    zoom.broken = (503, b"")
    Meeting.objects.create(webinar=webinar, provider=Provider.ZOOM)

    with time_machine.travel(START, tick=False), pytest.raises(MeetingSoftwareError, match="not made yet"):
        meetings.join(RegistrationFactory(webinar=webinar))

    zoom.broken = None
    with time_machine.travel(START, tick=False):
        assert meetings.join(RegistrationFactory(webinar=webinar)).startswith("https://zoom.example/j/")
