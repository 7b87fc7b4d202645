"""What a poor line has to carry: bytes, counted as the browser gets them."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import KENYA, go_to_discussion, sample_titles, sign_in

FIRST_VISIT = 60_000  # bytes: front page, sign-in, rooms and discussion together
LATER_PAGE = 15_000
WEIGHED = {"Document", "Stylesheet", "Script"}


class Scales:
    """Counts the bytes of what a page and its successors load over the line, headers included."""

    def __init__(self, page: Page) -> None:
        self.weights: dict[str, int] = {}
        self._weighed: dict[str, str] = {}
        session = page.context.new_cdp_session(page)
        session.on("Network.responseReceived", self._note)
        session.on("Network.loadingFinished", self._weigh)
        session.send("Network.enable")

    def _note(self, event: dict[str, Any]) -> None:
        response = event["response"]
        if event["type"] in WEIGHED and not response.get("fromDiskCache"):
            self._weighed[event["requestId"]] = response["url"]

    def _weigh(self, event: dict[str, Any]) -> None:
        address = self._weighed.get(event["requestId"])
        if address and event["encodedDataLength"]:  # else it is from the browser's own memory
            self.weights[address] = int(event["encodedDataLength"])

    @property
    def total(self) -> int:
        return sum(self.weights.values())

    def empty(self) -> None:
        self.weights.clear()


def test_a_first_visit_and_later_pages_are_light(enter: Enter):
    page = enter()
    scales = Scales(page)
    page.goto("/")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(page, KENYA)
    page.get_by_role("main").get_by_role("link", name=sample_titles()["en"]).first.click()
    expect(page.get_by_role("article").first).to_be_visible()
    page.wait_for_load_state("load")

    assert any(address.endswith(".css") for address in scales.weights), scales.weights
    assert scales.total < FIRST_VISIT, scales.weights

    scales.empty()
    go_to_discussion(page, "fr")
    assert max(scales.weights.values()) < LATER_PAGE, scales.weights
    assert not [address for address in scales.weights if "/static/" in address], "loaded twice"
