"""Going out: what was on the screen is gone from the browser. Source: security.md SE-11."""

from playwright.sync_api import expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import KENYA, SIGN_IN, sign_in

KEPT = "() => [localStorage.length, sessionStorage.length]"


def test_after_the_sign_out_the_back_button_shows_no_page_of_the_forum(enter: Enter):
    page = enter()
    page.goto(SIGN_IN)
    sign_in(page, KENYA)
    page.goto("/profile/")
    page.evaluate("localStorage.setItem('kept', 'words'); sessionStorage.setItem('kept', 'words')")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()

    assert page.evaluate(KEPT) == [0, 0]
    page.go_back()

    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
