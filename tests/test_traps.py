"""``docs/traps.md`` is held to account: every trap names tests that exist, or says what is not built yet."""

import re
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parent.parent
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def traps() -> list[tuple[str, str]]:
    """Return each trap with what its row names as the test."""
    lines = (BASE_DIR / "docs" / "traps.md").read_text().splitlines()
    cells = [line.strip("|").split(" | ") for line in lines if line.startswith("|")]
    return [(row[0].strip(), row[-1].strip()) for row in cells[2:]]


@pytest.mark.parametrize(("trap", "named"), traps())
def test_a_trap_has_tests_or_is_not_yet(trap: str, named: str):
    tests = TEST.findall(named)
    assert tests or named.startswith("not yet: "), trap
    for path, name in tests:
        assert re.search(rf"^(async )?def {name}\(", (BASE_DIR / path).read_text(), re.MULTILINE), f"{path}::{name}"


def test_all_of_them_are_read():
    assert len(traps()) == 21
