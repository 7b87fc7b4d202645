"""Serves the pages, from processes that share what they have loaded.

The forum's code and words are loaded once, before the processes part, and each then holds what it changes. The system
copies memory that is written to, which Python's collector would do to all of it, so the collector leaves it be.
"""

import argparse
import gc
from importlib import import_module

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels


def main() -> None:
    """Serve until a signal says to stop."""
    options = argparse.ArgumentParser(description="Serve the pages.")
    options.add_argument("--host", default="127.0.0.1", help="the address to listen on (default: %(default)s)")
    options.add_argument("--port", type=int, default=8000, help="the port to listen on (default: %(default)s)")
    options.add_argument("--workers", type=int, default=2, help="processes, one for each core (default: %(default)s)")
    options.add_argument("application", nargs="?", default="config.wsgi:application", help="(default: %(default)s)")
    chosen = options.parse_args()
    _load(chosen.application)
    Granian(
        chosen.application,
        address=chosen.host,
        port=chosen.port,
        interface=Interfaces.WSGI,
        workers=chosen.workers,
        blocking_threads=1,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()


def _load(application: str) -> None:
    """Load what every page needs, and put it beyond the reach of the collector."""
    import_module(application.partition(":")[0])

    from django.conf import settings
    from django.urls import get_resolver
    from django.utils import translation

    get_resolver().url_patterns  # noqa: B018 - reading them imports all views
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Rooms")
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()
