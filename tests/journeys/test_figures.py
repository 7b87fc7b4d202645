"""The Secretariat reports how the forum is used, and an independent evaluator judges it."""

from io import BytesIO

from docx import Document
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import EVALUATOR, KENYA, SECRETARIAT, unique


def downloaded(page: Page, link: str) -> bytes:
    """Follow a link to a file, and return what is in it."""
    with page.expect_download() as download:
        page.get_by_role("link", name=link, exact=True).click()
    return download.value.path().read_bytes()


def test_the_usage_report_goes_from_the_page_into_a_document(enter: Enter):
    page = enter(SECRETARIAT)
    page.goto("/moderation/")
    page.get_by_role("navigation", name="Moderation").get_by_role("link", name="Figures").click()
    page.get_by_label("Language of the report").select_option("en")
    page.get_by_label("Pages and sessions in the year").fill("2025")  # this year’s pages are counted meanwhile
    page.get_by_role("button", name="Show").click()

    text = page.get_by_text("registered users from").inner_text()
    expect(page.get_by_role("table", name="Users by type of institution").locator("rect").first).to_be_visible()
    document = Document(BytesIO(downloaded(page, "DOCX")))

    assert text in [paragraph.text for paragraph in document.paragraphs]


def test_an_evaluator_fills_in_a_report_that_participants_read(enter: Enter):
    evaluator, findings = enter(EVALUATOR), unique("Offices answered each other.")
    evaluator.goto("/rooms/")
    evaluator.get_by_role("link", name="Figures").click()
    expect(evaluator.get_by_role("heading", name="Usage report")).to_be_visible()
    evaluator.get_by_role("navigation", name="Figures").get_by_role("link", name="Evaluations").click()
    evaluator.get_by_role("link", name="The first six months").click()
    assert b"Code" in downloaded(evaluator, "people.csv")
    headings = [p.text for p in Document(BytesIO(downloaded(evaluator, "English"))).paragraphs]
    assert any(heading.startswith("Criterion: ") for heading in headings)
    evaluator.get_by_role("link", name="Write or paste the report").click()
    evaluator.get_by_label("Report", exact=True).fill(f"# Findings\n\n{findings}")
    evaluator.get_by_role("button", name="Keep the report").click()
    address = evaluator.url

    participant = enter(KENYA)
    assert participant.goto(address).status == 404
    secretariat = enter(SECRETARIAT)
    secretariat.goto(address)
    secretariat.get_by_role("button", name="Publish the report to all participants").click()

    participant.goto("/rooms/")
    participant.get_by_role("contentinfo").get_by_role("link", name="Evaluations").click()
    participant.get_by_label("Words in evaluations").fill(findings)
    participant.get_by_role("main").get_by_role("button", name="Search").click()
    participant.get_by_role("link", name="The first six months").click()
    expect(participant.get_by_text(findings)).to_be_visible()
