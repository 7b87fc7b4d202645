"""``make run``: everything the forum needs, started together and stopped together."""

import fcntl
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import honcho.manager
import honcho.process

BASE_DIR = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
PATIENCE = 8  # seconds for a forum that is just stopping to leave the data folder
SECONDS_TO_STOP = 5
OWN_PORTS = range(20_000, 32_000)  # below those that systems give to outgoing connections
OPEN_PAGES = 10_000  # most at one live process; each holds a connection


def main() -> int:
    """Prepare the data, start web, live, worker, beat and mailbox, and wait for Ctrl-C.

    Returns:
        The exit status.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return run()
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped before it had started.\n")
        return 0


def run() -> int:
    """Do what ``main`` says; a signal before the processes run raises ``KeyboardInterrupt``."""
    wanted = os.environ.get("PORT") or "8000"
    if not wanted.isdecimal() or not 0 < int(wanted) < 65_536:
        return _refuse(f"{wanted} is no port.", "Choose a number from 1024 to 65535: make run PORT=8010")
    port = int(wanted)
    var = Path(os.environ.get("VAR") or BASE_DIR / "var").resolve()
    try:
        var.mkdir(parents=True, exist_ok=True)
        lock = _lock(var)
    except OSError as error:
        return _refuse(
            f"The data folder {var} cannot be written: {error.strerror}.",
            "Choose one that is yours: make run VAR=~/forum",
        )
    if lock is None:
        return _refuse(
            f"Another forum is running with the data folder {var}.",
            "Stop it first, or choose another folder: make run VAR=var/second PORT=8010",
        )
    if not is_free(port):
        return _refuse(f"Port {port} is taken.", f"Choose another one: make run PORT={port + 10}")
    live_port, mail_port = free_port(), free_port()
    os.environ.update(
        {
            "PORT": str(port),
            "VAR": str(var),
            "DEMO": os.environ.get("DEMO", "1"),
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PYTHONUNBUFFERED": "1",
        }
    )
    os.environ.setdefault("PUBLIC_URL", f"http://localhost:{port}")
    os.environ.setdefault("LIVE_URL", f"http://{{host}}:{live_port}")
    own_mailbox = "EMAIL_URL" not in os.environ and os.environ["DEMO"] == "1"
    if own_mailbox:
        os.environ["EMAIL_URL"] = f"smtp://127.0.0.1:{mail_port}"
    embedded = not os.environ.get("DATABASE_URL")
    try:
        try:
            prepare()
        except DatabaseUnreachableError as error:
            return _refuse(
                f"The database does not answer: {error}",
                "Check DATABASE_URL, or leave it out to use the database that comes with the forum.",
            )
        manager = Manager()
        for name, command in commands(port, live_port, mail_port if own_mailbox else None).items():
            manager.add_process(name, command, cwd=str(BASE_DIR))
        _greet(port)
        manager.loop()
    finally:
        if embedded:
            from config.embedded import stop_postgresql

            with _signals_held_back():
                stop_postgresql(var / "postgresql")
    return 0 if manager.returncode in (None, 0, 130, 143, -2, -15) else manager.returncode


class DatabaseUnreachableError(Exception):
    """The database that ``DATABASE_URL`` names does not answer."""


class Process(honcho.process.Process):  # type: ignore[misc]
    """A process that ends with the one that started it, even when that one is killed."""

    def run(self, events: Any = None, ignore_signals: bool = False) -> None:
        threading.Thread(target=self._end_with, args=(os.getppid(),), daemon=True).start()
        super().run(events, ignore_signals)

    def _end_with(self, parent: int) -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._child.pid, number)
            except ProcessLookupError:
                break
            time.sleep(SECONDS_TO_STOP / 2)
        os._exit(1)


class Manager(honcho.manager.Manager):  # type: ignore[misc]
    """Starts and stops the processes together; asked to stop while it starts them, it does so right after."""

    def __init__(self) -> None:
        super().__init__()
        self._process_ctor = Process
        self._stop_once_started = False

    def terminate(self) -> None:
        self._stop_once_started = not super()._all_started()
        if not self._stop_once_started:
            super().terminate()

    def _all_started(self) -> bool:
        started = bool(super()._all_started())
        if started and self._stop_once_started:
            self.terminate()
        return started


@contextmanager
def _signals_held_back() -> Iterator[None]:
    """Let Ctrl-C wait until PostgreSQL has started or stopped: it would also hit the commands that do it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def prepare() -> None:
    """Bring the data up to date: schema, catalogues, static files, reference data and, once, the sample.

    Raises:
        DatabaseUnreachableError: There is no database to bring up to date.
    """
    import django
    from django.conf import settings
    from django.core.management import call_command
    from django.db import OperationalError, connection

    with _signals_held_back():
        settings.DATABASE_URL  # noqa: B018 - reading the settings starts the embedded server
    django.setup()

    from config.catalogues import compile_catalogues

    os.environ["DATABASE_URL"] = settings.DATABASE_URL
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise DatabaseUnreachableError(str(error).strip()) from error
    call_command("migrate", verbosity=0)
    compile_catalogues()
    _collect_static_files()
    call_command("load_sample" if settings.DEMO else "load_reference")
    connection.close()


def _collect_static_files() -> None:
    """Collect and compress style sheets and scripts where one is newer than what was collected."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    collected = Path(settings.STATIC_ROOT) / "staticfiles.json"  # written last
    sources = (Path(storage.path(name)) for finder in get_finders() for name, storage in finder.list([]))
    if not collected.exists() or collected.stat().st_mtime < max(source.stat().st_mtime for source in sources):
        call_command("collectstatic", interactive=False, verbosity=0)


def commands(port: int, live_port: int, mail_port: int | None) -> dict[str, str]:
    """Return the command of each process.

    Args:
        port: Where pages are served.
        live_port: Where streams are served.
        mail_port: Where the demonstration's mailbox listens; None where mail really leaves.
    """
    from django.conf import settings

    bin_dir = Path(PYTHON).parent
    host = os.environ.get("HOST", "127.0.0.1")
    workers = os.environ.get("WEB_WORKERS") or str(os.cpu_count() or 2)
    processes = {
        "web": f"{PYTHON} -m config.pages --host {host} --port {port} --workers {workers}",
        "live": f"{bin_dir}/granian --interface asgi --host {host} --port {live_port} --workers 1 "
        f"--backlog {OPEN_PAGES} --backpressure {OPEN_PAGES} --log-level warning config.asgi:application",
        "worker": f"{bin_dir}/celery --app config --quiet worker --pool solo --without-gossip "
        "--without-mingle --without-heartbeat --loglevel warning",
        "beat": f"{bin_dir}/celery --app config --quiet beat --loglevel warning --pidfile= "
        f"--schedule {os.environ['VAR']}/beat-schedule",
    }
    if not settings.FORUM:
        del processes["live"]  # it streams new posts, and nothing else
    if mail_port is not None:
        processes["mailbox"] = f"{PYTHON} manage.py demo_mailbox --port {mail_port}"
    return processes


def _greet(port: int) -> None:
    url = os.environ["PUBLIC_URL"]
    lines = ["", f"The forum is at {url} – press Ctrl-C to stop it.", ""]
    if os.environ["DEMO"] == "1":
        listing = subprocess.run(  # noqa: S603 - our own command
            [PYTHON, "manage.py", "demo_accounts"], cwd=BASE_DIR, capture_output=True, text=True, check=True
        )
        lines += ["Accounts to try it with:", listing.stdout, f"Mail that it sends is shown at {url}/demo/mail/", ""]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()


def _refuse(what: str, remedy: str) -> int:
    sys.stderr.write(f"{what}\n{remedy}\n")
    return 1


def _lock(var: Path) -> IO[str] | None:
    """Hold the data folder for this process and those it starts; None when others keep holding it.

    Raises:
        OSError: The folder cannot be written.
    """
    lock = (var / "run.lock").open("w")
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return None
            time.sleep(0.2)
        else:
            return lock


def is_free(port: int) -> bool:
    """Tell whether nobody listens at a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a port that nobody listens at, and that no connection to elsewhere takes before somebody does."""
    while not is_free(port := random.choice(OWN_PORTS)):  # noqa: S311 - nothing secret
        pass
    return port


if __name__ == "__main__":
    sys.exit(main())
