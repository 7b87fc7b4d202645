"""The kinds of file that a webinar's materials take, and how each is recognised by its content."""

import re
from pathlib import Path, PurePath

from forum.files import apart
from forum.files.kinds import KINDS, Kind, RefusedFileError, kind_of

MP3 = Kind("MP3", "audio/mpeg", (".mp3",))
OGG = Kind("OGG", "audio/ogg", (".ogg", ".oga", ".opus"))
VTT = Kind("VTT", "text/vtt", (".vtt",))
MATERIAL_KINDS = (*KINDS, MP3, OGG, VTT)
KIND_NAMES = ", ".join(kind.name for kind in MATERIAL_KINDS)
ACCEPTED = ",".join(extension for kind in MATERIAL_KINDS for extension in kind.extensions)

_CUE = re.compile(r"^(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}[ \t]+-->[ \t]+(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}", re.MULTILINE)
_SAMPLE = 64 * 1024


def material_kind(name: str) -> Kind:
    """Return the kind that a file says it is, by how its name ends.

    Raises:
        RefusedFileError: It is none that is taken.
    """
    suffix = PurePath(name).suffix.lower()
    return next((kind for kind in (MP3, OGG, VTT) if suffix in kind.extensions), None) or kind_of(name)


def check(path: Path, kind: Kind, folder: Path) -> Path:
    """Check a file by its content, and return what is to be kept of it.

    Args:
        path: Where it is.
        kind: What its name says it is.
        folder: Where a picture drawn anew goes.

    Raises:
        RefusedFileError: It is not what its name says, or holds what is not taken.
    """
    if kind not in {MP3, OGG, VTT}:
        return apart.check(path, kind, folder).content
    if kind == VTT:
        if not _is_captions(path):
            raise RefusedFileError("other")
        return path
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    if not (_is_mp3(head) if kind == MP3 else _is_ogg(head)):
        raise RefusedFileError("other")
    return path


def _is_mp3(head: bytes) -> bool:
    """Tell whether sound follows the tags: two frames of MPEG audio, layer III, one after the other."""
    start = 0
    if head[:3] == b"ID3" and len(head) > 10:
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        start = size + 10
        if start >= len(head):  # a picture in the tags may be larger than what is looked at
            return True
    frame = _frame_length(head[start : start + 4])
    return frame > 0 and _frame_length(head[start + frame : start + frame + 4]) > 0


def _frame_length(header: bytes) -> int:
    """Return how long a frame is that begins with ``header``; 0 where it is none."""
    if len(header) < 4 or header[0] != 0xFF or header[1] & 0xE6 != 0xE2:
        return 0
    is_version_1 = header[1] & 0x18 == 0x18
    rates = (44_100, 48_000, 32_000, 0)
    halves = {0x18: 1, 0x10: 2, 0x00: 4}.get(header[1] & 0x18, 0)
    kilobits = (
        (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)
        if is_version_1
        else (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
    )[header[2] >> 4]
    rate = rates[header[2] >> 2 & 3] // halves if halves else 0
    if not (kilobits and rate):
        return 0
    return (144 if is_version_1 else 72) * kilobits * 1000 // rate + (header[2] >> 1 & 1)


def _is_ogg(head: bytes) -> bool:
    """Tell whether the first page of an Ogg file says that Opus or Vorbis follows."""
    return head[:4] == b"OggS" and any(codec in head[:64] for codec in (b"OpusHead", b"\x01vorbis"))


def _is_captions(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return False
    first = text.splitlines()[0] if text else ""
    return bool(re.fullmatch(r"WEBVTT([ \t].*)?", first)) and bool(_CUE.search(text)) and "\0" not in text
