"""The annual report of the webinars as a paper for the Committee. Source: REP-03, CDIP/30/8 para 21."""

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override, pgettext

from accounts.languages import language_name
from forum.documents.paper import Cell, Paper, Part, Row, Table, count, figure, table


def annual_paper(
    year: int, figures: dict[str, Any], *, narrative: str, language: str, counted_at: datetime | None = None
) -> Paper:
    """Return the report in a language, whatever that of the pages is.

    Args:
        year: Of the cycle.
        figures: As ``report_figures`` has returned them.
        narrative: What the Secretariat says of it, in the same language; paragraphs with blank lines between them.
        language: Of the paper.
        counted_at: When the figures were copied; None while they are not, and may still move.
    """
    with override(language):
        return _AnnualPaper(year, figures, language).paper(narrative, counted_at)


def paragraph(year: int, figures: dict[str, Any], language: str) -> str:
    """Return the sentence to paste into the Director General's report. Source: WEB-31, CDIP/25/5."""
    with override(language):
        return _AnnualPaper(year, figures, language).paragraph()


class _AnnualPaper:
    """The parts of the report; its language is active."""

    def __init__(self, year: int, figures: dict[str, Any], language: str) -> None:
        self._year = year
        self._figures = figures
        self._language = language

    def paper(self, narrative: str, counted_at: datetime | None) -> Paper:
        if counted_at is None:
            state = _("Figures as they stand now; they are not reported yet.")
        else:
            day = date_format(timezone.localtime(counted_at), "DATE_FORMAT")
            state = _("Figures as they were on %(day)s.") % {"day": day}
        said = [part.strip() for part in narrative.split("\n\n") if part.strip()]
        return Paper(
            self._language,
            _("Webinars on technical assistance in %(year)s") % {"year": self._year},
            [state],
            [
                Part(_("In brief"), [self.paragraph()]),
                *([Part(_("What the year brought"), said)] if said else []),
                Part(_("The webinars"), tables=[self._webinars(), self._questions(), self._feedback()]),
                Part(_("Balance"), tables=[self._regions(), self._languages(), self._genders(), self._origins()]),
            ],
        )

    def paragraph(self) -> str:
        figures = self._figures
        held = len(figures["webinars"])
        served = sum(bool(region["webinars"]) for region in figures["regions"])
        languages = len(figures["languages"])
        webinars = ngettext("%(count)s webinar", "%(count)s webinars", held) % {"count": count(held)}
        in_languages = ngettext("%(count)s language", "%(count)s languages", languages) % {"count": count(languages)}
        regions = ngettext("%(count)s region", "%(count)s regions", served) % {"count": count(served)}
        came = ngettext("%(count)s participant", "%(count)s participants", figures["attended"])
        countries = ngettext("%(count)s country", "%(count)s countries", figures["countries"])
        return _(
            "In %(year)s, the Secretariat held %(webinars)s on technical assistance in %(languages)s for %(regions)s, "
            "with %(participants)s; those registered came from %(countries)s."
        ) % {
            "year": self._year,
            "webinars": webinars,
            "languages": in_languages,
            "regions": regions,
            "participants": came % {"count": count(figures["attended"])},
            "countries": countries % {"count": count(figures["countries"])},
        }

    def _said(self, texts: dict[str, str]) -> str:
        """Return a text in the paper's language, or in the first one that it has."""
        return next((texts[code] for code in (self._language, *settings.CORE_LANGUAGES) if texts.get(code)), "–")

    def _webinars(self) -> Table:
        rows = [
            (
                self._said(row["title"]),
                [
                    Cell(self._day(row["held_on"])),
                    Cell(self._named(row["languages"])),
                    figure(row["registered"]),
                    figure(row["attended"]),
                    figure(row["countries"]),
                    figure(row["reach"]),
                ],
            )
            for row in self._figures["webinars"]
        ]
        heading = [
            pgettext("column", "Webinar"),
            pgettext("column", "Day"),
            pgettext("column", "Languages"),
            pgettext("figure", "Registered"),
            pgettext("figure", "Attended"),
            pgettext("figure", "Countries"),
            _("Reached by promotion"),
        ]
        total = [figure(self._figures[name]) for name in ("registered", "attended", "countries")]
        reach = figure(sum(row["reach"] for row in self._figures["webinars"]))
        notes = [_("Countries are those of the people registered; in the total, each country counts once.")]
        return table(
            _("Participation"),
            heading,
            rows,
            total=Row(pgettext("figure", "Total"), [Cell(""), Cell(""), *total, reach]),
            charted=3,
            notes=notes,
        )

    def _day(self, held_on: str | None) -> str:
        return date_format(date.fromisoformat(held_on), "DATE_FORMAT") if held_on else "–"

    def _named(self, languages: list[str]) -> str:
        return pgettext("in a list", ", ").join(language_name(code, self._language) for code in languages)

    def _questions(self) -> Table:
        names = ("asked", "answered_live", "answered_in_writing")
        rows = [(self._said(row["title"]), [figure(row[name]) for name in names]) for row in self._figures["webinars"]]
        total = [figure(sum(row[name] for row in self._figures["webinars"])) for name in names]
        heading = [
            pgettext("column", "Webinar"),
            pgettext("questions", "Asked"),
            pgettext("questions", "Answered live"),
            pgettext("questions", "Answered in writing"),
        ]
        return table(_("Questions"), heading, rows, total=Row(pgettext("figure", "Total"), total), charted=None)

    def _feedback(self) -> Table:
        rows = []
        for row in self._figures["webinars"]:
            given = row["feedback"] or {}
            means = [figure(given.get(name), 1) for name in ("relevance", "lectures", "speakers")]
            rows.append((self._said(row["title"]), [figure(given.get("count")), *means]))
        heading = [
            pgettext("column", "Webinar"),
            pgettext("figure", "Answers"),
            _("Relevance to daily work"),
            _("Quality of the lectures"),
            _("Quality of the speakers"),
        ]
        notes = [
            _("Averages from 1 to 5; a dash stands where fewer than %(count)d participants answered.")
            % {"count": settings.WEBINAR_FEEDBACK_FROM}
        ]
        return table(_("Feedback of participants"), heading, rows, charted=None, notes=notes)

    def _regions(self) -> Table:
        rows = [(self._said(region["name"]), [figure(region["webinars"])]) for region in self._figures["regions"]]
        notes = [_("A webinar held for several regions counts for each of them.")]
        return table(_("By region"), [pgettext("column", "Region"), _("Webinars")], rows, notes=notes)

    def _languages(self) -> Table:
        languages = self._figures["languages"].items()
        rows = [(language_name(code, self._language), [figure(number)]) for code, number in languages]
        notes = [_("A webinar held in several languages counts for each of them.")]
        return table(_("By language"), [pgettext("column", "Language"), _("Webinars")], rows, notes=notes)

    def _genders(self) -> Table:
        experts = self._figures["experts"]
        labels = {"women": _("Women"), "men": _("Men"), "undeclared": _("Not stated")}
        rows = [(label, [figure(experts[name])]) for name, label in labels.items()]
        return table(_("Experts by stated gender"), [_("Gender"), pgettext("figure", "Experts")], rows)

    def _origins(self) -> Table:
        experts = self._figures["experts"]
        labels = {"internal": _("Of WIPO"), "external": _("From elsewhere")}
        rows = [(label, [figure(experts[name])]) for name, label in labels.items()]
        return table(_("Experts by origin"), [pgettext("column", "Origin"), pgettext("figure", "Experts")], rows)
