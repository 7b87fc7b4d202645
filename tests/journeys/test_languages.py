"""Delegates who read French and Spanish."""

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import COLOMBIA, SENEGAL, SIGN_IN, go_to_discussion, publish, said, sample_titles, unique


@pytest.mark.parametrize(
    ("email", "language", "room", "words"),
    [
        (SENEGAL, "fr", "Français", "Chez nous, l’office rappelle les stagiaires après un an."),
        (COLOMBIA, "es", "Español", "En nuestra oficina preguntamos a los jefes al año."),
    ],
)
def test_reading_and_answering_in_ones_own_language(enter: Enter, email: str, language: str, room: str, words: str):
    text = unique(words)
    page = enter(email)
    page.goto("/rooms/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=2).first).to_have_text(room)
    page.get_by_role("heading", level=2).first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(room)

    go_to_discussion(page, language)
    publish(page, text, language)

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=1)).to_have_text(sample_titles()[language])
    sisters = page.get_by_role("navigation", name=said(language, "The same topic in other rooms"))
    expect(sisters.get_by_role("link", name="English")).to_be_visible()


@pytest.mark.parametrize(("browser_language", "language"), [("fr-CH", "fr"), ("es-CO", "es"), ("de-DE", "en")])
def test_who_has_not_signed_in_is_met_in_the_language_of_the_browser(
    enter: Enter, browser_language: str, language: str
):
    page = enter(locale=browser_language)

    page.goto(SIGN_IN)

    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.get_by_role("heading", level=1)).to_have_text(said(language, "Sign in"))


def test_what_was_written_from_right_to_left_stands_so_in_a_page_that_does_not(enter: Enter):
    text = unique("نشارك تجربة مكتبنا في التدريب")
    page = enter(COLOMBIA)
    go_to_discussion(page, "es")

    publish(page, text, "es")

    written = page.get_by_role("article").filter(has_text=text).get_by_text(text)
    assert written.evaluate("element => getComputedStyle(element).direction") == "rtl"
