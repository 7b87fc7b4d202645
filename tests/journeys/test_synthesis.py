"""From a facilitator's notes to a published synthesis, and from a correction to its second version."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import COLOMBIA, FACILITATOR, MODERATOR, go_to_discussion, said, sample_titles, unique


def test_notes_become_a_synthesis_that_a_reader_has_corrected(enter: Enter):
    noted, agreed, corrected, asked, answered = (
        unique(words) for words in ("Dos talleres", "One workshop", "Two workshops", "Fueron dos.", "Tiene razón.")
    )
    title = sample_titles()

    facilitator = enter(FACILITATOR)
    facilitator.goto("/moderation/syntheses/")
    facilitator.get_by_role("listitem").filter(has_text=title["es"]).get_by_role("link").nth(1).click()
    sign = facilitator.locator("dt code").first.text_content() or ""
    notes = facilitator.get_by_label(said("es", "Notes"), exact=True)
    notes.fill(f"{noted} ({sign}).")
    facilitator.get_by_role("button", name=said("es", "Hand in", "notes"), exact=True).click()
    told = said("es", "The notes are handed in. The moderator is told.")
    expect(facilitator.get_by_role("status").first).to_contain_text(told)

    moderator = enter(MODERATOR)
    moderator.goto("/moderation/syntheses/")
    moderator.get_by_role("link", name=title["en"]).click()
    expect(moderator.get_by_text(noted)).to_be_visible()
    moderator.get_by_role("link", name=sign).click()
    expect(moderator).to_have_url(re.compile("#post-1-1$"))
    moderator.go_back()
    for language in ("English", "French", "Spanish"):
        moderator.get_by_role("textbox", name=language, exact=True).fill(agreed)
    moderator.get_by_role("button", name="Publish in all rooms").click()
    expect(moderator.get_by_role("region", name="Synthesis")).to_contain_text(agreed)

    reader = enter(COLOMBIA)
    go_to_discussion(reader, "es")
    reader.get_by_role("link", name=said("es", "Read the synthesis of this week")).click()
    expect(reader.get_by_text(agreed)).to_be_visible()
    reader.get_by_role("link", name=said("es", "Versions, and asking for a correction")).click()
    versions = reader.url
    reader.get_by_label(said("es", "What is to be corrected, and how")).fill(asked)
    reader.get_by_role("button", name=said("es", "Ask for it", "correction"), exact=True).click()
    expect(reader.get_by_text(asked)).to_be_visible()

    moderator.goto("/moderation/syntheses/")
    moderator.get_by_role("link", name=title["en"]).click()
    moderator.get_by_role("listitem").filter(has_text=asked).get_by_label("Answer").fill(answered)
    moderator.get_by_role("button", name="Take it up in the next version").click()
    expect(moderator.get_by_text(answered)).to_be_visible()
    for language in ("English", "French", "Spanish"):
        moderator.get_by_role("textbox", name=language, exact=True).fill(corrected)
    moderator.get_by_label("What has changed since the version before").fill("The number of workshops.")
    moderator.get_by_role("button", name="Publish in all rooms").click()
    expect(moderator.get_by_role("region", name="Synthesis")).to_contain_text(corrected)

    reader.goto(versions)
    expect(reader.get_by_text(corrected)).to_be_visible()
    expect(reader.get_by_text("The number of workshops.")).to_be_visible()
    expect(reader.get_by_text(answered)).to_be_visible()
    reader.get_by_role("list", name=said("es", "Versions", "synthesis"), exact=True).get_by_role("link").last.click()
    expect(reader.get_by_text(agreed)).to_be_visible()
