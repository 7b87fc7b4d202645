"""``docs/requirements.md`` is held to account: what code cites is there, and what it names exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent
DOCUMENT = BASE_DIR / "docs" / "requirements.md"
FOLDERS = ("accounts", "forum", "moderation", "webinars", "demo", "config", "bench", "tests")
STATES = {"done", "partly", "not yet", "outside"}

REQUIREMENT = re.compile(r"\b(?:ACC|FOR|MOD|WEB|REP|LIB|OPS)-\d\d\b")
READINGS = re.compile(r"\breadings? (A\d+(?:(?:, | and )A\d+)*)")
WORKFLOW = re.compile(r"\bworkflow (\d\.\d+)\b")
PLACE = re.compile(r"`((?:[\w.-]+/)+[\w.-]+)(?:::([\w.]+))?`")


def ids_in(text: str) -> set[str]:
    """Return every requirement, reading and workflow that a text cites."""
    readings = {name for names in READINGS.findall(text) for name in re.findall(r"A\d+", names)}
    return {*REQUIREMENT.findall(text), *readings, *WORKFLOW.findall(text)}


def rows() -> Iterator[list[str]]:
    """Yield the cells of each row about a requirement, a workflow or a reading."""
    for line in DOCUMENT.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if re.fullmatch(rf"{REQUIREMENT.pattern}|A\d+|\d\.\d+", cells[0]):
            yield cells


def cited() -> list[tuple[str, str]]:
    files = [file for folder in FOLDERS for file in (BASE_DIR / folder).rglob("*") if file.suffix in {".py", ".toml"}]
    return sorted((name, str(file.relative_to(BASE_DIR))) for file in files for name in ids_in(file.read_text()))


def places() -> list[tuple[str, str]]:
    return sorted(set(PLACE.findall(DOCUMENT.read_text())))


def test_every_id_that_code_cites_is_in_the_document():
    known = {cells[0] for cells in rows()}
    assert [(name, file) for name, file in cited() if name not in known] == []


def test_an_id_stands_once():
    ids = [cells[0] for cells in rows()]
    assert len(ids) == len(set(ids))


def test_every_row_has_a_state_and_a_place_where_something_is_built():
    for cells in rows():
        state, where = cells[-2:]
        assert state in STATES, cells[0]
        assert state not in {"done", "partly"} or where != "–", cells[0]


@pytest.mark.parametrize(("path", "symbol"), places())
def test_every_place_it_names_exists(path: str, symbol: str):
    file = BASE_DIR / path
    assert file.exists()
    for name in filter(None, symbol.split(".")):
        assert re.search(rf"\b{name}\b", file.read_text())


def test_citations_are_read_as_they_are_written():
    text = "Source: ACC-05, readings A19 and A20, workflow 2.10; reading A4."
    assert ids_in(text) == {"ACC-05", "A19", "A20", "2.10", "A4"}
