"""Many open pages: how soon each of them has a new post."""

import asyncio
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field

PATIENCE = 60.0  # seconds for all to be open, or to have a post
POSTS = 3  # the last one is measured, when what is made once has been made
AT_ONCE = 50  # pages opened together


@dataclass
class Readers:
    """Pages that are open on one discussion.

    Args:
        got: When each post came, once for each page, by its number.
        opened: How many pages are open.
    """

    got: dict[int, list[float]] = field(default_factory=dict)
    opened: int = 0


def measure(port: int, address: str, cookies: list[str], *, pages: int, post: Callable[[], None]) -> dict[str, float]:
    """Open pages, publish posts, and see when all of them have the last one.

    Args:
        port: Of the live process.
        address: Of the stream.
        cookies: Of the readers, used in turn.
        pages: How many are open.
        post: Publishes a post, and returns when it is acknowledged.

    Returns:
        The milliseconds from the acknowledgement to the first, the median and the last page.
    """
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    return asyncio.run(_measure(port, address, cookies, pages, post))


async def _measure(
    port: int, address: str, cookies: list[str], pages: int, post: Callable[[], None]
) -> dict[str, float]:
    readers = Readers()
    tasks = []
    for n in range(pages):
        tasks.append(asyncio.create_task(_read(readers, port, address, cookies[n % len(cookies)])))
        if n % AT_ONCE == 0:
            await asyncio.sleep(0.1)
    await _until(lambda: readers.opened == pages)
    for _post in range(POSTS):
        readers.got.clear()
        await asyncio.to_thread(post)
        acknowledged = time.time()
        await _until(lambda: any(len(times) == pages for times in readers.got.values()))
    for task in tasks:
        task.cancel()
    times = sorted(next(iter(readers.got.values())))
    moments = {"first_ms": times[0], "median_ms": times[pages // 2], "last_ms": times[-1]}
    return {name: round((moment - acknowledged) * 1000) for name, moment in moments.items()}


async def _until(is_true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not is_true():
            await asyncio.sleep(0.05)


async def _read(readers: Readers, port: int, address: str, cookie: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    writer.write(f"GET {address} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
    await reader.readuntil(b"retry: ")
    readers.opened += 1
    while line := await reader.readline():
        if line.startswith(b"id: "):
            readers.got.setdefault(int(line[4:]), []).append(time.time())
