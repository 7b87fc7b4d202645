"""A webinar is made known by a member state, and the year's figures are taken as a document in another language."""

from docx import Document
from playwright.sync_api import expect

from tests.journeys.conftest import Enter
from tests.journeys.visits import FOCAL_POINT, SECRETARIAT, unique


def test_a_focal_point_makes_a_webinar_known_and_the_secretariat_reports_it(enter: Enter, tmp_path):
    note = unique("Told all universities")
    focal_point = enter(FOCAL_POINT, java_script_enabled=False)
    focal_point.goto("/webinars/")
    focal_point.get_by_role("link", name="Make webinars known").click()
    step = focal_point.get_by_role("listitem").filter(has_text="Provincial offices and universities").first
    step.get_by_text("Français", exact=True).click()
    expect(step.get_by_label("Text to copy").nth(1)).to_contain_text("Dix questions, une semaine")
    step.get_by_text("Say what came of it").click()
    step.get_by_label("People reached").fill("320")
    step.get_by_label("Note").fill(note)
    step.get_by_role("button", name="Keep it").click()
    expect(focal_point.get_by_role("status")).to_contain_text("kept with the webinar")

    secretariat = enter(SECRETARIAT)
    secretariat.goto("/webinars/manage/webinars/")
    secretariat.get_by_role("link", name="Needs assessment in a very small office").first.click()
    secretariat.get_by_role("link", name="Promotion").click()
    expect(secretariat.get_by_text(note)).to_be_visible()

    secretariat.goto("/webinars/manage/")
    secretariat.get_by_role("listitem").filter(has_text="Running").get_by_role("link").first.click()
    secretariat.get_by_role("link", name="Annual report").click()
    with secretariat.expect_download() as download:
        secretariat.get_by_role("link", name="Word (French)").click()
    file = tmp_path / "report.docx"
    download.value.save_as(file)
    cells = {cell.text for table in Document(str(file)).tables for row in table.rows for cell in row.cells}
    assert "Le mentorat entre offices comme forme d’assistance" in cells
