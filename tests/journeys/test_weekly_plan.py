"""The moderator plans weeks ahead, and takes up what a delegate proposes."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import KENYA, MODERATOR, SENEGAL, letters_to, reload_until_visible, said, unique

GENEVA = ZoneInfo("Europe/Zurich")
LANGUAGES = {"en": "English", "fr": "French", "es": "Spanish"}
WEEKS = 4


def test_four_weeks_are_planned_in_one_sitting_and_open_by_the_clock(enter: Enter):
    name = unique("Questions of the month")
    moderator = enter(MODERATOR)
    moderator.goto("/moderation/templates/new/")
    moderator.get_by_label("Name").fill(name)
    for language in LANGUAGES.values():
        column = moderator.get_by_role("group", name=language)
        column.get_by_label("Title").fill(name)
        column.get_by_label("Objective").fill("Answers that others can use.")
        column.get_by_label("Guiding questions").fill("One?\nTwo?\nThree?")
    moderator.get_by_label("Category").select_option(label="Capacity building")
    moderator.get_by_role("button", name="Save the template").click()
    moderator.get_by_label("First week").select_option(index=6)
    moderator.get_by_label("Number of weeks").fill(str(WEEKS))
    moderator.get_by_label("The topics open by themselves").check()
    moderator.get_by_role("button", name="Plan these weeks").click()
    expect(moderator.get_by_role("status")).to_contain_text("4 weeks have a topic now.")

    titles = [f"{name} {n}" for n in range(WEEKS)]
    for title in titles:  # each is finished, and moved to this moment: nobody waits ten weeks here
        moderator.goto("/moderation/")
        moderator.get_by_role("link", name=name, exact=True).first.click()
        moderator.get_by_role("group", name="English").get_by_label("Title").fill(title)
        now = datetime.now(GENEVA)
        moderator.get_by_label("Opens", exact=False).fill(f"{now:%Y-%m-%dT%H:%M}")
        moderator.get_by_label("Closes at").fill(f"{now + timedelta(days=7):%Y-%m-%dT%H:%M}")
        moderator.get_by_role("button", name="Open at the set time").click()

    delegate = enter(KENYA)
    delegate.goto("/rooms/en/")
    for title in titles:
        reload_until_visible(delegate, delegate.get_by_role("link", name=title).first)


def test_a_proposal_in_french_becomes_a_topic_that_credits_the_state(enter: Enter):
    title = unique("Former les examinateurs à distance")
    senegal = enter(SENEGAL)
    senegal.goto("/rooms/")
    senegal.get_by_role("link", name=said("fr", "Propose a topic of the week")).click()
    senegal.get_by_role("link", name=said("fr", "Propose a topic"), exact=True).click()
    senegal.get_by_label(said("fr", "title"), exact=False).first.fill(title)
    senegal.get_by_label(said("fr", "why"), exact=False).first.fill("Plusieurs offices le demandent.")
    senegal.get_by_label(said("fr", "expected result"), exact=False).first.fill("Une liste de cours.")
    senegal.get_by_role("button", name=said("fr", "Propose it", "topic")).click()
    expect(senegal.get_by_role("heading", level=1)).to_have_text(title)

    moderator = enter(MODERATOR)
    moderator.goto("/moderation/proposals/")
    moderator.get_by_role("link", name=title).click()
    moderator.get_by_role("button", name="Accept it").click()
    moderator.get_by_role("link", name=title).click()
    moderator.get_by_role("link", name="Prepare a topic from it").click()
    french = moderator.get_by_role("group", name="French")
    expect(french.get_by_label("Title")).to_have_value(title)
    for language in LANGUAGES.values():
        column = moderator.get_by_role("group", name=language)
        column.get_by_label("Title").fill(title)
        column.get_by_label("Objective").fill("Une liste de cours.")
        column.get_by_label("Guiding questions").fill("One?\nTwo?\nThree?")
    moderator.get_by_label("Category").select_option(label="Capacity building")
    now = datetime.now(GENEVA)
    moderator.get_by_label("Opens", exact=False).fill(f"{now:%Y-%m-%dT%H:%M}")
    moderator.get_by_role("button", name="Open now").click()
    expect(moderator.get_by_role("status").first).to_contain_text("open in all core rooms")

    senegal.goto("/demo/mail/")
    letter = letters_to(senegal, SENEGAL).filter(
        has_text=said("fr", "Your topic is open: %(title)s") % {"title": title}
    )
    reload_until_visible(senegal, letter)
    kenya = enter(KENYA)
    kenya.goto("/rooms/en/")
    kenya.get_by_role("link", name=title).first.click()
    expect(kenya.get_by_role("main")).to_contain_text("Proposed by Senegal")
