"""Tornado's WebSocketHandler on the wire of our own: same methods, same handshake, same events.

What differs: `on_message` is a plain function, frames that are encoded already can be written, and
once a socket is open nothing of its handshake is kept (`request`, headers, cookies). Over TLS, and
where there is no epoll, everything is Tornado's.
"""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, ClassVar, NamedTuple, cast

from tornado.iostream import IOStream, StreamBufferFullError, StreamClosedError
from tornado.websocket import WebSocketHandler, WebSocketProtocol, WebSocketProtocol13

from handlers.wire.channel import can_be_taken
from handlers.wire.connection import Connection
from handlers.wire.pings import Pings
from handlers.wire.poller import Poller

SHARED = "wire"
# what Tornado's own methods still use when the handshake is over
NEEDED = (
    "application",
    "ws_connection",
    "close_code",
    "close_reason",
    "_on_close_called",
    "_finished",
    "_status_code",
    "_wire",
)


class Shared(NamedTuple):
    """One for all sockets of an application."""

    poller: Poller
    pings: Pings


class WireHandler(WebSocketHandler):
    """A WebSocketHandler; see the module. `kept`: attributes that outlive the handshake."""

    kept: ClassVar[tuple[str, ...]] = ()
    _wire: Connection | None = None
    _stock: IOStream | None = None  # over TLS

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if inspect.iscoroutinefunction(cls.on_message):
            raise TypeError("on_message must be a plain function: nothing waits for it")

    def get_websocket_protocol(self) -> WebSocketProtocol | None:
        stock = super().get_websocket_protocol()
        if not isinstance(stock, WebSocketProtocol13):
            return stock
        return Handshake(self, False, stock.params)

    async def get(self, *args: Any, **kwargs: Any) -> None:
        """Over our wire it returns when the socket is open, over Tornado's when it is closed."""
        try:
            await super().get(*args, **kwargs)
        except StreamBufferFullError:  # no room for Tornado's pong
            self.on_full()
        if self.lives_on:
            # when Tornado, too, has done with the request
            asyncio.get_running_loop().call_soon(self._forget_handshake)

    def _forget_handshake(self) -> None:
        """What Tornado keeps of a request is several times what a socket needs."""
        kept = vars(self)
        self.__dict__ = {name: kept[name] for name in (*NEEDED, *self.kept) if name in kept}

    @property
    def lives_on(self) -> bool:
        """After get(): whether on_close() is still to come."""
        return self._wire is not None

    # -- out ----------------------------------------------------------------------------------

    def limit_writing(self, limit: int | None) -> None:
        """Bytes that may wait for a slow peer; beyond them on_full() is called."""
        if self._wire is not None:
            self._wire.limit = limit
        elif self._stock is not None:
            self._stock.max_write_buffer_size = limit

    def write_frames(self, frames: bytes) -> bool:
        """Whole frames, encoded already, as they are. False where they will not arrive."""
        line = self._wire or self._stock
        if line is None or self.ws_connection is None:
            return False
        try:
            line.write(frames)
        except StreamBufferFullError:
            self.on_full()
            return False
        except StreamClosedError:
            return False
        return True

    def on_full(self) -> None:
        """The peer reads too slowly. Who knows better than to cut the line overrides this."""
        self.abort()

    def abort(self) -> None:
        """Cuts the line."""
        if self._wire is not None:
            self._wire.abort()
        elif self._stock is not None:
            self._stock.close()

    # -- in -----------------------------------------------------------------------------------

    def pong_is_due(self) -> bool:
        """Whether a pong that has just come answers a ping of ours; each is answered once."""
        line = cast("Connection | Handshake | None", self.ws_connection)
        if line is None or not line.unanswered:
            return False
        line.unanswered -= 1
        return True

    def on_ws_connection_close(
        self, close_code: int | None = None, close_reason: str | None = None
    ) -> None:
        self._wire = self._stock = None
        super().on_ws_connection_close(close_code, close_reason)


class Handshake(WebSocketProtocol13):
    """Tornado's handshake. When the 101 is out it hands the socket over, and is gone."""

    _connection: Connection | None = None
    unanswered = 0  # over TLS, as Connection has it

    def write_ping(self, data: bytes) -> None:
        self.unanswered += 1
        super().write_ping(data)

    def start_pinging(self) -> None:
        """Tornado calls this first of all when the stream is its own, before open()."""
        handler = cast("WireHandler", self.handler)
        if not can_be_taken(self.stream):
            handler._stock = self.stream
            super().start_pinging()
            return
        connection = Connection(
            self.stream, *_shared(handler), handler, self.params.max_message_size
        )
        connection.selected_subprotocol = self.selected_subprotocol
        self._connection = handler._wire = connection
        handler.ws_connection = cast("WebSocketProtocol", connection)

    async def _receive_frame_loop(self) -> None:
        if self._connection is None:
            await super()._receive_frame_loop()
        else:
            self._connection.open()

    def _abort(self) -> None:
        """open() failed."""
        if self._connection is None:
            super()._abort()
        else:
            self._connection.abort()


def _shared(handler: WebSocketHandler) -> Shared:
    """Made for the first socket of an application."""
    settings = handler.application.settings
    if SHARED not in settings:
        loop, interval = asyncio.get_running_loop(), handler.ping_interval or 0
        timeout = handler.ping_timeout
        pings = Pings(loop, interval, interval if timeout is None else timeout)
        settings[SHARED] = Shared(Poller(loop), pings)
    shared: Shared = settings[SHARED]
    return shared
