"""What visitors do and look for, by the roles and the words that they meet on the pages."""

import re
import time
import tomllib
import uuid
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.utils import translation
from django.utils.translation import gettext, pgettext
from playwright.sync_api import Locator, Page, expect

from demo.people import PASSWORD, totp_secret_of

KENYA = "kenya@forum.example"
SENEGAL = "senegal@forum.example"
COLOMBIA = "colombia@forum.example"
FOCAL_POINT = "focal.kenya@forum.example"
MODERATOR = "moderator@forum.example"
SECRETARIAT = "secretariat@forum.example"
EXPERT = "expert@forum.example"
FACILITATOR = "facilitator@forum.example"
EXTERNAL = "external@forum.example"
EVALUATOR = "evaluator@forum.example"

CONTENT = Path(__file__).resolve().parents[2] / "demo" / "content"
SIGN_IN = "/accounts/login/"
STEP = 30  # seconds that an authenticator app shows one code
RELOADS = 60  # of a page that does not tell of news by itself
PAUSE = 500  # milliseconds between two of them


def sample_titles() -> dict[str, str]:
    """Return the title of the sample's topic of this week, by language."""
    latest = max(CONTENT.glob("topic-*.toml"))
    return tomllib.loads(latest.read_text())["topic"]["title"]


def said(language: str, words: str, context: str | None = None) -> str:
    """Return how the pages say ``words`` in a language."""
    with translation.override(language):
        return pgettext(context, words) if context else gettext(words)


def unique(words: str) -> str:
    """Return a text that no other journey writes."""
    return f"{words} ({uuid.uuid4().hex[:8]})"


def sign_in(page: Page, email: str) -> None:
    """Sign in through the form of the page that is open, which is in English."""
    page.get_by_label(re.compile("e-?mail", re.IGNORECASE)).fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    secret = totp_secret_of(email)
    if secret:
        type_code(page, secret)


def type_code(page: Page, secret: str) -> None:
    """Type the code of an authenticator app; where it was used already that of a clock that is ahead, or the next."""
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    for steps_ahead in (0, 1, 1):
        page.get_by_label("Code", exact=True).fill(code_of(secret, steps_ahead))
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_load_state()
        if page.get_by_role("heading", level=1, name="One more step").count() == 0:
            return
        if steps_ahead:
            page.wait_for_timeout((STEP - time.time() % STEP + 0.5) * 1000)
    raise AssertionError(f"No code is taken on {page.url}")


def code_of(secret: str, steps_ahead: int = 0) -> str:
    """Return the code that an authenticator app shows now, by a clock that is so many codes ahead."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP + steps_ahead))


def go_to_discussion(page: Page, language: str = "en") -> None:
    """Go from a room to the latest posts of the sample's discussion of this week."""
    page.goto(f"/rooms/{language}/")
    reader = page.locator("html").get_attribute("lang") or "en"
    page.get_by_role("main").get_by_role("link", name=sample_titles()[reader]).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(sample_titles()[reader])
    latest = page.get_by_role("link", name=said(reader, "Latest", "page"), exact=True)
    if latest.count():
        latest.first.click()
        expect(latest).to_have_count(0)


def write(page: Page, text: str, language: str = "en") -> None:
    """Put a text into the form under a discussion."""
    page.get_by_label(said(language, "Your contribution")).fill(text)


def publish_button(page: Page, language: str = "en") -> Locator:
    return page.get_by_role("button", name=said(language, "Publish", "post form"), exact=True)


def publish(page: Page, text: str, language: str = "en") -> None:
    """Write a text under a discussion, publish it and see it there."""
    write(page, text, language)
    publish_button(page, language).click()
    expect(post_with(page, text)).to_be_visible()


def post_with(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text)


def letters_to(page: Page, email: str) -> Locator:
    """Return the links to the letters that somebody got, on the page of the mailbox."""
    rows = page.get_by_role("listitem").filter(has=page.get_by_text(email, exact=True))
    return rows.get_by_role("link")


def reload_until_visible(page: Page, locator: Locator) -> None:
    """Look again as a person does who expects something, until it is there."""
    for _attempt in range(RELOADS):
        try:
            expect(locator).to_be_visible(timeout=PAUSE)
        except AssertionError:
            page.reload()
        else:
            return
    raise AssertionError(f"Not on {page.url} after {RELOADS} looks: {locator}")


def tab_to(page: Page, locator: Locator) -> None:
    """Press the tabulator until a control has the focus."""
    control = locator.element_handle()
    for _press in range(35):
        page.keyboard.press("Tab")
        if page.evaluate("control => control === document.activeElement", control):
            return
    raise AssertionError(f"The tabulator does not reach {locator} on {page.url}")
