"""Coming in: the sign-in, and the protocol before the first step."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Enter, Forum
from tests.journeys.visits import EVALUATOR, SIGN_IN, post_with, publish_button, sample_titles, sign_in, tab_to, unique

FORGET = "from accounts.models import ProtocolAcceptance as P; P.objects.filter(user__email='{email}').delete()"


@pytest.mark.parametrize("address", ["/rooms/", "/rooms/en/", "/profile/", "/topics/TAF/2026/1/", "/moderation/"])
def test_nobody_reads_without_signing_in(enter: Enter, address: str):
    page = enter()

    page.goto(address)

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_wrong_password_says_so_and_lets_try_again(enter: Enter):
    page = enter()
    page.goto(SIGN_IN)
    page.get_by_label("Email").fill("kenya@forum.example")
    page.get_by_label("Password", exact=True).fill("a-wrong-password")

    page.get_by_role("main").get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("main")).to_contain_text("not correct")
    expect(page.get_by_label("Email")).to_have_value("kenya@forum.example")


def test_the_first_entry_asks_for_the_protocol(enter: Enter, forum: Forum):
    forum.manage("shell", "-c", FORGET.format(email=EVALUATOR))
    page = enter()
    page.goto("/rooms/en/")
    sign_in(page, EVALUATOR)

    accept = page.get_by_role("button", name="I accept the protocol of use")
    expect(accept).to_be_visible()
    page.goto("/rooms/fr/")
    expect(accept).to_be_visible()
    accept.click()

    expect(page).to_have_url(f"{forum.url}/rooms/fr/")
    page.goto("/rooms/")
    expect(page.get_by_role("heading", level=1, name="Rooms")).to_be_visible()


def test_the_keyboard_alone_leads_from_the_sign_in_to_an_answer(enter: Enter):
    text = unique("Typed and sent without a mouse.")
    page = enter()
    page.goto("/")
    tab_to(page, page.get_by_role("main").get_by_role("link", name="Sign in"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    tab_to(page, page.get_by_label("Email"))
    page.keyboard.type("kenya@forum.example")
    tab_to(page, page.get_by_label("Password", exact=True))
    page.keyboard.type("Pelican-Anvil-Maple-7")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Rooms")).to_be_visible()

    tab_to(page, page.get_by_role("link", name="Skip to the content"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("main").get_by_role("link", name=sample_titles()["en"]).first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(sample_titles()["en"])
    tab_to(page, page.get_by_role("link", name="Skip to your contribution"))
    page.keyboard.press("Enter")
    expect(page.get_by_label("Your contribution")).to_be_focused()
    page.keyboard.type(text)
    tab_to(page, publish_button(page))
    page.keyboard.press("Enter")

    expect(post_with(page, text)).to_be_visible()
