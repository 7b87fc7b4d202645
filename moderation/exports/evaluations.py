"""The data of an evaluation's period, for somebody independent to work on: nobody is named in them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import astuple
from datetime import date
from io import BytesIO
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from forum.exports.papers import FORMULA, csv_of
from moderation.models import Evaluation
from moderation.queries.evaluations import anonymous_people, anonymous_posts, period_of, posts_of

LONGEST_CELL = 32_767  # characters, by Excel's own limit
Values = Sequence[object]


def _people(evaluation: Evaluation) -> Iterator[Values]:
    yield [
        _("Code, new in each export"),
        _("Regional group"),
        _("Type of institution"),
        _("Posts"),
        _("Discussions written in"),
        _("Discussions read"),
        _("Weeks written in"),
    ]
    yield from map(astuple, anonymous_people(period_of(evaluation)))


def _posts(evaluation: Evaluation) -> Iterator[Values]:
    yield [
        _("Topic"),
        pgettext("figure", "Room"),
        _("Week from"),
        _("Kind of contribution"),
        _("Capacity"),
        _("Answer to another post"),
        pgettext("column", "State"),
        _("Text"),
    ]
    yield from map(astuple, anonymous_posts(period_of(evaluation)))


def _about(evaluation: Evaluation) -> Iterator[Values]:
    period = period_of(evaluation)
    yield [evaluation.title]
    yield [
        _("Delegates of member states, from %(start)s to %(end)s.")
        % {"start": date_format(period.starts_on), "end": date_format(period.ends_on)}
    ]
    yield [_("Exported on %(day)s.") % {"day": date_format(timezone.localtime(), "DATETIME_FORMAT")}]
    yield [
        _("Nobody is named. What is true of fewer than %(count)s people is left out.") % {"count": settings.SMALL_CELL}
    ]
    yield [_("Posts are not tied to people; names of participants and mail addresses are taken out of their text.")]
    total = posts_of(period)
    if total > settings.EVALUATION_POSTS:
        yield [
            _("This file holds the first %(count)s of %(total)s posts.")
            % {"count": settings.EVALUATION_POSTS, "total": total}
        ]


def write_workbook(evaluation: Evaluation) -> bytes:
    """Return the data of an evaluation as a workbook: people, posts, and what they are.

    Args:
        evaluation: Of which period.

    Source: reading A24, REP-12, workflow 2.8.
    """
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    for title, rows in (
        (pgettext("sheet of a workbook", "People"), _people(evaluation)),
        (pgettext("sheet of a workbook", "Posts"), _posts(evaluation)),
        (_("About this file"), _about(evaluation)),
    ):
        sheet = workbook.create_sheet(title[:31])
        for row in rows:
            sheet.append([_cell(sheet, value) for value in row])
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: object) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("", _said(value))[:LONGEST_CELL]
    if text.isdecimal():
        return WriteOnlyCell(sheet, int(text))
    cell = WriteOnlyCell(sheet, text)
    cell.data_type = "s"
    cell.quotePrefix = text.lstrip(" ").startswith(FORMULA)
    return cell


def _said(value: object) -> str:
    if isinstance(value, bool):
        return pgettext("column", "yes") if value else pgettext("column", "no")
    return str(value)


def _csv(rows: Callable[[Evaluation], Iterable[Values]]) -> Callable[[Evaluation], bytes]:
    return lambda evaluation: csv_of([_said(value) for value in row] for row in rows(evaluation))


CSV = "text/csv; charset=utf-8"
DATA_WRITERS: dict[str, tuple[Callable[[Evaluation], bytes], str]] = {
    "data.xlsx": (write_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "people.csv": (_csv(_people), CSV),
    "posts.csv": (_csv(_posts), CSV),
}
