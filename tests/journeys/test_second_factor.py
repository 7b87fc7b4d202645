"""The second factor as people meet it: an app, recovery codes, and a passkey of the browser's own."""

import re

import pytest
from playwright.sync_api import CDPSession, Page, expect

from demo.people import PASSWORD, totp_secret_of
from tests.journeys.conftest import Enter, Forum
from tests.journeys.visits import MODERATOR, SIGN_IN, code_of, sign_in, type_code

APP_PERSON = "grulac@forum.example"
KEY_PERSON = "focal.senegal@forum.example"
FORGET = (
    "from allauth.mfa.models import Authenticator as A; from accounts.models import User; "
    "A.objects.filter(user__email='{email}').delete(); User.objects.filter(email='{email}').update(language='en')"
)
RESTORE = (
    "from allauth.mfa.totp.internal.auth import TOTP; from accounts.models import User; "
    "TOTP.activate(User.objects.get(email='{email}'), '{secret}')"
)
VIRTUAL = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_authenticator(page: Page, **changes: object) -> CDPSession:
    """Give the browser of a page a passkey store of its own, but for what is to be otherwise."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    session.send("WebAuthn.addVirtualAuthenticator", {"options": VIRTUAL | changes})
    return session


def show_again(page: Page) -> None:
    """Type the password again where a page asks for it."""
    if page.get_by_role("heading", level=1, name="Show that it is you").count():
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Go on").click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(enter: Enter, forum: Forum):
    forum.manage("shell", "-c", FORGET.format(email=APP_PERSON))
    page = enter()
    page.goto(SIGN_IN)
    sign_in(page, APP_PERSON)
    page.goto("/profile/")
    page.get_by_role("link", name="Second factor").click()
    page.get_by_role("link", name="Set up an app").click()
    show_again(page)
    secret = page.locator("code").inner_text()
    page.get_by_label("Code that the app shows").fill(code_of(secret))
    page.get_by_role("button", name="Set up", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    recovery = page.get_by_role("main").get_by_role("listitem").first.inner_text()
    page.get_by_role("link", name="I have them").click()
    sign_out(page)

    page.goto(SIGN_IN)
    sign_in(page, APP_PERSON)
    type_code(page, secret)
    expect(page.get_by_role("heading", level=1, name="Rooms")).to_be_visible()
    sign_out(page)
    page.goto(SIGN_IN)
    sign_in(page, APP_PERSON)
    page.get_by_label("Code", exact=True).fill(recovery)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1, name="Rooms")).to_be_visible()

    forum.manage("shell", "-c", FORGET.format(email=APP_PERSON))


def test_a_passkey_is_added_and_signs_in_alone(enter: Enter, forum: Forum):
    forum.manage("shell", "-c", FORGET.format(email=KEY_PERSON))
    page = enter()
    give_authenticator(page)
    page.goto(SIGN_IN)
    sign_in(page, KEY_PERSON)
    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Add a passkey").click()
    show_again(page)
    page.get_by_role("button", name="Add the passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Recovery codes")
    sign_out(page)

    page.goto(f"{SIGN_IN}?next=/rooms/fr/")
    page.get_by_role("button", name="Use a passkey").click()

    expect(page).to_have_url(f"{forum.url}/rooms/fr/")
    sign_out(page)
    page.goto(SIGN_IN)
    sign_in(page, KEY_PERSON)
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("heading", level=1, name="Rooms")).to_be_visible()

    page.goto("/accounts/2fa/")
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()
    expect(page.get_by_role("link", name="Add a passkey")).to_be_visible()
    sign_out(page)
    page.goto(SIGN_IN)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("main")).to_contain_text("not correct")


def test_a_browser_without_the_passkey_says_so(enter: Enter):
    page = enter()
    session = give_authenticator(page)
    page.goto(SIGN_IN)

    page.get_by_role("button", name="Use a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("That did not work")
    session.detach()


def test_a_role_that_needs_a_second_factor_is_led_to_set_it_up(enter: Enter, forum: Forum):
    email = "facilitator@forum.example"
    secret = totp_secret_of(email)
    forum.manage("shell", "-c", FORGET.format(email=email))
    page = enter()
    page.goto("/rooms/es/")
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()

    expect(page.get_by_role("main")).to_contain_text("Your role needs a second factor")
    page.goto("/profile/")
    expect(page.get_by_role("main")).to_contain_text("Your role needs a second factor")
    page.get_by_role("link", name="Set up an app").click()
    show_again(page)
    page.get_by_label("Code that the app shows").fill(code_of(page.locator("code").inner_text()))
    page.get_by_role("button", name="Set up", exact=True).click()
    page.get_by_role("link", name="I have them").click()

    page.goto("/rooms/es/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Español")
    forum.manage("shell", "-c", FORGET.format(email=email).replace("language='en'", "language='es'"))
    forum.manage("shell", "-c", RESTORE.format(email=email, secret=secret))


@pytest.mark.parametrize("javascript", [True, False])
def test_a_code_signs_in_with_and_without_javascript(enter: Enter, javascript: bool):
    page = enter(java_script_enabled=javascript)
    page.goto(SIGN_IN)

    sign_in(page, MODERATOR)

    expect(page.get_by_role("heading", level=1, name="Rooms")).to_be_visible()
