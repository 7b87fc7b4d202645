"""A paper: texts and tables in one language, whatever it is shown as."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

FULL = 1_000  # the length of the longest bar of a chart


@dataclass(frozen=True, slots=True)
class Cell:
    """One figure of a table, or what stands in its place.

    Args:
        text: As it is read, in the paper's language.
        number: For a spreadsheet; None where there is no figure.
    """

    text: str
    number: float | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; ``bar`` is its length in a chart, up to ``FULL``, or None."""

    label: str
    cells: Sequence[Cell]
    bar: int | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one heading.

    Args:
        caption: What it shows.
        heading: Of the labels, then of each figure.
        rows: Label and figures of each.
        total: The sum, where there is one.
        charted: The place of the figure that the chart shows; None for no chart.
        notes: What stands below.
    """

    caption: str
    heading: Sequence[str]
    rows: Sequence[Row]
    total: Row | None = None
    charted: int | None = None
    notes: Sequence[str] = ()

    @property
    def is_charted(self) -> bool:
        """Whether there is anything for a chart to show."""
        return any(row.bar is not None for row in self.rows)

    @property
    def chart_heading(self) -> str:
        """What the chart shows."""
        return self.heading[self.charted + 1] if self.charted is not None else ""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a paper; ``is_blank`` leaves a place to write in."""

    heading: str = ""
    paragraphs: Sequence[str] = ()
    tables: Sequence[Table] = ()
    is_blank: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """All that a report says; what its writers need beside it are only the looks."""

    language: str
    title: str
    about: Sequence[str] = ()
    parts: Sequence[Part] = field(default_factory=list)

    @property
    def tables(self) -> list[Table]:
        return [table for part in self.parts for table in part.tables]


def figure(number: float | None, decimals: int | None = None) -> Cell:
    """Return a figure as it is written in the active language; a dash where there is none."""
    if number is None:
        return Cell("–")
    return Cell(number_format(number, decimals, use_l10n=True, force_grouping=True), number)


def count(number: int) -> str:
    """Return a count as it is written in the active language, such as ``2,655``."""
    return figure(number).text


def table(
    caption: str,
    heading: Sequence[str],
    rows: Iterable[tuple[str, Sequence[Cell]]],
    *,
    total: Row | None = None,
    charted: int | None = 0,
    notes: Sequence[str] = (),
) -> Table:
    """Return a table, each row with the length of its bar; what it takes is what a ``Table`` holds.

    Args:
        caption: What it shows.
        heading: Of the labels, then of each figure.
        rows: Label and figures of each.
        total: The sum.
        charted: The place of the figure that the chart shows.
        notes: What stands below.
    """
    listed = list(rows)
    most = max((cells[charted].number or 0 for _label, cells in listed), default=0) if charted is not None else 0

    def bar(cells: Sequence[Cell]) -> int | None:
        number = cells[charted].number if charted is not None else None
        return round(FULL * number / most) if number is not None and most else None

    return Table(caption, heading, [Row(label, cells, bar(cells)) for label, cells in listed], total, charted, notes)


# --- What is published exposes nobody ----------------------------------------------------------------


def people(counts: Sequence[int], *, for_publication: bool) -> list[Cell]:
    """Return counts of people that add up to a total which stands beside them.

    In what is published, fewer than ``SMALL_CELL`` are said to be that. So that the total does not betray them, the
    next larger counts are left out with them, until each small one could still be any number from one up; where
    there are not enough of them, all are left out. Nobody is nobody, and is shown as long as the rest can be.

    Args:
        counts: Of people.
        for_publication: Whether small ones are left out.

    Source: REP-12, ACC-03.
    """
    least = settings.SMALL_CELL
    small = {place for place, number in enumerate(counts) if 0 < number < least}
    if not (for_publication and small):
        return [figure(number) for number in counts]
    larger = sorted((number, place) for place, number in enumerate(counts) if number >= least)
    left_out: set[int] = set()
    hidden = sum(counts[place] for place in small)
    while not left_out or hidden < least * (1 + len(left_out)) + len(small) - 2:
        if not larger:
            return [_not_shown() for _number in counts]
        number, place = larger.pop(0)
        left_out.add(place)
        hidden += number
    return [
        _few() if place in small else _not_shown() if place in left_out else figure(number)
        for place, number in enumerate(counts)
    ]


def people_in_all(number: int, *, for_publication: bool) -> Cell:
    """Return a total of people, or a count that is part of no total. Source: REP-12."""
    return _few() if for_publication and 0 < number < settings.SMALL_CELL else figure(number)


def _few() -> Cell:
    return Cell(_("fewer than %(count)s") % {"count": settings.SMALL_CELL})


def _not_shown() -> Cell:
    return Cell(pgettext("figure", "not shown"))
