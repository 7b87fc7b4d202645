"""A question is asked, answered, marked; and a reader answers with one touch."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import (
    COLOMBIA,
    EXTERNAL,
    KENYA,
    SENEGAL,
    letters_to,
    post_with,
    publish,
    reload_until_visible,
    said,
    unique,
)


def ask(page: Page, title: str, text: str) -> None:
    """Ask a question in the English room."""
    page.goto("/rooms/en/")
    page.get_by_role("link", name="Ask a question").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your contribution").fill(text)
    page.get_by_label("Category of assistance").select_option(label="Capacity building")
    page.get_by_role("button", name="Publish", exact=True).dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(post_with(page, text)).to_be_visible()


def test_a_question_is_asked_answered_and_marked(enter: Enter):
    title, answer = unique("Who trains examiners at a distance?"), unique("We do, on Tuesdays.")
    asker, helper = enter(KENYA), enter(SENEGAL)
    ask(asker, title, unique("Our examiners are on four islands."))

    helper.goto("/rooms/en/?kind=question")
    expect(helper.get_by_role("link", name=title)).to_have_count(1)
    helper.get_by_role("link", name=title).click()
    publish(helper, answer, "fr")
    expect(post_with(asker, answer)).to_be_visible()  # it comes in live, for every reader the same
    post_with(asker, answer).get_by_role("button", name="Similar experience").click()
    expect(post_with(asker, answer)).to_contain_text("1 office has a similar experience")
    asker.reload()
    post_with(asker, answer).get_by_role("button", name="This is the answer").click()

    expect(asker.get_by_role("status").filter(has_text="marked as answered")).to_be_visible()
    asker.get_by_role("link", name="Go to the answer, post 2").click()
    expect(asker).to_have_url(re.compile(r"#post-2$"))
    expect(post_with(asker, answer).get_by_text("The answer", exact=True)).to_be_visible()
    helper.goto("/rooms/en/?kind=question")
    row = helper.get_by_role("listitem").filter(has=helper.get_by_role("link", name=title))
    expect(row).to_contain_text(said("fr", "answered", "question"))
    helper.goto("/demo/mail/")
    letter = letters_to(helper, SENEGAL).filter(has_text=title)
    reload_until_visible(helper, letter.filter(has_text=said("fr", "Answered: %(title)s") % {"title": ""}).first)


def test_a_touch_counts_at_once_and_is_taken_back_with_the_keyboard(enter: Enter):
    title, text = unique("How long is a good hearing?"), unique("Ours last a morning.")
    ask(enter(KENYA), title, text)
    reader = enter(COLOMBIA)
    reader.goto("/rooms/en/?kind=question")
    reader.get_by_role("link", name=title).click()
    useful = post_with(reader, text).get_by_role("button", name=said("es", "Useful to my office", "signal"))

    useful.focus()
    reader.keyboard.press("Enter")
    expect(useful).to_have_attribute("aria-pressed", "true")
    expect(useful).to_be_focused()
    reader.keyboard.press("Enter")

    expect(useful).to_have_attribute("aria-pressed", "false")


def test_without_javascript_a_touch_leads_back_to_the_post(enter: Enter):
    title, text = unique("Which forms do you accept by mail?"), unique("Only two, so far.")
    ask(enter(KENYA, java_script_enabled=False), title, text)
    reader = enter(COLOMBIA, java_script_enabled=False)
    reader.goto("/rooms/en/?kind=question")
    reader.get_by_role("link", name=title).click()
    similar = post_with(reader, text).get_by_role("button", name=said("es", "Similar experience", "signal"))

    similar.click()

    expect(similar).to_have_attribute("aria-pressed", "true")
    expect(reader).to_have_url(re.compile(r"#post-1$"))


def test_what_is_typed_for_a_question_is_there_after_the_page_was_left(enter: Enter):
    page, text = enter(SENEGAL), unique("Half a question")
    page.goto("/rooms/fr/new/?kind=question")
    page.get_by_label(said("fr", "Your contribution")).fill(text)
    expect(page.locator("[data-draft-status] [role=status]")).not_to_be_empty()

    page.goto("/rooms/")
    page.goto("/rooms/fr/new/")

    expect(page.get_by_label(said("fr", "Your contribution"))).to_have_value(text)


def test_somebody_from_outside_is_offered_no_opening(enter: Enter):
    page = enter(EXTERNAL)

    page.goto("/rooms/")

    expect(page.get_by_role("main").get_by_role("link", name="Ask a question")).to_have_count(0)
    assert page.request.get("/rooms/en/new/").status == 404
