"""What every message goes through before the queue and after the commit, wherever it goes."""

from __future__ import annotations

import secrets
from typing import Any

from app.access.person import Person
from app.access.throttle import Buckets
from app.messaging import protocol
from app.messaging.counters import Counters
from app.messaging.errors import Refused, not_now, too_fast
from app.messaging.items import Message, Outcome, Reply, Stored
from app.messaging.replies import refuse
from app.messaging.writer import Writer


class Intake:
    """`check` may refuse, `submit` queues, `settle` is for when the outcome is known."""

    def __init__(
        self,
        writer: Writer,
        buckets: Buckets,
        counters: Counters,
        *,
        content_limit: int,
        in_flight: int,
    ) -> None:
        self._writer = writer
        self._counters = counters
        self._buckets = buckets
        self._content_limit = content_limit
        self._in_flight = in_flight

    def parse(self, data: dict[str, Any]) -> tuple[str, str]:
        """The content and the client_id, made here where there is none. Raises Refused (-2, -7)."""
        content = protocol.parse_text(data, "content", self._content_limit)
        return content, protocol.parse_client_id(data) or secrets.token_hex(16)

    def check(self, sender: Person, reply: Reply) -> None:
        """Raises Refused: -6 for too fast, -8 for too much of one socket under way."""
        wait = self._buckets.wait(sender.user_id)
        if wait > 0:
            raise too_fast(wait)
        if reply.socket is not None and 0 < self._in_flight <= reply.socket.in_flight:
            raise not_now()

    def submit(self, message: Message) -> None:
        """Queues it. Raises Refused (-8) when the queue is full."""
        self._writer.submit(message)
        if message.reply.socket is not None:
            message.reply.socket.in_flight += 1

    def settle(self, message: Message, outcome: Outcome) -> Stored | None:
        """After the commit: what is to be told of, or None where the one who asked was refused."""
        if message.reply.socket is not None:
            message.reply.socket.in_flight -= 1
        if type(outcome) is not Stored:
            if isinstance(outcome, Refused):
                self._counters.refuse(outcome.code)
                refuse(message.reply, outcome)
            return None
        if outcome.dup:
            self._counters.repeats += 1
        else:
            self._counters.stored += 1
        return outcome
