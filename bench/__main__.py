"""Measure, and print a table; the same figures go to ``figures.json`` in the data folder.

The exit status is not zero where an answer was wrong, or a page took more statements than it may or more where more
has been said. What is in the data folder (``var/bench``, or ``VAR``) is replaced.
"""

import argparse
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from urllib.parse import urlencode

import psutil

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR") or BASE_DIR / "var" / "bench").resolve()
OPEN_PAGES = 2_000
HEAD = "{:<34}{:>9}{:>9}{:>12}{:>12}{:>12}"


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--posts", type=int, nargs="+", default=[10, 10_000, 1_000_000])
    options.add_argument("--seconds", type=float, default=3.0)
    chosen = options.parse_args()
    VAR.mkdir(parents=True, exist_ok=True)
    os.environ |= {"VAR": str(VAR), "DEMO": "1", "DJANGO_SETTINGS_MODULE": "config.settings"}

    from config.run import prepare

    prepare()
    from bench import data
    from bench.pages import faults

    data.empty()
    content = data.prepare()
    figures = {}
    for posts in sorted(chosen.posts):
        begun = time.monotonic()
        data.fill(content, posts)
        data.settle()
        print(f"\n{posts:,} posts written in {time.monotonic() - begun:.0f} s")
        figures[posts] = measure_all(content, chosen.seconds)
        show(posts, figures[posts])
    (VAR / "figures.json").write_text(json.dumps(figures, indent=2))
    counted = {
        posts: {row["page"]: row["statements"] for row in rows if "statements" in row}
        for posts, rows in figures.items()
    }
    found = faults(counted)
    print("\n" + ("\n".join(found) or "Every page keeps to its statements at every size."))
    return 1 if found or any(row.get("wrong") for rows in figures.values() for row in rows) else 0


def measure_all(content, seconds):
    """Return a row for each page, the bare view first."""
    from bench.load import measure
    from bench.pages import POSTING, pages, statements

    addresses = pages(content)
    cookies = [session_of(reader) for reader in content.readers]
    with serving("web", "bench.bare:application") as server:
        bare = [get(f"/{content.long.pk}/", "")] * len(cookies)
        rows = [{"page": "bare Django view", **asdict(measure(server.port, bare, expected=200, seconds=seconds))}]
    with serving("web") as server:
        for name, address in addresses.items():
            asked = [get(address, cookie) for cookie in cookies]
            row = asdict(measure(server.port, asked, expected=200, seconds=seconds))
            row["of_bare"] = round(row["per_second"] / rows[0]["per_second"], 2)
            rows.append({"page": name, **row, "statements": statements(content, address)})
        posting = [post(f"{content.others[n].get_absolute_url()}posts/", c) for n, c in enumerate(cookies)]
        row = asdict(measure(server.port, posting, expected=302, seconds=seconds))
        rows.append({"page": POSTING, **row, "statements": statements(content, None)})
        rows.append({"page": "memory of the page processes", "pss_mib": pss_of(server.process.pid)})
        rows.append(streams(content, cookies, server.port))
    return rows


def streams(content, cookies, port):
    """Return when a post had reached every one of many open pages."""
    from bench import load
    from bench import streams as open_pages

    discussion = content.others[-1]
    discussion.refresh_from_db()
    publish = post(f"{discussion.get_absolute_url()}posts/", cookies[0])
    address = f"/live/discussions/{discussion.pk}/?after={discussion.last_number}"
    with serving("live") as live:
        moments = open_pages.measure(
            live.port, address, cookies, pages=OPEN_PAGES, post=lambda: load.ask_once(port, publish())
        )
        return {
            "page": f"a post reaching {OPEN_PAGES:,} open pages",
            **moments,
            "live_pss_mib": pss_of(live.process.pid),
        }


def session_of(reader) -> str:
    """Sign ``reader`` in and return the cookies, with the token that forms need."""
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    client.force_login(reader, backend="accounts.backends.MemberBackend")
    return f"sessionid={client.cookies['sessionid'].value}; csrftoken={'b' * 32}"


def get(address: str, cookie: str) -> Callable[[], bytes]:
    request = f"GET {address} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode()
    return lambda: request


def post(address: str, cookie: str) -> Callable[[], bytes]:
    from bench.data import TEXT

    def request() -> bytes:
        form = {"csrfmiddlewaretoken": "b" * 32, "body": TEXT, "submission_key": uuid.uuid4()}
        body = urlencode(form).encode()
        head = (
            f"POST {address} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        return head.encode() + body

    return request


class Server:
    """The web or live processes, as ``make run`` starts them."""

    def __init__(self, part: str, application: str) -> None:
        from config.run import commands

        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        started = commands(self.port, self.port, None)[part]
        command = f"{started} {application}"
        self.process = subprocess.Popen(shlex.split(command), cwd=BASE_DIR)

    def await_answer(self) -> None:
        """Wait until somebody listens."""
        for _attempt in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        raise TimeoutError("The server does not start.")

    def stop(self) -> None:
        """End it; a server whose thousands of connections end at the same moment may miss the first signal."""
        for _attempt in range(3):
            self.process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=10)
                return
        for process in [*psutil.Process(self.process.pid).children(recursive=True), self.process]:
            process.kill()


@contextmanager
def serving(part: str, application: str = "") -> Iterator[Server]:
    server = Server(part, application)
    try:
        server.await_answer()
        yield server
    finally:
        server.stop()


def pss_of(pid: int) -> float:
    """Return the proportional memory of a process and its children, in MiB."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return round(sum(process.memory_full_info().pss for process in family) / 2**20, 1)


def show(posts: int, rows: list[dict]) -> None:
    print(f"\n{posts:,} posts, {os.cpu_count()} cores\n")
    print(HEAD.format("", "req/s", "of bare", "median", "95 %", "statements"))
    for row in rows:
        if "pss_mib" in row:
            print(f"{row['page']}: {row['pss_mib']} MiB")
            continue
        if "last_ms" in row:
            moments = f"first {row['first_ms']} ms, median {row['median_ms']} ms, last {row['last_ms']} ms"
            print(f"{row['page']}: {moments}; the live process holds {row['live_pss_mib']} MiB")
            continue
        times = (f"{row['median_ms']} ms", f"{row['p95_ms']} ms")
        wrong = f"  {row['wrong']} WRONG" if row["wrong"] else ""
        line = HEAD.format(row["page"], row["per_second"], row.get("of_bare", ""), *times, row.get("statements", ""))
        print(line + wrong)


if __name__ == "__main__":
    sys.exit(main())
