"""The forum as ``make run`` starts it, and visitors with a browser. Started once for all journeys of one process."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, expect

from config.run import free_port
from tests.browser import launch_options
from tests.journeys.line import Line
from tests.journeys.places import Places, find_places
from tests.journeys.visits import KENYA, SIGN_IN, sign_in

BASE_DIR = Path(__file__).resolve().parents[2]
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "XDG_RUNTIME_DIR")
PREPARED = BASE_DIR / "var" / "journeys"
SECONDS_TO_START = 240
PREPARE = """
import os
from pathlib import Path
from config.embedded import stop_postgresql
from config.run import prepare

os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
try:
    prepare()
finally:
    stop_postgresql(Path(os.environ["VAR"]) / "postgresql")
"""
SECONDS_TO_STOP = 30
PATIENCE = 15_000  # milliseconds: only what fails takes as long

expect.set_options(timeout=PATIENCE)

Enter = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the journeys last: their browser's event loop stays, and Django keeps the database from such threads.

    Their first weighs the pages as the sample content makes them, their last leaves hostile words on everybody's.
    """
    places = {"test_weight": 1, "test_hostile": 3}
    items.sort(key=lambda item: places.get(item.path.stem, 2) if Path(__file__).parent in item.path.parents else 0)


@dataclass(frozen=True)
class Forum:
    """The running forum.

    Args:
        url: Where it is.
        var: Its data folder.
        environment: What its processes were started with.
    """

    url: str
    var: Path
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """Run one of its commands and return what it says."""
        command = [sys.executable, "manage.py", *arguments]
        ran = subprocess.run(
            command, cwd=BASE_DIR, env=self.environment, capture_output=True, text=True, check=False, timeout=120
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout


@pytest.fixture(scope="session")
def var(testrun_uid: str) -> Iterator[Path]:
    """A data folder as a first start leaves it, with a database of its own; made once, and copied to each process."""
    made = Path(tempfile.mkdtemp(prefix="forum-journeys-"))
    PREPARED.mkdir(parents=True, exist_ok=True)
    with (PREPARED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        of_run = PREPARED / "run"
        if not of_run.exists() or of_run.read_text() != testrun_uid:
            shutil.rmtree(PREPARED / "var", ignore_errors=True)
            environment = _environment() | {"VAR": str(PREPARED / "var")}
            subprocess.run([sys.executable, "-c", PREPARE], cwd=BASE_DIR, env=environment, check=True)
            of_run.write_text(testrun_uid)
        subprocess.run(["cp", "--archive", f"{PREPARED / 'var'}/.", made], check=True)  # files keep their owners
    yield made
    shutil.rmtree(made, ignore_errors=True)


def _environment() -> dict[str, str]:
    """Return what every forum of the journeys is started with."""
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | {"DEMO": "1"}


@pytest.fixture(scope="session")
def forum(var: Path) -> Iterator[Forum]:
    """The whole forum on data of its own, which leaves nothing running behind; one for each process of the tests."""
    port = free_port()
    environment = _environment() | {"VAR": str(var), "PORT": str(port)}
    log = var / "run.log"
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "config.run"],
            cwd=BASE_DIR,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    running = Forum(f"http://localhost:{port}", var, environment)
    try:
        _wait_for(running, process, log)
        yield running
        told, ended = log.read_text(), process.poll()
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(SECONDS_TO_STOP)
        finally:
            left = _processes_of(var)
            for straggler in left:
                straggler.kill()
    errors = [line for line in told.splitlines() if " ERROR " in line or " CRITICAL " in line]
    assert errors == [], told[-5000:]
    assert ended is None, f"The forum stopped by itself:\n{told[-5000:]}"
    assert left == [], "Ctrl-C has left processes running"


def _wait_for(forum: Forum, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{forum.url}/healthz", timeout=5):  # noqa: S310 - our own address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"The forum did not start:\n{log.read_text()[-5000:]}")


def _processes_of(var: Path) -> list[psutil.Process]:
    """Return the processes that work on a data folder, by their environment or their command."""
    found = []
    for process in psutil.process_iter():
        try:
            about = [process.environ().get("VAR", ""), *process.cmdline()]
        except psutil.Error:
            continue
        if process.pid != os.getpid() and any(str(var) in word for word in about):
            found.append(process)
    return found


@pytest.fixture(scope="session")
def base_url(forum: Forum) -> str:
    return forum.url


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**launch_options(), **browser_type_launch_args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "reduced_motion": "reduce"}


@pytest.fixture(scope="session")
def session_of(browser: Browser, browser_context_args: dict[str, Any]) -> Callable[[str], Any]:
    """Answer with the cookies of an account, which signs in through the form once."""
    sessions: dict[str, Any] = {}

    def session(email: str) -> Any:
        if email not in sessions:
            context = browser.new_context(**browser_context_args)
            page = context.new_page()
            page.goto(SIGN_IN)
            sign_in(page, email)
            expect(page).not_to_have_url(f"{browser_context_args['base_url']}{SIGN_IN}")
            sessions[email] = context.storage_state()
            context.close()
        return sessions[email]

    return session


@pytest.fixture
def enter(new_context: Callable[..., BrowserContext], session_of: Callable[[str], Any]) -> Iterator[Enter]:
    """Give a page to somebody who has signed in, or to nobody in particular.

    Whatever a page asks of the browser that is refused, by the content security policy for instance, or
    that breaks in a script, fails the journey.
    """
    complaints: list[str] = []

    def open_page(email: str | None = None, **options: Any) -> Page:
        context = new_context(storage_state=session_of(email) if email else None, **options)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.on("console", lambda message: complaints.extend(_complaint(message)))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("response", lambda response: complaints.extend(_failure(response)))
        return page

    yield open_page
    assert complaints == []


def _complaint(message: ConsoleMessage) -> list[str]:
    """Return what the console says is wrong; answers that fail are judged by ``_failure``."""
    if message.type not in {"error", "warning"} or message.text.startswith("Failed to load resource"):
        return []
    return [f"{message.text} ({message.location['url']})"]


def _failure(response: Response) -> list[str]:
    """Return an answer that failed: any to what a page is made of, a crash of the forum to anything."""
    expected = response.request.resource_type in {"document", "fetch", "xhr"}
    if response.status >= 500 or (response.status >= 400 and not expected):
        return [f"{response.status} for {response.url}"]
    return []


@pytest.fixture
def line() -> Iterator[Line]:
    """A line to the forum that the journey can cut."""
    line = Line()
    yield line
    line.close()


@pytest.fixture(scope="session")
def places(browser: Browser, browser_context_args: dict[str, Any], session_of: Callable[[str], Any]) -> Places:
    """Where each of the pages is that are looked at one by one."""
    context = browser.new_context(**browser_context_args, storage_state=session_of(KENYA))
    found = find_places(context.new_page())
    context.close()
    return found
