"""The pictures of the README. ``make screenshots`` writes them; no other run does."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import BASE_DIR, Enter
from tests.journeys.visits import (
    KENYA,
    MODERATOR,
    SENEGAL,
    go_to_discussion,
    letters_to,
    reload_until_visible,
    sample_titles,
)

FOLDER = os.environ.get("SCREENSHOTS", "")
MOST_BYTES = 1_000_000  # all pictures together
DESKTOP = {"width": 1024, "height": 720}
PHONE = {"width": 360, "height": 740}

pytestmark = pytest.mark.skipif(not FOLDER, reason="SCREENSHOTS names no folder")


def take(page: Page, name: str) -> None:
    """Take a picture of what the window shows."""
    page.screenshot(path=BASE_DIR / FOLDER / f"{name}.png", animations="disabled", caret="hide", scale="css")


def test_the_list_of_rooms(enter: Enter):
    page = enter(KENYA, viewport=DESKTOP)
    page.goto("/rooms/")
    take(page, "rooms")


def test_a_discussion(enter: Enter):
    page = enter(KENYA, viewport=DESKTOP)
    go_to_discussion(page)
    take(page, "discussion")


def test_a_discussion_on_a_telephone(enter: Enter):
    page = enter(KENYA, viewport=PHONE)
    go_to_discussion(page)
    take(page, "telephone")


def test_a_search(enter: Enter):
    page = enter(KENYA, viewport=DESKTOP)
    page.goto("/search/?q=training")
    take(page, "search")


def test_the_library(enter: Enter):
    page = enter(KENYA, viewport=DESKTOP)
    page.goto("/library/")
    take(page, "library")


def test_a_room_in_french(enter: Enter):
    page = enter(SENEGAL, viewport=DESKTOP)
    page.goto("/rooms/fr/")
    take(page, "french")


def test_the_weekly_plan(enter: Enter):
    page = enter(MODERATOR, viewport=DESKTOP)
    page.goto("/moderation/")
    take(page, "weekly-plan")


def test_the_programme_of_webinars(enter: Enter):
    page = enter(None, viewport=DESKTOP)
    page.goto("/webinars/")
    take(page, "webinars")


def test_the_moderators_form(enter: Enter):
    page = enter(MODERATOR, viewport=DESKTOP)
    page.goto("/moderation/weekly/new/")
    texts = {
        "English": (
            "How do small offices train examiners?",
            "A list of ways that cost little.",
            "Who trains them?\nFor how long?\nWhat does it cost?",
        ),
        "French": (
            "Comment les petits offices forment-ils leurs examinateurs ?",
            "Une liste de moyens peu coûteux.",
            "Qui les forme ?\nCombien de temps ?\nÀ quel coût ?",
        ),
        "Spanish": (
            "¿Cómo forman las oficinas pequeñas a sus examinadores?",
            "Una lista de medios de bajo costo.",
            "¿Quién los forma?\n¿Durante cuánto tiempo?\n¿Cuánto cuesta?",
        ),
    }
    for language, (title, objective, questions) in texts.items():
        column = page.get_by_role("group", name=language)
        column.get_by_label("Title").fill(title)
        column.get_by_label("Objective").fill(objective)
        column.get_by_label("Guiding questions").fill(questions)
    page.evaluate("document.activeElement.blur()")
    page.evaluate("scrollTo(0, 0)")
    take(page, "weekly-topic")


def test_a_letter(enter: Enter):
    page = enter(viewport=DESKTOP)
    page.goto("/demo/mail/")
    letter = letters_to(page, KENYA).filter(has_text=sample_titles()["en"]).first
    reload_until_visible(page, letter)
    letter.click()
    expect(page.get_by_role("link", name="Read and answer", exact=True)).to_be_visible()
    take(page, "letter")


def test_all_pictures_together_are_small():
    pictures = list((BASE_DIR / Path(FOLDER)).glob("*.png"))
    assert sum(picture.stat().st_size for picture in pictures) < MOST_BYTES
