"""Somebody without an account registers for the sample’s webinar, puts it into a calendar, and cancels."""

import email
import email.policy
import mailbox
import re
import tomllib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import vobject
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Enter, Forum
from tests.journeys.test_accessibility import ALL_RULES, barriers
from tests.journeys.test_phone import PHONE, assert_fits
from tests.journeys.visits import CONTENT, letters_to, reload_until_visible, said

TO_COME = tomllib.loads((CONTENT / "webinars.toml").read_text())["webinar"][-1]
WAY_IN = "meet.wipo.example"
HERE, GENEVA = "Asia/Kathmandu", "Europe/Zurich"
REGISTERED = {"full_name": "Examiner without an account", "institution": "Office of a small state"}
MOVED = """
from datetime import timedelta
from django.utils import timezone
from webinars.models import Webinar
webinar = Webinar.objects.get(title_en={title!r})
print(webinar.starts_at.isoformat(), webinar.ends_at.isoformat())
starts_at = timezone.now() + timedelta(minutes=14)
Webinar.objects.filter(pk=webinar.pk).update(starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
"""
BACK = "from webinars.models import Webinar; Webinar.objects.filter(title_en={title!r}).update({times})"


def test_an_outsider_registers_keeps_the_date_and_cancels(forum: Forum, enter: Enter):
    address = new_address()
    page = enter(timezone_id=HERE)

    find_planned(page)
    everybodys = entry(downloaded(page, page.get_by_role("link", name="Entry for my calendar")), "PUBLISH")
    assert_shown_as_in(everybodys, page)
    page.get_by_role("link", name="Register", exact=True).click()
    send_what_is_wrong(page)
    assert barriers(page, ALL_RULES) == []
    put_right(page, address)
    follow_letter(page, address, "Please confirm your registration", "Confirm my registration")
    expect(page.get_by_role("button", name="Join", exact=True)).to_have_count(0)
    page.get_by_role("button", name="Confirm my registration").click()

    expect(page.get_by_role("status")).to_contain_text("Your registration is confirmed.")
    expect(page.get_by_text("appears here 15 minutes before the start")).to_be_visible()
    own = entry(downloaded(page, page.get_by_role("link", name="Entry for my calendar")), "PUBLISH")
    assert (own["uid"], own.decoded("dtstart")) == (everybodys["uid"], everybodys.decoded("dtstart"))
    assert REGISTERED["full_name"] in page.request.get(str(own["url"])).text(), "it leads to one’s own page"
    start = own.decoded("dtstart")
    for zone in (HERE, GENEVA):
        expect(page.get_by_role("main")).to_contain_text(f"{start.astimezone(ZoneInfo(zone)):%H:%M}")

    placed = letter_to(forum, page, address, "Your place")
    invitation = entry(attached(placed), "REQUEST")
    assert (invitation["uid"], invitation["attendee"]) == (own["uid"], f"mailto:{address}")
    bodies = [part.get_content() for part in placed.walk() if part.get_content_maintype() == "text"]
    assert [WAY_IN in str(body) for body in bodies] == [False] * 3, "in words, as a page, and in the entry"
    with about_to_start(forum):
        page.reload()
        expect(page.get_by_role("button", name="Join", exact=True)).to_be_visible()
        assert WAY_IN not in page.content(), "the address is given to who presses the button, and shown to nobody"
    page.get_by_text("I cannot come").click()
    page.get_by_role("button", name="Cancel my registration").click()

    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Join", exact=True)).to_have_count(0)
    gone = entry(attached(letter_to(forum, page, address, "Your registration is cancelled")), "CANCEL")
    assert (gone["uid"], gone["status"]) == (own["uid"], "CANCELLED")
    assert gone["sequence"] > invitation["sequence"]
    for everybodys_page in ("/webinars/", "/webinars/calendar/all.ics", "/webinars/programme.atom"):
        shown = page.request.get(everybodys_page).text()
        assert WAY_IN not in shown
        assert address not in shown


def test_somebody_registers_in_arabic_without_javascript_on_a_telephone(enter: Enter):
    address = new_address()
    page = enter(java_script_enabled=False, locale="ar", viewport=PHONE)

    page.goto("/webinars/")
    page.get_by_role("link", name=TO_COME["title"]["en"]).first.click()  # the sample has no Arabic title
    page.get_by_role("link", name=said("ar", "Register", "webinar"), exact=True).click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    send_what_is_wrong(page, "ar")
    put_right(page, address, "ar")

    subject = said("ar", "Please confirm your registration: %(title)s").partition("%")[0].strip()
    follow_letter(page, address, subject, said("ar", "Confirm my registration"))
    page.get_by_role("button", name=said("ar", "Confirm my registration")).click()
    expect(page.get_by_role("main")).to_contain_text(said("ar", "Confirmed", "registration"))
    assert_fits(page)


def new_address() -> str:
    return f"examiner.{uuid.uuid4().hex[:8]}@office.example"


def find_planned(page: Page) -> None:
    page.goto("/webinars/")
    planned = page.get_by_role("region", name="Planned", exact=True)
    planned.get_by_role("link", name=TO_COME["title"]["en"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TO_COME["title"]["en"])
    assert WAY_IN not in page.content()


def send_what_is_wrong(page: Page, language: str = "en") -> None:
    """Register with an address that cannot be one: the page says where, and what was typed stays."""
    for name, words in (REGISTERED | {"email": "examiner@office"}).items():
        page.locator(f"[name={name}]").fill(words)
    page.locator("[name=institution_kind]").select_option("ip_office")
    page.locator("[name=time_zone]").select_option(HERE)
    page.get_by_label(said(language, "I know that the webinar is recorded and that the recording is published")).check()
    page.get_by_role("button", name=said(language, "Register", "webinar"), exact=True).click()

    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("[aria-invalid=true]")).to_have_attribute("name", "email")
    for name, words in (REGISTERED | {"email": "examiner@office", "time_zone": HERE}).items():
        expect(page.locator(f"[name={name}]")).to_have_value(words)
    expect(page.locator("[name=accepts_recording]")).to_be_checked()


def put_right(page: Page, address: str, language: str = "en") -> None:
    page.locator("[name=email]").fill(address)
    page.get_by_role("button", name=said(language, "Register", "webinar"), exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(said(language, "Look into your mail"))


def follow_letter(page: Page, address: str, subject: str, link: str) -> None:
    """Open a letter in the demonstration’s mailbox, and its link."""
    page.goto("/demo/mail/")
    letter = letters_to(page, address).filter(has_text=subject).first
    reload_until_visible(page, letter)
    letter.click()
    page.goto(page.get_by_role("link", name=link).first.get_attribute("href") or "")


def letter_to(forum: Forum, page: Page, address: str, subject: str) -> EmailMessage:
    """Return a letter with its files, once the mailbox shows it."""
    here = page.url
    page.goto("/demo/mail/")
    reload_until_visible(page, letters_to(page, address).filter(has_text=subject).first)
    page.goto(here)
    kept = mailbox.Maildir(forum.var / "mailbox", create=False)
    letters = [email.message_from_bytes(kept.get_bytes(key), policy=email.policy.default) for key in kept.iterkeys()]
    [letter] = [one for one in letters if one["To"] == address and one["Subject"].strip().startswith(subject)]
    assert isinstance(letter, EmailMessage)
    return letter


def attached(letter: EmailMessage) -> bytes:
    [file] = letter.iter_attachments()
    assert file.get_content_type() == "text/calendar"
    content: bytes = file.get_payload(decode=True)
    return content


def downloaded(page: Page, link: Locator) -> bytes:
    with page.expect_download() as download:
        link.click()
    return Path(download.value.path()).read_bytes()


def entry(content: bytes, method: str) -> icalendar.Event:
    """Return the one entry of a calendar file, of which two programs read the same."""
    calendar = icalendar.Calendar.from_ical(content)
    [event] = calendar.walk("VEVENT")
    other = vobject.readOne(content.decode())
    assert (calendar["method"], other.method.value) == (method, method)
    assert other.vevent.uid.value == event["uid"]
    assert other.vevent.dtstart.value == event.decoded("dtstart")
    assert int(other.vevent.sequence.value) == event["sequence"]
    assert WAY_IN.encode() not in content
    return event


def assert_shown_as_in(event: icalendar.Event, page: Page) -> None:
    """See that the page says the entry’s start, by Geneva’s clocks and by the visitor’s."""
    start: datetime = event.decoded("dtstart")
    times = page.get_by_role("region", name="When", exact=True)
    for shown, zone in (
        (times.locator("dt", has_text=re.compile("^Geneva$")).locator("+ dd"), GENEVA),
        (times.locator("[data-local-time]"), HERE),
    ):
        local = start.astimezone(ZoneInfo(zone))
        expect(shown).to_contain_text(f"{local:%H:%M}")
        expect(shown).to_contain_text(re.compile(rf"\b{local.day} {local:%B}|\b{local.day} {local:%b}"))


@contextmanager
def about_to_start(forum: Forum) -> Iterator[None]:
    """Have the sample’s webinar begin in some minutes, for as long as that is looked at."""
    title = TO_COME["title"]["en"]
    was = forum.manage("shell", "-v", "0", "-c", MOVED.format(title=title)).split()
    try:
        yield
    finally:
        times = f"starts_at={was[0]!r}, ends_at={was[1]!r}"
        forum.manage("shell", "-v", "0", "-c", BACK.format(title=title, times=times))
