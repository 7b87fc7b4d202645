"""PDF documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from forum.files.kinds import RefusedFileError

MAX_PAGES = 5_000
MAX_PAGES_READ = 200  # whose text is read
AFTER_THE_END = 1_024  # bytes in which a document says that it ends
PROGRAMS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/GoToE", "/RichMediaExecute"}
CARRIERS = {"/FileAttachment", "/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"}
MOST_IN_A_ROW = 20  # actions that follow one another


def check(path: Path) -> None:
    """Look through a document.

    Args:
        path: Where it is.

    Raises:
        RefusedFileError: It is something else, is damaged or locked, or does more than hold content.
    """
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    content = path.read_bytes()
    if not content.startswith(b"%PDF-"):
        raise RefusedFileError("other")
    end = content[-AFTER_THE_END:].rstrip(b"\0 \t\r\n\f")
    if not end.endswith(b"%%EOF"):
        raise RefusedFileError("damaged")
    try:
        reader = PdfReader(path)
        if reader.is_encrypted and not reader.decrypt(""):
            raise RefusedFileError("password")
        if not 1 <= len(reader.pages) <= MAX_PAGES:
            raise RefusedFileError("damaged")
        _check_what_it_does(reader)
    except RefusedFileError:
        raise
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError):
        raise RefusedFileError("damaged") from None  # pypdf raises any of these on broken objects


def _check_what_it_does(reader: Any) -> None:
    """Refuse programs and files within, wherever a reader's program would act on them."""
    root = reader.root_object
    names = _resolved(root.get("/Names")) or {}
    if "/JavaScript" in names or "/EmbeddedFiles" in names or "/Collection" in root or "/AF" in root:
        raise RefusedFileError("programs")
    form = _resolved(root.get("/AcroForm")) or {}
    if "/XFA" in form:
        raise RefusedFileError("programs")
    _check_actions(root, "/OpenAction")
    for page in reader.pages:
        _check_actions(page)
        for reference in _resolved(page.get("/Annots")) or []:
            annotation = _resolved(reference)
            if annotation.get("/Subtype") in CARRIERS:
                raise RefusedFileError("programs")
            _check_actions(annotation, "/A")
    for reference in _resolved(form.get("/Fields")) or []:
        _check_actions(_resolved(reference), "/A")


def _check_actions(holder: Any, *keys: str) -> None:
    """Refuse what is done by itself or at a touch, but going to a place or an address."""
    several = _resolved(holder.get("/AA")) or {}
    waiting = [*(holder.get(key) for key in keys), *several.values()]
    for _step in range(MOST_IN_A_ROW):
        following = []
        for action in map(_resolved, waiting):
            if not isinstance(action, dict):
                continue  # a place in the document
            if action.get("/S") in PROGRAMS or "/JS" in action:
                raise RefusedFileError("programs")
            after = _resolved(action.get("/Next"))
            following += after if isinstance(after, list) else [after]
        waiting = following


def _resolved(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def text(path: Path) -> Iterator[str]:
    """Return what a document says, page by page."""
    from pypdf import PdfReader

    for page in PdfReader(path).pages[:MAX_PAGES_READ]:
        yield page.extract_text()
