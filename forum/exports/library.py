"""The library, or the part of it that a list shows, as a workbook or a document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.enums import Role
from accounts.languages import language_name
from accounts.models import User
from forum.exports.lists import Column, Sheet, Value, day
from forum.models import LibraryEntry


@dataclass(frozen=True)
class Listed:
    """A list to write to a file.

    Args:
        entries: With the names of states and groups.
        narrowed: What it was narrowed down by: facet and value.
        total: How many entries there are; more perhaps than the file holds.
        viewer: Whose file it is.
    """

    entries: Iterable[LibraryEntry]
    narrowed: Sequence[tuple[str, str]]
    total: int
    viewer: User

    @property
    def about(self) -> list[str]:
        """What the file says about itself."""
        today = date_format(timezone.localtime(), "DATE_FORMAT")
        count = ngettext("%(count)d entry", "%(count)d entries", self.total) % {"count": self.total}
        lines = [_("Technical Assistance Forum, %(day)s: %(count)s") % {"day": today, "count": count}]
        lines += [f"{label}: {value}" for label, value in self.narrowed]
        if self.total > settings.LIBRARY_EXPORT_ROWS:
            most = settings.LIBRARY_EXPORT_ROWS
            lines.append(_("This file holds the first %(count)d of them. Narrow the list down.") % {"count": most})
        return lines


def sheet(listed: Listed) -> Sheet:
    """Return a list as it is written to a file. Source: LIB-10, LIB-11, LIB-12.

    Args:
        listed: What to write.
    """
    return Sheet(
        title=_("Library of practices"),
        about=listed.about,
        columns=_columns(listed.viewer),
        rows=listed.entries,
        heading=lambda entry: f"{entry.symbol}  {entry.title}",
        headed=2,
        language=lambda entry: entry.language,
    )


def _columns(viewer: User) -> list[Column]:
    """Return what is said of each entry; an evaluator is not told who proposed it. Source: reading A24."""
    comma = pgettext("in a list", ", ")
    columns = [
        Column(_("Symbol"), 14, lambda e: e.symbol),
        Column(pgettext("entry", "Title"), 44, lambda e: e.title, is_text=True),
        Column(pgettext("entry", "Type"), 14, lambda e: e.get_entry_type_display()),
        Column(pgettext("entry", "Category"), 28, lambda e: str(e.category or "")),
        Column(_("Step of the assistance cycle"), 20, lambda e: str(e.step or "")),
        Column(_("Member states"), 24, lambda e: comma.join(e.state_names)),
        Column(_("Regional groups"), 24, lambda e: comma.join(e.group_names)),
        Column(_("WIPO programme"), 24, lambda e: e.programme, is_text=True),
        Column(_("Provider"), 20, lambda e: e.provider, is_text=True),
        Column(pgettext("entry", "Beneficiary"), 20, lambda e: e.get_beneficiary_display()),
        Column(_("Mode of delivery"), 20, lambda e: e.get_delivery_display()),
        Column(pgettext("date", "From"), 12, lambda e: e.starts_on or ""),
        Column(pgettext("date", "Until"), 12, lambda e: e.ends_on or ""),
        Column(_("Resources allocated, in Swiss francs"), 16, lambda e: _amount(e.resources_allocated)),
        Column(_("Resources spent, in Swiss francs"), 16, lambda e: _amount(e.resources_spent)),
        Column(_("Summary"), 60, lambda e: e.summary, is_text=True),
        Column(_("Expected result"), 40, lambda e: e.expected_result, is_text=True),
        Column(_("Achieved result"), 40, lambda e: e.achieved_result, is_text=True),
        Column(_("Lessons learned"), 40, lambda e: e.lessons, is_text=True),
        Column(_("Peer review"), 16, lambda e: e.get_review_display()),
        Column(pgettext("entry", "Language"), 12, lambda e: language_name(e.language, e.language)),
        Column(_("Address on the Internet"), 30, lambda e: e.address),
        Column(_("Published on"), 12, lambda e: day(e.published_at)),
        Column(_("Last reviewed on"), 12, lambda e: day(e.reviewed_at)),
        Column(_("Permanent address"), 36, lambda e: f"{settings.PUBLIC_URL}{e.get_absolute_url()}"),
    ]
    if viewer.role != Role.EVALUATOR:
        columns.append(Column(_("Proposed by"), 28, _proposer))
    return columns


def _amount(francs: int | None) -> Value:
    return "" if francs is None else francs


def _proposer(entry: LibraryEntry) -> str:
    person = entry.proposed_by
    return f"{person.shown_name} ({person.member_state or person.get_role_display()})"
