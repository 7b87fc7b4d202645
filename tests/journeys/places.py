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
    "news": KENYA,
    "citation": KENYA,
    "discussion": KENYA,
    "closed discussion": KENYA,
    "synthesis": KENYA,
    "own post": KENYA,
    "withdrawal": KENYA,
    "sharing an experience": KENYA,
    "drafts": KENYA,
    "earlier wordings": KENYA,
    "profile": KENYA,
    "second factor": KENYA,
    "devices": KENYA,
    "experience": KENYA,
    "e-mail address": KENYA,
    "link to an address": None,
    "own data": KENYA,
    "leaving": KENYA,
    "library": KENYA,
    "library, narrowed down": KENYA,
    "catalogue": KENYA,
    "activity": KENYA,
    "state's list": KENYA,
    "new activity": MODERATOR,
    "activities that wait": MODERATOR,
    "entry": KENYA,
    "new entry": KENYA,
    "entries that wait": FOCAL_POINT,
    "organisations": KENYA,
    "new organisation": FOCAL_POINT,
    "message to organisations": FOCAL_POINT,
    "messages to organisations": FOCAL_POINT,
    "new message to organisations": FOCAL_POINT,
    "permission": FOCAL_POINT,
    "entry to decide on": MODERATOR,
    "people": KENYA,
    "search": KENYA,
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
    "drafts": "/drafts/",
    "news": "/since/",
    "room": "/rooms/en/",
    "profile": "/profile/",
    "second factor": "/accounts/2fa/",
    "devices": "/profile/sessions/",
    "experience": "/profile/experience/",
    "e-mail address": "/profile/address/",
    "link to an address": "/address/none-such/",
    "own data": "/profile/data/",
    "leaving": "/profile/leave/",
    "library": "/library/",
    "catalogue": "/library/activities/",
    "activity": "/library/activities/1/",
    "state's list": "/library/activities/shortlist/",
    "new activity": "/library/activities/new/",
    "activities that wait": "/library/activities/waiting/",
    "library, narrowed down": "/library/?type=methodology&q=need",
    "entry": "/library/1/",
    "new entry": "/library/new/",
    "entries that wait": "/library/waiting/",
    "permission": "/library/9/permission/KE/",
    "entry to decide on": "/library/10/",
    "search": "/search/?q=training&language=all",
    "people": "/people/",
    "organisations": "/contacts/",
    "new organisation": "/contacts/new/",
    "message to organisations": "/contacts/messages/1/",
    "messages to organisations": "/contacts/messages/",
    "new message to organisations": "/contacts/messages/new/",
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
    found["sharing an experience"] = page.get_by_role("link", name="Share an experience").get_attribute("href") or ""
    text = unique("A post to look at.")
    publish(page, text)
    found["citation"] = post_with(page, text).get_by_role("link", name="Cite").get_attribute("href") or ""
    post_with(page, text).get_by_role("link", name="Edit").click()
    expect(page.get_by_role("button", name="Save the wording")).to_be_visible()
    found["own post"] = page.url
    found["withdrawal"] = page.url.replace("/edit/", "/withdraw/")
    page.get_by_label("Your contribution").fill(f"{text} Reworded.")
    page.get_by_role("button", name="Save the wording").click()
    post_with(page, text).get_by_role("link", name="edited").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Earlier wordings")
    found["earlier wordings"] = page.url
    page.goto("/rooms/en/")
    others = page.get_by_role("region", name="Other discussions").get_by_role("listitem")
    others.filter(has_text="closed").first.get_by_role("heading").get_by_role("link").click()
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
    letter = letters_to(page, KENYA).filter(has_text="This week").first
    reload_until_visible(page, letter)
    letter.click()
    stop = page.get_by_role("link", name="End this kind of mail").first
    expect(stop).to_be_visible()
    found["letter"] = page.url
    found["mail stop"] = stop.get_attribute("href") or ""
    return FIXED | found
