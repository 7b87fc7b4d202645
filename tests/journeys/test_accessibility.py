"""What assistive technology meets: axe finds nothing serious; ``test_every_page`` asks it of each page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import KENYA, go_to_discussion, publish_button

WORTH_FAILING = {"serious", "critical"}
ALL_RULES = {"resultTypes": ["violations"]}
CONTRAST = {"resultTypes": ["violations"], "runOnly": {"type": "rule", "values": ["color-contrast"]}}


def barriers(page: Page, options: dict[str, object]) -> list[str]:
    """Return what axe finds, with the elements concerned."""
    violations = Axe().run(page, options=options).response["violations"]
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in violations
        if violation["impact"] in WORTH_FAILING
        for node in violation["nodes"]
    ]


def test_an_error_and_a_preview_have_no_barriers(enter: Enter):
    page = enter(KENYA)
    go_to_discussion(page)
    page.locator("form").filter(has=publish_button(page)).evaluate("form => form.noValidate = true")
    page.get_by_label("Your contribution").fill("")  # another journey may have left a draft

    publish_button(page).click()

    expect(page.get_by_role("alert")).to_be_visible()
    assert barriers(page, ALL_RULES) == []
    page.get_by_label("Your contribution").fill("| a | b |\n|---|---|\n| 1 | 2 |\n\n> said[^1]\n\n[^1]: a note")
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    assert barriers(page, ALL_RULES) == []
