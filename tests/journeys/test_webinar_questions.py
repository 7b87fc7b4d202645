"""A question from the public: asked through the personal link, left open, and answered in three languages."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter, Forum
from tests.journeys.test_accessibility import ALL_RULES, barriers
from tests.journeys.test_phone import PHONE, assert_fits
from tests.journeys.visits import SECRETARIAT, unique

MADE = """
from datetime import timedelta
from django.utils import timezone
from webinars.models import Region, Registration, Webinar
from webinars.services.registrations import token_of
starts_at = timezone.now() - timedelta(minutes=10)
webinar = Webinar.objects.create(
    title_en={title!r}, title_fr={title!r}, title_ar={title!r}, aims_en="To learn.", audience_en="Examiners.",
    languages=["en"], state="live", starts_at=starts_at, ends_at=starts_at + timedelta(hours=2),
)
webinar.regions.set(Region.objects.all()[:1])
for number in range(2):
    registration = Registration.objects.create(
        webinar=webinar, full_name=f"Examiner {{number}}", email=f"examiner{{number}}@{{webinar.pk}}.example",
        institution_kind="ip_office", state="confirmed", confirmed_at=timezone.now(),
        keep_until=timezone.localdate() + timedelta(days=365),
    )
    print(token_of(registration))
print(webinar.pk)
"""
WRITTEN = """
from webinars.models import Answer
from accounts.models import User
other = User.objects.filter(role="secretariat").exclude(email={email!r}).first()
if other is None:
    writer = User.objects.get(email={email!r})
    other = User.objects.create(
        email="second.secretariat@forum.example", full_name="Second officer", role="secretariat", status="active",
        language="en",
    )
Answer.objects.filter(question__webinar={webinar}, cleared_at=None).update(written_by=other)
"""


@pytest.fixture
def live(forum: Forum) -> tuple[str, str, int]:
    """A webinar under way: the tokens of two who registered, and its id."""
    said = forum.manage("shell", "-v", "0", "-c", MADE.format(title=unique("Registers that work")))
    first, second, webinar = said.split()
    return first, second, int(webinar)


def test_a_question_from_the_public_to_a_written_answer_in_three_languages(
    forum: Forum, enter: Enter, live: tuple[str, str, int]
):
    first, second, webinar = live
    words = unique("How long did it take?")
    ask(enter(java_script_enabled=False), first, words)

    desk = enter(SECRETARIAT)
    desk.goto(f"/webinars/manage/webinar/{webinar}/questions/")
    decide(desk, words, "Let through")

    other = enter(viewport=PHONE)
    other.goto(f"/webinars/registrations/{second}/questions/")
    other.get_by_role("button", name="I want this answered too").click()
    expect(other.get_by_role("status")).to_contain_text("Your vote is counted.")
    assert_fits(other)
    assert barriers(other, ALL_RULES) == []
    stranger = enter(java_script_enabled=False)
    stranger.goto(f"/webinars/{webinar}/questions/")
    expect(stranger.get_by_role("listitem").filter(has_text=words)).to_contain_text("1 person wants it answered too")

    decide(desk, words, "Leave open")
    answer_in_three_languages(desk, forum, webinar, words)

    for language, answer in (("en", "Two years."), ("fr", "Deux ans."), ("ar", "سنتان.")):
        stranger.goto(f"/webinars/{webinar}/questions/?language={language}")
        expect(stranger.get_by_role("article").filter(has_text=words)).to_contain_text(answer)
    expect(stranger.locator("html")).to_have_attribute("dir", "rtl")


def test_news_comes_by_itself_while_a_webinar_is_live(forum: Forum, enter: Enter, live: tuple[str, str, int]):
    first, second, webinar = live
    words = unique("Who paid for it?")
    page = enter()
    page.clock.install()
    page.goto(f"/webinars/registrations/{second}/questions/")
    ask(enter(), first, words)
    desk = enter(SECRETARIAT)
    desk.goto(f"/webinars/manage/webinar/{webinar}/questions/")
    decide(desk, words, "Let through")
    expect(page.get_by_text(words)).to_have_count(0)

    page.clock.fast_forward("00:11")

    expect(page.get_by_role("listitem").filter(has_text=words)).to_be_visible()


def ask(page: Page, token: str, words: str) -> None:
    page.goto(f"/webinars/registrations/{token}/")
    page.get_by_role("link", name="Ask the experts, or vote for questions").click()
    page.get_by_label("Your question to the experts").fill(words)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("region", name="What I asked").get_by_role("listitem")).to_contain_text("Waiting")


def decide(desk: Page, words: str, button: str) -> None:
    desk.get_by_label(re.compile(re.escape(words))).check()
    desk.get_by_role("button", name=button, exact=True).click()
    expect(desk.get_by_role("status")).to_contain_text("Decided about 1 question.")


def answer_in_three_languages(desk: Page, forum: Forum, webinar: int, words: str) -> None:
    """Assign a question, write its answer and two translations, have another person’s words cleared, and publish."""
    desk.goto("/webinars/manage/questions/")
    row = desk.get_by_role("listitem").filter(has_text=words)
    row.get_by_role("link", name="Answer it in writing").click()
    desk.get_by_role("button", name="Assign", exact=True).click()
    for language, text in (("English", "Two years."), ("French", "Deux ans."), ("Arabic", "سنتان.")):
        desk.get_by_role("navigation", name="Language of the answer").get_by_role("link", name=language).click()
        desk.get_by_label("Answer", exact=True).fill(text)
        desk.get_by_role("button", name="Keep the answer").click()
        expect(desk.get_by_role("region", name=language, exact=True)).to_contain_text(text)
    expect(desk.get_by_text("Another person than who wrote it clears an answer.")).to_have_count(3)
    forum.manage("shell", "-v", "0", "-c", WRITTEN.format(email=SECRETARIAT, webinar=webinar))
    desk.reload()
    for language in ("English", "French", "Arabic"):
        desk.get_by_role("button", name=re.compile(rf"^Clear ?: {language}$")).click()
        expect(desk.get_by_role("status")).to_contain_text("The answer is cleared.")
    desk.get_by_role("button", name="Publish what is cleared").click()
    expect(desk.get_by_text("On the page", exact=True)).to_have_count(3)
