"""A delegate with a telephone: 360 pixels wide, and written from right to left as well."""

from playwright.sync_api import Page

from tests.journeys.conftest import Enter
from tests.journeys.visits import KENYA, go_to_discussion, publish, sign_in, unique

PHONE = {"width": 360, "height": 740}
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
  .filter(element => {
    const box = element.getBoundingClientRect();
    return box.width && (box.right > innerWidth + 1 || box.left < -1) && !element.closest("[class*=skip], table, pre");
  })
  .map(element => `${element.tagName.toLowerCase()}.${element.className}`)"""


def assert_fits(page: Page) -> None:
    """See that nothing makes the page scroll sideways; name what does."""
    wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wider <= 0, (page.url, page.evaluate(TOO_WIDE))


def test_answering_on_a_telephone(enter: Enter):
    text = unique("Sent from the bus, with anaddressthatislongerthanthescreeniswide" + "x" * 80)
    page = enter(viewport=PHONE, has_touch=True)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Sign in").tap()
    sign_in(page, KENYA)
    go_to_discussion(page)

    publish(page, text)

    assert_fits(page)
