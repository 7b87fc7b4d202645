"""The library, or the part of it that a list shows, as a workbook or a document."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from io import BytesIO
from typing import IO, Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.enums import Role
from accounts.languages import language_name
from accounts.models import User
from forum.characters import for_xml
from forum.documents.word import WORD_LANGUAGES
from forum.models import LibraryEntry

FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767  # characters, by Excel's own limit
RIGHT_TO_LEFT = {"ar"}

Value = str | date | int


@dataclass(frozen=True)
class _Column:
    """One thing that is said of each entry.

    Args:
        heading: What it is called.
        width: Of its column in a workbook, in characters.
        value: Takes an entry.
        is_text: Whether it is what somebody wrote, in the entry's own language.
    """

    heading: str
    width: int
    value: Callable[[LibraryEntry], Value]
    is_text: bool = False


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
        day = date_format(timezone.localtime(), "DATE_FORMAT")
        count = ngettext("%(count)d entry", "%(count)d entries", self.total) % {"count": self.total}
        lines = [_("Technical Assistance Forum, %(day)s: %(count)s") % {"day": day, "count": count}]
        lines += [f"{label}: {value}" for label, value in self.narrowed]
        if self.total > settings.LIBRARY_EXPORT_ROWS:
            most = settings.LIBRARY_EXPORT_ROWS
            lines.append(_("This file holds the first %(count)d of them. Narrow the list down.") % {"count": most})
        return lines


def _columns(viewer: User) -> list[_Column]:
    """Return what is said of each entry; an evaluator is not told who proposed it. Source: reading A24."""
    comma = pgettext("in a list", ", ")
    columns = [
        _Column(_("Symbol"), 14, lambda e: e.symbol),
        _Column(pgettext("entry", "Title"), 44, lambda e: e.title, is_text=True),
        _Column(pgettext("entry", "Type"), 14, lambda e: e.get_entry_type_display()),
        _Column(pgettext("entry", "Category"), 28, lambda e: str(e.category or "")),
        _Column(_("Step of the assistance cycle"), 20, lambda e: str(e.step or "")),
        _Column(_("Member states"), 24, lambda e: comma.join(e.state_names)),
        _Column(_("Regional groups"), 24, lambda e: comma.join(e.group_names)),
        _Column(_("WIPO programme"), 24, lambda e: e.programme, is_text=True),
        _Column(_("Provider"), 20, lambda e: e.provider, is_text=True),
        _Column(pgettext("entry", "Beneficiary"), 20, lambda e: e.get_beneficiary_display()),
        _Column(_("Mode of delivery"), 20, lambda e: e.get_delivery_display()),
        _Column(pgettext("date", "From"), 12, lambda e: e.starts_on or ""),
        _Column(pgettext("date", "Until"), 12, lambda e: e.ends_on or ""),
        _Column(_("Resources allocated, in Swiss francs"), 16, lambda e: _amount(e.resources_allocated)),
        _Column(_("Resources spent, in Swiss francs"), 16, lambda e: _amount(e.resources_spent)),
        _Column(_("Summary"), 60, lambda e: e.summary, is_text=True),
        _Column(_("Expected result"), 40, lambda e: e.expected_result, is_text=True),
        _Column(_("Achieved result"), 40, lambda e: e.achieved_result, is_text=True),
        _Column(_("Lessons learned"), 40, lambda e: e.lessons, is_text=True),
        _Column(_("Peer review"), 16, lambda e: e.get_review_display()),
        _Column(pgettext("entry", "Language"), 12, lambda e: language_name(e.language, e.language)),
        _Column(_("Address on the Internet"), 30, lambda e: e.address),
        _Column(_("Published on"), 12, lambda e: _day(e.published_at)),
        _Column(_("Last reviewed on"), 12, lambda e: _day(e.reviewed_at)),
        _Column(_("Permanent address"), 36, lambda e: f"{settings.PUBLIC_URL}{e.get_absolute_url()}"),
    ]
    if viewer.role != Role.EVALUATOR:
        columns.append(_Column(_("Proposed by"), 28, _proposer))
    return columns


def _amount(francs: int | None) -> Value:
    return "" if francs is None else francs


def _day(moment: datetime | None) -> Value:
    return timezone.localtime(moment).date() if moment else ""


def _proposer(entry: LibraryEntry) -> str:
    person = entry.proposed_by
    return f"{person.shown_name} ({person.member_state or person.get_role_display()})"


def _is_right_to_left(language: str) -> bool:
    return language in RIGHT_TO_LEFT


# --- Workbook ---------------------------------------------------------------------------------------


def write_workbook(listed: Listed) -> IO[bytes]:
    """Return a list as an XLSX workbook, one entry on each row.

    A cell that a spreadsheet could take for a formula is marked as text.

    Args:
        listed: What to write.

    Source: LIB-10, LIB-11, LIB-12.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    columns = _columns(listed.viewer)
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(_("Library of practices")[:31])
    sheet.sheet_view.rightToLeft = _is_right_to_left(translation.get_language() or "en")
    for n, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(n)].width = column.width
    sheet.freeze_panes = "C2"
    header = [_cell(sheet, column.heading) for column in columns]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    rows = 1
    for entry in listed.entries:
        sheet.append([_cell(sheet, column.value(entry)) for column in columns])
        rows += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{rows}"
    about = workbook.create_sheet(_("About this file")[:31])
    about.column_dimensions["A"].width = 90
    for line in listed.about:
        about.append([_cell(about, line)])
    file = BytesIO()
    workbook.save(file)
    file.seek(0)
    return file


def _cell(sheet: Any, value: Value) -> Any:
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, int):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "#,##0"
    else:
        text = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_CELL]
        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"
        if text.lstrip(" ").startswith(FORMULA):
            cell.quotePrefix = True
    return cell


# --- Document ---------------------------------------------------------------------------------------


def write_document(listed: Listed) -> IO[bytes]:
    """Return a list as a Word document, each entry under a heading of its own.

    Args:
        listed: What to write.

    Source: LIB-10, LIB-11.
    """
    document = _Document(translation.get_language() or "en")
    document.add("Title", _("Library of practices"))
    for line in listed.about:
        document.add("Normal", line)
    columns = _columns(listed.viewer)
    for entry in listed.entries:
        is_turned = _is_right_to_left(entry.language)
        document.add("Heading 1", f"{entry.symbol}  {entry.title}", is_turned=is_turned)
        for column in columns[2:]:
            value = column.value(entry)
            if value != "":
                turned = is_turned if column.is_text else None
                document.add("Normal", _in_words(value), label=column.heading, is_turned=turned)
    return document.saved()


def _in_words(value: Value) -> str:
    if isinstance(value, date):
        return date_format(value, "DATE_FORMAT")
    return number_format(value, force_grouping=True) if isinstance(value, int) else value


class _Document:
    """A Word document in one language, made of paragraphs in Word's own styles.

    They are written as XML at once: to build each through the library takes ten times as long.
    """

    def __init__(self, language: str) -> None:
        from docx import Document
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        self._document, self._is_turned = Document(), _is_right_to_left(language)
        code = WORD_LANGUAGES[language]
        core = self._document.core_properties
        core.title, core.author, core.comments = _("Library of practices"), _("Technical Assistance Forum"), ""
        core.language = code
        normal = self._document.styles["Normal"]
        normal.font.size, normal.paragraph_format.space_after = Pt(10.5), Pt(4)
        languages = OxmlElement("w:lang")
        for kind in ("val", "eastAsia", "bidi"):
            languages.set(qn(f"w:{kind}"), code)
        normal.element.get_or_add_rPr().append(languages)
        self._section = self._document.sections[0]
        self._section.page_width, self._section.page_height = Cm(21), Cm(29.7)
        self._section.left_margin = self._section.right_margin = Cm(2.4)
        if self._is_turned:
            self._section._sectPr.append(OxmlElement("w:bidi"))
        self._styles = {style.name: style.style_id for style in self._document.styles}
        self._paragraphs: list[str] = []

    def add(self, style: str, text: str, *, label: str = "", is_turned: bool | None = None) -> None:
        """Add a paragraph.

        Args:
            style: By the name that Word gives it.
            text: Its text; line feeds break its lines.
            label: What stands before it in bold.
            is_turned: Whether it is set from right to left; None for the document's own direction.
        """
        is_turned = self._is_turned if is_turned is None else is_turned
        looks = f'<w:pStyle w:val="{self._styles[style]}"/>{"<w:bidi/>" if is_turned else ""}'
        runs = _run(f"{label}: ", is_bold=True, is_turned=self._is_turned) if label else ""
        runs += _run(text, is_turned=is_turned)
        self._paragraphs.append(f"<w:p><w:pPr>{looks}</w:pPr>{runs}</w:p>")

    def saved(self) -> IO[bytes]:
        """Return the document as a file, to be read from its beginning."""
        from docx.oxml import parse_xml
        from docx.oxml.ns import nsdecls

        body = parse_xml(f"<w:body {nsdecls('w')}>{''.join(self._paragraphs)}</w:body>")
        for paragraph in list(body):
            self._section._sectPr.addprevious(paragraph)
        file = BytesIO()
        self._document.save(file)
        file.seek(0)
        return file


def _run(text: str, *, is_turned: bool, is_bold: bool = False) -> str:
    """Return a run of text as XML, without the characters that XML cannot hold."""
    looks = "<w:b/>" * is_bold + "<w:rtl/>" * is_turned
    lines = escape(for_xml(text), quote=False).split("\n")
    said = "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)
    return f"<w:r><w:rPr>{looks}</w:rPr>{said}</w:r>"


WRITERS = {
    "xlsx": (write_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "docx": (write_document, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}
