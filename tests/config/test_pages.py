"""The processes that serve the pages."""

import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import psutil
import pytest

from config.run import free_port
from tests.config.test_settings import BASE_DIR, environment

PATIENCE = 60  # seconds; only what fails takes as long


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).close()
    except urllib.error.HTTPError:
        return True  # there is no database, and the forum says so
    except (urllib.error.URLError, OSError):
        return False
    return True


@pytest.fixture
def server(tmp_path) -> Iterator[psutil.Process]:
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "config.pages", "--port", str(port), "--workers", "2"]
    with subprocess.Popen(command, cwd=BASE_DIR, env=environment(tmp_path), stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: answers(port))
            yield psutil.Process(process.pid)
        finally:
            if process.poll() is None:
                for each in [*psutil.Process(process.pid).children(), process]:
                    each.kill()


def test_they_share_what_was_loaded_and_one_that_dies_is_replaced(server):
    wait_until(lambda: len(server.children()) == 2)
    first, second = server.children()
    for process in (first, second):
        memory = process.memory_full_info()
        assert memory.uss < memory.rss / 2

    first.kill()

    wait_until(lambda: len(server.children()) == 2 and first not in server.children())
    assert second in server.children()


def test_they_end_together(server):
    children = server.children()

    server.send_signal(signal.SIGINT)

    gone, left = psutil.wait_procs([server, *children], timeout=PATIENCE)
    assert (len(gone), left) == (3, [])
