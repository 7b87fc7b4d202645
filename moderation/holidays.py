"""Official holidays, looked up in a process of its own: their calendars would stay in the memory of every page."""

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path

PATIENCE = 30  # seconds


def states_off(year: int, codes: Iterable[str]) -> dict[date, int]:
    """Return on which days of a year how many of some states have an official holiday, the earliest first.

    Args:
        year: Such as 2026.
        codes: Of the states, as ISO 3166 has them.
    """
    asked = set(codes)
    try:
        found = _holidays(year)
    except (subprocess.SubprocessError, OSError):
        return {}  # a hint that is not there keeps nobody from planning
    counted = {day: len(asked & off) for day, off in found.items()}
    return {day: count for day, count in sorted(counted.items()) if count}


@lru_cache(maxsize=4)
def _holidays(year: int) -> dict[date, frozenset[str]]:
    said = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-m", __name__, str(year)],
        cwd=Path(__file__).resolve().parent.parent,
        env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        timeout=PATIENCE,
        check=True,
    ).stdout
    return {date.fromisoformat(day): frozenset(codes) for day, codes in json.loads(said).items()}


def _print(year: int) -> None:
    import holidays

    found = defaultdict(list)
    for code in holidays.list_supported_countries(include_aliases=False):
        for day in holidays.country_holidays(code, years=year):
            found[day.isoformat()].append(code)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    _print(int(sys.argv[1]))
