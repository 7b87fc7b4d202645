"""What one wrote comes in live with what one can do about it, and for nobody else."""

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import COLOMBIA, KENYA, go_to_discussion, post_with, publish, unique

ACTIONS = ("/edit/", "/withdraw/")


def actions(page: Page, text: str) -> list[int]:
    """Return how many links to edit and to withdraw a post there are."""
    return [post_with(page, text).locator(f'a[href$="{action}"]').count() for action in ACTIONS]


def test_a_post_that_comes_in_live_can_be_changed_by_its_author_alone(enter: Enter):
    text = unique("Written in another window.")
    window, another_window, reader = enter(KENYA), enter(KENYA), enter(COLOMBIA)
    for page in (another_window, reader, window):
        go_to_discussion(page)

    publish(window, text)

    for page, links in ((another_window, [1, 1]), (reader, [0, 0])):
        expect(post_with(page, text)).to_be_visible()
        assert actions(page, text) == links
        assert post_with(page, text).locator("[data-own]").count() == 0
    post_with(another_window, text).locator('a[href$="/edit/"]').click()
    expect(another_window.get_by_role("textbox", name="Your contribution")).to_have_value(text)
