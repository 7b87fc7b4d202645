"""The moderator opens a week, and delegates are told."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import COLOMBIA, MODERATOR, SENEGAL, letters_to, reload_until_visible, said, unique

GENEVA = ZoneInfo("Europe/Zurich")
LANGUAGES = {"en": "English", "fr": "French", "es": "Spanish"}


def prepare(page: Page, titles: dict[str, str], opens_at: datetime | None = None) -> None:
    """Fill in the form of a topic of the week."""
    page.goto("/moderation/")
    page.get_by_role("link", name="Prepare a topic").click()
    for language, name in LANGUAGES.items():
        column = page.get_by_role("group", name=name)
        column.get_by_label("Title").fill(titles[language])
        column.get_by_label("Objective").fill(f"What {titles[language]} should have produced.")
        column.get_by_label("Guiding questions").fill("One?\nTwo?\nThree?")
    page.get_by_label("Category").select_option(label="Capacity building")
    opens_at = opens_at or datetime.now(GENEVA)
    page.get_by_label("Opens", exact=False).fill(f"{opens_at:%Y-%m-%dT%H:%M}")
    page.get_by_label("Closes at").fill(f"{opens_at + timedelta(days=7):%Y-%m-%dT%H:%M}")


def new_titles() -> dict[str, str]:
    return {
        "en": unique("How do offices share what they have translated?"),
        "fr": unique("Comment les offices partagent-ils leurs traductions ?"),
        "es": unique("¿Cómo comparten las oficinas sus traducciones?"),
    }


def test_a_week_opens_in_every_room_and_its_followers_are_told(enter: Enter):
    titles = new_titles()
    moderator = enter(MODERATOR)
    prepare(moderator, titles)

    moderator.get_by_role("button", name="Open now").dblclick()

    expect(moderator.get_by_role("status")).to_contain_text("open in all core rooms")
    delegate = enter(SENEGAL)
    for room in LANGUAGES:
        delegate.goto(f"/rooms/{room}/")
        delegate.get_by_role("link", name=titles["fr"]).click()
        expect(delegate.get_by_role("heading", level=1)).to_have_text(titles["fr"])
        sisters = delegate.get_by_role("navigation", name=said("fr", "The same topic in other rooms"))
        expect(sisters.locator("[data-sister]")).to_have_count(len(LANGUAGES))
    delegate.goto("/demo/mail/")
    letter = letters_to(delegate, SENEGAL).filter(has_text=titles["fr"])
    reload_until_visible(delegate, letter)
    letter.click()
    delegate.get_by_role("main").get_by_role("link", name=said("fr", "Read and answer"), exact=True).click()
    expect(delegate.get_by_role("heading", level=1)).to_have_text(titles["fr"])
    assert "/rooms/fr/" in delegate.url


def test_a_week_opens_by_itself_when_its_moment_has_come(enter: Enter):
    titles = new_titles()
    moderator = enter(MODERATOR)
    prepare(moderator, titles, opens_at=datetime.now(GENEVA))

    moderator.get_by_role("button", name="Open at the set time").click()

    expect(moderator.get_by_role("status")).to_contain_text("open by itself")
    delegate = enter(COLOMBIA)
    delegate.goto("/rooms/")
    opened = delegate.get_by_role("link", name=titles["es"]).first
    reload_until_visible(delegate, opened)
    opened.click()
    expect(delegate.get_by_role("heading", level=1)).to_have_text(titles["es"])


def test_a_topic_that_lacks_a_language_stays_closed_and_keeps_its_words(enter: Enter):
    titles = new_titles()
    moderator = enter(MODERATOR)
    prepare(moderator, titles)
    moderator.get_by_role("group", name="French").get_by_label("Title").fill("")

    moderator.get_by_role("button", name="Open now").click()

    expect(moderator.get_by_role("alert")).to_contain_text("What you typed is still here")
    expect(moderator.get_by_role("group", name="English").get_by_label("Title")).to_have_value(titles["en"])


def test_a_draft_waits_and_can_be_taken_up_again(enter: Enter):
    titles = new_titles()
    moderator = enter(MODERATOR)
    prepare(moderator, titles, opens_at=datetime.now(GENEVA) - timedelta(hours=1))

    moderator.get_by_role("button", name="Save as a draft").click()

    moderator.get_by_role("link", name=titles["en"]).click()
    expect(moderator.get_by_role("group", name="French").get_by_label("Title")).to_have_value(titles["fr"])
