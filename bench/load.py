"""A small HTTP client that keeps several connections busy and notes how long each answer took."""

import asyncio
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

WARM_UP = 1.0  # seconds


@dataclass(frozen=True)
class Figures:
    """What was measured: requests in a second, milliseconds to answer, and answers that were wrong."""

    per_second: float
    median_ms: float
    p95_ms: float
    wrong: int


def measure(port: int, requests: Sequence[Callable[[], bytes]], *, expected: int, seconds: float) -> Figures:
    """Ask for ``seconds`` as fast as the server answers.

    Args:
        port: Of a server on this machine.
        requests: For each connection, what makes its next request.
        expected: The status that counts as right.
        seconds: How long to measure, after a warm-up.
    """
    return asyncio.run(_measure(port, requests, expected, seconds))


def ask_once(port: int, request: bytes) -> int:
    """Send one request and return the status of its answer."""

    async def ask() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        status = await _answer(reader)
        writer.close()
        return status

    return asyncio.run(ask())


async def _measure(port: int, requests: Sequence[Callable[[], bytes]], expected: int, seconds: float) -> Figures:
    begin = time.perf_counter() + WARM_UP
    end = begin + seconds
    answers = await asyncio.gather(*(_connection(port, request, begin, end) for request in requests))
    times = sorted(took for one in answers for took, _status, _finished in one)
    lasted = max(finished for one in answers for _took, _status, finished in one) - begin
    wrong = sum(status != expected for one in answers for _took, status, _finished in one)
    return Figures(
        per_second=round(len(times) / lasted, 1),
        median_ms=round(statistics.median(times) * 1000, 2),
        p95_ms=round(times[int(len(times) * 0.95)] * 1000, 2),
        wrong=wrong,
    )


async def _connection(
    port: int, request: Callable[[], bytes], begin: float, end: float
) -> list[tuple[float, int, float]]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    answers = []
    while (started := time.perf_counter()) < end:
        writer.write(request())
        status = await _answer(reader)
        finished = time.perf_counter()
        if finished >= begin:
            answers.append((finished - started, status, finished))
    writer.close()
    return answers


async def _answer(reader: asyncio.StreamReader) -> int:
    """Read one answer to its end and return its status."""
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    if b"content-length:" in head:
        await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
    elif b"chunked" in head:
        while size := int(await reader.readuntil(b"\r\n"), 16):
            await reader.readexactly(size + 2)
        await reader.readexactly(2)
    return int(head.split(b" ", 2)[1])
