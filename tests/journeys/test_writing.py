"""A text on its way: kept while the line is down, cleared by a colleague, confirmed as a statement."""

from playwright.sync_api import Locator, Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import (
    FOCAL_POINT,
    KENYA,
    go_to_discussion,
    letters_to,
    post_with,
    publish,
    publish_button,
    reload_until_visible,
    unique,
    write,
)


def text_box(page: Page) -> Locator:
    return page.get_by_label("Your contribution")


def empty_form(page: Page) -> None:
    """Go to the discussion and take away what an earlier journey has left in the form."""
    go_to_discussion(page)
    page.goto("/drafts/")
    while page.get_by_role("link", name="Delete").count():
        page.get_by_role("link", name="Delete").first.click()
        page.get_by_role("button", name="Delete").click()
        expect(page.get_by_role("status")).to_contain_text("The draft is deleted.")
    go_to_discussion(page)


def test_a_text_is_saved_as_it_is_typed_and_found_on_another_device(enter: Enter):
    text = unique("Typed on the office computer.")
    page, elsewhere = enter(KENYA), enter(KENYA)
    empty_form(page)

    text_box(page).press_sequentially(text)
    expect(page.get_by_text("Saved at")).to_be_visible()

    go_to_discussion(elsewhere)
    expect(text_box(elsewhere)).to_have_value(text)
    elsewhere.goto("/drafts/")
    expect(elsewhere.get_by_role("listitem").filter(has_text=text)).to_be_visible()


def test_a_text_written_while_the_line_is_down_is_found_again(enter: Enter):
    text = unique("Typed in a train.")
    page = enter(KENYA)
    empty_form(page)
    page.context.set_offline(True)

    write(page, text)
    expect(page.get_by_text("Not saved: no connection; kept on this device")).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("Saved at")).to_be_visible()

    other = page.context.new_page()
    go_to_discussion(other)
    expect(text_box(other)).to_have_value(text)


def test_a_text_whose_page_was_closed_while_the_line_was_down_is_offered_back(enter: Enter):
    text = unique("Typed before the battery ended.")
    page = enter(KENYA)
    context = page.context
    empty_form(page)
    address = page.url
    context.set_offline(True)
    write(page, text)
    expect(page.get_by_text("kept on this device")).to_be_visible()
    page.close()

    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    expect(page.get_by_text(text)).to_be_visible()
    page.get_by_role("button", name="Put it into the form").click()

    expect(text_box(page)).to_have_value(text)
    publish_button(page).click()
    expect(post_with(page, text)).to_have_count(1)
    expect(text_box(page)).to_have_value("")
    expect(page.get_by_role("button", name="Put it into the form")).to_be_hidden()


def test_what_a_device_kept_goes_with_the_sign_out(enter: Enter):
    page = enter(KENYA)
    empty_form(page)
    page.context.set_offline(True)
    write(page, unique("Nobody else’s business."))
    expect(page.get_by_text("kept on this device")).to_be_visible()
    kept = page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('draft.')).length")
    page.evaluate(
        "document.querySelector('.site-nav form').addEventListener('submit', event => event.preventDefault())"
    )

    page.get_by_role("button", name="Sign out").click()

    assert kept == 1
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('draft.')).length") == 0


def test_a_colleague_clears_a_text_which_is_published_at_once(enter: Enter):
    text = unique("Our registry lost its backup.")
    author, colleague = enter(KENYA), enter(FOCAL_POINT)
    empty_form(author)
    write(author, text)
    author.get_by_role("button", name="Ask a colleague to clear it first").click()
    author.get_by_label("Colleague", exact=True).select_option(label="Focal point of Kenya")
    author.get_by_label("Publish it as soon as it is cleared").check()
    author.get_by_role("button", name="Ask for clearance").click()
    expect(author.get_by_text("A colleague is asked to clear your draft.")).to_be_visible()

    colleague.goto("/demo/mail/")
    letter = letters_to(colleague, FOCAL_POINT).filter(has_text="asks you to clear").first
    reload_until_visible(colleague, letter)
    colleague.goto("/drafts/")
    colleague.get_by_role("region", name="Colleagues ask you to clear").get_by_role("link").first.click()
    expect(colleague.get_by_role("main")).to_contain_text(text)
    colleague.get_by_role("button", name="Clear and publish").click()

    expect(post_with(colleague, text)).to_contain_text("Delegate of Kenya")


def test_a_statement_is_confirmed_corrected_and_withdrawn(enter: Enter):
    text, corrected = unique("Kenya trains twenty examiners."), unique("It is thirty.")
    page = enter(FOCAL_POINT)
    empty_form(page)
    write(page, text)
    page.get_by_label("Capacity in which you write").select_option(label="Statement of the delegation")
    publish_button(page).click()
    expect(page.get_by_text("You speak for Kenya.")).to_be_visible()
    expect(post_with(page, text)).to_have_count(0)
    page.get_by_role("button", name="Publish as the statement of Kenya").click()
    expect(post_with(page, text)).to_contain_text("Statement of the delegation")
    expect(post_with(page, text).get_by_role("link", name="Edit")).to_have_count(0)

    post_with(page, text).get_by_role("link", name="Correct", exact=True).click()
    write(page, corrected)
    publish_button(page).click()
    page.get_by_role("button", name="Publish as the statement of Kenya").click()
    post_with(page, corrected).get_by_role("link", name="Corrigendum to post").click()
    expect(post_with(page, text)).to_contain_text("Corrected by post")

    post_with(page, text).get_by_role("link", name="Withdraw").click()
    page.get_by_label("Reason").fill("The corrigendum says it all.")
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("The delegation has withdrawn this statement.").first).to_be_visible()
    expect(post_with(page, text)).to_have_count(0)


def test_somebody_is_named_by_keyboard(enter: Enter):
    page = enter(KENYA)
    empty_form(page)
    write(page, "How is it done in")

    picker = page.get_by_role("combobox", name="Name a person or a member state in the text")
    picker.press_sequentially("Seneg")
    expect(page.get_by_role("listbox", name="Names").get_by_role("option").first).to_be_visible()
    picker.press("ArrowDown")
    picker.press("Enter")

    expect(text_box(page)).to_have_value("How is it done in @[Senegal] ")
    expect(text_box(page)).to_be_focused()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#preview .mention")).to_have_text("@Senegal")


def test_an_experience_is_told_in_five_parts(enter: Enter):
    text = unique("A register that does not fail.")
    page = enter(KENYA)
    empty_form(page)
    page.get_by_role("link", name="Share an experience").click()
    page.get_by_label("Need", exact=True).fill(text)
    page.get_by_label("Assistance received").fill("Two missions.")
    page.get_by_label("What worked", exact=True).fill("The training.")
    publish_button(page).click()

    expect(post_with(page, text).get_by_role("heading", name="What worked")).to_be_visible()


def test_publishing_right_after_typing_leaves_no_draft(enter: Enter):
    text = unique("Typed and sent.")
    page = enter(KENYA)
    empty_form(page)

    text_box(page).press_sequentially(text[:-1])
    page.wait_for_timeout(2_000)
    text_box(page).press_sequentially(text[-1])
    publish(page, text)

    page.goto("/drafts/")
    expect(page.get_by_text("You have no drafts.")).to_be_visible()
