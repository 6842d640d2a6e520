"""Sending: what may be refused before the queue, and what is pushed after the commit.

One direction: send -> writer -> committed -> bus. Nothing is acknowledged or pushed before its
commit.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.bus import Bus
from app.messaging.cork import Cork
from app.messaging.counters import Counters
from app.messaging.envelopes import as_json, just_now, to_recipient, to_sender
from app.messaging.errors import not_allowed
from app.messaging.intake import Intake
from app.messaging.items import Message, Outcome, Receipt, Reply, Stored
from app.messaging.receipts import announce
from app.messaging.repeats import Repeated

log = logging.getLogger("parley.chat")

Tell = Callable[[Any, Outcome], None]


class Chat:
    """The way of a message between two. All methods run on the event loop.

    `others` says how the outcome of what is no message between two is told, and `repeated` how
    that of what was stored before.
    """

    def __init__(
        self,
        bus: Bus,
        intake: Intake,
        counters: Counters,
        cork: Cork,
        others: Mapping[type, Tell],
        repeated: Repeated,
    ) -> None:
        self._bus = bus
        self._intake = intake
        self._counters = counters
        self._cork = cork
        self._repeated = repeated
        self._tells: dict[type, Tell] = {
            Message: self._tell,
            Receipt: lambda receipt, outcome: announce(bus, receipt, outcome),
            **others,
        }

    # -- before the queue ---------------------------------------------------------------------

    def send(self, sender: Person, data: dict[str, Any], reply: Reply) -> None:
        """Checks and queues; the answer comes to `reply` after the commit. Raises Refused."""
        other = protocol.parse_int(data, "other")
        content, client_id = self._intake.parse(data)
        if other == sender.user_id:
            raise not_allowed("nobody writes to oneself.")
        self._intake.check(sender, reply)
        self._intake.submit(Message(sender, other, content, client_id, reply))

    async def send_and_wait(self, sender: Person, data: dict[str, Any]) -> dict[str, Any]:
        """For HTTP: {"errorcode", "data"} after the commit. Raises Refused."""
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.send(sender, data, Reply(future=future))
        return await future

    # -- after the commit, once per batch -----------------------------------------------------

    def committed(self, pairs: list[tuple[Any, Outcome]]) -> None:
        """One batch has been committed, or has been given up: tell everybody, in its order."""
        self._counters.batches += 1
        sender: Person | None = None
        with self._cork as cork:
            for item, outcome in pairs:
                if type(item) is Message and item.sender is not sender:
                    sender = item.sender
                    cork.ease()
                try:
                    self._tells[type(item)](item, outcome)
                except Exception:  # of one; the others of the batch are told all the same
                    log.exception("telling")

    def _tell(self, message: Message, outcome: Outcome) -> None:
        stored = self._intake.settle(message, outcome)
        if stored is not None:
            (self._repeated if stored.dup else self._deliver)(message, stored)

    def _deliver(self, message: Message, stored: Stored) -> None:
        """The recipient first: whether anybody took it is what the sender is told."""
        sender, reply, bus = message.sender, message.reply, self._bus
        me, other, seq, at = sender.user_id, stored.other, stored.seq, stored.time
        content = as_json(stored.content)
        push = to_recipient(me, content, just_now(bus.locale(other)), seq, at)
        online = bus.send_entry(other, me, False, seq, push) > 0
        now = just_now(sender.locale)
        body = to_sender(online, other, content, now, seq, at, message.client_id)
        answer = protocol.with_ref(body, reply.ref)
        bus.send_entry(me, other, True, seq, body, reply.socket, answer)
        if reply.future is not None and not reply.future.done():
            reply.future.set_result(protocol.parse_json(body))
