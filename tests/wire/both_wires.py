"""The same bytes through Tornado's protocol object and through ours, each on a real socket."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, cast

from tornado.iostream import IOStream
from tornado.websocket import WebSocketProtocol13, _WebSocketDelegate, _WebSocketParams

from handlers.wire.connection import Connection
from handlers.wire.pings import Pings
from handlers.wire.poller import Poller
from tests.client import PATIENCE

LIMIT = 2000  # small, so that it is met often


@dataclass
class Seen:
    """What a handler was told, and what its peer was sent."""

    events: list[tuple[str, Any]] = field(default_factory=list)
    close: tuple[int | None, str | None] = (None, None)
    sent: bytes = b""

    @property
    def messages(self) -> list[Any]:
        return [what for kind, what in self.events if kind == "message"]


class Recorder:
    """A handler for either wire."""

    def __init__(self) -> None:
        self.seen = Seen()
        self.ended = asyncio.Event()
        self.ws_connection: Any = None

    def on_message(self, message: str | bytes) -> Awaitable[None] | None:
        self.seen.events.append(("message", message))
        return None

    def on_ping(self, data: bytes) -> None:
        self.seen.events.append(("ping", data))

    def on_pong(self, data: bytes) -> None:
        self.seen.events.append(("pong", data))

    def on_full(self) -> None:
        raise AssertionError("nobody reads too slowly here")

    def on_ws_connection_close(
        self, close_code: int | None = None, close_reason: str | None = None
    ) -> None:
        self.seen.close = (close_code, close_reason)
        self.ended.set()

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        raise AssertionError("no handler failed") from value


async def tornados(data: bytes) -> Seen:
    """Through Tornado's: it asks its stream for each part of a frame, so cuts mean nothing."""
    peer, stream, recorder = _line()
    protocol = WebSocketProtocol13(
        cast("_WebSocketDelegate", recorder), False, _WebSocketParams(max_message_size=LIMIT)
    )
    protocol.stream = stream
    peer.sendall(data)
    peer.shutdown(socket.SHUT_WR)
    try:
        await protocol._receive_frame_loop()
    except ValueError:  # a reason that is no UTF-8: so the handshake sees it
        protocol._abort()
    return await _all_of(recorder, peer)


async def ours(data: bytes, dice: random.Random) -> Seen:
    """Through ours, cut at random."""
    peer, stream, recorder = _line()
    loop = asyncio.get_running_loop()
    connection = Connection(stream, Poller(loop), Pings(loop, 0, 0), recorder, LIMIT)
    connection.open()
    await in_pieces(peer, data, dice)
    peer.shutdown(socket.SHUT_WR)
    return await _all_of(recorder, peer)


def _line() -> tuple[socket.socket, IOStream, Recorder]:
    peer, end = socket.socketpair()
    return peer, IOStream(end), Recorder()


async def in_pieces(peer: socket.socket, data: bytes, dice: random.Random) -> None:
    """Each piece has been read before the next one comes, most of the time."""
    at = 0
    while at < len(data):
        size = dice.choice((1, 1, 2, 3, 5, dice.randrange(1, 64), dice.randrange(1, 4096), 1 << 20))
        peer.sendall(data[at : at + size])
        at += size
        await asyncio.sleep(0)
        await asyncio.sleep(0)


async def _all_of(recorder: Recorder, peer: socket.socket) -> Seen:
    peer.setblocking(False)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                data = await loop.sock_recv(peer, 1 << 16)
            except ConnectionError:
                break
            if not data:
                break
            recorder.seen.sent += data
        peer.close()
        await recorder.ended.wait()
    return recorder.seen


Compare = Callable[[Seen, Seen], None]
