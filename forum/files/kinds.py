"""The kinds of file that a post takes."""

from dataclasses import dataclass
from pathlib import PurePath


class RefusedFileError(Exception):
    """A file that is not taken; ``code`` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file.

    Args:
        name: How it is spoken of in every language, such as ``DOCX``.
        content_type: As it is served.
        extensions: How the names of such files end, the usual one first.
    """

    name: str
    content_type: str
    extensions: tuple[str, ...]

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = (
    Kind("PDF", "application/pdf", (".pdf",)),
    Kind("DOCX", f"{_OFFICE}.wordprocessingml.document", (".docx",)),
    Kind("XLSX", f"{_OFFICE}.spreadsheetml.sheet", (".xlsx",)),
    Kind("PPTX", f"{_OFFICE}.presentationml.presentation", (".pptx",)),
    Kind("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jpe")),
    Kind("PNG", "image/png", (".png",)),
    Kind("WebP", "image/webp", (".webp",)),
    Kind("GIF", "image/gif", (".gif",)),
)
KIND_NAMES = ", ".join(kind.name for kind in KINDS)
BY_NAME = {kind.name: kind for kind in KINDS}
BY_EXTENSION = {extension: kind for kind in KINDS for extension in kind.extensions}
BY_CONTENT_TYPE = {kind.content_type: kind for kind in KINDS}


def kind_of(name: str) -> Kind:
    """Return the kind that a file says it is, by how its name ends.

    Raises:
        RefusedFileError: It is none that is taken.
    """
    try:
        return BY_EXTENSION[PurePath(name).suffix.lower()]
    except KeyError:
        raise RefusedFileError("kind") from None
