"""Reading the tables that people upload, CSV as any program writes it and XLSX; and writing XLSX.

The package for XLSX is loaded when it is first needed: with what it brings along it is a fifth of a page process.
"""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_COLUMNS = 50
MAX_UNPACKED = 50 * 1024 * 1024  # bytes; what is packed tighter than that is no list of people
MAX_BLANK = 1_000  # rows, after which nothing is looked for
XLSX_BEGINS = b"PK\x03\x04"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_CELL = 32_767  # characters that a cell of XLSX can hold
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # what makes a spreadsheet take text for one

Table = list[list[str]]


def read_table(content: bytes, *, max_rows: int) -> Table:
    """Return the rows of a table, the first one being its header.

    Args:
        content: The file's bytes; whether they are CSV or XLSX shows in them, whatever the file's name.
        max_rows: The most rows to read after the header.

    Raises:
        ValidationError: It is no table, has no rows or too many; the message says what to do.
    """
    rows = _xlsx_rows(content) if content.startswith(XLSX_BEGINS) else _csv_rows(content)
    table: Table = []
    blank = 0
    try:
        for row in rows:
            blank = 0 if any(row) else blank + 1
            if blank > MAX_BLANK:
                break
            table.append(row)
            if not blank and len(table) > max_rows + 1:
                raise ValidationError(
                    _("The list has more than %(count)d rows. Divide it and send the parts one after another.")
                    % {"count": max_rows},
                    code="too_many_rows",
                )
    except ValidationError:
        raise
    except Exception:  # noqa: BLE001 - a broken file breaks its reader in many ways, all of which mean this
        raise _not_a_table() from None
    while table and not any(table[-1]):
        table.pop()
    if len(table) < 2:
        raise ValidationError(_("There is nobody in this list: its first row names the columns."), code="empty")
    return table


def _not_a_table() -> ValidationError:
    return ValidationError(
        _("This file cannot be read as a table. Save it as XLSX or as “CSV UTF-8” and send it again."),
        code="not_a_table",
    )


def _csv_rows(content: bytes) -> Iterator[list[str]]:
    begins_as_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if begins_as_utf16 else "utf-8-sig")
    except UnicodeDecodeError:
        raise _not_a_table() from None
    if "\0" in text:
        raise _not_a_table()
    header = text.partition("\n")[0]
    delimiter = max(",;\t", key=header.count)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        yield [cell.strip() for cell in row[:MAX_COLUMNS]]


def _xlsx_rows(content: bytes) -> Iterator[list[str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
            raise _not_a_table()
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
    try:
        sheet = workbook.worksheets[0]
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True):
            yield [_text(cell) for cell in row]
    finally:
        workbook.close()


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()


def write_xlsx(title: str, rows: Iterable[Sequence[object]]) -> bytes:
    """Return a workbook of one sheet whose cells are words, and no formula whatever they begin with.

    Args:
        title: Of the sheet.
        rows: The first one names the columns.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title[:31])
    for row in rows:
        cells = []
        for value in row:
            text = ILLEGAL_CHARACTERS_RE.sub("", str(value))[:LONGEST_CELL]
            cell = WriteOnlyCell(sheet, text)
            cell.data_type = "s"
            cell.quotePrefix = text.lstrip(" ").startswith(FORMULA)
            cells.append(cell)
        sheet.append(cells)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()
