"""Sending: what may be refused before the queue, and what is pushed after the commit.

One direction: send -> writer -> committed -> bus. Nothing is acknowledged or pushed before its
commit.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

from app.access.person import Person
from app.access.throttle import Buckets
from app.messaging import protocol
from app.messaging.bus import Bus
from app.messaging.cork import Cork
from app.messaging.counters import Counters
from app.messaging.errors import Errorcode, Refused, not_allowed, not_now, too_fast
from app.messaging.items import Message, Outcome, Receipt, Reply, Stored
from app.messaging.receipts import announce
from app.messaging.shapes import Shapes
from app.messaging.writer import Writer


class Chat:
    """The way of a message. All methods run on the event loop."""

    def __init__(
        self,
        bus: Bus,
        writer: Writer,
        shapes: Shapes,
        counters: Counters,
        cork: Cork,
        buckets: Buckets,
        *,
        content_limit: int,
        in_flight: int,
    ) -> None:
        self._bus = bus
        self._writer = writer
        self._shapes = shapes
        self._counters = counters
        self._cork = cork
        self._buckets = buckets
        self._content_limit = content_limit
        self._in_flight = in_flight

    # -- before the queue ---------------------------------------------------------------------

    def send(self, sender: Person, data: dict[str, Any], reply: Reply) -> None:
        """Checks and queues; the answer comes to `reply` after the commit. Raises Refused."""
        other = protocol.parse_int(data, "other")
        content = protocol.parse_text(data, "content", self._content_limit)
        client_id = protocol.parse_client_id(data) or secrets.token_hex(16)
        if other == sender.user_id:
            raise not_allowed("nobody writes to oneself.")
        wait = self._buckets.wait(sender.user_id)
        if wait > 0:
            raise too_fast(wait)
        socket = reply.socket
        if socket is not None and 0 < self._in_flight <= socket.in_flight:
            raise not_now()
        self._writer.submit(Message(sender, other, content, client_id, reply))
        if socket is not None:
            socket.in_flight += 1

    async def send_and_wait(self, sender: Person, data: dict[str, Any]) -> dict[str, Any]:
        """For HTTP: {"errorcode", "data"} after the commit. Raises Refused."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.send(sender, data, Reply(future=future))
        return await future

    # -- after the commit, once per batch -----------------------------------------------------

    def committed(self, pairs: list[tuple[Any, Outcome]]) -> None:
        """One batch has been committed, or has been given up: tell everybody, in its order."""
        self._counters.batches += 1
        with self._cork:
            for item, outcome in pairs:
                if isinstance(item, Receipt):
                    announce(self._bus, item, outcome)
                else:
                    self._tell(item, outcome)

    def _tell(self, message: Message, outcome: Outcome) -> None:
        if message.reply.socket is not None:
            message.reply.socket.in_flight -= 1
        if isinstance(outcome, Refused):
            self._counters.refuse(outcome.code)
            _refuse(message.reply, outcome)
        elif isinstance(outcome, Stored) and outcome.dup:
            self._counters.repeats += 1
            self._answer_repeat(message, outcome)
        elif isinstance(outcome, Stored):
            self._counters.stored += 1
            self._deliver(message, outcome)

    def _deliver(self, message: Message, stored: Stored) -> None:
        """The recipient first: whether anybody took it is what the sender is told."""
        sender = message.sender
        theirs = self._entry(message, stored, self._bus.locale(stored.other), mine=False)
        push = protocol.result(Errorcode.OK, {"user_id": sender.user_id, "data": theirs})
        taken = self._bus.send_entry(stored.other, sender.user_id, False, stored.seq, push)
        mine = self._entry(message, stored, sender.locale, mine=True)
        ack = protocol.acknowledgement(taken > 0, {"user_id": stored.other, "data": mine})
        body, reply = protocol.encode(ack), message.reply
        self._bus.send_entry(
            sender.user_id,
            stored.other,
            True,
            stored.seq,
            body,
            reply.socket,
            protocol.with_ref(body, reply.ref),
        )
        if reply.future is not None and not reply.future.done():
            reply.future.set_result(ack)

    def _answer_repeat(self, message: Message, stored: Stored) -> None:
        """Whatever it said this time: the original, and only to who asked."""
        online = self._bus.count(stored.other) > 0
        entry = self._entry(message, stored, message.sender.locale, mine=True)
        data = {"user_id": stored.other, "data": entry, "dup": True}
        ack, reply = protocol.acknowledgement(online, data), message.reply
        if reply.socket is not None:
            reply.socket.push(protocol.with_ref(protocol.encode(ack), reply.ref))
        elif reply.future is not None and not reply.future.done():
            reply.future.set_result(ack)

    def _entry(self, message: Message, stored: Stored, locale: str, mine: bool) -> list[Any]:
        friendly = self._shapes.friendly(stored.time, locale)
        return protocol.entry(
            mine, stored.content, friendly, stored.seq, stored.time, message.client_id
        )


def _refuse(reply: Reply, refused: Refused) -> None:
    if reply.socket is not None:
        reply.socket.push(protocol.refusal(refused, reply.ref))
    elif reply.future is not None and not reply.future.done():
        reply.future.set_exception(refused)
