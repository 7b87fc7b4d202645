"""A delegate who reads Arabic: words, numbers and pages from right to left."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.places import FIXED
from tests.journeys.test_accessibility import ALL_RULES, barriers
from tests.journeys.test_phone import PHONE, assert_fits
from tests.journeys.visits import (
    EXPERT,
    KENYA,
    SIGN_IN,
    post_with,
    publish,
    publish_button,
    said,
    sample_titles,
    unique,
    write,
)

PAGES = ["rooms", "room", "protocol", "profile", "password change", "sign-out", "nothing there", "not open"]


@pytest.fixture
def reader(enter: Enter) -> Iterator[Page]:
    """Somebody who has chosen Arabic in the profile, and goes back to English afterwards."""
    page = enter(EXPERT)
    choose_language(page, "ar")
    yield page
    choose_language(page, "en")


def choose_language(page: Page, language: str) -> None:
    page.goto("/profile/")
    shown = page.locator("html").get_attribute("lang") or "en"
    page.locator(f'input[name="language"][value="{language}"]').check()
    page.get_by_role("button", name=said(shown, "Save", "action"), exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def inline_start(locator: Locator) -> float:
    """Return how far an element is from the side of the page at which lines begin in Arabic."""
    return locator.evaluate("element => innerWidth - element.getBoundingClientRect().right")


def test_who_has_not_signed_in_is_met_in_arabic(enter: Enter):
    page = enter(locale="ar-EG")

    page.goto(SIGN_IN)

    expect(page.locator("html")).to_have_attribute("lang", "ar")
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.get_by_role("heading", level=1)).to_have_text("تسجيل الدخول")
    assert barriers(page, ALL_RULES) == []


def test_reading_and_answering_in_arabic(enter: Enter, reader: Page):
    text = unique("نشارك تجربة مكتبنا في التدريب: TAF/2026/47")
    reader.goto("/rooms/en/")
    expect(reader.locator("html")).to_have_attribute("dir", "rtl")
    expect(reader.get_by_role("heading", level=2).first).to_have_text("هذا الأسبوع")
    symbol = reader.locator(".symbol").first
    assert inline_start(symbol) < inline_start(reader.locator("[data-posts]").first)
    reader.get_by_role("main").get_by_role("link", name=sample_titles()["en"]).first.click()

    publish(reader, text, "ar")

    written = post_with(reader, text)
    expect(written.get_by_role("link", name=said("ar", "Edit", "action"))).to_be_visible()
    assert written.get_by_text(text).evaluate("element => getComputedStyle(element).direction") == "rtl"
    assert barriers(reader, ALL_RULES) == []
    other = enter(KENYA)
    other.goto(reader.url)
    expect(post_with(other, text)).to_be_visible()


def test_an_error_is_told_in_arabic(reader: Page):
    reader.goto("/rooms/en/")
    reader.get_by_role("main").get_by_role("link", name=sample_titles()["en"]).first.click()
    reader.locator("form").filter(has=publish_button(reader, "ar")).evaluate("form => form.noValidate = true")

    publish_button(reader, "ar").click()

    expect(reader.get_by_role("alert")).to_be_visible()
    expect(reader.get_by_text(said("ar", "Write something before you publish."))).to_be_visible()


def test_counts_of_posts_keep_to_arabic_plurals(enter: Enter, reader: Page):
    reader.goto("/rooms/en/")
    row = reader.get_by_role("listitem").filter(has=reader.get_by_role("link", name=sample_titles()["en"]))
    count = row.locator("[data-posts]")
    before = count.inner_text()
    words = reader.locator("[data-count-words]").evaluate("region => JSON.parse(region.dataset.countWords)")
    assert words == {
        "zero": "لا مساهمات",
        "one": "مساهمة واحدة",
        "two": "مساهمتان",
        "few": "{n} مساهمات",
        "many": "{n} مساهمة",
        "other": "{n} مساهمة",
    }
    delegate = enter(KENYA)
    delegate.goto("/rooms/en/")
    delegate.get_by_role("main").get_by_role("link", name=sample_titles()["en"]).first.click()

    publish(delegate, unique("One more."))

    expect(count).not_to_have_text(before)
    shown = count.inner_text()
    reader.reload()
    expect(count).to_have_text(shown)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_arabic_fits_a_telephone_and_has_no_barriers(reader: Page, name: str):
    reader.set_viewport_size(PHONE)

    reader.goto(FIXED[name])

    expect(reader.locator("html")).to_have_attribute("dir", "rtl")
    assert_fits(reader)
    assert barriers(reader, ALL_RULES) == []


def test_a_draft_of_a_long_word_fits_a_telephone(reader: Page):
    reader.set_viewport_size(PHONE)
    reader.goto("/rooms/en/")
    reader.get_by_role("main").get_by_role("link", name=sample_titles()["en"]).first.click()

    write(reader, "مساهمة" * 40, "ar")
    reader.get_by_role("button", name=said("ar", "Preview", "action"), exact=True).click()

    expect(reader.get_by_role("heading", name=said("ar", "Preview"))).to_be_visible()
    assert_fits(reader)
