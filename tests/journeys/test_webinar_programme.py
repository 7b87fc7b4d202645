"""The public programme, and one webinar from its announcement until it is complete."""

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter, Forum
from tests.journeys.test_accessibility import ALL_RULES, barriers
from tests.journeys.test_phone import PHONE, assert_fits
from tests.journeys.visits import SECRETARIAT, letters_to, reload_until_visible, unique

ARABIC = "البحث في البراءات"
MADE = """
from datetime import timedelta
from django.utils import timezone
from webinars.models import Region, Webinar
starts_at = timezone.now().replace(second=0, microsecond=0) + timedelta(days=5)
webinar = Webinar.objects.create(
    title_en={title!r}, title_ar={arabic!r}, aims_ar={arabic!r}, audience_en="Examiners.", languages=["ar", "fr"],
    state="announced", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2), zone="Asia/Kathmandu",
)
webinar.regions.set(Region.objects.all()[:2])
print(webinar.get_absolute_url())
"""


@pytest.fixture
def announced(forum: Forum) -> tuple[str, str]:
    """An announced webinar: its title, and where its page is."""
    title = unique("Searching patents")
    said = forum.manage("shell", "-v", "0", "-c", MADE.format(title=title, arabic=f"{ARABIC} {title}"))
    return title, said.strip()


def test_a_stranger_finds_a_webinar_without_javascript(enter: Enter, announced: tuple[str, str]):
    title, address = announced
    page = enter(java_script_enabled=False)

    page.goto("/webinars/")
    page.get_by_label("In titles").fill(title)
    page.get_by_text("Narrow the list down").click()
    page.get_by_label("Held in").select_option("fr")
    page.get_by_role("button", name="Find", exact=True).click()
    expect(page.get_by_role("main").get_by_role("heading", level=3)).to_have_count(1)
    page.get_by_role("link", name=title).click()

    expect(page).to_have_url(re.compile(f"{address}$"))
    times = page.get_by_role("region", name="When").get_by_role("term")
    expect(times).to_have_text(["Kathmandu", "Geneva", "Duration"])
    expect(page.get_by_role("link", name="Register", exact=True)).to_be_visible()
    page.get_by_role("navigation", name="You are here").get_by_role("link", name="Programme").click()
    expect(page.get_by_role("heading", level=1, name="Webinars on technical assistance")).to_be_visible()


def test_a_stranger_reads_in_arabic_on_a_telephone(enter: Enter, announced: tuple[str, str]):
    _title, address = announced
    page = enter(viewport=PHONE, timezone_id="Pacific/Tarawa")

    page.goto("/webinars/")
    page.get_by_role("navigation", name="Languages of this page").get_by_role("link", name="العربية").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    assert_fits(page)
    page.get_by_role("link", name=ARABIC).last.click()

    expect(page).to_have_url(re.compile(rf"{address}\?language=ar$"))
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.get_by_role("heading", level=1)).to_contain_text(ARABIC)
    expect(page.locator("[data-local-time]")).to_contain_text("Pacific/Tarawa")
    assert_fits(page)
    assert barriers(page, ALL_RULES) == []


def step(page: Page, button: str, state: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("This webinar has gone on.")
    expect(page.locator(".tag--official").first).to_have_text(state)


def add_material(page: Page, kind: str, **given: str) -> None:
    page.get_by_text("Add a file, a link or a text").click()
    page.get_by_label("Kind", exact=True).select_option(kind)
    for label, value in given.items():
        page.get_by_label(label.capitalize(), exact=True).fill(value)
    page.get_by_role("region", name="Materials").get_by_role("button", name="Add", exact=True).click()
    page.get_by_label("We may publish it").check()
    page.get_by_label("People with disabilities can use it").check()
    page.get_by_role("button", name="Keep what is checked").click()
    page.get_by_role("button", name="Publish", exact=True).click()


def test_one_webinar_from_its_announcement_until_it_is_complete(enter: Enter):
    title, expert = unique("Trade marks of small enterprises"), unique("A. Speaker")
    page = enter(SECRETARIAT)
    page.goto("/webinars/manage/webinars/")
    page.get_by_role("link", name="Add a webinar").click()
    english = page.get_by_role("group", name="English")
    english.get_by_label("Title").fill(title)
    english.get_by_label("Objectives").fill("To show what helps small enterprises.")
    english.get_by_label("Target audience").fill("Staff of offices.")
    page.get_by_role("group", name="Held in").get_by_label("English").check()
    page.get_by_role("group", name="For").get_by_label("China").check()
    tomorrow = timezone.localtime() + timedelta(days=1)
    page.get_by_label("Starts at").fill(f"{tomorrow:%Y-%m-%dT09:00}")
    page.get_by_label("Ends at").fill(f"{tomorrow:%Y-%m-%dT11:00}")
    page.get_by_role("button", name="Save", exact=True).click()
    manage = urlsplit(page.url).path

    step(page, "Begin to organize it", "Being organized")
    page.get_by_text("Add an expert").click()
    page.get_by_label("Name", exact=True).fill(expert)
    page.get_by_label("E-mail address", exact=True).fill("speaker@university.example")
    page.get_by_role("button", name="Add", exact=True).first.click()
    page.get_by_role("button", name="Ask by mail about the recording").click()
    step(page, "Announce it", "Announced")

    reader = enter()
    reader.goto("/webinars/")
    reader.get_by_role("link", name=title).click()
    expect(reader.get_by_text(expert)).to_be_visible()
    public = reader.url

    step(page, "It has begun", "Under way")
    step(page, "It is over", "Held")
    step(page, "Begin the follow-up", "Being followed up")
    page.get_by_role("button", name="It is complete", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("No recording is published")
    expect(page.get_by_role("status")).to_contain_text("No summary is published")

    add_material(page, "slides", link="https://media.example/slides")
    add_material(page, "summary", text="It **helped**.")
    expert_page = enter()
    expert_page.goto("/demo/mail/")
    letter = letters_to(expert_page, "speaker@university.example").first
    reload_until_visible(expert_page, letter)
    letter.click()
    link = expert_page.get_by_role("link", name="Say whether you agree").get_attribute("href") or ""
    expert_page.goto(link)
    expert_page.get_by_role("button", name="I agree", exact=True).click()
    expect(expert_page.get_by_text("You have agreed.")).to_be_visible()
    add_material(page, "recording", link="https://video.example/1")
    step(page, "It is complete", "Complete")

    reader.goto(public)
    expect(reader.get_by_role("link", name="Recording")).to_have_attribute("href", "https://video.example/1")
    expect(reader.locator("strong", has_text="helped")).to_be_visible()
    expect(reader.get_by_role("link", name="Register", exact=True)).to_have_count(0)
    assert manage not in reader.content()
