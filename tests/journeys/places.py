"""The pages that every journey over all pages visits, and who looks at them."""

from playwright.sync_api import Page, expect

from tests.journeys.visits import (
    FOCAL_POINT,
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
    "request for an account": None,
    "request sent": None,
    "link ended": None,
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
    "second factor": KENYA,
    "devices": KENYA,
    "experience": KENYA,
    "e-mail address": KENYA,
    "link to an address": None,
    "own data": KENYA,
    "leaving": KENYA,
    "people": KENYA,
    "person": KENYA,
    "seats": FOCAL_POINT,
    "password change": KENYA,
    "sign-out": KENYA,
    "nothing there": KENYA,
    "not open": KENYA,
    "requests": FOCAL_POINT,
    "invitations": FOCAL_POINT,
    "invitation": FOCAL_POINT,
    "list of people": FOCAL_POINT,
    "weekly plan": MODERATOR,
    "weekly topic": MODERATOR,
}

FIXED: Places = {
    "request for an account": "/accounts/request/",
    "request sent": "/accounts/request/sent/",
    "link ended": "/invitations/none-such/",
    "requests": "/requests/",
    "invitations": "/invitations/",
    "invitation": "/invitations/new/",
    "list of people": "/invitations/list/",
    "front page": "/",
    "sign-in": SIGN_IN,
    "password reset": "/accounts/password/reset/",
    "mailbox": "/demo/mail/",
    "protocol": "/protocol/",
    "rooms": "/rooms/",
    "room": "/rooms/en/",
    "profile": "/profile/",
    "second factor": "/accounts/2fa/",
    "devices": "/profile/sessions/",
    "experience": "/profile/experience/",
    "e-mail address": "/profile/address/",
    "link to an address": "/address/none-such/",
    "own data": "/profile/data/",
    "leaving": "/profile/leave/",
    "people": "/people/",
    "seats": "/seats/handover/",
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
    page.goto("/profile/")
    page.get_by_role("link", name="See your page").click()
    expect(page.get_by_role("heading", name="Latest posts")).to_be_visible()
    found["person"] = page.url
    page.goto("/demo/mail/")
    letter = letters_to(page, KENYA).first
    reload_until_visible(page, letter)
    letter.click()
    stop = page.get_by_role("link", name="End this kind of mail").first
    expect(stop).to_be_visible()
    found["letter"] = page.url
    found["mail stop"] = stop.get_attribute("href") or ""
    return FIXED | found
