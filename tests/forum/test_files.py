"""What a file is, found out from its content: each kind, and each way of being something else."""

import io
import os
import sys
import time
import zipfile
from pathlib import Path

import pypdf
import pytest
from PIL import Image, PngImagePlugin
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from forum.files import apart, images, office
from forum.files.__main__ import check
from forum.files.kinds import BY_NAME, RefusedFileError, kind_of
from forum.files.names import MAX_BYTES, MAX_CHARACTERS, clean_name
from tests.forum import samples

WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def judge(name: str, content: bytes, folder: Path) -> str:
    """Return why a file is refused; nothing where it is taken."""
    path = folder / "file"
    path.write_bytes(content)
    try:
        check(kind_of(name), path, folder)
    except RefusedFileError as refusal:
        return refusal.code
    return ""


def rels(kind: str, target: str = "https://elsewhere.example/x", mode: str = "External") -> str:
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    link = f'<Relationship Id="r1" Type="{base}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    return f'<?xml version="1.0"?><Relationships xmlns="{package}">{link}</Relationships>'


# --- What is taken ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", samples.GOOD)
def test_each_kind_is_taken(tmp_path, name):
    assert judge(name, samples.GOOD[name], tmp_path) == ""


@pytest.mark.parametrize("target", ["https://wipo.example/", "mailto:office@ipo.example"])
def test_a_document_may_link_to_other_pages(tmp_path, target):
    linked = samples.with_part(samples.word(), "word/_rels/footnotes.xml.rels", rels("hyperlink", target))

    assert judge("guide.docx", linked, tmp_path) == ""


def test_a_chart_with_its_table_inside_is_taken(tmp_path):
    show = samples.with_part(samples.powerpoint(), "ppt/embeddings/Microsoft_Excel_Sheet.xlsx", samples.excel())

    assert judge("results.pptx", show, tmp_path) == ""


def test_a_pdf_that_asks_for_a_password_only_to_be_changed_is_taken(tmp_path):
    assert judge("report.pdf", encrypted(user_password="", owner_password="secret"), tmp_path) == ""


def test_a_picture_in_motion_keeps_moving(tmp_path):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:], duration=[100, 200, 300], comment=b"Secret")

    assert judge("chart.gif", target.getvalue(), tmp_path) == ""

    with Image.open(tmp_path / "content") as drawn:
        assert drawn.n_frames == 3
    assert b"Secret" not in (tmp_path / "content").read_bytes()


# --- What is something else ----------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx", "pptx", "jpg", "png", "webp", "gif"])
@pytest.mark.parametrize("name", samples.GOOD)
def test_a_name_that_says_another_kind_is_refused(tmp_path, name, ending):
    if kind_of(name) == kind_of(f"x.{ending}"):
        return
    assert judge(f"x.{ending}", samples.GOOD[name], tmp_path) == "other"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"plain words",
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"MZ\x90\x00" + bytes(200),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        b"PK\x05\x06" + bytes(18),
    ],
    ids=["nothing", "text", "html", "svg", "program", "old office or locked", "empty archive"],
)
@pytest.mark.parametrize("ending", ["pdf", "docx", "xlsx", "pptx", "jpg", "png", "webp", "gif"])
def test_what_is_none_of_them_is_refused_under_every_name(tmp_path, content, ending):
    assert judge(f"x.{ending}", content, tmp_path) in {"other", "damaged"}


@pytest.mark.parametrize(
    "name",
    [
        "run.exe",
        "page.html",
        "drawing.svg",
        "macros.docm",
        "old.doc",
        "list.csv",
        "archive.zip",
        "photo.heic",
        "noending",
    ],
)
def test_other_endings_are_refused(name):
    with pytest.raises(RefusedFileError, match="kind"):
        kind_of(name)


@pytest.mark.parametrize("name", samples.GOOD)
@pytest.mark.parametrize("kept", [0.2, 0.6, 0.95])
def test_a_file_that_was_cut_off_is_refused(tmp_path, name, kept):
    content = samples.GOOD[name]

    assert judge(name, content[: int(len(content) * kept)], tmp_path) in {"damaged", "other"}


@pytest.mark.parametrize("name", ["report.pdf", "guide.docx", "results.pptx"])
def test_a_file_behind_a_page_or_before_another_is_refused(tmp_path, name):
    content, page, packed = samples.GOOD[name], b"<html><script>alert(1)</script>", samples.excel()

    assert judge(name, page + content, tmp_path) in {"other", "damaged"}
    assert judge(name, content + packed, tmp_path) in {"other", "damaged"}


def test_what_is_hidden_in_a_picture_is_gone(tmp_path):
    hidden = b"<script>alert(1)</script>" + samples.word()

    assert judge("chart.png", samples.picture("PNG") + hidden, tmp_path) == ""
    assert judge("photo.jpg", samples.picture("JPEG") + hidden, tmp_path) == ""

    drawn = (tmp_path / "content").read_bytes()
    assert b"script" not in drawn
    assert not zipfile.is_zipfile(tmp_path / "content")


def test_a_picture_does_not_say_where_or_by_whom_it_was_taken(tmp_path):
    photograph = samples.photograph()
    assert b"Secret" in photograph

    assert judge("photo.jpg", photograph, tmp_path) == ""

    for name in ("content", "preview"):
        assert b"Secret" not in (tmp_path / name).read_bytes()
        with Image.open(tmp_path / name) as drawn:
            assert dict(drawn.getexif()) == {}
            assert drawn.size == (40, 60)  # it stands as it was held


def test_texts_in_a_png_are_gone(tmp_path):
    said = PngImagePlugin.PngInfo()
    said.add_text("Author", "Secret Photographer")

    assert judge("chart.png", samples.picture("PNG", pnginfo=said), tmp_path) == ""

    assert b"Secret" not in (tmp_path / "content").read_bytes()


# --- Pictures and archives that swell ------------------------------------------------------------------


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (8_000, 5_001)])
def test_a_flood_of_pixels_is_refused_at_once(tmp_path, width, height):
    before = time.perf_counter()

    assert judge("chart.png", samples.flood(width, height), tmp_path) == "pixels"
    assert time.perf_counter() - before < 1


def test_an_animation_of_too_many_pixels_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(images, "MAX_PIXELS_IN_MOTION", 20 * 20 * 2)
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])

    assert judge("chart.gif", target.getvalue(), tmp_path) == "pixels"


def test_an_archive_bomb_is_refused_before_it_is_unpacked(tmp_path):
    bomb = samples.with_part(samples.word(), "word/media/zeros.xml", bytes(50_000_000))
    before = time.perf_counter()

    assert len(bomb) < 200_000
    assert judge("guide.docx", bomb, tmp_path) == "bomb"
    assert time.perf_counter() - before < 1


def test_many_large_parts_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(office, "MAX_UNPACKED", 1_000_000)
    heavy = samples.with_part(samples.word(), "word/media/noise.png", os.urandom(1_000_001))

    assert judge("guide.docx", heavy, tmp_path) == "bomb"


def test_very_many_parts_are_refused(tmp_path):
    target = io.BytesIO(samples.word())
    with zipfile.ZipFile(target, "a") as archive:
        for number in range(office.MAX_PARTS):
            archive.writestr(f"customXml/{number}.xml", "<a/>")

    assert judge("guide.docx", target.getvalue(), tmp_path) == "bomb"


def test_parts_that_overlap_are_refused(tmp_path):
    content = bytearray(samples.with_part(samples.word(), "word/media/a.png", os.urandom(5_000)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        first, last = archive.infolist()[0], archive.infolist()[-1]
    directory = content.index(b"PK\x01\x02")
    content[directory + 20 : directory + 24] = (last.header_offset).to_bytes(4, "little")  # the first says it is longer

    assert first.header_offset == 0
    assert judge("guide.docx", bytes(content), tmp_path) == "bomb"


def test_a_part_that_lies_about_its_size_is_refused(tmp_path):
    content = bytearray(samples.word())
    directory = content.index(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = (10).to_bytes(4, "little")

    assert judge("guide.docx", bytes(content), tmp_path) == "damaged"


def test_documents_within_documents_go_one_level_deep(tmp_path):
    inner = samples.with_part(samples.word(), "word/embeddings/a.xlsx", samples.excel())
    outer = samples.with_part(samples.powerpoint(), "ppt/embeddings/a.docx", inner)

    assert judge("results.pptx", outer, tmp_path) == "bomb"


# --- Documents that do something ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("word/vbaProject.bin", b"\xd0\xcf\x11\xe0"),
        ("word/activeX/activeX1.xml", "<a/>"),
        ("word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0"),
        ("word/embeddings/setup.exe", b"MZ"),
        ("word/embeddings/page.html", "<script>alert(1)</script>"),
        ("word/embeddings/other.docm", b"PK"),
        ("xl/macrosheets/sheet1.xml", "<a/>"),
        ("word/fields.xml", '<w:p xmlns:w="x"><w:instrText> DDEAUTO c:\\\\cmd.exe</w:instrText></w:p>'),
        ("xl/externalLinks/externalLink1.xml", '<externalLink><ddeLink ddeService="cmd"/></externalLink>'),
    ],
)
def test_a_document_with_programs_is_refused(tmp_path, part, content):
    assert judge("guide.docx", samples.with_part(samples.word(), part, content), tmp_path) == "programs"


def test_a_document_whose_types_say_macros_is_refused(tmp_path):
    macros = "application/vnd.ms-word.document.macroEnabled.main+xml"
    spoilt = samples.with_part(samples.word(), "word/a.xml", "<a/>", **{WORD_MAIN: macros})

    assert judge("guide.docx", spoilt, tmp_path) == "programs"


def test_a_template_is_no_document(tmp_path):
    template = WORD_MAIN.replace("document.main", "template.main")
    spoilt = samples.with_part(samples.word(), "word/a.xml", "<a/>", **{WORD_MAIN: template})

    assert judge("guide.docx", spoilt, tmp_path) == "other"


@pytest.mark.parametrize("kind", ["attachedTemplate", "oleObject", "image", "frame", "subDocument", "aFChunk"])
def test_a_document_that_fetches_from_elsewhere_is_refused(tmp_path, kind):
    spoilt = samples.with_part(samples.word(), "word/_rels/settings.xml.rels", rels(kind))

    assert judge("guide.docx", spoilt, tmp_path) == "elsewhere"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path, encoding):
    entities = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode(encoding)

    assert judge("guide.docx", samples.with_part(samples.word(), "word/a.xml", entities), tmp_path) == "damaged"


@pytest.mark.parametrize("name", ["../outside.xml", "/etc/outside.xml", "word/../../outside.xml"])
def test_a_part_that_would_be_written_elsewhere_is_refused(tmp_path, name):
    assert judge("guide.docx", samples.with_part(samples.word(), name, "<a/>"), tmp_path) == "damaged"


def encrypted(**passwords: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(samples.pdf()))
    writer.encrypt(algorithm="AES-256", **passwords)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def test_a_pdf_that_needs_a_password_is_refused(tmp_path):
    assert judge("report.pdf", encrypted(user_password="secret"), tmp_path) == "password"


def action(kind: str) -> DictionaryObject:
    return DictionaryObject(
        {NameObject("/S"): NameObject(kind), NameObject("/JS"): TextStringObject("app.alert(1)")}
        if kind == "/JavaScript"
        else {NameObject("/S"): NameObject(kind)}
    )


@pytest.mark.parametrize("kind", ["/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE"])
@pytest.mark.parametrize("place", ["opening", "page", "annotation", "following"])
def test_a_pdf_that_does_something_is_refused(tmp_path, kind, place):
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(100, 100)
    if place == "opening":
        writer.root_object[NameObject("/OpenAction")] = action(kind)
    elif place == "page":
        page[NameObject("/AA")] = DictionaryObject({NameObject("/O"): action(kind)})
    else:
        does = action(kind)
        if place == "following":
            does = DictionaryObject({NameObject("/S"): NameObject("/URI"), NameObject("/Next"): action(kind)})
        link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): does})
        page[NameObject("/Annots")] = ArrayObject([writer._add_object(link)])

    assert judge("report.pdf", samples.pdf(writer=writer), tmp_path) == "programs"


def test_a_pdf_that_links_to_a_page_is_taken(tmp_path):
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(100, 100)
    link = DictionaryObject({NameObject("/Subtype"): NameObject("/Link"), NameObject("/A"): action("/URI")})
    page[NameObject("/Annots")] = ArrayObject([writer._add_object(link)])

    assert judge("report.pdf", samples.pdf(writer=writer), tmp_path) == ""


def test_a_pdf_with_files_inside_or_scripts_for_all_is_refused(tmp_path):
    carrier, script = pypdf.PdfWriter(), pypdf.PdfWriter()
    carrier.add_attachment("setup.exe", b"MZ")
    named = DictionaryObject({NameObject("/Names"): ArrayObject([TextStringObject("a"), action("/JavaScript")])})
    script.root_object[NameObject("/Names")] = DictionaryObject({NameObject("/JavaScript"): named})

    assert judge("report.pdf", samples.pdf(writer=carrier), tmp_path) == "programs"
    assert judge("report.pdf", samples.pdf(writer=script), tmp_path) == "programs"


# --- In a process of its own ------------------------------------------------------------------------------


def look(name: str, content: bytes, folder: Path) -> apart.Checked:
    path = folder / "file"
    path.write_bytes(content)
    return apart.check(path, kind_of(name), folder)


def test_a_picture_comes_back_drawn_anew_with_a_small_one(tmp_path):
    checked = look("photo.jpg", samples.picture("JPEG", (1200, 600)), tmp_path)

    assert (checked.width, checked.height) == (480, 240)
    with Image.open(checked.preview) as small, Image.open(checked.content) as drawn:
        assert (small.format, small.size, drawn.format, drawn.size) == ("WEBP", (480, 240), "JPEG", (1200, 600))


def test_a_document_stays_as_it_came(tmp_path):
    assert look("report.pdf", samples.pdf(), tmp_path).content.read_bytes() == samples.pdf()


def test_a_refusal_comes_back(tmp_path):
    with pytest.raises(RefusedFileError, match="pixels"):
        look("chart.png", samples.flood(60_000, 60_000), tmp_path)


def test_a_check_that_takes_too_long_is_a_refusal(tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "CHECK_PATIENCE", 0.5)
    monkeypatch.setattr(apart, "PROCESS", (sys.executable, "-c", "while True: pass"))

    with pytest.raises(RefusedFileError, match="slow"):
        look("report.pdf", samples.pdf(), tmp_path)


def test_a_check_that_dies_is_a_refusal(tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "PROCESS", (sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"))

    with pytest.raises(RefusedFileError, match="damaged"):
        look("report.pdf", samples.pdf(), tmp_path)


def test_the_process_has_limits_and_none_of_our_secrets(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "ours")
    asking = (
        "import os, resource, forum.files.__main__ as m;"
        "memory = lambda: resource.getrlimit(resource.RLIMIT_AS)[0];"
        "m.check = lambda *a: {'width': memory(), 'height': 'SECRET_KEY' in os.environ};"
        "m.main('check', 'PNG', 'x', 'y')"
    )
    monkeypatch.setattr(apart, "PROCESS", (sys.executable, "-c", asking))

    checked = look("chart.png", b"", tmp_path)

    assert (checked.width, checked.height) == (1_500_000_000, False)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("report.pdf", ["Seminar on examination practice"]),
        ("guide.docx", ["Guide for junior examiners", "In a table"]),
        ("budget.XLSX", ["Sheet", "Budget of the mission"]),
        ("results.pptx", ["Results after one year", "Said aside"]),
    ],
)
def test_the_text_of_a_document_is_read(tmp_path, name, words):
    path = tmp_path / "file"
    path.write_bytes(samples.GOOD[name])

    assert [line for line in apart.text_of(path, kind_of(name)).splitlines() if line in words] == words


def test_what_was_read_before_a_bad_end_counts(tmp_path, monkeypatch):
    monkeypatch.setattr(apart, "TEXT_PATIENCE", 1)
    endless = "print('The first page', flush=True)\nwhile True: pass"
    monkeypatch.setattr(apart, "PROCESS", (sys.executable, "-c", endless))

    assert apart.text_of(tmp_path / "file", BY_NAME["PDF"]) == "The first page"


def test_no_more_text_is_read_than_search_needs(tmp_path, monkeypatch):
    path = tmp_path / "file"
    path.write_bytes(samples.word("word " * 200_000))

    assert len(apart.text_of(path, BY_NAME["DOCX"])) <= 500_000


# --- Names ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("report.pdf", "report.pdf"),
        ("Rapport d’activité – 2026.pdf", "Rapport d’activité – 2026.pdf"),
        ("报告.docx", "报告.docx"),
        ("تقرير.pdf", "تقرير.pdf"),
        ("e\u0301tude.pdf", "étude.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\x.pdf", "x.pdf"),
        ("C:\\Users\\a\\x.pdf", "x.pdf"),
        ("\\\\server\\share\\x.pdf", "x.pdf"),
        ("%2e%2e%2fx.pdf", "%2e%2e%2fx.pdf"),
        ("x.pdf:stream.pdf", "x.pdf-stream.pdf"),
        ("x\0.pdf", "x.pdf"),
        ("x.exe\0.pdf", "x.exe.pdf"),
        ("x\r\nSet-Cookie: a=b.pdf", "xSet-Cookie- a=b.pdf"),
        ("annual\u202efdp.exe.pdf", "annualfdp.exe.pdf"),
        ("\u2066x\u2069\u200b\ufeff.pdf", "x.pdf"),
        ("x.pdf. . .", "x.pdf"),
        ("  x  y .pdf", "x y.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("lpt1.tar.pdf", "_lpt1.tar.pdf"),
        (".htaccess.pdf", "htaccess.pdf"),
        ("-rf.pdf", "rf.pdf"),
        ("~$guide.docx", "$guide.docx"),
        ("....pdf", "document.pdf"),
        (".pdf", "document.pdf"),
        ("\u202e.pdf", "document.pdf"),
        ('a"b;c<d>|e?*.pdf', "a-b-c-d--e--.pdf"),
        ("noending", "noending"),
        ("", "document"),
    ],
)
def test_a_name_is_cleaned(name, clean):
    assert clean_name(name) == clean


@pytest.mark.parametrize("letter", ["a", "é", "报", "क्षि", "👩‍🔬"])
def test_a_long_name_is_shortened_and_keeps_its_ending(letter):
    short = clean_name(letter * 300 + ".pdf")

    assert short.endswith(".pdf")
    assert len(short) <= MAX_CHARACTERS
    assert len(short.encode()) <= MAX_BYTES
    assert clean_name(short) == short
