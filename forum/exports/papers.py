"""Papers as Word documents, workbooks and CSV."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO, StringIO
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from forum.characters import for_xml
from forum.documents.paper import FULL, Cell, Paper, Part, Row, Table
from forum.documents.word import WORD_LANGUAGES

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BAR = 24  # blocks in the longest bar of a chart in a document
BLANK_LINES = 6  # to write in
_NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")


def plain(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula. Source: REP-11."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


# --- Word document ------------------------------------------------------------------------------------


def write_docx(paper: Paper) -> bytes:
    """Return a paper as a Word document; its charts are bars of characters, which stay when tables are pasted.

    Args:
        paper: What it says.

    Source: REP-11.
    """
    from docx import Document

    document: Any = Document()
    _prepare(document, paper)
    document.add_paragraph(for_xml(paper.title), style="Title")
    for line in paper.about:
        document.add_paragraph(for_xml(line), style="Subtitle")
    for part in paper.parts:
        _add_part(document, part)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _prepare(document: Any, paper: Paper) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    core = document.core_properties
    with override(paper.language):
        core.title, core.author, core.comments = for_xml(paper.title), _("Technical Assistance Forum"), ""
    core.language = WORD_LANGUAGES[paper.language]
    normal = document.styles["Normal"]
    normal.font.size, normal.paragraph_format.space_after = Pt(10.5), Pt(6)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), WORD_LANGUAGES[paper.language])
    normal.element.get_or_add_rPr().append(language)
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.4)


def _add_part(document: Any, part: Part) -> None:
    if part.heading:
        document.add_heading(for_xml(part.heading), 1)
    for text in part.paragraphs:
        document.add_paragraph(for_xml(text))
    for table in part.tables:
        document.add_heading(for_xml(table.caption), 2)
        _add_table(document, table)
        for note in table.notes:
            document.add_paragraph(for_xml(note), style="Caption")
    if part.is_blank:
        for _line in range(BLANK_LINES):
            document.add_paragraph()


def _add_table(document: Any, table: Table) -> None:
    added = document.add_table(rows=0, cols=len(table.heading) + table.is_charted, style="Table Grid")
    _add_row(added, [*table.heading, *[table.chart_heading] * table.is_charted], is_bold=True)
    for row in table.rows:
        bars = ["█" * round(BAR * (row.bar or 0) / FULL)] if table.is_charted else []
        _add_row(added, [row.label, *(cell.text for cell in row.cells), *bars])
    if table.total:
        total = [table.total.label, *(cell.text for cell in table.total.cells)]
        _add_row(added, [*total, *[""] * table.is_charted], is_bold=True)


def _add_row(table: Any, texts: Iterable[str], *, is_bold: bool = False) -> None:
    for cell, text in zip(table.add_row().cells, texts, strict=True):
        cell.paragraphs[0].add_run(for_xml(text)).bold = is_bold or None


# --- Workbook -----------------------------------------------------------------------------------------


def write_xlsx(paper: Paper) -> bytes:
    """Return a paper as a workbook: its texts, then each table on a sheet with its chart.

    Args:
        paper: What it says.

    Source: REP-11.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    workbook = Workbook()
    sheet = workbook.active
    with override(paper.language):
        sheet.title = pgettext("sheet of a workbook", "Text")[:31]
    sheet.column_dimensions["A"].width = 110
    for n, text in enumerate(_texts(paper), 1):
        _put(sheet, n, 1, Cell(text))
        sheet.cell(n, 1).alignment = Alignment(wrap_text=True, vertical="top")
    sheet.cell(1, 1).font = Font(bold=True)
    for table in paper.tables:
        _add_sheet(workbook, table)
    file = BytesIO()
    workbook.save(file)
    return file.getvalue()


def _texts(paper: Paper) -> list[str]:
    """Return all that a paper says outside its tables."""
    texts = [paper.title, *paper.about]
    for part in paper.parts:
        texts += [part.heading] if part.heading else []
        texts += part.paragraphs
    return texts


def _add_sheet(workbook: Any, table: Table) -> None:
    from openpyxl.chart import BarChart, Reference
    from openpyxl.styles import Font

    sheet = workbook.create_sheet(_NOT_IN_SHEET_NAMES.sub(" ", table.caption)[:31])
    sheet.column_dimensions["A"].width = 44
    sheet.freeze_panes = "B2"
    rows = [Row(table.heading[0], [Cell(text) for text in table.heading[1:]]), *table.rows]
    rows += [table.total] if table.total else []
    for n, row in enumerate(rows, 1):
        for place, cell in enumerate((Cell(row.label), *row.cells), 1):
            _put(sheet, n, place, cell)
            if n == 1 or row is table.total:
                sheet.cell(n, place).font = Font(bold=True)
    for n, note in enumerate(table.notes, len(rows) + 2):
        _put(sheet, n, 1, Cell(note))
    if table.charted is not None and table.is_charted:
        chart = BarChart()
        chart.type, chart.title, chart.legend = "bar", table.chart_heading or table.caption, None
        chart.height = 7 + 0.4 * len(table.rows)
        last = 1 + len(table.rows)
        chart.add_data(Reference(sheet, min_col=table.charted + 2, min_row=2, max_row=last))
        chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=last))
        chart.y_axis.delete = chart.x_axis.delete = False
        chart.x_axis.scaling.orientation = "maxMin"
        sheet.add_chart(chart, f"{'ABCDEFGHIJ'[len(table.heading) + 1]}2")


def _put(sheet: Any, row: int, column: int, cell: Cell) -> None:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    put = sheet.cell(row, column)
    if cell.number is not None:
        put.value = cell.number
        return
    put.value = ILLEGAL_CHARACTERS_RE.sub("", cell.text)
    put.data_type = "s"
    put.quotePrefix = cell.text.lstrip(" ").startswith(FORMULA)


# --- CSV ----------------------------------------------------------------------------------------------


def write_csv(paper: Paper) -> bytes:
    """Return a paper as CSV that spreadsheets open: its texts, then its tables one below another.

    Args:
        paper: What it says.

    Source: REP-11.
    """
    rows: list[Sequence[object]] = [[text] for text in _texts(paper)]
    for table in paper.tables:
        rows += [[], [table.caption], [*table.heading]]
        rows += [[row.label, *(_value(cell) for cell in row.cells)] for row in table.rows]
        if table.total:
            rows.append([table.total.label, *(_value(cell) for cell in table.total.cells)])
        rows += [[note] for note in table.notes]
    return csv_of(rows)


def _value(cell: Cell) -> object:
    return cell.text if cell.number is None else cell.number


def csv_of(rows: Iterable[Sequence[object]]) -> bytes:
    """Return rows as CSV in UTF-8 with its mark, so that Excel reads the letters of all languages."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    for row in rows:
        writer.writerow([plain(value) if isinstance(value, str) else value for value in row])
    return file.getvalue().encode("utf-8-sig")


WRITERS: dict[str, tuple[Callable[[Paper], bytes], str]] = {
    "docx": (write_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": (write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "csv": (write_csv, "text/csv; charset=utf-8"),
}
