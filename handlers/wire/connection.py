"""One WebSocket of the server (RFC 6455, sections 5.5, 7), in place of Tornado's protocol object.

The handler is told of messages at once, one after the other; `on_message` is a plain function.
"""

from __future__ import annotations

import asyncio
import logging

from tornado.escape import utf8
from tornado.iostream import IOStream

from handlers.wire.delegate import Delegate
from handlers.wire.frames import (
    BINARY,
    INTERNAL_ERROR,
    PING,
    PONG,
    TEXT,
    Fault,
    encode,
    read_close,
)
from handlers.wire.outgoing import Outgoing
from handlers.wire.parser import Event, Parser
from handlers.wire.pings import Pings
from handlers.wire.poller import Poller

log = logging.getLogger("parley.wire")

# seconds a peer gets to answer our close frame
ANSWER_WITHIN = 5.0
# seconds in which what a failed peer still sends is thrown away: closing at once would make the
# kernel take back the close frame, which says why
LINGER = 1.0
MESSAGES = (TEXT, BINARY)


class Connection(Outgoing):
    """Open until one side said close; then it waits for the other's word, but not for long."""

    __slots__ = (
        "_deaf",
        "_early",
        "_parser",
        "_pings",
        "_timer",
        "close_code",
        "close_reason",
        "heard",
        "selected_subprotocol",
        "slot",
    )

    def __init__(
        self, stream: IOStream, poller: Poller, pings: Pings, handler: Delegate, limit: int
    ) -> None:
        self._early = bytes(stream._read_buffer)  # came right behind the handshake
        super().__init__(stream, poller, handler)
        self._parser = Parser(limit)
        self._pings = pings
        self._deaf = False  # nothing that comes counts any more
        self._timer: asyncio.TimerHandle | None = None
        self.close_code: int | None = None  # what the peer said
        self.close_reason: str | None = None
        self.selected_subprotocol: str | None = None
        self.heard = True
        self.slot = 0

    def open(self) -> None:
        """After the handler's open(), unless that cut the line: now it is told of messages."""
        if self.closed:
            return
        self._pings.join(self)
        early, self._early = self._early, b""
        self.start(early)

    # -- in -----------------------------------------------------------------------------------

    def received(self, data: bytes) -> None:
        self.heard = True
        if self._deaf:
            return
        events = self._parser.feed(data)
        if len(events) == 1:
            self._handle(events)
        elif events:
            # answers to what came together go out together
            self._held = []
            self._handle(events)
            self._release()
        if self._parser.fault is not None and not self._deaf:
            self.fail(self._parser.fault)

    def _handle(self, events: list[Event]) -> None:
        try:
            for opcode, payload in events:
                if self._deaf or self._handler is None:
                    return
                if opcode in MESSAGES:
                    self._handler.on_message(payload)
                else:
                    self._control(opcode, utf8(payload))
        except Exception:
            log.exception("a message could not be handled")
            self.fail(Fault(INTERNAL_ERROR, "internal error"))

    def _control(self, opcode: int, payload: bytes) -> None:
        assert self._handler is not None  # noqa: S101 - asked by _handle
        if opcode == PING:
            self._answer(encode(PONG, payload))
            self._handler.on_ping(payload)
        elif opcode == PONG:
            self._handler.on_pong(payload)
        else:
            self._closed_by_peer(payload)

    def _closed_by_peer(self, payload: bytes) -> None:
        said = read_close(payload)
        if isinstance(said, Fault):
            self.fail(said)
            return
        self.close_code, self.close_reason = said
        self._say_close(self.close_code)
        self._finish(LINGER)

    # -- the end ------------------------------------------------------------------------------

    def is_closing(self) -> bool:
        return self._close_sent or self._deaf or self.closed

    def close(self, code: int | None = None, reason: str | None = None) -> None:
        """Says goodbye and waits for the answer; a peer that gives none is cut off."""
        if not self.is_closing():
            self._say_close(code, reason)
            self._arm(ANSWER_WITHIN)

    def fail(self, fault: Fault) -> None:
        """Section 7.1.7: tells the peer why, and hears nothing more."""
        self._deaf = True
        self._say_close(fault.code, fault.reason)
        self._finish(LINGER)

    def expire(self) -> None:
        """No pong came. The close frame is for a peer that is only slow."""
        self._say_close(1000, "ping timed out")
        self.abort()

    def lost(self) -> None:
        self.abort()

    def abort(self) -> None:
        """Cuts the line, and tells the handler."""
        self._deaf = True
        self._disarm()
        self._pings.leave(self)
        self.end()
        self._tell_closed()

    def on_connection_close(self) -> None:
        """Tornado's word for abort."""
        self.abort()

    def _finish(self, within: float) -> None:
        """For the handler it is over. The line is cut when all is said, the peer has gone, or soon.

        A server closes first (section 7.1.1), so that the peer need not wait for its own end.
        """
        self._deaf = True
        self._arm(within)
        if not self.waiting:
            self.flushed()
        self._tell_closed()

    def flushed(self) -> None:
        if self._deaf:
            self.shut_down()

    def _tell_closed(self) -> None:
        handler, self._handler = self._handler, None
        if handler is None:
            return
        handler.ws_connection = None  # or it would cut the line on which our close frame goes out
        try:
            handler.on_ws_connection_close(self.close_code, self.close_reason)
        except Exception:
            log.exception("a closed socket could not be cleared away")

    def _arm(self, seconds: float) -> None:
        self._disarm()
        self._timer = asyncio.get_running_loop().call_later(seconds, self.abort)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
