"""A client that costs little: ready-made requests over kept connections, so that the server is what is measured."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.demo.standin.errors import Json
from bot.demo.standin.transport import encode, sign


def request(url: str, secret: str, kind: str, payload: Json) -> bytes:
    """A signed delivery, as it goes over the wire."""
    parts = urlsplit(url)
    body, content_type = encode(kind, payload)
    timestamp = str(int(time.time()))
    head = (
        f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nX-Slack-Request-Timestamp: {timestamp}\r\n"
        f"X-Slack-Signature: {sign(secret, timestamp, body)}\r\n\r\n"
    )
    return head.encode() + body


class Line(asyncio.Protocol):
    """One connection; `ask` sends a request and returns the status when the whole answer is here."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[int] | None = None
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, end, body = self._got.partition(b"\r\n\r\n")
        if not end:
            return
        length = 0
        for field in head.lower().split(b"\r\n")[1:]:
            if field.startswith(b"content-length:"):
                length = int(field[15:])
        if len(body) < length:
            return
        self._got = b""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(int(head[9:12]))

    def connection_lost(self, error: Exception | None) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(error or ConnectionError("the server hung up"))

    async def ask(self, data: bytes) -> int:
        """The HTTP status."""
        assert self._transport is not None
        self._waiting = asyncio.get_running_loop().create_future()
        self._transport.write(data)
        return await asyncio.wait_for(self._waiting, 10)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


@dataclass(frozen=True)
class Taken:
    """What a batch of requests took: seconds each, sorted, and seconds in all."""

    each: tuple[float, ...]
    total: float

    def at(self, part: float) -> float:
        """A quantile, in seconds."""
        return self.each[min(len(self.each) - 1, int(part * len(self.each)))]


async def send(url: str, requests: Iterable[bytes], connections: int) -> Taken:
    """Send everything over so many connections, each of which waits for its answer. Every answer must be 200."""
    parts = urlsplit(url)
    assert parts.hostname and parts.port
    host, port = parts.hostname, parts.port
    loop = asyncio.get_running_loop()
    lines = [(await loop.create_connection(Line, host, port))[1] for _ in range(connections)]
    waiting: Iterator[bytes] = iter(requests)
    each: list[float] = []

    async def work(line: Line) -> None:
        for data in waiting:
            begun = time.perf_counter()
            status = await line.ask(data)
            each.append(time.perf_counter() - begun)
            assert status == 200, status

    begun = time.perf_counter()
    try:
        await asyncio.gather(*map(work, lines))
    finally:
        for line in lines:
            line.close()
    return Taken(tuple(sorted(each)), time.perf_counter() - begun)
