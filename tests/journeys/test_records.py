"""A discussion is taken away as a document, in Word and in PDF, and opened."""

import re

import pytest
from docx import Document
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.journeys.conftest import Enter
from tests.journeys.visits import COLOMBIA, KENYA, go_to_discussion, reload_until_visible, said, sample_titles


@pytest.mark.parametrize("with_scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_discussion_is_exported_as_word_and_pdf(enter: Enter, with_scripts: bool):
    page = enter(KENYA, java_script_enabled=with_scripts)
    said_there = {}
    for label, name in (("Word document (DOCX)", "docx"), ("PDF, to print", "pdf")):
        go_to_discussion(page)
        symbol = page.locator(".symbol").first.inner_text()
        page.get_by_role("link", name="Take as a document").click()
        page.get_by_label("File").select_option(label=label)
        page.get_by_role("button", name="Prepare the document").click()
        ready = page.get_by_role("region", name="Your documents").get_by_role("link", name=re.compile(re.escape(label)))
        if with_scripts:
            expect(ready.first).to_be_visible()  # the page looks again by itself
        else:
            reload_until_visible(page, ready.first)
        with page.expect_download() as download:
            ready.first.click()
        assert download.value.suggested_filename == f"{symbol.replace('/', '-')}-en.{name}"
        file = download.value.path()
        if name == "docx":
            said_there[name] = "\n".join(paragraph.text for paragraph in Document(str(file)).paragraphs)
        else:
            said_there[name] = "\n".join(sheet.extract_text() for sheet in PdfReader(file).pages)

    for words in said_there.values():
        assert sample_titles()["en"] in " ".join(words.split())
        assert "Delegate of the Philippines" in words
        assert "Participants who contributed" in words
        assert "1.4" in words


def test_the_whole_topic_is_had_in_ones_own_language(enter: Enter):
    page = enter(COLOMBIA)
    go_to_discussion(page, "es")
    page.locator(".symbol").first.click()
    page.get_by_role("link", name=said("es", "Take as a document")).click()
    page.get_by_role("button", name=said("es", "Prepare the document")).click()
    ready = page.get_by_role("region", name=said("es", "Your documents")).get_by_role("link", name="DOCX")
    expect(ready.first).to_be_visible()

    with page.expect_download() as download:
        ready.first.click()

    words = "\n".join(paragraph.text for paragraph in Document(str(download.value.path())).paragraphs)
    assert sample_titles()["es"] in words
    for room in ("English", "Français", "Español"):
        assert room in words
