"""Reading over weeks: going on where one stopped, what is new, citing, quoting, and doing it by keyboard."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter, Forum
from tests.journeys.visits import COLOMBIA, KENYA, go_to_discussion, post_with, publish, publish_button, unique, write

READ, POSTS = 23, 30
LONG_TALK = f"""
import uuid
from datetime import timedelta
from django.utils import timezone
from accounts.models import User
from forum.enums import TopicKind
from forum.models import Category, Room, Topic, Visit
from forum.services.posts import publish_post
from forum.services.reading import write_positions
from forum.services.topics import open_topic
now = timezone.now()
topic = Topic.objects.create(
    kind=TopicKind.OPEN, title_en="%(title)s", category=Category.objects.first(), opens_at=now - timedelta(days=5)
)
[discussion] = open_topic(topic, Room.objects.filter(language="es"), actor=None, at=topic.opens_at)
author, reader = (User.objects.with_access().get(email=email) for email in ("{KENYA}", "{COLOMBIA}"))
for n in range({POSTS}):
    publish_post(actor=author, discussion=discussion.pk, body=f"What we saw, {{n + 1}}.", submission_key=uuid.uuid4())
write_positions({{(reader.pk, discussion.pk): {READ}}})
Visit.objects.update_or_create(user=reader, defaults={{"seen_at": now, "previous_at": now - timedelta(days=3)}})
"""


@pytest.fixture
def title(forum: Forum) -> str:
    """The title of a talk in the Spanish room of which the reader from Colombia has read the beginning."""
    title = unique("Registers that are kept")
    forum.manage("shell", "-v", "0", "-c", LONG_TALK % {"title": title})
    return title


def clipboard(page: Page) -> str:
    return page.evaluate("navigator.clipboard.readText()")


def clipboard_other_than(page: Page, earlier: str) -> str:
    """Return what is copied once it is no longer ``earlier``; copying asks the server first."""
    for _look in range(50):
        if (text := clipboard(page)) != earlier:
            return text
        page.wait_for_timeout(200)
    pytest.fail(f"Nothing else was copied than {earlier!r}")


def with_clipboard(enter: Enter) -> Page:
    page = enter(KENYA, permissions=["clipboard-read", "clipboard-write"])
    go_to_discussion(page)
    return page


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_reader_finds_what_is_new_goes_on_where_they_stopped_and_marks_it_read(enter: Enter, title, has_scripts):
    page = enter(COLOMBIA, java_script_enabled=has_scripts, locale="es")
    page.goto("/since/")
    row = page.get_by_role("listitem").filter(has_text=title)
    expect(row).to_contain_text(f"{POSTS - READ}")

    row.locator(f'a[href$="#post-{READ + 1}"]').last.click()
    expect(page).to_have_url(re.compile(f"#post-{READ + 1}$"))
    expect(page.locator(f"#post-{READ + 1}")).to_be_in_viewport()
    expect(page.locator(".post__new-line + .post")).to_have_id(f"post-{READ + 1}")
    page.goto("/since/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for _look in range(10):  # positions are written a moment after reading
        if row.count() == 0:
            break
        page.wait_for_timeout(500)
        page.reload()

    expect(row).to_have_count(0)


def test_everything_can_be_counted_as_read(enter: Enter, title):
    page = enter(COLOMBIA, java_script_enabled=False)
    page.goto("/since/")
    room = page.get_by_role("region").filter(has_text=title)

    room.locator(".mark-read button").click()

    expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_text(title)).to_have_count(0)


def test_citing_a_paragraph_and_opening_it(enter: Enter):
    page = with_clipboard(enter)
    text = unique("Two years later, eight of ten.")
    write(page, f"First this.\n\n{text}")
    publish_button(page).click()
    post = post_with(page, text)

    post.get_by_role("link", name="Cite", exact=True).click()
    expect(page.get_by_text("The citation is copied.")).to_be_visible()
    whole = clipboard(page)
    post.get_by_role("link", name="2", exact=True).last.click()
    paragraph = clipboard_other_than(page, whole)

    assert re.search(r"\(Kenya\), in a personal capacity, TAF/\d+/\d+/en, post \d+, \d+ \w+ \d+, http", whole)
    assert ", paragraph 2, " in paragraph
    reader = enter(COLOMBIA)
    reader.goto(re.search(r"http\S+paragraph=2", paragraph)[0])
    expect(reader.locator(".para:target")).to_contain_text(text)


def test_citing_and_quoting_without_scripts(enter: Enter):
    page = enter(KENYA, java_script_enabled=False)
    go_to_discussion(page)
    text = unique("Quoted from an old browser.")
    publish(page, text)

    post_with(page, text).get_by_role("link", name="Cite", exact=True).click()
    expect(page.get_by_label("The citation, to copy")).to_have_value(re.compile(r"TAF/\d+/\d+/en, post \d+, .*sha256:"))
    page.get_by_role("link", name="Paragraph 1").click()
    expect(page.get_by_label("The citation, to copy")).to_have_value(re.compile("paragraph 1"))
    sister = page.get_by_role("listitem").filter(has_text=re.compile(r"TAF/\d+/\d+/fr")).first
    sister.get_by_role("link").click()

    expect(page.get_by_label("Your contribution")).to_have_value(re.compile(f"> {re.escape(text)}\n>\n> – \\["))


def test_quoting_the_words_that_are_selected(enter: Enter):
    page = with_clipboard(enter)
    text = unique("We asked them again after a year")
    publish(page, f"{text}, and they remembered.")
    post = post_with(page, text)
    write(page, "About this:")
    post.locator(".para").evaluate(
        """(paragraph, length) => {
            const words = document.createTreeWalker(paragraph.querySelector("p"), NodeFilter.SHOW_TEXT).nextNode();
            getSelection().setBaseAndExtent(words, 0, words, length);
        }""",
        len(text),
    )

    post.get_by_role("link", name="Quote", exact=True).click()

    box = page.get_by_label("Your contribution")
    expect(box).to_have_value(
        re.compile(f"^About this:\n\n> {re.escape(text)}\n>\n> – \\[.*§ 1\\]\\(http.*paragraph=1\\)\n\n$")
    )
    expect(box).to_be_focused()


def test_keys_lead_from_post_to_post_and_rest_when_they_should(enter: Enter):
    page = with_clipboard(enter)
    for words in ("The first of two.", "The second of two."):
        publish(page, unique(words))
    page.goto(page.url.partition("#")[0].partition("?")[0] + "?page=1")
    posts = page.get_by_role("article")

    page.keyboard.press("j")
    expect(posts.nth(0)).to_be_focused()
    page.keyboard.press("n")
    expect(posts.nth(1)).to_be_focused()
    page.keyboard.press("c")
    expect(page.get_by_text("The citation is copied.")).to_be_visible()
    page.keyboard.press("k")
    expect(posts.nth(0)).to_be_focused()

    page.keyboard.press("?")
    keys = page.get_by_role("dialog")
    expect(keys).to_be_visible()
    page.keyboard.press("j")
    expect(keys).to_be_visible()
    keys.get_by_role("button", name="Close").click()

    box = page.get_by_label("Your contribution")
    box.fill("")
    box.press("j")
    expect(box).to_have_value("j")
    expect(box).to_be_focused()
    box.fill("")

    page.get_by_role("button", name="Keys").click()
    keys.get_by_label("These keys work in this browser").uncheck()
    keys.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("j")
    expect(posts.nth(0)).not_to_be_focused()
    page.get_by_role("button", name="Keys").click()
    expect(keys.get_by_label("These keys work in this browser")).not_to_be_checked()


def test_a_key_opens_the_reply_to_the_post(enter: Enter):
    page = with_clipboard(enter)
    page.goto(page.url.partition("#")[0].partition("?")[0] + "?page=1")

    page.keyboard.press("j")
    page.keyboard.press("r")

    expect(page).to_have_url(re.compile(r"reply=1#write$"))
    expect(page.locator("#write")).to_contain_text("In reply to post 1")
