"""Lists of things as a workbook, one on each row, or as a document, each under a heading of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from html import escape
from io import BytesIO
from typing import IO, Any

from django.utils import timezone, translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from forum.characters import for_xml
from forum.documents.word import WORD_LANGUAGES

FORMULA = ("=", "+", "-", "@", "\t", "\r")
LONGEST_CELL = 32_767  # characters, by Excel's own limit
RIGHT_TO_LEFT = {"ar"}

Value = str | date | int


@dataclass(frozen=True)
class Column:
    """One thing that is said of each row.

    Args:
        heading: What it is called.
        width: Of its column in a workbook, in characters.
        value: Takes what the row is about.
        is_text: Whether it is what somebody wrote, in the row's own language.
    """

    heading: str
    width: int
    value: Callable[[Any], Value]
    is_text: bool = False


@dataclass(frozen=True)
class Sheet:
    """A list to write to a file, in the active language.

    Args:
        title: What it is called.
        about: What it says about itself.
        columns: What it says of each row.
        rows: What it lists.
        heading: Takes a row and answers what stands above it in a document, which then leaves out ``headed`` columns.
        headed: How many columns, from the first, the heading stands for.
        language: Takes a row and answers the code of the language in which it is written.
    """

    title: str
    about: Sequence[str]
    columns: Sequence[Column]
    rows: Iterable[Any]
    heading: Callable[[Any], str]
    headed: int
    language: Callable[[Any], str]


def day(moment: datetime | None) -> Value:
    """Return the day of a moment as a cell shows it; nothing where there is none."""
    return timezone.localtime(moment).date() if moment else ""


def _own_language() -> str:
    return translation.get_language() or "en"


def _is_right_to_left(language: str) -> bool:
    return language in RIGHT_TO_LEFT


# --- Workbook ---------------------------------------------------------------------------------------


def write_workbook(listed: Sheet) -> IO[bytes]:
    """Return a list as an XLSX workbook.

    A cell that a spreadsheet could take for a formula is marked as text.

    Args:
        listed: What to write.

    Source: LIB-10, LIB-11, LIB-12.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    columns = listed.columns
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(listed.title[:31])
    sheet.sheet_view.rightToLeft = _is_right_to_left(_own_language())
    for n, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(n)].width = column.width
    sheet.freeze_panes = "C2"
    header = [_cell(sheet, column.heading) for column in columns]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    rows = 1
    for row in listed.rows:
        sheet.append([_cell(sheet, column.value(row)) for column in columns])
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


def write_document(listed: Sheet) -> IO[bytes]:
    """Return a list as a Word document.

    Args:
        listed: What to write.

    Source: LIB-10, LIB-11.
    """
    document = _Document(listed.title, _own_language())
    document.add("Title", listed.title)
    for line in listed.about:
        document.add("Normal", line)
    for row in listed.rows:
        is_turned = _is_right_to_left(listed.language(row))
        document.add("Heading 1", listed.heading(row), is_turned=is_turned)
        for column in listed.columns[listed.headed :]:
            value = column.value(row)
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

    def __init__(self, title: str, language: str) -> None:
        from docx import Document
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Cm, Pt

        self._document, self._is_turned = Document(), _is_right_to_left(language)
        code = WORD_LANGUAGES[language]
        core = self._document.core_properties
        core.title, core.author, core.comments = title, _("Technical Assistance Forum"), ""
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
