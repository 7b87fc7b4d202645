"""A delegate finds what was said, without its accents and in Chinese, and lands on the paragraph."""

import re

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import EXPERT, SENEGAL, go_to_discussion, post_with, publish_button, unique, write


def search(page: Page, words: str) -> None:
    """Search from the head of a page."""
    page.get_by_role("searchbox").first.fill(words)
    page.get_by_role("searchbox").first.press("Enter")


def test_french_is_found_without_accents_and_chinese_by_two_characters(enter: Enter):
    mark, chinese = unique("Repère"), unique("我们提供技术援助")
    author = enter(SENEGAL)
    go_to_discussion(author, "fr")
    write(author, f"Bonjour à tous.\n\n{mark} : le développement des bureaux régionaux.\n\n{chinese}", "fr")
    publish_button(author, "fr").click()
    expect(post_with(author, mark)).to_be_visible()
    reader = enter(SENEGAL)

    for words, shown, paragraph in [
        (f'"{mark.replace("è", "e")}" developpement regional', "développement", 2),
        (chinese.removeprefix("我们提供技术"), "援助", 3),
    ]:
        reader.goto("/rooms/")
        search(reader, words)
        result = reader.get_by_role("listitem").filter(has=reader.locator("mark", has_text=shown))
        expect(result).to_have_count(1)
        result.get_by_role("link").click()

        expect(reader).to_have_url(re.compile(rf"#post-\d+-{paragraph}$"))
        expect(post_with(reader, mark)).to_be_visible()
        expect(reader.locator(".para:target")).to_contain_text(shown)


def test_what_finds_nothing_says_what_to_try(enter: Enter):
    reader = enter(EXPERT)
    reader.goto("/rooms/")

    search(reader, unique("Nowhere"))

    expect(reader.get_by_text("Nothing was found that you can read.")).to_be_visible()
    expect(reader.get_by_role("link", name="Look in all languages.")).to_be_visible()
