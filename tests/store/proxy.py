"""A wire between a client (or a replica) and a server, on which a test can lose an answer or stop the traffic."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Proxy:
    """Passes bytes on between 127.0.0.1:`port` and an upstream port."""

    def __init__(self, upstream: int) -> None:
        self.port = 0
        self.lost_answers = 0
        self._upstream = upstream
        self._lose: bytes | None = None
        self._open = asyncio.Event()
        self._open.set()
        self._wires: set[asyncio.Task[None]] = set()

    def lose_answer_to(self, marker: bytes) -> None:
        """The next request that contains `marker` reaches the server, but the connection breaks before its answer."""
        self._lose = marker

    def stall(self) -> None:
        """Hold back all bytes, both ways, without closing anything."""
        self._open.clear()

    def resume(self) -> None:
        self._open.set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """For asyncio.start_server."""
        self._wires.add(asyncio.create_task(self._connect(reader, writer)))

    async def close(self) -> None:
        """Cut every connection."""
        for wire in self._wires:
            wire.cancel()
        await asyncio.gather(*self._wires, return_exceptions=True)

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._upstream)
        except OSError:
            writer.close()
            return
        losing = asyncio.Event()
        requests = asyncio.create_task(self._requests(reader, up_writer, losing))
        answers = asyncio.create_task(self._answers(up_reader, writer, losing))
        try:
            await asyncio.wait({requests, answers}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (requests, answers):
                task.cancel()
            for end in (writer, up_writer):
                end.close()

    async def _requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losing: asyncio.Event
    ) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._open.wait()
                if self._lose is not None and self._lose in data:
                    self._lose = None
                    losing.set()
                writer.write(data)
                await writer.drain()

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, losing: asyncio.Event) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                await self._open.wait()
                if losing.is_set():
                    self.lost_answers += 1
                    return
                writer.write(data)
                await writer.drain()


@asynccontextmanager
async def proxy(upstream: int) -> AsyncIterator[Proxy]:
    """A running proxy to 127.0.0.1:`upstream`."""
    wire = Proxy(upstream)
    server = await asyncio.start_server(wire.accept, "127.0.0.1", 0)
    wire.port = server.sockets[0].getsockname()[1]
    try:
        yield wire
    finally:
        server.close()
        await wire.close()
