"""Files for tests: good ones of every kind, and the means to spoil them."""

import io
import struct
import zipfile
import zlib
from functools import lru_cache

import docx
import openpyxl
import pptx
import pypdf
from PIL import Image
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

WORDS = {
    "pdf": "Seminar on examination practice",
    "docx": "Guide for junior examiners",
    "xlsx": "Budget of the mission",
    "pptx": "Results after one year",
}


def pdf(text: str = WORDS["pdf"], writer: pypdf.PdfWriter | None = None) -> bytes:
    """Return a PDF of one page that says ``text``; ``writer`` may have been given more."""
    writer = writer or pypdf.PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): writer._add_object(font)})}
    )
    content = DecodedStreamObject()
    content.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode())
    page[NameObject("/Contents")] = writer._add_object(content)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


@lru_cache
def word(text: str = WORDS["docx"]) -> bytes:
    document, target = docx.Document(), io.BytesIO()
    document.add_paragraph(text)
    document.add_table(1, 1).cell(0, 0).text = "In a table"
    document.save(target)
    return target.getvalue()


@lru_cache
def excel() -> bytes:
    book, target = openpyxl.Workbook(), io.BytesIO()
    book.active["B2"] = WORDS["xlsx"]
    book.save(target)
    return target.getvalue()


@lru_cache
def powerpoint() -> bytes:
    show, target = pptx.Presentation(), io.BytesIO()
    slide = show.slides.add_slide(show.slide_layouts[0])
    slide.shapes.title.text = WORDS["pptx"]
    slide.notes_slide.notes_text_frame.text = "Said aside"
    show.save(target)
    return target.getvalue()


def picture(form: str = "PNG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    target = io.BytesIO()
    Image.new("RGB", size, (23, 72, 111)).save(target, form, **options)
    return target.getvalue()


def photograph() -> bytes:
    """Return a JPEG that says where and by whom it was taken, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x013B] = "Secret Photographer"
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif, comment=b"Secret comment")


GOOD = {
    "report.pdf": pdf(),
    "guide.docx": word(),
    "budget.XLSX": excel(),
    "results.pptx": powerpoint(),
    "photo.jpg": picture("JPEG"),
    "photo.jpeg": picture("JPEG"),
    "chart.png": picture("PNG"),
    "chart.webp": picture("WEBP"),
    "chart.gif": picture("GIF"),
}


def with_part(document: bytes, name: str, content: bytes | str, **replacements: str) -> bytes:
    """Return a document of Word, Excel or PowerPoint with one more part, or another in the place of one.

    Args:
        document: What it was.
        name: Of the part.
        content: What the part says.
        replacements: From what to what the list of content types changes.
    """
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(document)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            if part.filename == name:
                continue
            kept = old.read(part)
            if part.filename == "[Content_Types].xml":
                for before, after in replacements.items():
                    kept = kept.replace(before.encode(), after.encode())
            new.writestr(part.filename, kept)
        new.writestr(name, content)
    return target.getvalue()


def part_of(document: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(document)) as archive:
        return archive.read(name)


def flood(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be very large."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
