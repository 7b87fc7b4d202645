"""A post is translated, read in another language, reworded, and shows that its translation is behind."""

from playwright.sync_api import expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import (
    KENYA,
    MODERATOR,
    SENEGAL,
    go_to_discussion,
    post_with,
    publish,
    said,
    unique,
)


def test_a_translation_is_written_checked_read_and_marked_once_the_original_has_changed(enter: Enter):
    english, french, reworded = (
        unique("We call after a year."),
        unique("Nous appelons un an après."),
        unique("Reworded."),
    )
    author = enter(KENYA)
    go_to_discussion(author)
    publish(author, english)

    author.goto(post_with(author, english).get_by_role("link", name="Translate").get_attribute("href") or "")
    author.get_by_role("region", name="French").get_by_role("link", name="Translate").click()
    author.get_by_label("Translation", exact=True).fill(french)
    author.get_by_role("button", name="Save the translation").click()
    expect(author.get_by_role("region", name="French")).to_contain_text(french)
    translations = author.url

    moderator = enter(MODERATOR)
    moderator.goto(translations)
    moderator.get_by_role("button", name="I have compared it: it is right").click()
    expect(moderator.get_by_role("region", name="French")).to_contain_text("Translated and checked")

    reader = enter(SENEGAL)
    go_to_discussion(reader)
    post = post_with(reader, french)
    expect(post.get_by_text(french)).to_be_visible()
    expect(post.get_by_text(english)).to_be_hidden()
    post.get_by_text(said("fr", "Original: %(languages)s").partition("%")[0].strip()).click()
    expect(post.get_by_text(english)).to_be_visible()

    go_to_discussion(author)
    post_with(author, english).get_by_role("link", name="Edit").click()
    author.get_by_label("Your contribution").fill(reworded)
    author.get_by_role("button", name="Save the wording").click()

    go_to_discussion(reader)
    post = post_with(reader, reworded)
    expect(post.get_by_text(reworded)).to_be_visible()
    expect(post.get_by_text(french)).to_be_hidden()
    post.get_by_text(said("fr", "Translation of an earlier wording")).click()
    expect(post.get_by_text(said("fr", "The original has changed since."))).to_be_visible()
