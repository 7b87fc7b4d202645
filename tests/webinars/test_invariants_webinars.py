"""What holds of one webinar whatever is done, in whatever order; the numbers are those of docs/webinars.md.

Each test does random things through the services, or through the pages, and then looks at the rows, the pages, the
calendars and the mail, never at what the code itself says of them.
"""

import html
import random
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.services import outbox
from tests.factories import (
    DelegateFactory,
    EngagementFactory,
    MaterialFactory,
    MeetingFactory,
    QuestionFactory,
    RegionFactory,
    RegistrationFactory,
    SeriesFactory,
    UserFactory,
    WebinarFactory,
)
from tests.webinars.addresses import all_addresses
from webinars.enums import MaterialKind, MaterialState, QuestionState, RegistrationState, WebinarState
from webinars.models import Engagement, FeedbackReceipt, Question, Registration, Webinar
from webinars.services import answers, experts, materials, meetings, questions, registrations
from webinars.services.questions import Step
from webinars.services.webinars import change_webinar, follow_clock, move_on, put_off

NOW = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)  # a week before the clocks change in Geneva, two before Chile's
ZONES = ("Pacific/Kiritimati", "Asia/Kathmandu", "America/Santiago", "Europe/Zurich", "America/New_York")
CITIES = {
    "Pacific/Kiritimati": "Kiritimati",
    "Asia/Kathmandu": "Kathmandu",
    "America/Santiago": "Santiago",
    "Europe/Zurich": "Geneva",
    "America/New_York": "New York",
}
CLOCK = re.compile(r"\b\d{2}:\d{2}\b")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def staff(db):
    return UserFactory()


def reading(user=None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="accounts.backends.MemberBackend")
    return client


def tried(act, *args, **kwargs) -> bool:
    """Do something that may be refused, and tell whether it was done."""
    try:
        act(*args, **kwargs)
    except (PermissionDenied, ValidationError):
        return False
    return True


# --- 13: times and zones --------------------------------------------------------------------------------


def typed(webinar, **changes) -> dict[str, object]:
    return {
        "title_en": webinar.title_en,
        "format": "live",
        "languages": ["en"],
        "regions": [region.pk for region in webinar.regions.all()],
        "seen": webinar.changed_at.isoformat(),
        **changes,
    }


@pytest.mark.parametrize("seed", range(5))
def test_13_what_is_typed_by_the_clocks_of_a_zone_is_kept_in_utc_with_the_zone(staff, seed):
    """Around clock changes too; a time that no clock shows on that day is refused."""
    chance, client = random.Random(seed), reading(staff)
    webinar = WebinarFactory(state=WebinarState.PLANNED)
    for _turn in range(6):
        zone = chance.choice(ZONES)
        day = chance.choice(["2027-03-14", "2027-03-28", "2027-04-03", "2027-09-05", "2027-11-07"])
        start = datetime.fromisoformat(day) + timedelta(minutes=15 * chance.randrange(96))
        end = start + timedelta(hours=5)
        instants = [local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC) for local in (start, end)]
        exist = all(
            moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
            for moment, local in zip(instants, (start, end), strict=True)
        )

        webinar.refresh_from_db()
        sent = typed(webinar, zone=zone, starts_at=f"{start:%Y-%m-%dT%H:%M}", ends_at=f"{end:%Y-%m-%dT%H:%M}")
        status = client.post(reverse("webinars:webinar_edit", args=[webinar.pk]), sent).status_code

        assert (status == 302) == exist
        if exist:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT zone, starts_at AT TIME ZONE 'UTC', ends_at AT TIME ZONE 'UTC' FROM webinars_webinar"
                )
                assert cursor.fetchall() == [(zone, *(moment.replace(tzinfo=None) for moment in instants))]


def test_13_every_moment_is_a_column_with_its_zone(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_name LIKE 'webinars%%' AND data_type LIKE 'timestamp%%'"
            " AND data_type <> 'timestamp with time zone'"
        )
        assert cursor.fetchall() == []


def shown(page: str) -> str:
    """Return what is read on a page, without its forms' fields and what only programs read."""
    words = re.sub(r"(?s)<(script|select|textarea|style).*?</\1>|<[^>]*>", " ", page)
    return " ".join(html.unescape(words).split())


@pytest.mark.parametrize("seed", range(2))
def test_13_every_page_that_shows_a_time_says_by_whose_clocks(staff, seed):
    """Whoever reads it: by a note on the page, or by the name of a place beside the time."""
    chance = random.Random(seed)
    start = NOW + timedelta(days=chance.randint(1, 60), minutes=15 * chance.randrange(96))
    webinar = WebinarFactory(starts_at=start, zone=chance.choice(ZONES), series=SeriesFactory(), part=1, capacity=1)
    registration = RegistrationFactory(
        webinar=webinar,
        time_zone=chance.choice(ZONES),
        state=RegistrationState.OFFERED,
        offered_until=NOW + timedelta(days=1),
    )
    EngagementFactory(webinar=webinar, consented_at=NOW)
    QuestionFactory(webinar=webinar)
    token = registrations.token_of(registration)
    staff.time_zone = chance.choice(ZONES)
    staff.save()
    member = DelegateFactory(time_zone=chance.choice(ZONES))
    pages = all_addresses({"pk": [webinar.pk, webinar.series_id], "year": [webinar.cycle.year], "token": [token]})
    seen = set()
    for reader, zone in ((None, "Europe/Zurich"), (member, member.time_zone), (staff, staff.time_zone)):
        client = reading(reader)
        for address in pages:
            response = client.get(address)
            if response.status_code != 200 or "text/html" not in response.headers["Content-Type"]:
                continue
            words = shown(response.content.decode())
            noted = "Times are Geneva’s." if zone == "Europe/Zurich" else f"Times are those of {CITIES[zone]}"
            for moment in CLOCK.finditer(words):
                seen.add((reader, address))
                around = words[max(0, moment.start() - 60) : moment.end() + 30]
                assert noted in words or any(city in around for city in CITIES.values()), (address, around)
    assert len(seen) > 6, "times were shown"


@pytest.mark.parametrize("seed", range(5))
def test_13_each_time_on_the_page_in_mail_and_in_the_calendar_is_right_by_the_clocks_it_names(staff, seed, mailoutbox):
    chance = random.Random(seed)
    start = NOW + timedelta(days=chance.randint(5, 25), minutes=15 * chance.randrange(96))
    webinar = WebinarFactory(starts_at=start, zone=chance.choice(ZONES))
    member = DelegateFactory(time_zone=chance.choice(ZONES))
    registration = registrations.register(
        webinar=webinar,
        user=None,
        email="examiner@office.example",
        full_name="Examiner of Kenya",
        institution_kind="ip_office",
        languages=["en"],
        language="en",
        time_zone=chance.choice(ZONES),
        accepts_recording=True,
    )
    registrations.confirm(token=registrations.token_of(registration))
    outbox.deliver_due()

    def by(city: str) -> str:
        zone = next(zone for zone, name in CITIES.items() if name == city)
        return f"{start.astimezone(ZoneInfo(zone)):%H:%M}"

    page = reading(member).get(webinar.get_absolute_url()).content.decode()
    named = re.findall(r"<dt>([^<]+)</dt><dd><time[^>]*>([^<]+)</time>", page)
    assert {city for city, _time in named} == {CITIES[member.time_zone], CITIES[webinar.zone], "Geneva"}
    assert all(time.endswith(by(city)) for city, time in named)
    body = mailoutbox[-1].body
    told = re.findall(r"(\d{2}:\d{2}) \(([A-Z][A-Za-z ]+)\)", body)
    assert {city for _time, city in told} == {CITIES[registration.time_zone], "Geneva"}
    assert all(time == by(city) for time, city in told)
    [(_name, content, _type)] = mailoutbox[-1].attachments
    feed = reading().get(reverse("webinars:calendar_feed")).content
    for calendar in (content, feed):
        parsed = icalendar.Calendar.from_ical(calendar)
        event = parsed.walk("VEVENT")[0]
        assert event.decoded("dtstart") == start
        assert event["dtstart"].params["TZID"] == webinar.zone
        assert webinar.zone in {str(zone["tzid"]) for zone in parsed.walk("VTIMEZONE")}


# --- 14: calendar entries -------------------------------------------------------------------------------

IN_FEED = {WebinarState.ANNOUNCED, WebinarState.POSTPONED, WebinarState.CANCELLED}


def entry_of(content: bytes | str) -> tuple[str, int, tuple]:
    """Return the id and the version of a calendar's only entry, and what a change of raises the version."""
    calendar = icalendar.Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    start, end = event.decoded("dtstart"), event.decoded("dtend")
    return str(event["uid"]), int(event["sequence"]), (start, end, event["dtstart"].params["TZID"], event["status"])


@pytest.mark.parametrize("seed", range(8))
def test_14_an_entry_keeps_its_id_and_each_change_raises_its_version(staff, seed, mailoutbox):
    """And what everybody with a place holds is what the feed says: moved, taken away, or put back."""
    chance = random.Random(seed)
    webinar = WebinarFactory(starts_at=NOW + timedelta(days=30))
    for number in range(2):
        registration = RegistrationFactory(
            webinar=webinar, email=f"{number}@office.example", state=RegistrationState.PENDING
        )
        registrations.confirm(token=registrations.token_of(registration))
    uid, sequence, said = None, -1, None
    held: dict[str, tuple[str, int, tuple]] = {}
    for _step in range(14):
        webinar.refresh_from_db()
        act = chance.choice(["time", "time", "zone", "words", "postpone", "on", "on", "on", "cancel"])
        if act == "cancel" and chance.random() < 0.7:
            continue
        changes = {}
        if act == "time":
            start = NOW + timedelta(days=chance.randint(2, 60), hours=chance.randrange(24))
            changes = {"starts_at": start, "ends_at": start + timedelta(hours=2)}
        elif act == "zone":
            changes = {"zone": chance.choice(ZONES)}
        elif act == "words":
            changes = {"aims_en": f"To show {chance.random()}."}
        elif act == "on":
            to = {"postponed": WebinarState.ORGANIZING, "organizing": WebinarState.ANNOUNCED}.get(webinar.state)
            if to is not None:
                move_on(actor=staff, webinar=webinar.pk, to=to)
        else:
            to = WebinarState.POSTPONED if act == "postpone" else WebinarState.CANCELLED
            tried(put_off, actor=staff, webinar=webinar.pk, to=to, reason="The expert is ill.")
        if changes:
            tried(
                change_webinar,
                actor=staff,
                webinar=webinar.pk,
                values=changes,
                regions=list(webinar.regions.all()),
                builds_on=[],
                seen=webinar.changed_at,
            )
        outbox.deliver_due()
        webinar.refresh_from_db()
        for letter in mailoutbox:
            for _name, content, kind in letter.attachments:
                entry = entry_of(content)
                assert entry[1] >= held.get(letter.to[0], entry)[1]
                assert ("method=CANCEL" in kind) == (entry[2][3] == "CANCELLED")
                held[letter.to[0]] = entry
        mailoutbox.clear()
        if webinar.state not in IN_FEED:
            continue
        now = entry_of(reading().get(reverse("webinars:webinar_calendar", args=[webinar.pk])).content)
        assert uid in {None, now[0]}
        assert now[1] >= sequence
        if said is not None and now[2] != said:
            assert now[1] > sequence
        uid, sequence, said = now
        assert said[3] == ("CONFIRMED" if webinar.state == WebinarState.ANNOUNCED else "CANCELLED")
        assert len(held) == 2
        if webinar.state == WebinarState.ANNOUNCED:
            assert set(held.values()) == {now}
        else:
            assert {(entry[0], entry[2][3]) for entry in held.values()} == {(uid, "CANCELLED")}


# --- 15: the way in -------------------------------------------------------------------------------------

SECRET = "kept-for-those-entitled"


def a_meeting() -> tuple[Webinar, Engagement, list[Registration]]:
    """Return a webinar in three days with its expert and one registration in each state."""
    webinar = WebinarFactory(starts_at=NOW + timedelta(days=3), series=SeriesFactory(), part=1)
    MeetingFactory(
        webinar=webinar,
        address=f"https://meet.example/{SECRET}",
        fallback_address=f"https://other.example/{SECRET}",
        telephone=f"+41 22 {SECRET}",
        secrets={"password": SECRET},
        created_there_at=NOW,
    )
    expert = EngagementFactory(webinar=webinar)
    people = [
        RegistrationFactory(webinar=webinar, state=state, offered_until=webinar.ends_at) for state in RegistrationState
    ]
    return webinar, expert, people


@pytest.mark.parametrize("seed", range(8))
def test_15_only_the_entitled_find_the_way_in_and_only_in_time(staff, seed, clock):
    chance = random.Random(seed)
    webinar, expert, people = a_meeting()
    for _turn in range(3):
        state = chance.choice([WebinarState.ANNOUNCED, WebinarState.ANNOUNCED, *WebinarState])
        Webinar.objects.update(state=state, state_reason="The expert is ill.")
        moment = webinar.starts_at + timedelta(minutes=chance.choice([-60, -16, -15, 0, 60, 179, 180, 300]))
        clock.move_to(moment, tick=False)
        is_open = state in {"announced", "live"} and webinar.starts_at - timedelta(
            minutes=15
        ) <= moment < webinar.ends_at + timedelta(hours=1)
        for registration in people:
            own = reverse("webinars:registration_detail", args=[registrations.token_of(registration)])
            for address in (own, own + "webinar.ics"):
                assert SECRET not in reading().get(address).text
            entered = reading().post(own + "join/")
            may = is_open and registration.state == RegistrationState.CONFIRMED
            assert (SECRET in entered.text + entered.headers.get("Refresh", "")) == may
        door = reverse("webinars:expert_entrance", args=[meetings.expert_token(expert)])
        assert SECRET not in reading().get(door).text
        assert (SECRET in reading().post(door.replace("entrance", "join")).text) == is_open


@pytest.mark.parametrize("state", [WebinarState.LIVE, WebinarState.HELD])
def test_15_no_page_feed_or_mail_holds_the_way_in(staff, state, clock, mailoutbox):
    """In the minutes in which it is open, for the public and for members, whatever is asked for or sent."""
    webinar, _expert, people = a_meeting()
    Webinar.objects.update(state=state)
    for registration in people:
        for event in ("asked", "confirmed", "waiting", "offered", "changed", "cancelled"):
            outbox.notify_address(
                registration.email, language="en", kind=f"registration.{event}", about=registration, occasion=event
            )
    clock.move_to(webinar.starts_at, tick=False)
    pages = all_addresses({"pk": [webinar.pk, webinar.series_id], "year": [webinar.cycle.year]})
    for reader in (None, DelegateFactory()):
        client = reading(reader)
        for address in pages:
            assert SECRET not in client.get(address).text, address
            assert SECRET not in client.post(address).text, address
    outbox.deliver_due()
    assert mailoutbox
    for letter in mailoutbox:
        assert SECRET not in letter.message().as_string()


# --- 16 and 17: what is complete ------------------------------------------------------------------------

OPEN = {"waiting", "visible", "left_open", "assigned", "drafted", "cleared"}


def one_step(chance: random.Random, webinar: Webinar, staff, reviewer) -> None:
    """Try one thing that the Secretariat, somebody with a place, or the clock does."""
    question = chance.choice(list(Question.objects.filter(webinar=webinar)))
    person = chance.choice(list(webinar.registrations.all()))
    act = chance.choice(["ask", "decide", "decide", "assign", "assign", "write", "write", "clear", "publish", "close"])
    if act == "ask":
        tried(questions.ask, registration=person, text="How?", language="en", is_anonymous=True)
    elif act == "decide":
        step = chance.choice([Step.SHOW, Step.DECLINE, Step.JOIN, Step.ANSWERED_LIVE, Step.LEAVE_OPEN])
        target = chance.choice(list(Question.objects.all())).pk
        given = {"reason": "Off topic.", "target": target}
        tried(questions.decide, actor=staff, webinar=webinar, questions=[question.pk], step=step, **given)
    elif act == "assign":
        tried(answers.assign, actor=staff, questions=[question.pk], owner=staff, due_on=None)
    elif act == "write":
        answer = question.answers.first()
        seen = answer.written_at if answer else None
        given = {"language": "en", "source": "original", "text": f"So {chance.random()}.", "seen": seen}
        tried(answers.write_answer, actor=staff, question=question.pk, **given)
    elif act == "clear" and question.answers.exists():
        seen = question.answers.get().written_at
        tried(answers.clear_answer, actor=reviewer, question=question.pk, language="en", seen=seen)
    elif act == "publish":
        tried(answers.publish_answer, actor=staff, question=question.pk)
    elif act == "close":
        tried(answers.close_question, actor=staff, question=question.pk, reason="Nobody knows.")


@pytest.mark.parametrize("seed", range(6))
def test_16_a_question_left_open_has_an_owner_and_a_day_before_it_is_answered_and_none_is_open_at_completion(
    staff, seed, clock
):
    chance, reviewer = random.Random(seed), UserFactory()
    webinar = WebinarFactory(starts_at=NOW + timedelta(hours=1), no_recording_reason="Nobody agreed.")
    for kind in (MaterialKind.SLIDES, MaterialKind.SUMMARY):
        MaterialFactory(webinar=webinar, kind=kind)
    person = RegistrationFactory(webinar=webinar)
    for _question in range(2):
        questions.ask(registration=person, text="How?", language="en", is_anonymous=True)

    def check() -> None:
        for row in Question.objects.all():
            if row.state in {"assigned", "drafted", "cleared", "published"}:
                assert row.owner
                assert row.due_on
            if webinar.state in {"held", "follow_up", "complete"}:
                assert row.state != QuestionState.VISIBLE, "what is not answered is left open"

    for at in (NOW, webinar.starts_at, webinar.ends_at + timedelta(hours=2)):
        clock.move_to(at, tick=False)
        follow_clock()
        webinar.refresh_from_db()
        for _step in range(5):
            one_step(chance, webinar, staff, reviewer)
            check()
    assert webinar.state == WebinarState.HELD
    move_on(actor=staff, webinar=webinar.pk, to=WebinarState.FOLLOW_UP)
    webinar.refresh_from_db()
    for _step in range(40):
        is_open = Question.objects.filter(state__in=OPEN).exists()
        assert tried(move_on, actor=staff, webinar=webinar.pk, to=WebinarState.COMPLETE) == (not is_open)
        if not is_open:
            break
        one_step(chance, webinar, staff, reviewer)
        check()
    else:
        while Question.objects.filter(state__in=OPEN).exists():
            one_step(chance, webinar, staff, reviewer)
        assert tried(move_on, actor=staff, webinar=webinar.pk, to=WebinarState.COMPLETE)
    before = list(Question.objects.order_by("pk").values_list("pk", "state"))
    for _step in range(10):
        one_step(chance, webinar, staff, reviewer)
    assert list(Question.objects.order_by("pk").values_list("pk", "state")) == before, "it stays complete"


@pytest.mark.parametrize("seed", range(40))
def test_17_a_webinar_is_complete_exactly_when_the_public_has_all_of_it_and_feedback_is_in(staff, seed):
    chance = random.Random(seed)
    ended = NOW - timedelta(days=chance.choice([1, 13, 13, 14]))
    webinar = WebinarFactory(
        state=WebinarState.FOLLOW_UP,
        starts_at=ended - timedelta(hours=2),
        ends_at=ended,
        no_recording_reason=chance.choice(["", "The line broke down."]),
    )
    EngagementFactory(webinar=webinar, consents_to_recording=chance.choice([True, True, False, None]))
    for kind in (MaterialKind.SLIDES, MaterialKind.SUMMARY, MaterialKind.RECORDING):
        MaterialFactory(
            webinar=webinar,
            kind=kind,
            address=f"https://media.example/{kind}",
            state=chance.choice([MaterialState.PUBLISHED] * 8 + [MaterialState.CHECKED, MaterialState.SUPERSEDED]),
            visible_from=chance.choice([None] * 6 + [NOW + timedelta(days=1)]),
        )
    QuestionFactory(webinar=webinar, state=chance.choice(["answered_live", "published"]))
    came = RegistrationFactory(webinar=webinar, attended=chance.choice([True, True, False]))
    if chance.random() < 0.4:
        FeedbackReceipt.objects.create(registration=came)

    page = reading().get(webinar.get_absolute_url()).text
    has = {kind: f"https://media.example/{kind}" in page for kind in ("slides", "summary", "recording")}
    waits = bool(came.attended) and not hasattr(came, "feedback_receipt") and ended + timedelta(days=14) > NOW
    is_whole = has["slides"] and has["summary"] and (has["recording"] or "The line broke down." in page) and not waits
    assert tried(move_on, actor=staff, webinar=webinar.pk, to=WebinarState.COMPLETE) == is_whole


def test_17_what_is_complete_keeps_its_reason_for_no_recording(staff):
    webinar = WebinarFactory(
        state=WebinarState.COMPLETE,
        starts_at=NOW - timedelta(days=30),
        no_recording_reason="The line broke down.",
        regions=[RegionFactory()],
    )
    for kind in (MaterialKind.SLIDES, MaterialKind.SUMMARY):
        MaterialFactory(webinar=webinar, kind=kind)
    regions = {"regions": list(webinar.regions.all()), "builds_on": [], "seen": webinar.changed_at}

    emptied = tried(change_webinar, actor=staff, webinar=webinar.pk, values={"no_recording_reason": ""}, **regions)
    reworded = tried(
        change_webinar, actor=staff, webinar=webinar.pk, values={"no_recording_reason": "Nobody agreed."}, **regions
    )

    assert (emptied, reworded) == (False, True)


# --- 18: consent ----------------------------------------------------------------------------------------

HEARD = [MaterialKind.RECORDING, MaterialKind.AUDIO, MaterialKind.CAPTIONS, MaterialKind.TRANSCRIPT]


def shows_only_what_all_agree_to(chance: random.Random, staff) -> bool:
    """Fail where a page shows what somebody has not agreed to; tell whether anything was shown at all."""
    webinar = WebinarFactory(starts_at=NOW + timedelta(days=1), series=SeriesFactory(), part=1)
    shown_once = False
    for step in range(25):
        act = chance.choice(["add", "consent", "consent", "consent", "remove", "material", "publish", "publish"])
        named = list(webinar.engagements.all())
        if act == "add" and len(named) < 3:
            consent = chance.choice([None, True, True, False])
            values = {"full_name": f"Expert {step}", "consents_to_recording": consent}
            experts.add_expert(actor=staff, webinar=webinar.pk, values=values)
        elif act == "consent" and named:
            consent = chance.choice([None, True, True, True, False])
            values = {"consents_to_recording": consent}
            experts.change_expert(actor=staff, expert=chance.choice(named).pk, values=values)
        elif act == "remove" and named:
            experts.remove_expert(actor=staff, expert=chance.choice(named).pk)
        elif act == "material":
            kind = chance.choice(HEARD)
            values = {"kind": kind, "language": chance.choice(["en", "fr"]), "address": f"https://media.example/{step}"}
            material = materials.add_material(actor=staff, webinar=webinar.pk, values=values, upload=None)
            materials.check_material(actor=staff, material=material.pk, rights=True, accessibility=True)
        elif act == "publish" and webinar.materials.exists():
            chosen = chance.choice(list(webinar.materials.all()))
            tried(materials.publish_material, actor=staff, material=chosen.pk)
        agreed = all(expert.consents_to_recording is True for expert in webinar.engagements.all())
        page = chance.choice([webinar, webinar.series])
        text = reading(chance.choice([None, staff])).get(page.get_absolute_url()).text
        assert agreed or "https://media.example/" not in text
        shown_once |= "https://media.example/" in text
    return shown_once


def test_18_nothing_in_which_a_speaker_is_heard_is_shown_without_the_consent_of_each(staff):
    """Whoever is added, asked, or changes their mind, before the publication and after it."""
    assert sum(shows_only_what_all_agree_to(random.Random(seed), staff) for seed in range(4))
