"""The socket at /user/chatwebsocket."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Hashable
from typing import Any

from app.access.person import Credential, Person
from app.access.throttle import Bucket
from app.identities import SUBPROTOCOL, credential_of
from app.messaging import protocol
from app.messaging.errors import CloseCode, Errorcode, Refused, not_now, too_fast
from app.messaging.hub import Socket
from app.messaging.items import Reply
from app.rooms.names import masked
from handlers.base import BaseHandler
from handlers.wire.frames import Framing
from handlers.wire.handler import WireHandler

log = logging.getLogger("parley.socket")

# frames' worth of seconds that may be owed before a socket that is too fast is closed
LONGEST_DEBT = 5.0
# seconds a peer that does not read gets to see its close frame
LAST_WORDS = 1.0
# seconds until a handshake too many is refused
REFUSED_AFTER = 1.0
# bytes that one socket holds back while a batch is told: far below the bound for slow readers
CORK_LIMIT = 65536
# pushes that may come between joining the routing table and the handshake's end
EARLY = 1000
# one for all: what is pushed to many is pushed to one after the other
FRAMING = Framing()


class WebsocketChatHandler(BaseHandler, WireHandler):
    """One live socket of one person.

    It joins the routing table before its 101 goes out, so no push can fall between; what is
    pushed meanwhile waits in `_early`.
    """

    kept = (
        "person",
        "credential",
        "address",
        "in_flight",
        "_over",
        "_early",
        "_corked",
        "_corked_size",
        "_frames",
        "_parts",
        "_cork",
    )
    person: Person
    credential: Credential
    address = ""
    in_flight = 0
    _over = False  # its close frame is out, or will be as soon as it is open

    @property
    def clients(self) -> dict[str, set[Socket]]:
        """username -> live sockets, of the whole process."""
        return self.parley.hub.clients

    async def get(self, *args: Any, **kwargs: Any) -> None:
        self.parley.sockets.coming(self)
        try:
            await self._shake_hands(*args, **kwargs)
        finally:
            self.parley.sockets.came(self)

    async def _shake_hands(self, *args: Any, **kwargs: Any) -> None:
        try:
            if credential := credential_of(self):  # before the database is asked who that is
                await self._count_handshake(hash(credential))
            self.person, self.credential = await self.identify()
            await self._count_handshake(("user", self.person.user_id))
        except Refused as refused:
            self.refuse(refused)
            return
        self._begin()
        try:
            await self._enter()
            await super().get(*args, **kwargs)
        except Refused as refused:
            self.refuse(refused)
        finally:
            if not self.lives_on:
                self.parley.sockets.closed(self)

    async def _count_handshake(self, key: Hashable) -> None:
        """Raises Refused (-6), not at once: whoever does not heed it would come back at once."""
        wait = self.parley.handshakes.wait(key)
        if wait > 0:
            await asyncio.sleep(REFUSED_AFTER)
            raise too_fast(wait)

    def _begin(self) -> None:
        """What it keeps as long as it lives."""
        self._corked: list[bytes] = []
        self._corked_size = 0
        self._early: list[bytes] | None = []
        # on the way of every message
        self._parts = self.parley
        self._cork = self._parts.cork
        options = self.parley.options
        if options.show_addresses:
            self.address = masked(self.request.remote_ip)
        self._frames = Bucket(options.frame_rate, 2 * options.frame_rate, time.monotonic())
        self._farewell: tuple[int, str] | None = None

    async def _enter(self) -> None:
        """Joins the routing table, where Tornado is going to open the socket. Raises Refused."""
        if not self._may_open():
            return
        user_id, limit = self.person.user_id, self.parley.options.sockets_per_user
        # Nothing may come between this and joining, or be awaited: what is prepared is undone only
        # when the user's last socket departs, and another's handshake may be under way.
        await self.parley.bus.prepare(user_id)
        if self.parley.sockets.stopping:  # everybody has been told already
            self._farewell = (CloseCode.RESTART, "restart")
            self._over = True
        elif 0 < limit <= self.parley.hub.count(user_id):
            # browsers hide the status of a refused handshake, so it is said inside
            self._farewell = (CloseCode.TOO_MANY_SOCKETS, "too many sockets")
            self._over = True
        else:
            await self.parley.sockets.opened(self)
            self.parley.watcher.expect(self)

    def _may_open(self) -> bool:
        """False where Tornado is about to refuse: a foreign page must make nobody seem online."""
        asked = self.request.headers.get("Upgrade", "").lower() == "websocket"
        return asked and self._check_cross_origin(self.check_origin) is None

    def check_origin(self, origin: str) -> bool:
        return self.check_trusted_origin(origin)

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return SUBPROTOCOL if SUBPROTOCOL in subprotocols else None

    def get_compression_options(self) -> None:
        # permessage-deflate costs ten times the memory of a connection without it
        return None

    def open(self, *args: str, **kwargs: str) -> None:
        self.set_nodelay(True)
        self.limit_writing(self.parley.options.push_buffer or None)
        early, self._early = self._early or [], None
        if self._farewell is not None:
            self.close(*self._farewell)
        self.parley.sockets.came(self)
        if self._over:
            return
        shapes = self.parley.shapes
        hello = {
            "user": shapes.user(self.person),
            "epoch": self.parley.epoch,
            "time": shapes.clock(),
        }
        for message in (protocol.event("hello", hello), *early):
            self.push(message)

    # -- in -----------------------------------------------------------------------------------

    def on_message(self, message: str | bytes) -> None:
        """Parses and hands over; never awaits, or Tornado would read no pong meanwhile."""
        if self._over:  # what a peer says that does not answer the close frame is nobody's
            return
        ref: str | None = None
        try:
            owed = self._count_frame()
            if type(message) is bytes:
                raise Refused(Errorcode.MALFORMED, "text frames only.")
            opt, data, ref = protocol.parse_request(message)
            if owed > 0:
                raise too_fast(owed)
            operation = self._parts.dispatch.operation(opt)
            later = operation(self.person, data, Reply(self, ref))
            if later is not None:
                self._run_later(later, ref)
        except Refused as refused:
            self._refuse(refused, refused.ref if ref is None else ref)
        except Exception:
            log.exception("dispatch")
            self._refuse(not_now(), ref)

    def on_ping(self, data: bytes) -> None:
        if not self._over:
            self._count_frame()

    def on_pong(self, data: bytes) -> None:
        if not self.pong_is_due() and not self._over:
            self._count_frame()

    def _count_frame(self) -> float:
        """Every frame counts, also one that means nothing; the seconds that are owed."""
        owed = self._frames.owe(time.monotonic())
        if owed > LONGEST_DEBT:
            self.shut(CloseCode.TOO_FAST, "too fast for too long")
        return owed

    def _run_later(self, later: Any, ref: str | None) -> None:
        limit = self.parley.options.in_flight
        if 0 < limit <= self.in_flight:
            later.close()
            raise not_now()
        self.in_flight += 1
        task = asyncio.get_running_loop().create_task(self._finish(later, ref))
        self.parley.tasks.add(task)
        task.add_done_callback(self.parley.tasks.discard)

    async def _finish(self, later: Any, ref: str | None) -> None:
        try:
            await later
        except Refused as refused:
            self._refuse(refused, ref)
        except Exception:
            log.exception("dispatch")
            self._refuse(not_now(), ref)
        finally:
            self.in_flight -= 1

    def _refuse(self, refused: Refused, ref: str | None) -> None:
        self.parley.counters.refuse(refused.code)
        self.push(protocol.refusal(refused, ref))

    # -- out ----------------------------------------------------------------------------------

    def push(self, message: bytes) -> bool:
        """Hands a text frame to the connection; False when it is closed or too slow."""
        if self._early is not None:
            self._early.append(message)
            return len(self._early) < EARLY
        if self.ws_connection is None:
            return False
        frame, cork, corked = FRAMING.text(message), self._cork, self._corked
        if not cork.is_in:
            return self.write_frames(frame)
        if not corked:
            cork.hold(self)
        corked.append(frame)
        self._corked_size += len(frame)
        if self._corked_size >= CORK_LIMIT:
            self.release()
        return True

    def release(self) -> None:
        frames, self._corked, self._corked_size = self._corked, [], 0
        if frames:
            self.write_frames(b"".join(frames))

    def shut(self, code: int, reason: str) -> None:
        """Out of the routing table at once, then closed; nothing it says counts any more."""
        self._over = True
        self.parley.sockets.depart(self)
        if self._early is None:
            self.release()  # what was pushed before the close frame goes before it
            self.close(code, reason)
        else:
            self._farewell = (code, reason)  # not open yet: closed as soon as it is

    def on_full(self) -> None:
        """A reader that is too slow is dropped, never waited for."""
        if self._over:
            return
        self._parts.counters.dropped_slow += 1
        self._corked = []  # would not get through either
        self.limit_writing(None)  # room for the close frame
        asyncio.get_running_loop().call_later(LAST_WORDS, self.abort)
        self.shut(CloseCode.READS_TOO_SLOWLY, "you read too slowly")

    def on_close(self) -> None:
        # a peer may go while it is still being asked who it is: then it was never there
        if self in self.parley.sockets.connections:
            self.parley.sockets.closed(self)
