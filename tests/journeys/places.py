"""The pages that every journey over all pages visits, and who looks at them."""

from playwright.sync_api import Page, expect

from tests.journeys.visits import (
    KENYA,
    MODERATOR,
    SIGN_IN,
    go_to_discussion,
    letters_to,
    post_with,
    publish,
    reload_until_visible,
    unique,
)

Places = dict[str, str]

PLACES = {
    "front page": None,
    "sign-in": None,
    "password reset": None,
    "mail stop": None,
    "mailbox": None,
    "letter": None,
    "protocol": KENYA,
    "rooms": KENYA,
    "room": KENYA,
    "discussion": KENYA,
    "closed discussion": KENYA,
    "synthesis": KENYA,
    "own post": KENYA,
    "earlier wordings": KENYA,
    "profile": KENYA,
    "password change": KENYA,
    "sign-out": KENYA,
    "nothing there": KENYA,
    "not open": KENYA,
    "weekly plan": MODERATOR,
    "weekly topic": MODERATOR,
}

FIXED: Places = {
    "front page": "/",
    "sign-in": SIGN_IN,
    "password reset": "/accounts/password/reset/",
    "mailbox": "/demo/mail/",
    "protocol": "/protocol/",
    "rooms": "/rooms/",
    "room": "/rooms/en/",
    "profile": "/profile/",
    "password change": "/accounts/password/change/",
    "sign-out": "/accounts/logout/",
    "nothing there": "/rooms/en/999999/",
    "not open": "/moderation/",
    "weekly plan": "/moderation/",
    "weekly topic": "/moderation/weekly/new/",
}


def find_places(page: Page) -> Places:
    """Return where each of ``PLACES`` is, found as a delegate who has signed in finds it."""
    found: Places = {}
    go_to_discussion(page)
    found["discussion"] = page.url
    text = unique("A post to look at.")
    publish(page, text)
    post_with(page, text).get_by_role("link", name="Edit").click()
    expect(page.get_by_role("button", name="Save the wording")).to_be_visible()
    found["own post"] = page.url
    page.get_by_label("Your contribution").fill(f"{text} Reworded.")
    page.get_by_role("button", name="Save the wording").click()
    post_with(page, text).get_by_role("link", name="edited").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Earlier wordings")
    found["earlier wordings"] = page.url
    page.goto("/rooms/en/")
    page.get_by_role("region", name="Other discussions").get_by_role("listitem").first.get_by_role("link").click()
    expect(page.get_by_role("link", name="synthesis")).to_be_visible()
    found["closed discussion"] = page.url
    page.get_by_role("link", name="synthesis").click()
    expect(page.get_by_role("heading", name="Synthesis")).to_be_visible()
    found["synthesis"] = page.url
    page.goto("/demo/mail/")
    letter = letters_to(page, KENYA).first
    reload_until_visible(page, letter)
    letter.click()
    stop = page.get_by_role("link", name="End this kind of mail").first
    expect(stop).to_be_visible()
    found["letter"] = page.url
    found["mail stop"] = stop.get_attribute("href") or ""
    return FIXED | found
