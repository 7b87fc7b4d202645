"""Somebody attaches files to an answer, with scripts and without, and others fetch them."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.forum import samples
from tests.journeys.conftest import Enter
from tests.journeys.visits import EXPERT, KENYA, go_to_discussion, post_with, publish_button, unique, write


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A folder with a document, a picture and a file that is not taken."""
    for name, content in {
        "guide.docx": samples.word(),
        "chart.png": samples.picture("PNG", (900, 600)),
        "run.exe": b"MZ",
    }.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def choose(page: Page, files: Path, *names: str) -> None:
    page.get_by_label("Attach files").set_input_files([files / name for name in names])


@pytest.mark.parametrize("has_scripts", [True, False])
def test_files_are_attached_removed_and_published(enter: Enter, files: Path, has_scripts: bool):
    text = unique("With a guide and a chart.")
    page, reader = enter(KENYA, java_script_enabled=has_scripts), enter(EXPERT)
    go_to_discussion(page)
    go_to_discussion(reader)
    region = page.locator("#files")
    expect(region).to_contain_text("at most 25 MB each")

    write(page, text)
    choose(page, files, "guide.docx", "run.exe", "chart.png")
    if not has_scripts:
        region.get_by_role("button", name="Attach", exact=True).click()
    expect(region.get_by_role("link")).to_have_text(["guide.docx", "chart.png"])
    expect(region.get_by_role("alert")).to_contain_text("run.exe")
    expect(page.get_by_label("Your contribution")).to_have_value(text)
    region.get_by_role("button", name="Remove guide.docx").click()
    expect(region.get_by_role("link")).to_have_text(["chart.png"])
    choose(page, files, "guide.docx")
    if has_scripts:
        expect(region.get_by_role("link")).to_have_count(2)
    publish_button(page).click()

    for where in (page, reader):
        post = post_with(where, text)
        expect(post.get_by_role("list", name="Files").get_by_role("link")).to_have_text(["chart.png", "guide.docx"])
        picture = post.locator("img")
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("naturalWidth", 480)
    with reader.expect_download() as download:
        post_with(reader, text).get_by_role("link", name="guide.docx").click()
    assert download.value.suggested_filename == "guide.docx"
    assert Path(download.value.path()).read_bytes() == samples.word()


def test_what_is_attached_stays_when_one_comes_back_later(enter: Enter, files: Path):
    page = enter(KENYA)
    go_to_discussion(page, "es")
    choose(page, files, "guide.docx")
    region = page.locator("#files")
    expect(region.get_by_role("link")).to_have_text(["guide.docx"])

    page.reload()

    expect(region.get_by_role("link")).to_have_text(["guide.docx"])
    region.get_by_role("button", name="Remove guide.docx").click()
    expect(region.get_by_role("link")).to_have_count(0)


def test_a_line_that_breaks_says_so_and_the_text_stays(enter: Enter, files: Path):
    page = enter(KENYA)
    go_to_discussion(page)
    write(page, "Half a thought")
    page.context.route("**/files/", lambda route: route.abort())

    choose(page, files, "guide.docx")

    expect(page.locator("#files").get_by_role("alert")).to_contain_text("could not be sent. Try again.")
    expect(page.get_by_label("Your contribution")).to_have_value("Half a thought")
    expect(publish_button(page)).to_be_enabled()
