"""The usage report in the shape of CDIP/25/5 para 8: a text to paste into a document, tables, notes."""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from accounts.enums import InstitutionKind
from forum.documents.paper import Cell, Paper, Part, Row, Table, count, figure, people, people_in_all, table
from moderation.queries.usage import Usage

PLURALS = {  # as the document names them
    InstitutionKind.UNIVERSITY: pgettext_lazy("type of institution, in a list", "universities"),
    InstitutionKind.IP_OFFICE: pgettext_lazy("type of institution, in a list", "national IP offices"),
    InstitutionKind.GOVERNMENT: pgettext_lazy("type of institution, in a list", "other government bodies"),
    InstitutionKind.PRIVATE_SECTOR: pgettext_lazy("type of institution, in a list", "private sector"),
    InstitutionKind.RESEARCH: pgettext_lazy("type of institution, in a list", "research institutions"),
    InstitutionKind.OTHER: pgettext_lazy("type of institution, in a list", "others"),
}


def usage_paper(usage: Usage, language: str, *, for_publication: bool) -> Paper:
    """Write the usage report.

    Args:
        usage: The figures.
        language: Of the report, whatever the pages are in.
        for_publication: Whether counts that could tell of a person are left out.

    Source: REP-01, REP-12, workflow 2.9, readings A17 and A18, CDIP/25/5 para 8.
    """
    with translation.override(language):
        return _Writer(usage, for_publication).paper(language)


class _Writer:
    """Writes one report in the active language."""

    def __init__(self, usage: Usage, for_publication: bool) -> None:
        self._usage, self._for_publication = usage, for_publication
        self._day = date_format(usage.cut_off, "DATE_FORMAT")
        self._registered = people_in_all(usage.registered, for_publication=for_publication)
        self._kinds = self._cells(number for _kind, number in usage.kinds)
        others = usage.registered - sum(number for _state, number in usage.top)
        self._top = self._cells([*(number for _state, number in usage.top), others])[: len(usage.top)]
        self._genders = self._cells([usage.men, usage.women, usage.undeclared])
        inactive = usage.registered - (usage.active or 0)
        self._active = figure(None) if usage.active is None else self._cells([usage.active, inactive])[0]

    def _cells(self, counts: Iterable[int]) -> list[Cell]:
        return people(list(counts), for_publication=self._for_publication)

    def paper(self, language: str) -> Paper:
        return Paper(
            language=language,
            title=_("Use of the Technical Assistance Forum"),
            about=self._about(),
            parts=[
                Part(paragraphs=[self._text()]),
                Part(tables=[self._use_table(), self._kind_table(), self._top_table(), self._gender_table()]),
                Part(_("How this was counted"), self._notes()),
            ],
        )

    def _about(self) -> list[str]:
        about = [
            _("Users on %(day)s; pages and sessions in %(year)s.") % {"day": self._day, "year": self._usage.year},
        ]
        if self._for_publication:
            about.append(_("For publication: counts that could tell of a person are left out."))
        return about

    # --- The text ------------------------------------------------------------------------------------

    def _text(self) -> str:
        """Return the paragraph, in whole sentences; one that says nothing is left out."""
        usage = self._usage
        sentences = [self._users()]
        if usage.registered:
            sentences.append(_("By type of institution, they come from: %(kinds)s.") % {"kinds": self._listed_kinds()})
            sentences.append(_("The best represented countries are: %(states)s.") % {"states": self._listed_states()})
        if self._ratio is not None:
            sentences.append(self._ratio_said())
        sentences.append(self._traffic())
        return " ".join(sentences)

    def _users(self) -> str:
        facts = {"day": self._day, "users": self._registered.text, "countries": self._countries()}
        return (
            ngettext(
                "On %(day)s, the platform had %(users)s registered user from %(countries)s.",
                "On %(day)s, the platform had %(users)s registered users from %(countries)s.",
                self._usage.registered,
            )
            % facts
        )

    def _countries(self) -> str:
        countries = self._usage.countries
        return ngettext("%(count)s country", "%(count)s countries", countries) % {"count": count(countries)}

    def _listed_kinds(self) -> str:
        names = (PLURALS[kind] for kind, _number in self._usage.kinds)
        return _listed(zip(names, self._kinds, strict=True))

    def _listed_states(self) -> str:
        return _listed(zip((state.name for state, _number in self._usage.top), self._top, strict=True))

    @property
    def _ratio(self) -> Cell | None:
        """How many men there are for one woman, of those who stated it; None where that cannot be said."""
        men, women, _undeclared = self._genders
        if not (men.number and women.number):
            return None
        return figure(men.number / women.number, 1)

    def _ratio_said(self) -> str:
        assert self._ratio is not None
        undeclared = self._usage.undeclared
        if not undeclared:
            return _("The ratio of men to women is %(ratio)s:1.") % {"ratio": self._ratio.text}
        return ngettext(
            "The ratio of men to women is %(ratio)s:1, not counting %(undeclared)s user who did not state a gender.",
            "The ratio of men to women is %(ratio)s:1, not counting %(undeclared)s users who did not state a gender.",
            undeclared,
        ) % {"ratio": self._ratio.text, "undeclared": self._genders[2].text}

    def _traffic(self) -> str:
        usage = self._usage
        views = ngettext("%(count)s page view", "%(count)s page views", usage.page_views)
        sessions = ngettext("%(count)s session", "%(count)s sessions", usage.sessions)
        return _("In %(year)s, there were %(views)s in %(sessions)s.") % {
            "year": usage.year,
            "views": views % {"count": count(usage.page_views)},
            "sessions": sessions % {"count": count(usage.sessions)},
        }

    # --- The tables ----------------------------------------------------------------------------------

    def _use_table(self) -> Table:
        usage = self._usage
        a_session = usage.page_views / usage.sessions if usage.sessions else None
        rows = [
            (_("Registered users"), [self._registered]),
            (_("of them active"), [self._active]),
            (pgettext("figure", "Countries"), [figure(usage.countries)]),
            (_("Page views in %(year)s") % {"year": usage.year}, [figure(usage.page_views)]),
            (_("Sessions in %(year)s") % {"year": usage.year}, [figure(usage.sessions)]),
            (_("Pages a session"), [figure(a_session, 1)]),
        ]
        return table(_("Users and use"), [pgettext("column", "Figure"), _("Number")], rows, charted=None)

    def _kind_table(self) -> Table:
        names = (str(kind.label) for kind, _number in self._usage.kinds)
        rows = ((name, [cell]) for name, cell in zip(names, self._kinds, strict=True))
        heading = [_("Type of institution"), _("Users")]
        return table(_("Users by type of institution"), heading, rows, total=self._total())

    def _top_table(self) -> Table:
        states = (state.name for state, _number in self._usage.top)
        rows = ((name, [cell]) for name, cell in zip(states, self._top, strict=True))
        return table(_("Best represented countries"), [pgettext("figure", "Country"), _("Users")], rows)

    def _gender_table(self) -> Table:
        labels = [_("Men"), _("Women"), _("Not stated")]
        rows = ((label, [cell]) for label, cell in zip(labels, self._genders, strict=True))
        return table(_("Users by stated gender"), [_("Gender"), _("Users")], rows, total=self._total())

    def _total(self) -> Row:
        return Row(pgettext("figure", "Total"), [self._registered])

    # --- The notes -----------------------------------------------------------------------------------

    def _notes(self) -> list[str]:
        usage = self._usage
        notes = [
            _(
                "Registered users are delegates whose account was taken up by that day, whether they use it or not. "
                "People who have left, staff, providers and guests are not counted."
            ),
            _("Active users were here in the %(count)d days up to it.") % {"count": settings.ACTIVE_FOR.days}
            if usage.active is not None
            else _("How many users were active was not counted on that day."),
            _("The types of institution, and the stated genders, each add up to the total: checked.")
            if usage.sums_agree
            else _(
                "The types of institution or the stated genders do not add up to the total: please tell the makers."
            ),
            self._undeclared_noted(),
            _("A session is a visit of one person: it ends after %(count)d hours without a page.")
            % {"count": settings.VISIT_ENDS_AFTER // timedelta(hours=1)},
        ]
        if usage.left_since:
            notes.append(
                ngettext(
                    "%(count)s of the users has left since, and now counts among others and without a gender.",
                    "%(count)s of the users have left since, and now count among others and without a gender.",
                    usage.left_since,
                )
                % {"count": people_in_all(usage.left_since, for_publication=self._for_publication).text}
            )
        if usage.counted_from is None:
            notes.append(_("No pages were counted in %(year)s.") % {"year": usage.year})
        elif usage.counted_from.timetuple().tm_yday > 1:
            notes.append(
                _("In %(year)s, pages were counted from %(day)s.")
                % {"year": usage.year, "day": date_format(usage.counted_from, "DATE_FORMAT")}
            )
        return notes

    def _undeclared_noted(self) -> str:
        if self._genders[2].number is None:
            return _("Some users did not state a gender; the ratio leaves them out.")
        return ngettext(
            "%(count)s user did not state a gender; the ratio leaves that user out.",
            "%(count)s users did not state a gender; the ratio leaves them out.",
            self._usage.undeclared,
        ) % {"count": self._genders[2].text}


def _listed(items: Iterable[tuple[str | Promise, Cell]]) -> str:
    """Return names with their figures as a list in a sentence."""
    return pgettext("in a list", ", ").join(f"{name} ({cell.text})" for name, cell in items)
