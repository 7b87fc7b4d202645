"""A post is reported, removed, and shown again because its author appeals."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import (
    COLOMBIA,
    KENYA,
    MODERATOR,
    SECRETARIAT,
    go_to_discussion,
    letters_to,
    post_with,
    publish,
    reload_until_visible,
    said,
    unique,
)


def decide(page: Page, outcome: str, reason: str, removal: str = "") -> None:
    page.get_by_role("radio", name=outcome).check()
    page.get_by_label("Reason, in your words").fill(reason)
    if removal:
        page.get_by_label("In place of a removed post everybody reads").select_option(label=removal)
    page.get_by_role("button", name="Decide", exact=True).click()


def test_from_a_report_to_an_appeal_that_is_granted(enter: Enter):
    text = unique("The register of our office is public.")
    author, reader, moderator, secretariat = enter(KENYA), enter(COLOMBIA), enter(MODERATOR), enter(SECRETARIAT)
    go_to_discussion(author)
    publish(author, text)
    address = author.url.partition("#")[0]

    reader.goto(address)
    post_with(reader, text).get_by_role("link", name=said("es", "Report", "action")).click()
    reader.get_by_role("radio", name=said("es", "It tells what must stay confidential")).check()
    reader.get_by_role("button", name=said("es", "Report", "action")).click()
    expect(reader.get_by_role("status").first).to_be_visible()

    colleague = enter(MODERATOR)
    for page in (moderator, colleague):
        page.goto("/moderation/cases/")
        page.get_by_role("main").get_by_role("listitem").last.get_by_role("link").first.click()
        expect(page.get_by_text(text)).to_be_visible()
    decide(moderator, "Removed; a placeholder stays", "It names a file.", "It told what must stay confidential.")
    expect(moderator.get_by_role("heading", name="What was decided")).to_be_visible()
    decide(colleague, "Nothing to be done", "It may stay.")
    expect(colleague.get_by_role("alert")).to_contain_text(re.compile("has decided on this meanwhile"))

    author.goto(address)
    placeholder = author.get_by_text("The moderator has removed this post. It told what must stay confidential.")
    expect(placeholder.last).to_be_visible()
    expect(post_with(author, text)).to_have_count(0)
    author.goto("/demo/mail/")
    reload_until_visible(author, letters_to(author, KENYA).filter(has_text="A decision about your post").first)
    author.goto("/profile/moderation/")
    author.get_by_role("link", name="Appeal", exact=True).first.click()
    author.get_by_label("Why you do not agree").fill("The file was published in March.")
    author.get_by_role("button", name="Send the appeal").click()
    expect(author.get_by_role("status").first).to_contain_text("with the Secretariat")

    secretariat.goto("/secretariat/")
    secretariat.get_by_role("main").get_by_role("link", name="Appeals").click()
    appeal = secretariat.get_by_role("listitem").filter(has_text="The file was published in March.")
    appeal.get_by_label("Answer").fill("It was published indeed.")
    appeal.get_by_role("button", name="Grant the appeal").click()
    expect(secretariat.get_by_role("status").first).to_be_visible()

    reader.goto(address)
    expect(post_with(reader, text)).to_be_visible()
    author.goto("/profile/moderation/")
    expect(author.get_by_text("It was published indeed.")).to_be_visible()
