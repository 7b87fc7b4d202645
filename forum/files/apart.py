"""Files looked at in a process of its own: what comes from outside may hang, swell or crash there."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from forum.files.kinds import Kind, RefusedFileError

FORUM = Path(__file__).resolve().parents[2]
PROCESS = (sys.executable, "-m", "forum.files")
CHECK_PATIENCE = 20  # seconds
TEXT_PATIENCE = 40


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept.

    Args:
        content: What to keep: of a document the file as it came, of a picture the one drawn anew.
        preview: A small picture of it, where it is one.
        width: The preview's.
        height: The preview's.
    """

    content: Path
    preview: Path | None = None
    width: int | None = None
    height: int | None = None


def check(path: Path, kind: Kind, folder: Path) -> Checked:
    """Check a file by its content.

    Args:
        path: Where it is.
        kind: What its name says it is.
        folder: Where a picture drawn anew goes.

    Raises:
        RefusedFileError: It is not taken.
    """
    try:
        said = _run("check", kind, path, folder, CHECK_PATIENCE)
    except subprocess.TimeoutExpired:
        raise RefusedFileError("slow") from None
    except subprocess.CalledProcessError:
        raise RefusedFileError("damaged") from None
    found = json.loads(said)
    if "refused" in found:
        raise RefusedFileError(found["refused"])
    if not kind.is_image:
        return Checked(path)
    return Checked(folder / "content", folder / "preview", found["width"], found["height"])


def text_of(path: Path, kind: Kind) -> str:
    """Return what a document says, or as much of it as could be read.

    Args:
        path: Where it is.
        kind: What it was found to be.
    """
    try:
        said = _run("text", kind, path, path.parent, TEXT_PATIENCE)
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as end:
        said = end.stdout or b""
    words = (line.split() for line in said.decode(errors="ignore").replace("\0", "").splitlines())
    return "\n".join(" ".join(line) for line in words if line)


def _run(task: str, kind: Kind, path: Path, folder: Path, patience: float) -> bytes:
    """Return what the process says; it gets none of the forum's secrets, and nowhere to complain."""
    return subprocess.run(  # noqa: S603 - our own module
        [*PROCESS, task, kind.name, str(path), str(folder)],
        cwd=FORUM,
        env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        timeout=patience,
        check=True,
    ).stdout
