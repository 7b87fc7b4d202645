"""What holds for those who take part, whatever they do, in whatever order; the numbers are those of docs/webinars.md.

Each test does random things through the services, or through the pages, and then looks at the rows, the pages, the
documents and the mail, never at what the code itself says of them.
"""

import random
import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from docx import Document

from accounts.services import outbox
from tests.factories import (
    DelegateFactory,
    EngagementFactory,
    MemberStateFactory,
    QuestionFactory,
    RegionFactory,
    RegistrationFactory,
    UserFactory,
    WebinarFactory,
)
from tests.factories.webinars import CycleFactory
from webinars.enums import AttendanceSource, CycleState, QuestionState, RegistrationState, WebinarState
from webinars.models import AnnualReport, Cycle, Feedback, Registration
from webinars.services import campaigns, feedback, reminders, reports
from webinars.services.certificates import issue_certificate
from webinars.services.webinars import change_webinar

NOW = datetime(2027, 3, 20, 9, 0, tzinfo=UTC)


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


# --- 19: mail to earlier participants ---------------------------------------------------------------------


def agrees(email: str) -> bool:
    """Tell whether somebody with a place at an earlier webinar agreed to hear of later ones, and is still kept."""
    rows = Registration.objects.filter(email=email, state=RegistrationState.CONFIRMED, hears_of_later=True)
    return any(row.keep_until >= NOW.date() for row in rows)


@pytest.mark.parametrize("seed", range(12))
def test_19_only_those_who_agreed_are_written_to_once_each_until_they_say_stop(staff, seed, mailoutbox):
    chance = random.Random(seed)
    earlier = [WebinarFactory(state=WebinarState.COMPLETE) for _webinar in range(2)]
    later = [WebinarFactory() for _webinar in range(4)]
    emails = [f"{name}@office.example" for name in "abcd"]
    for webinar in earlier:
        for email in emails:
            RegistrationFactory(
                webinar=webinar,
                email=email,
                hears_of_later=chance.random() < 0.6,
                state=chance.choice(["confirmed", "confirmed", "confirmed", "cancelled", "waiting"]),
                keep_until=NOW.date() + timedelta(days=chance.choice([-1, 0, 300, 300])),
            )
        RegistrationFactory(webinar=webinar, email="willing@office.example", hears_of_later=True)
    told: set[tuple[str, str]] = set()
    stopped: set[str] = set()
    ways_to_stop: dict[str, str] = {}
    acts = ["campaign", "campaign", "send", "send", "deliver", "deliver", "stop", "take part"]
    for act in ["campaign", "send", "deliver", *chance.choices(acts, k=30)]:
        if act == "campaign":
            tried(
                campaigns.start_campaign,
                actor=staff,
                webinar=chance.choice(later).pk,
                earlier=chance.sample(earlier, chance.randint(1, 2)),
            )
        elif act == "send":
            campaigns.send_due(limit=chance.choice([1, 2, 500]))
        elif act == "stop" and ways_to_stop:
            email = chance.choice(sorted(ways_to_stop))
            assert reading().post(ways_to_stop[email], {"List-Unsubscribe": "One-Click"}).status_code == 200
            stopped.add(email)
        elif act == "take part" and chance.random() < 0.3:
            webinar, email = chance.choice(later), chance.choice(emails)
            if not webinar.registrations.filter(email=email).exists():
                RegistrationFactory(webinar=webinar, email=email)
        elif act == "deliver":
            outbox.deliver_due(limit=chance.choice([1, 3, 500]))
            for letter in mailoutbox:
                [email] = letter.to
                title = letter.subject.partition(": ")[2]
                assert agrees(email)
                assert email not in stopped
                assert (email, title) not in told, "each is told of a webinar once"
                assert not Registration.objects.filter(webinar__title_en=title, email=email).exists()
                told.add((email, title))
                assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
                ways_to_stop[email] = letter.extra_headers["List-Unsubscribe"].strip("<>")
                assert ways_to_stop[email] in letter.body
            mailoutbox.clear()
    assert told, "somebody was told"


# --- 20: what participants thought ------------------------------------------------------------------------

MEASURED = ("relevance", "lectures", "speakers")


@pytest.mark.parametrize("seed", range(5))
def test_20_what_participants_thought_is_counted_out_from_five_up_and_experts_see_their_own(staff, seed):
    chance = random.Random(seed)
    ended = NOW - timedelta(days=2)
    webinar = WebinarFactory(state=WebinarState.HELD, starts_at=ended - timedelta(hours=2), ends_at=ended)
    speakers = EngagementFactory.create_batch(2, webinar=webinar)
    given: list[dict[str, int]] = []
    member = DelegateFactory()
    for number in range(chance.choice([4, 5, 6, 8])):
        marks = {name: chance.randint(1, 5) for name in MEASURED}
        registration = RegistrationFactory(webinar=webinar, attended=True)
        said = {"opinion": f"Opinion {number}."}
        feedback.give_feedback(registration=registration, language="en", suggestions=[], values=marks | said)
        given.append(marks)
        letting = list(Feedback.objects.values_list("pk", flat=True))
        feedback.show_feedback(actor=staff, webinar=webinar, opinions=letting, suggestions=[])

        page = reading(member).get(webinar.get_absolute_url()).text

        means = re.findall(r"<caption>[^<]*: (\d\.\d) of 5</caption>", page)
        if len(given) < 5:
            assert means == []
            assert "Opinion" not in page
        else:
            counts = [sum(marks[name] for marks in given) / len(given) for name in MEASURED]
            assert means == [f"{count:.1f}" for count in counts]
            assert all(f"Opinion {other}." in page for other in range(number + 1))
        assert "of 5</caption>" not in reading().get(webinar.get_absolute_url()).text
    for number, expert in enumerate(speakers):
        values = {"audience": 5, "preparation": 4, "questions": 3, "opinion": f"Expert opinion {number}."}
        feedback.give_expert_feedback(expert=expert, language="en", suggestions=[], values=values)
    for number, expert in enumerate(speakers):
        page = reading().get(reverse("webinars:expert_feedback", args=[feedback.token_of(expert)])).text
        assert re.findall(r"(?:Expert o|O)pinion \d\.", page) == [f"Expert opinion {number}."]


# --- 21: certificates -------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(12))
def test_21_a_certificate_needs_the_share_of_the_webinar_and_is_found_by_its_code_alone(staff, seed):
    """The minutes are counted one by one, however often and from however many devices somebody joined."""
    chance = random.Random(seed)
    length = 100
    start = NOW - timedelta(days=1)
    webinar = WebinarFactory(state=WebinarState.HELD, starts_at=start, ends_at=start + timedelta(minutes=length))
    issued: dict[str, str] = {}
    for number in range(8):
        registration = RegistrationFactory(
            webinar=webinar,
            state=chance.choice(["confirmed"] * 5 + ["cancelled"]),
            attended=chance.choice([None] * 6 + [True, False]),
        )
        there: set[int] = set()
        for _stay in range(chance.randint(0, 4)):
            joined = chance.randint(-20, length)
            left = chance.choice([None, joined + chance.randint(1, 70), joined + chance.randint(1, 70)])
            registration.intervals.create(
                joined_at=start + timedelta(minutes=joined),
                left_at=None if left is None else start + timedelta(minutes=left),
                source=AttendanceSource.PROVIDER,
            )
            there |= set(range(max(0, joined), length if left is None else min(left, length)))
        came = len(there) >= 60 if registration.attended is None else registration.attended
        may = came and registration.state == RegistrationState.CONFIRMED

        name = f"Examiner number {number}"
        done = tried(issue_certificate, registration=registration, full_name=name)

        assert done == may
        if done:
            certificate = registration.certificate
            assert certificate.minutes == (length if registration.attended else len(there))
            issued[certificate.code] = name
            assert not tried(issue_certificate, registration=registration, full_name="Somebody else"), "it is one"
    for code, name in issued.items():
        page = reading().get(reverse("webinars:certificate_check", args=[code])).text
        assert [other for other in issued.values() if other in page] == [name]
        wrong = code[:-1] + ("2" if code[-1] != "2" else "3")
        assert reading().get(reverse("webinars:certificate_check", args=[wrong])).status_code == 404


# --- 22: the report ---------------------------------------------------------------------------------------


def documents(staff, year: int) -> list[str]:
    """Return what the report says, cell by cell and paragraph by paragraph."""
    response = reading(staff).get(reverse("webinars:report_file", args=[year]), {"language": "en", "file": "docx"})
    document = Document(BytesIO(response.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return cells + [paragraph.text for paragraph in document.paragraphs]


def kept() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT figures::text FROM webinars_annualreport")
        return cursor.fetchall()


@pytest.mark.parametrize("seed", range(4))
def test_22_figures_that_were_reported_do_not_move_whatever_happens_afterwards(staff, seed):
    chance = random.Random(seed)
    cycle = CycleFactory(year=2026, state=CycleState.RUNNING)
    webinars = []
    for number in range(2):
        begun = NOW - timedelta(days=50 + number)
        webinars.append(
            WebinarFactory(cycle=cycle, state=WebinarState.HELD, starts_at=begun, ends_at=begun + timedelta(hours=2))
        )
        RegistrationFactory(webinar=webinars[-1], country=MemberStateFactory(), attended=True)
    reports.set_report(actor=staff, year=2026, narrative={"narrative_en": "A good year."})
    figures, said = kept(), documents(staff, 2026)

    for _step in range(10):
        webinar = chance.choice(webinars)
        webinar.refresh_from_db()
        act = chance.choice(["registered", "attended", "question", "feedback", "title", "regions", "expert", "state"])
        if act == "registered":
            RegistrationFactory(webinar=webinar, country=MemberStateFactory(), attended=True)
        elif act == "attended":
            webinar.registrations.update(attended=False)
        elif act == "question":
            QuestionFactory(webinar=webinar, state=QuestionState.PUBLISHED)
        elif act == "feedback":
            for registration in RegistrationFactory.create_batch(5, webinar=webinar, attended=True):
                marks = dict.fromkeys(MEASURED, chance.randint(1, 5))
                feedback.give_feedback(registration=registration, language="en", suggestions=[], values=marks)
        elif act == "expert":
            EngagementFactory(webinar=webinar, gender="f")
        elif act == "state":
            Cycle.objects.update(cap=chance.randint(1, 9))
        else:
            change_webinar(
                actor=staff,
                webinar=webinar.pk,
                values={"title_en": f"Title {chance.random()}", "languages": ["fr"]} if act == "title" else {},
                regions=[RegionFactory()],
                builds_on=[],
                seen=webinar.changed_at,
            )
        assert kept() == figures
    assert not tried(reports.set_report, actor=staff, year=2026, narrative={"narrative_en": "Another year."})
    assert documents(staff, 2026) == said
    reports.change_narrative(actor=staff, year=2026, narrative={"narrative_en": "A very good year."})
    assert kept() == figures
    assert AnnualReport.objects.count() == 1


# --- Times for those who are far away ---------------------------------------------------------------------

FAR = {
    "Pacific/Kiritimati": "Kiritimati",
    "Asia/Kathmandu": "Kathmandu",
    "America/Santiago": "Santiago",
    "Europe/Zurich": "Geneva",
}
CHANGES = {  # 16:00 in Geneva on a day before a change of clocks, then on one after it, by each one's clocks
    "Geneva goes forward": {
        "2027-03-27": ("28 Mar 05:00", "27 Mar 20:45", "27 Mar 12:00", "27 Mar 16:00"),
        "2027-03-29": ("30 Mar 04:00", "29 Mar 19:45", "29 Mar 11:00", "29 Mar 16:00"),
    },
    "Chile goes back": {
        "2027-04-02": ("3 Apr 04:00", "2 Apr 19:45", "2 Apr 11:00", "2 Apr 16:00"),
        "2027-04-05": ("6 Apr 04:00", "5 Apr 19:45", "5 Apr 10:00", "5 Apr 16:00"),
    },
    "Chile goes forward": {
        "2027-09-03": ("4 Sep 04:00", "3 Sep 19:45", "3 Sep 10:00", "3 Sep 16:00"),
        "2027-09-06": ("7 Sep 04:00", "6 Sep 19:45", "6 Sep 11:00", "6 Sep 16:00"),
    },
    "Geneva goes back": {
        "2027-10-30": ("31 Oct 04:00", "30 Oct 19:45", "30 Oct 11:00", "30 Oct 16:00"),
        "2027-11-01": ("2 Nov 05:00", "1 Nov 20:45", "1 Nov 12:00", "1 Nov 16:00"),
    },
}


@pytest.mark.parametrize("held_by", ["Europe/Zurich", "America/Santiago"])
@pytest.mark.parametrize("change", CHANGES)
def test_times_are_right_on_the_page_in_mail_and_in_the_calendar_across_clock_changes(
    staff, clock, change, held_by, mailoutbox
):
    """The webinar is moved from before the change to after it, by the clocks of Geneva or of Chile."""
    webinar = WebinarFactory(zone=held_by)
    people = {
        zone: RegistrationFactory(webinar=webinar, time_zone=zone, told_sequence=0, email=f"{n}@office.example")
        for n, zone in enumerate(FAR)
    }
    members = {zone: DelegateFactory(time_zone=zone) for zone in FAR}
    for registration in people.values():
        reminders.schedule(registration)

    for day, said in CHANGES[change].items():
        webinar.refresh_from_db()
        start = datetime.fromisoformat(f"{day}T16:00").replace(tzinfo=ZoneInfo("Europe/Zurich"))
        change_webinar(
            actor=staff,
            webinar=webinar.pk,
            values={"starts_at": start, "ends_at": start + timedelta(hours=2)},
            regions=list(webinar.regions.all()),
            builds_on=[],
            seen=webinar.changed_at,
        )
        outbox.deliver_due()

        for (zone, city), expected in zip(FAR.items(), said, strict=True):
            shown, time = expected.rsplit(" ", 1)
            page = reading(members[zone]).get(webinar.get_absolute_url()).text
            assert f"<dt>{city}</dt>" in page
            assert f">{shown} 2027, {time}</time>" in page
            letter = next(letter for letter in mailoutbox if letter.to == [people[zone].email])
            assert re.search(rf"{shown.split()[0]}\D+ 2027[^()]* {time} \({city}\)", letter.body)
            [(_name, content, _type)] = letter.attachments
            for calendar in (content, reading().get(reverse("webinars:calendar_feed")).content):
                [event] = icalendar.Calendar.from_ical(calendar).walk("VEVENT")
                local = event.decoded("dtstart").astimezone(ZoneInfo(zone))
                assert f"{local.day} {local:%b} {local:%H:%M}" == expected
        mailoutbox.clear()
        due = list(webinar.reminder_rules.get(moment="start", minutes=60).reminders.values_list("due_at", flat=True))
        assert set(due) == {start.astimezone(UTC) - timedelta(hours=1)}, "an hour is an hour, whatever clocks do"
