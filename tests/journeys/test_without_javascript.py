"""The whole main journey in a browser that runs no scripts."""

from playwright.sync_api import expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import (
    KENYA,
    go_to_discussion,
    post_with,
    publish,
    publish_button,
    sign_in,
    unique,
    write,
)


def test_signing_in_reading_previewing_and_answering(enter: Enter):
    text = unique("Sent from an *old* browser.")
    page = enter(java_script_enabled=False)
    page.goto("/rooms/")
    sign_in(page, KENYA)
    go_to_discussion(page)
    expect(page.get_by_role("article").first).to_be_visible()

    write(page, text)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    expect(page.locator("em", has_text="old").last).to_be_visible()
    expect(page.get_by_label("Your contribution")).to_have_value(text)
    publish_button(page).click()

    expect(post_with(page, text.replace("*", ""))).to_be_visible()


def test_an_error_keeps_the_text(enter: Enter):
    page = enter(KENYA, java_script_enabled=False)
    go_to_discussion(page)
    page.locator("form").filter(has=publish_button(page)).evaluate("form => form.noValidate = true")
    long = "word " * 5_000
    page.get_by_label("Your contribution").evaluate("field => field.removeAttribute('maxlength')")

    write(page, long)
    publish_button(page).click()

    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here")
    expect(page.get_by_role("main")).to_contain_text("a post holds at most")
    assert page.get_by_label("Your contribution").input_value().strip() == long.strip()


def test_an_empty_answer_is_refused_with_what_to_do(enter: Enter):
    page = enter(KENYA, java_script_enabled=False)
    go_to_discussion(page)
    page.locator("form").filter(has=publish_button(page)).evaluate("form => form.noValidate = true")

    publish_button(page).click()

    expect(page.get_by_role("main")).to_contain_text("Write something before you publish.")


def test_a_double_click_publishes_once(enter: Enter):
    text = unique("Clicked twice in an old browser.")
    page = enter(KENYA, java_script_enabled=False)
    go_to_discussion(page)
    write(page, text)

    publish_button(page).dblclick()

    expect(post_with(page, text)).to_have_count(1)


def test_following_a_room_and_a_discussion(enter: Enter):
    page = enter(KENYA, java_script_enabled=False)
    for address in ("/rooms/es/", None):
        if address:
            page.goto(address)
        else:
            go_to_discussion(page, "es")
        for level in ("Nothing", "Only answers to me"):
            page.get_by_text("What you hear of it:").click()
            page.get_by_label("What you hear of it").select_option(label=level)
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_text(f"What you hear of it: {level}")).to_be_visible()


def test_an_answer_of_another_is_there_after_a_reload(enter: Enter):
    text = unique("Read after a reload.")
    author, reader = enter(KENYA), enter(KENYA, java_script_enabled=False)
    go_to_discussion(reader)
    go_to_discussion(author)

    publish(author, text)
    reader.reload()

    expect(post_with(reader, text)).to_be_visible()
