"""A room in Arabic: asked for, decided, opened with its facilitator, who works in it from right to left."""

import re
from datetime import timedelta

from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.test_accessibility import ALL_RULES, barriers
from tests.journeys.test_coming_in import LOCALES, link_for, new_address
from tests.journeys.test_phone import PHONE, assert_fits
from tests.journeys.test_second_factor import give_authenticator
from tests.journeys.visits import KENYA, MODERATOR, SECRETARIAT, post_with, said, unique


def open_room(page: Page, provider: str) -> None:
    """Record what the Committee decided, and open the room with its provider."""
    page.goto("/moderation/rooms/")
    page.get_by_text("Record a decision").click()
    page.get_by_label("Language", exact=True).select_option(label="Arabic")
    page.get_by_label("Session").fill("CDIP/38")
    page.get_by_label("Decided on").fill(timezone.localdate().isoformat())
    page.get_by_label("What was decided").fill("A room in Arabic")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("status").first).to_be_visible()
    page.get_by_role("link", name=re.compile("Open the room.*Arabic")).click()
    page.get_by_label("e-mail address").fill(provider)
    page.get_by_label("The provider’s name").fill("Provider of Arabic")
    page.get_by_label("Last day of the contract").fill((timezone.localdate() + timedelta(days=365)).isoformat())
    page.get_by_role("button", name="Open the room").click()
    expect(page.get_by_role("status").first).to_contain_text("العربية")


def test_a_room_for_arabic_is_asked_for_opened_and_run_from_right_to_left(enter: Enter):
    provider = new_address()
    delegate, secretariat = enter(KENYA), enter(SECRETARIAT)
    delegate.goto("/rooms/")
    delegate.get_by_role("link", name="Ask for a room in another language").click()
    delegate.get_by_label("Language", exact=True).select_option(label="Arabic")
    delegate.get_by_role("button", name="Ask for it").click()
    expect(delegate.get_by_text("You have asked for: Arabic")).to_be_visible()
    open_room(secretariat, provider)

    guide = enter(locale=LOCALES["ar"])
    give_authenticator(guide)
    guide.goto(link_for(enter, provider, "ar"))
    guide.get_by_label(said("ar", "I accept the protocol of use")).check()
    guide.get_by_role("button", name=said("ar", "Use a passkey")).click()
    expect(guide).to_have_url(re.compile("/rooms/"))
    guide.goto("/rooms/")
    expect(guide.locator("html")).to_have_attribute("dir", "rtl")
    navigation = guide.get_by_role("navigation", name=said("ar", "Main", "navigation"))
    navigation.get_by_role("link", name=said("ar", "Moderation", "navigation")).click()
    expect(guide.get_by_role("heading", level=1)).to_have_text("العربية")
    assert barriers(guide, ALL_RULES) == []
    assert guide.request.get("/rooms/en/").status == 404
    guide.set_viewport_size(PHONE)
    assert_fits(guide)

    # What is said there is reported to its facilitator.
    title, text = unique("التدريب"), unique("نشارك تجربة مكتبنا.")
    delegate.goto("/rooms/ar/")
    delegate.get_by_role("link", name="Ask a question").click()
    delegate.get_by_label("Title").fill(title)
    delegate.get_by_label("Your contribution").fill(text)
    delegate.get_by_label("Category of assistance").select_option(label="Capacity building")
    delegate.get_by_role("button", name="Publish", exact=True).click()
    written = post_with(delegate, text)
    assert written.get_by_text(text).evaluate("element => getComputedStyle(element).direction") == "rtl"
    moderator = enter(MODERATOR)
    moderator.goto(delegate.url)
    post_with(moderator, text).get_by_role("link", name="Report").click()
    moderator.get_by_role("radio", name="It does not belong in this discussion").check()
    moderator.get_by_role("button", name="Report").click()
    guide.goto("/moderation/desk/")
    guide.get_by_role("link", name=re.compile(re.escape(title))).first.click()
    expect(guide.get_by_text(text)).to_be_visible()
    assert_fits(guide)
    assert barriers(guide, ALL_RULES) == []
