"""The sending half of a connection: frames go out, one by one or together, up to a close frame."""

from __future__ import annotations

import asyncio

from tornado.escape import json_encode, utf8
from tornado.iostream import IOStream, StreamBufferFullError, StreamClosedError
from tornado.websocket import WebSocketClosedError

from handlers.wire.channel import Channel
from handlers.wire.delegate import Delegate
from handlers.wire.frames import BINARY, PING, TEXT, encode, encode_close
from handlers.wire.poller import Poller


class Outgoing(Channel):
    """`_held`: frames that go out together on `_release`; None while each goes at once."""

    __slots__ = ("_close_sent", "_handler", "_held", "unanswered")

    def __init__(self, stream: IOStream, poller: Poller, handler: Delegate) -> None:
        super().__init__(stream, poller)
        self._handler: Delegate | None = handler
        self._close_sent = False
        self._held: list[bytes] | None = None
        self.unanswered = 0  # pings of ours that no pong has answered yet

    def write(self, data: bytes) -> None:
        """Whole frames. Raises as Channel does; after a close frame nothing may follow."""
        if self._close_sent:
            raise StreamClosedError
        if self._held is not None:
            self._held.append(data)
        else:
            Channel.write(self, data)  # super() costs as much as the rest of this

    def write_message(
        self, message: str | bytes | dict[str, object], binary: bool = False
    ) -> asyncio.Future[None]:
        """The future is done: what waits is bounded, and nobody need wait for it."""
        if isinstance(message, dict):
            message = json_encode(message)
        try:
            self.write(encode(BINARY if binary else TEXT, utf8(message)))
        except StreamClosedError:
            raise WebSocketClosedError from None
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future

    def write_ping(self, data: bytes) -> None:
        self.unanswered += 1
        self._answer(encode(PING, data))

    def _answer(self, frame: bytes) -> None:
        """A control frame that nobody waits for."""
        try:
            self.write(frame)
        except StreamBufferFullError:
            self._tell_full()
        except StreamClosedError:
            pass

    def _release(self) -> None:
        held, self._held = self._held, None
        if not held:
            return
        try:
            super().write(b"".join(held))
        except StreamBufferFullError:
            self._tell_full()
        except StreamClosedError:
            pass

    def _tell_full(self) -> None:
        if self._handler is not None:
            self._handler.on_full()

    def _say_close(self, code: int | None, reason: str | None = None) -> None:
        if self._close_sent:
            return
        self._release()
        self.limit = None  # always room for the last word
        self._answer(encode_close(code, reason))
        self._close_sent = True
