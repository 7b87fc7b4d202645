"""What is done to a file in a process of its own, which may end badly without harm to any other.

Usage: ``python -m forum.files check KIND FILE FOLDER`` or ``python -m forum.files text KIND FILE FOLDER``.
"""

import json
import logging
import resource
import sys
from pathlib import Path

from forum.files.kinds import BY_NAME, Kind, RefusedFileError

MEMORY = 1_500_000_000  # bytes
SECONDS = 30  # of computing
WRITES = 200_000_000  # bytes to one file
MAX_TEXT = 500_000  # characters


def main(task: str, name: str, file: str, folder: str) -> None:
    """Check a file or read its text, and say on standard output what came of it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITES, WRITES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    logging.disable()  # what libraries say of a file may quote it
    kind, path = BY_NAME[name], Path(file)
    if task == "text":
        _say_text(kind, path)
        return
    try:
        sys.stdout.write(json.dumps(check(kind, path, Path(folder))))
    except RefusedFileError as refusal:
        sys.stdout.write(json.dumps({"refused": refusal.code}))
    except MemoryError:
        sys.stdout.write(json.dumps({"refused": "bomb"}))


def check(kind: Kind, path: Path, folder: Path) -> dict[str, int]:
    """Check a file by its content.

    Args:
        kind: What its name says it is.
        path: Where it is.
        folder: Where a picture drawn anew goes.

    Returns:
        Of a picture the ``width`` and ``height`` of its preview.

    Raises:
        RefusedFileError: It is not taken.
    """
    import puremagic

    from forum.files import images, office, pdf

    try:
        found = {match.extension for match in puremagic.magic_file(path)}
    except (puremagic.PureError, ValueError):
        raise RefusedFileError("other") from None
    if not found & set(kind.extensions):
        raise RefusedFileError("other")
    if kind.is_image:
        return images.redraw(path, kind, folder)
    if kind.name == "PDF":
        pdf.check(path)
    else:
        office.check(path, kind)
    return {}


def _say_text(kind: Kind, path: Path) -> None:
    """Say each piece at once: what was said before a bad end still counts."""
    from forum.files import office, pdf

    left = MAX_TEXT
    for piece in pdf.text(path) if kind.name == "PDF" else office.text(path, kind):
        sys.stdout.write(piece[:left].encode("utf-8", "replace").decode() + "\n")
        sys.stdout.flush()
        left -= len(piece)
        if left <= 0:
            return


if __name__ == "__main__":
    main(*sys.argv[1:])
