"""A small server on our wire in this process, and a client below any library."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, ClassVar, Self

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.util import _websocket_mask as apply_mask
from tornado.web import Application

from handlers.wire.frames import CLOSE
from handlers.wire.handler import WireHandler
from tests.client import PATIENCE
from tests.raw_socket import Frame

LIMIT = 65_536
HANDSHAKE = (
    "GET / HTTP/1.1\r\nHost: here\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Echo(WireHandler):
    """Says what it hears, and notes everything in `events`. Some texts are orders."""

    kept = ("events",)
    live: ClassVar[list[Echo]] = []

    def open(self, *_: str, **__: str) -> None:
        self.events: list[Any] = self.settings["events"]
        self.live.append(self)
        self.limit_writing(self.settings.get("push_buffer"))

    def on_message(self, message: str | bytes) -> None:
        self.events.append(message)
        if message == "fail":
            raise RuntimeError("as asked")
        if message == "close":
            self.close(4000, "as asked")
        elif message == "many":
            for number in range(100):
                self.write_message(str(number))
        elif self.ws_connection is not None:
            self.write_message(message, binary=isinstance(message, bytes))

    def on_ping(self, data: bytes) -> None:
        self.events.append(("ping", data))

    def on_pong(self, data: bytes) -> None:
        self.events.append(("pong", data))

    def on_full(self) -> None:
        self.events.append("full")
        super().on_full()

    def on_close(self) -> None:
        self.live.remove(self)
        self.events.append(("close", self.close_code, self.close_reason))


async def eventually(seen: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until something can be seen to be so."""
    async with asyncio.timeout(within):
        while not seen():  # noqa: ASYNC110 - what is looked at tells nobody
            await asyncio.sleep(0.001)


class Server:
    """Where it listens, who came, and what its handlers noted."""

    def __init__(self, port: int, events: list[Any]) -> None:
        self.port = port
        self.events = events
        self.clients: list[Client] = []

    async def until(self, event: Any) -> None:
        """Wait until the handler has noted this."""
        await eventually(lambda: event in self.events)

    @property
    def closes(self) -> list[Any]:
        return [event for event in self.events if isinstance(event, tuple) and event[0] == "close"]


@asynccontextmanager
async def serving(
    handler: type[WireHandler] = Echo, tls: ssl.SSLContext | None = None, **settings: Any
) -> AsyncIterator[Server]:
    events: list[Any] = []
    application = Application(
        [("/", handler)], events=events, websocket_max_message_size=LIMIT, **settings
    )
    server = HTTPServer(application, ssl_options=tls)
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    here = Server(sockets[0].getsockname()[1], events)
    try:
        yield here
    finally:
        for client in here.clients:
            client.abort()
        for echo in list(Echo.live):
            echo.abort()
        server.stop()
        await server.close_all_connections()


def masked(
    opcode: int,
    payload: bytes = b"",
    *,
    first: int = 0x80,
    width: int | None = None,
    announced: int | None = None,
    mask: bytes | None = None,
) -> bytes:
    """A client's frame, masked in earnest. `first`: FIN and reserved bits; `width`: of the length.

    `announced` lies about the length; mask b"": not masked.
    """
    length = len(payload) if announced is None else announced
    if width is None:
        width = 0 if length < 126 else 2 if length < 1 << 16 else 8
    short = length if width == 0 else 126 if width == 2 else 127
    key = os.urandom(4) if mask is None else mask
    head = bytes((first | opcode, (0x80 if key else 0) | short))
    if width:
        head += length.to_bytes(width, "big")
    return head + key + (apply_mask(key, payload) if key else payload)


class Client:
    """One upgraded connection, by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def to(
        cls, server: Server, early: bytes = b"", tls: ssl.SSLContext | None = None
    ) -> Self:
        """`early` goes out together with the handshake."""
        client = cls(*await asyncio.open_connection("127.0.0.1", server.port, ssl=tls))
        server.clients.append(client)
        client.writer.write(HANDSHAKE.encode() + early)
        async with asyncio.timeout(PATIENCE):
            head = await client.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 101 "), head
        return client

    async def send(self, *frames: bytes) -> None:
        """All in one write, as far as TCP lets it be one."""
        self.writer.write(b"".join(frames))
        await self.writer.drain()

    async def read(self) -> Frame | None:
        """The next frame, None at the end; a masked one is a fault of the server (5.1)."""
        try:
            async with asyncio.timeout(PATIENCE):
                first, size = await self.reader.readexactly(2)
                assert size < 0x80, "a server masks nothing"
                width = {126: 2, 127: 8}.get(size, 0)
                if width:
                    size = int.from_bytes(await self.reader.readexactly(width), "big")
                    assert size >= (126 if width == 2 else 1 << 16), "the shortest way it must be"
                assert first & 0x70 == 0, "no reserved bits"
                return Frame(first & 0xF, await self.reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def rest(self) -> list[Frame]:
        """All frames until the server ends the connection."""
        frames = []
        while (got := await self.read()) is not None:
            frames.append(got)
        self.writer.transport.abort()
        return frames

    async def fate(self) -> int | None:
        """The close code with which the server ends it; None: without a close frame."""
        return next((got.close_code for got in await self.rest() if got.opcode == CLOSE), None)

    def abort(self) -> None:
        self.writer.transport.abort()
