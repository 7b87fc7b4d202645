"""A delegate answers this week's topic, and others see it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.line import Line
from tests.journeys.visits import (
    EXPERT,
    KENYA,
    SENEGAL,
    go_to_discussion,
    post_with,
    publish,
    publish_button,
    sample_titles,
    sign_in,
    unique,
    write,
)


def row_on(page: Page) -> Locator:
    """Return the row of the sample's discussion on a page in English; the English room is the first one."""
    return page.get_by_role("listitem").filter(has_text=sample_titles()["en"]).first


def posts_in(row: Locator) -> int:
    found = re.search(r"(\d+) posts?", row.inner_text())
    assert found
    return int(found[1])


def test_an_answer_reaches_a_page_that_is_open(enter: Enter):
    text = unique("We telephone former participants after a year.")
    author, reader = enter(KENYA), enter(EXPERT)
    go_to_discussion(author)
    go_to_discussion(reader)
    reader.evaluate("window.neverReloaded = true")

    publish(author, text)

    expect(post_with(reader, text)).to_be_visible()
    expect(post_with(reader, text)).to_contain_text("Kenya")
    assert reader.evaluate("window.neverReloaded")


def test_an_answer_raises_the_counts_on_open_pages(enter: Enter):
    author, in_room, in_list, in_sister = enter(KENYA), enter(EXPERT), enter(EXPERT), enter(SENEGAL)
    in_room.goto("/rooms/en/")
    in_list.goto("/rooms/")
    go_to_discussion(in_sister, "fr")
    before = posts_in(row_on(in_room))
    for page in (in_room, in_list, in_sister):
        page.evaluate("window.neverReloaded = true")

    go_to_discussion(author)
    publish(author, unique("Our register has a field for it."))

    expect(row_on(in_room)).to_contain_text(f"{before + 1} posts")
    expect(row_on(in_list)).to_contain_text(f"{before + 1} posts")
    expect(in_sister.get_by_role("link", name=f"English {before + 1}")).to_be_visible()
    for page in (in_room, in_list, in_sister):
        assert page.evaluate("window.neverReloaded")


def test_nothing_is_missed_while_the_connection_is_broken(enter: Enter, line: Line):
    texts = [unique("The supervisors fill in the sheet."), unique("We read thirty reports from before and after.")]
    author, reader, in_room = enter(KENYA), enter(EXPERT, proxy=line.proxy), enter(EXPERT, proxy=line.proxy)
    go_to_discussion(author)
    go_to_discussion(reader)
    in_room.goto("/rooms/en/")
    before = posts_in(row_on(in_room))
    reader.evaluate("window.neverReloaded = true")

    line.cut()
    for text in texts:
        publish(author, text)
    expect(post_with(reader, texts[0])).to_have_count(0)
    line.mend()

    for text in texts:
        expect(post_with(reader, text)).to_have_count(1)
    expect(row_on(in_room)).to_contain_text(f"{before + 2} posts")
    assert reader.evaluate("window.neverReloaded")


def test_a_double_click_publishes_once(enter: Enter):
    text = unique("Two clicks, one post.")
    page = enter(KENYA)
    go_to_discussion(page)
    write(page, text)

    publish_button(page).dblclick()

    expect(post_with(page, text)).to_have_count(1)
    page.reload()
    expect(post_with(page, text)).to_have_count(1)


def test_a_preview_shows_the_text_and_keeps_it(enter: Enter):
    page = enter(KENYA)
    go_to_discussion(page)
    write(page, "A **firm** word, and <script>alert(1)</script>")

    page.get_by_role("button", name="Preview").click()

    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    expect(page.locator("strong", has_text="firm")).to_be_visible()
    expect(page.get_by_label("Your contribution")).to_have_value("A **firm** word, and <script>alert(1)</script>")


def test_an_answer_to_a_post_names_it_and_can_be_reworded(enter: Enter):
    text = unique("To the first post: by the post they hold.")
    page = enter(KENYA)
    go_to_discussion(page)
    page.goto(page.url.partition("#")[0].partition("?")[0] + "?page=1")
    page.get_by_role("article").first.get_by_role("link", name="Reply").click()
    publish(page, text)
    expect(post_with(page, text)).to_contain_text("In reply to post 1")

    post_with(page, text).get_by_role("link", name="Edit").click()
    page.get_by_label("Your contribution").fill(f"{text} And by age of service.")
    page.get_by_role("button", name="Save the wording").click()

    expect(post_with(page, text)).to_contain_text("And by age of service.")
    post_with(page, text).get_by_role("link", name="edited").click()
    expect(page.get_by_role("main")).to_contain_text(text)


def test_a_text_outlives_a_session_that_ends_while_it_is_written(enter: Enter):
    text = unique("Written on a long flight.")
    page = enter(KENYA)
    with page.expect_response("**/live/discussions/**"):
        go_to_discussion(page)
    write(page, text)
    page.context.clear_cookies(name="sessionid")

    publish_button(page).click()
    expect(page.get_by_role("status")).to_contain_text("Your text is kept")
    sign_in(page, KENYA)

    expect(page.get_by_label("Your contribution")).to_have_value(text)
    publish_button(page).click()
    expect(post_with(page, text)).to_have_count(1)


def test_a_text_outlives_a_form_that_is_too_old(enter: Enter):
    text = unique("Written before signing out and in again elsewhere.")
    page = enter()
    page.goto("/rooms/")
    sign_in(page, KENYA)
    go_to_discussion(page)
    write(page, text)
    other = page.context.new_page()
    other.goto("/rooms/")
    other.get_by_role("button", name="Sign out").click()
    other.get_by_role("main").get_by_role("link", name="Sign in").click()
    sign_in(other, KENYA)
    expect(other.get_by_role("heading", level=1, name="Rooms")).to_be_visible()

    publish_button(page).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The form was too old")
    page.get_by_role("link", name="your text is in the form").click()

    expect(page.get_by_label("Your contribution")).to_have_value(text)
