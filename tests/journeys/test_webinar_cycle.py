"""A year’s programme, from the Secretariat’s list through the answers of three coordinators to its publication."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.journeys.visits import SECRETARIAT, unique

AFRICAN, ASIAN, BALTIC = "african.group@forum.example", "asia.pacific@forum.example", "cebs@forum.example"
TEXTS = {"Objectives": "To read a claim.", "Target audience": "Small firms.", "Subject": "Patents."}


@dataclass(frozen=True)
class Answered:
    """A year whose answers are closed.

    Args:
        year: Of the cycle.
        page: The Secretariat’s, on the page of the cycle.
        topics: The titles of the two topics of its list.
        proposed: The title of what a group proposes.
    """

    year: str
    page: Page
    topics: tuple[str, str]
    proposed: str


def test_a_year_goes_from_the_list_to_the_public_programme(enter):
    answered = answered_year(enter)

    page = answered.page
    expect(page.get_by_role("main")).to_contain_text(answered.proposed)
    expect(page.get_by_role("listitem").filter(has_text=answered.topics[0])).to_contain_text("wanted by 2 groups")
    page.get_by_role("button", name="Begin the analysis").click()
    page.get_by_role("link", name="Choose the webinars").click()
    choose(page)
    publish(page)

    stranger = enter(None)
    stranger.goto("/webinars/")
    stranger.get_by_text("Narrow the list down").click()
    stranger.get_by_label("Year").select_option(answered.year)
    stranger.get_by_role("button", name="Find").click()
    planned = stranger.get_by_role("region", name="Planned")
    expect(planned.get_by_role("link", name=answered.topics[0])).to_be_visible()


def choose(page: Page) -> None:
    """Have the list computed, and decide it as it was advised."""
    page.get_by_text("More ways to hold webinars, clusters, exceptions").click()
    page.get_by_role("button", name="Add ways to what has none").click()
    expect(page.get_by_text(re.compile(r"ways? (was|were) added"))).to_be_visible()
    page.get_by_role("button", name="Keep the marks and compute").click()
    expect(page.get_by_role("heading", name="Who is served, in which language")).to_be_visible()
    page.get_by_label("Why a region has no webinar, where one has none").fill("Nobody asked for it this year.")
    page.get_by_role("button", name="Decide what is ticked").click()
    expect(page.get_by_text("The list is decided.")).to_be_visible()


def publish(page: Page) -> None:
    page.get_by_label("What is new, in one line").fill("The programme of the year.")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("The programme is published, and")).to_be_visible()


def answered_year(enter: Callable[..., Page]) -> Answered:
    """Have the Secretariat share a list, three coordinators answer, and the answers closed."""
    page = enter(SECRETARIAT)
    page.goto("/webinars/manage/new/")
    year = page.get_by_label("Year", exact=True).input_value()
    page.get_by_role("button", name="Save", exact=True).click()
    topics = unique("Patent information for small firms"), unique("Music and its managers")
    for title in topics:
        put_on_list(page, title)
    page.get_by_role("button", name="Share the list").click()
    page.get_by_role("button", name="Open the answers").click()
    expect(page.get_by_role("button", name="Close the answers")).to_have_count(0)

    mark_while_typing(enter(AFRICAN), year, topics[0])
    mark_without_script(enter(ASIAN, java_script_enabled=False), year, topics[0])
    proposed = propose(enter(BALTIC), year, similar=topics[0])

    page.goto(f"/webinars/manage/{year}/")
    silent = page.get_by_role("listitem").filter(has_text="Not handed in").get_by_role("heading").get_by_role("link")
    for address in silent.evaluate_all("links => links.map(link => link.href)"):
        page.goto(address)
        page.get_by_role("button", name="Hand in the answer of the group").click()
        expect(page.get_by_role("main")).to_contain_text("Entered by the Secretariat")
    page.goto(f"/webinars/manage/{year}/")
    page.get_by_role("button", name="Close the answers").click()
    expect(page.get_by_role("button", name="Begin the analysis")).to_be_visible()
    return Answered(year, page, topics, proposed)


def put_on_list(page: Page, title: str) -> None:
    page.get_by_role("link", name="Add a topic").click()
    for language in ("English", "French", "Spanish"):
        column = page.get_by_role("group", name=language, exact=True)
        for label, words in {"Title": title, **TEXTS}.items():
            column.get_by_label(label, exact=True).fill(words)
    page.get_by_role("checkbox", name="English", exact=True).check()
    page.get_by_role("button", name="Put it on the list").click()
    expect(page.get_by_role("heading", level=3, name=title)).to_be_visible()


def mark_while_typing(page: Page, year: str, title: str) -> None:
    """Say something about a topic, see it saved at once, and hand in."""
    page.goto(f"/webinars/answers/{year}/")
    topic = page.get_by_role("article", name=title)
    topic.get_by_label("Priority", exact=True).check()
    expect(topic.get_by_role("status")).to_contain_text("Saved")
    expect(page.get_by_text("Priority: 1 of 2")).to_be_visible()
    page.reload()
    expect(topic.get_by_label("Priority", exact=True)).to_be_checked()
    page.get_by_role("button", name="Hand in the answer of the group").click()
    expect(page.get_by_text("The answer is handed in.")).to_be_visible()


def mark_without_script(page: Page, year: str, title: str) -> None:
    """Say something about a topic with a form alone, and hand in."""
    page.goto(f"/webinars/answers/{year}/")
    topic = page.get_by_role("article", name=title)
    topic.get_by_label("Strong", exact=True).check()
    topic.get_by_label("English", exact=True).check()
    page.get_by_role("button", name="Hand in the answer of the group").click()
    expect(topic.get_by_label("Strong", exact=True)).to_be_checked()


def propose(page: Page, year: str, similar: str) -> str:
    """Propose a series in French words that meet a topic in English ones, and hand in."""
    page.goto(f"/webinars/answers/{year}/")
    page.get_by_role("link", name="Propose a webinar or a progressive series").click()
    title = unique("Lire un brevet")
    page.get_by_label("Title", exact=True).fill(title)
    expect(page.locator("#similar")).to_contain_text(similar)
    for label, words in TEXTS.items():
        page.get_by_label(label, exact=True).fill(words)
    page.get_by_role("checkbox", name="French", exact=True).check()
    page.get_by_label("A progressive series").check()
    page.get_by_label("Parts of the series").fill("Lire: les revendications\nChercher")
    page.get_by_role("button", name="Hand it in", exact=True).click()
    expect(page.get_by_role("link", name=title)).to_be_visible()
    page.get_by_role("button", name="Hand in the answer of the group").click()
    expect(page.get_by_text("The answer is handed in.")).to_be_visible()
    return title
