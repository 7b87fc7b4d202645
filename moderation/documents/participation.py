"""Participation as a paper: how many read, wrote and were silent, by one thing at a time."""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from accounts.languages import language_name
from forum.documents.paper import Cell, Paper, Part, Row, Table, figure, people, people_in_all, table
from moderation.queries.participation import (
    Period,
    Place,
    Taking,
    Week,
    by_group,
    by_language,
    by_room,
    by_state,
    by_week,
)

DIMENSIONS = {
    "week": pgettext_lazy("figures by", "Week"),
    "room": pgettext_lazy("figures by", "Room"),
    "state": pgettext_lazy("figures by", "Member state"),
    "group": pgettext_lazy("figures by", "Regional group"),
    "language": pgettext_lazy("figures by", "Language of the pages"),
}
NOT_PUBLISHED = {"state"}  # nearly every count of a delegation is small, and the sums of groups would betray it


def participation_paper(period: Period, dimension: str, language: str, *, for_publication: bool) -> Paper:
    """Write how delegates took part in a period.

    Args:
        period: Which days.
        dimension: One of ``DIMENSIONS``.
        language: Of the paper.
        for_publication: Whether counts that could tell of a person are left out.

    Source: REP-02, REP-11, REP-12.
    """
    with translation.override(language):
        about = [
            _("Delegates of member states, from %(start)s to %(end)s.")
            % {"start": date_format(period.starts_on), "end": date_format(period.ends_on)}
        ]
        if for_publication:
            about.append(_("For publication: counts that could tell of a person are left out."))
        if for_publication and dimension in NOT_PUBLISHED:
            refusal = _("By member state, nearly every count could tell of a person, so nothing is published.")
            return Paper(language, _("Participation"), about, [Part(paragraphs=[refusal])])
        made = _TABLES[dimension](period, for_publication)
        return Paper(language, _("Participation"), about, [Part(tables=[made])])


def _state_table(period: Period, for_publication: bool) -> Table:
    rows = [(state.name, taking) for state, taking in by_state(period)]
    return _people_table(pgettext("figure", "Country"), rows, for_publication)


def _group_table(period: Period, for_publication: bool) -> Table:
    rows = [(group.name if group else _("No regional group"), taking) for group, taking in by_group(period)]
    return _people_table(_("Regional group"), rows, for_publication)


def _language_table(period: Period, for_publication: bool) -> Table:
    reader = translation.get_language() or "en"
    rows = [(language_name(code, reader), taking) for code, taking in by_language(period)]
    return _people_table(_("Language of the pages"), rows, for_publication)


def _people_table(label: str, rows: Sequence[tuple[str, Taking]], for_publication: bool) -> Table:
    """Return how some people took part, with what stands out."""
    columns = [
        people([getattr(taking, name) for _label, taking in rows], for_publication=for_publication)
        for name in ("accounts", "read", "wrote", "silent")
    ]
    total = Taking()
    for _label, taking in rows:
        total.add(taking)
    posts = [_posts(taking.posts, wrote) for (_label, taking), wrote in zip(rows, columns[2], strict=True)]
    remarks = [Cell("" if for_publication else _remark(taking)) for _label, taking in rows]
    cells = zip(*columns, posts, remarks, strict=True)
    return table(
        _("Read, wrote and were silent"),
        [label, *_people_heading(), _("Posts"), pgettext("column", "Note")],
        ((name, list(row)) for (name, _taking), row in zip(rows, cells, strict=True)),
        total=Row(
            pgettext("figure", "Total"),
            [
                *(
                    people_in_all(number, for_publication=for_publication)
                    for number in (total.accounts, total.read, total.wrote, total.silent)
                ),
                figure(total.posts),
                Cell(""),
            ],
        ),
        charted=2,
        notes=[_("Read: has opened a discussion that was talked about in the period. Silent: neither read nor wrote.")],
    )


def _people_heading() -> list[str]:
    return [
        pgettext("column", "Accounts"),
        pgettext("column", "Read"),
        pgettext("column", "Wrote"),
        pgettext("column", "Silent"),
    ]


def _posts(number: int, wrote: Cell) -> Cell:
    """Return how many posts there are, where it is shown how many wrote them."""
    return figure(number if wrote.number is not None else None)


def _remark(taking: Taking) -> str:
    if not taking.read and not taking.wrote:
        return _("nobody was active")
    return "" if taking.wrote else _("nobody wrote")


def _room_table(period: Period, for_publication: bool) -> Table:
    rows = [(room.name, place) for room, place in by_room(period)]
    return _place_table(pgettext("figure", "Room"), rows, for_publication)


def _place_table(label: str, rows: Sequence[tuple[str, Place]], for_publication: bool) -> Table:
    """Return how places were used; who is counted in one may be counted in another, so there is no sum of people."""
    return table(
        _("Read and wrote"),
        [label, pgettext("column", "Read"), pgettext("column", "Wrote"), _("Posts"), _("Topics opened")],
        ((name, _place_cells(place, for_publication)) for name, place in rows),
        charted=2,
        notes=[_("Who took part in several of them is counted in each.")],
    )


def _place_cells(place: Place, for_publication: bool) -> list[Cell]:
    wrote = people_in_all(place.wrote, for_publication=for_publication)
    return [
        people_in_all(place.read, for_publication=for_publication),
        wrote,
        _posts(place.posts, wrote),
        figure(place.topics),
    ]


def _week_table(period: Period, for_publication: bool) -> Table:
    def cells(week: Week) -> Iterable[Cell]:
        yield from _place_cells(week.place, for_publication)
        yield figure(week.asked)
        yield figure(week.unanswered)
        yield _duration(week.first_answer)

    weeks = by_week(period)
    return table(
        _("Week by week"),
        [
            _("Week from"),
            pgettext("column", "Read"),
            pgettext("column", "Wrote"),
            _("Posts"),
            _("Topics opened"),
            _("Questions asked"),
            _("Questions unanswered"),
            _("Time to first answer (median)"),
        ],
        ((date_format(week.monday), list(cells(week))) for week in weeks),
        charted=2,
        notes=[
            _("Read: has opened a discussion that opened in the week, then or later."),
            _("The time to the first answer is that of questions asked in the week and answered by now."),
        ],
    )


def _duration(wait: timedelta | None) -> Cell:
    """Return a time in hours, or in days once it is long."""
    if wait is None:
        return Cell("–")
    hours = wait / timedelta(hours=1)
    text = (
        _("%(count)s hours") % {"count": figure(hours, 1).text}
        if hours < 48
        else _("%(count)s days") % {"count": figure(hours / 24, 1).text}
    )
    return Cell(text)


_TABLES: dict[str, Callable[[Period, bool], Table]] = {
    "week": _week_table,
    "room": _room_table,
    "state": _state_table,
    "group": _group_table,
    "language": _language_table,
}
