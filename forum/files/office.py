"""Documents of Word, Excel and PowerPoint: ZIP archives of XML, to a published standard."""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import IO
from xml.etree import ElementTree

from forum.files.kinds import BY_EXTENSION, Kind, RefusedFileError

MAX_PARTS = 2_000
MAX_UNPACKED = 200_000_000  # bytes
MAX_RATIO = 100  # of what a part unpacks to
RATIO_COUNTS_FROM = 1_000_000  # bytes: small parts of the same few words pack better than that, and harm nobody
MAX_CELLS = 200_000  # whose text is read
MAIN_PARTS = {
    "DOCX": ("word/document.xml", "document"),
    "XLSX": ("xl/workbook.xml", "workbook"),
    "PPTX": ("ppt/presentation.xml", "presentation"),
}
PROGRAMS = re.compile(
    r"vbaproject|vbadata|activex|oleobject|macrosheets|dialogsheets"
    r"|\.(?:exe|dll|com|scr|pif|msi|js|jse|vbs|vbe|wsf|hta|bat|cmd|ps1|lnk|jar|swf|html?|mht|zip|rar|7z"
    r"|doc|xls|ppt|docm|dotm|xlsm|xltm|xlsb|xlam|pptm|potm|ppsm|ppam)$",
    re.IGNORECASE,
)
PROGRAM_TYPES = re.compile(rb"macroEnabled|vbaProject|activeX|oleObject|ms-excel\.sheet\.binary", re.IGNORECASE)
LINKS_THAT_WAIT = {"hyperlink", "externalLinkPath", "externalLinkLongPath"}  # followed only when the reader wants it
DATA_EXCHANGE = re.compile(rb"<(?:\w+:)?ddeLink|<w:instrText[^>]*>\s*DDE(?:AUTO)?\b|w:instr=\"\s*DDE", re.IGNORECASE)
CONTENT_TYPES = "[Content_Types].xml"
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    ElementTree.ParseError,
    EOFError,
    ValueError,
    LookupError,
    OSError,
)


def check(file: IO[bytes] | Path, kind: Kind, *, is_inside: bool = False) -> None:
    """Look through a document and every part of it.

    Args:
        file: The document.
        kind: What its name says it is.
        is_inside: Whether it was found inside another document, which is as deep as they go.

    Raises:
        RefusedFileError: It is something else, is damaged, unpacks to too much, or does more than hold content.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            _check_size(archive)
            _check_package(archive, kind)
            for part in archive.infolist():
                _check_part(archive, part, is_inside=is_inside)
    except BROKEN:
        raise RefusedFileError("damaged") from None


def _check_size(archive: zipfile.ZipFile) -> None:
    """Refuse what unpacks to far more than it is, before unpacking any of it."""
    parts = sorted(archive.infolist(), key=lambda part: part.header_offset)
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise RefusedFileError("bomb")
    for part in parts:
        if part.file_size > max(RATIO_COUNTS_FROM, MAX_RATIO * part.compress_size):
            raise RefusedFileError("bomb")
    for part, following in pairwise(parts):
        if part.header_offset + part.compress_size >= following.header_offset:  # they overlap
            raise RefusedFileError("bomb")


def _check_package(archive: zipfile.ZipFile, kind: Kind) -> None:
    """Refuse what is not a document of its kind from the first byte to the last."""
    if any(part.flag_bits & 0x1 for part in archive.infolist()):
        raise RefusedFileError("password")
    if any(part.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED} for part in archive.infolist()):
        raise RefusedFileError("damaged")
    names = archive.namelist()
    main, root = MAIN_PARTS[kind.name]
    if CONTENT_TYPES not in names or main not in names:
        raise RefusedFileError("other")
    if min(part.header_offset for part in archive.infolist()) != 0 or archive.comment:
        raise RefusedFileError("damaged")
    if len({name.lower() for name in names}) < len(names):
        raise RefusedFileError("damaged")
    types = archive.read(CONTENT_TYPES)
    if PROGRAM_TYPES.search(types.replace(b"\0", b"")):
        raise RefusedFileError("programs")
    if f"{kind.content_type}.main+xml".encode() not in types:
        raise RefusedFileError("other")
    with archive.open(main) as part:
        _event, element = next(iter(ElementTree.iterparse(part, events=("start",))))  # noqa: S314 - no DTD, see below
    if element.tag.rpartition("}")[2] != root:
        raise RefusedFileError("damaged")


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo, *, is_inside: bool) -> None:
    path = PurePosixPath(part.filename)
    if path.is_absolute() or ".." in path.parts or "\\" in part.filename:
        raise RefusedFileError("damaged")
    if PROGRAMS.search(part.filename):
        raise RefusedFileError("programs")
    content = archive.read(part)  # with its checksum
    suffix = path.suffix.lower()
    if suffix in {".xml", ".rels", ".vml"}:
        _check_xml(content, is_rels=suffix == ".rels")
    elif suffix in {".docx", ".xlsx", ".pptx"}:
        if is_inside:
            raise RefusedFileError("bomb")
        with archive.open(part) as inner:
            check(inner, BY_EXTENSION[suffix], is_inside=True)


def _check_xml(content: bytes, *, is_rels: bool) -> None:
    plain = content.replace(b"\0", b"")  # of UTF-16 the same remains as of UTF-8
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise RefusedFileError("damaged")
    if DATA_EXCHANGE.search(plain):
        raise RefusedFileError("programs")
    if not is_rels:
        return
    for link in ElementTree.fromstring(content).iter():  # noqa: S314 - no DTD, as was just seen
        if link.get("TargetMode") == "External" and link.get("Type", "").rpartition("/")[2] not in LINKS_THAT_WAIT:
            raise RefusedFileError("elsewhere")


def text(path: Path, kind: Kind) -> Iterator[str]:
    """Return what a document says, piece by piece, in its order."""
    return {"DOCX": _text_of_word, "XLSX": _text_of_excel, "PPTX": _text_of_powerpoint}[kind.name](path)


def _text_of_word(path: Path) -> Iterator[str]:
    import docx
    from docx.oxml.ns import qn

    for paragraph in docx.Document(str(path)).element.body.iter(qn("w:p")):
        yield "".join(run.text or "" for run in paragraph.iter(qn("w:t")))


def _text_of_excel(path: Path) -> Iterator[str]:
    from openpyxl import load_workbook

    cells = 0
    with path.open("rb") as file:  # of a path the ending would count
        for sheet in load_workbook(file, read_only=True, data_only=True, keep_links=False).worksheets:
            yield sheet.title
            sheet.reset_dimensions()
            for row in sheet.iter_rows(values_only=True):
                cells += len(row)
                if cells > MAX_CELLS:
                    return
                yield " ".join(str(value) for value in row if value is not None)


def _text_of_powerpoint(path: Path) -> Iterator[str]:
    import pptx
    from pptx.oxml.ns import qn

    for slide in pptx.Presentation(str(path)).slides:
        pages = [slide.element, *([slide.notes_slide.element] if slide.has_notes_slide else [])]
        for page in pages:
            for paragraph in page.iter(qn("a:p")):
                yield "".join(run.text or "" for run in paragraph.iter(qn("a:t")))
