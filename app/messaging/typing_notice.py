"""Typing: told to the other side, never stored, and only where a conversation exists."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.bus import Bus
from app.messaging.errors import not_allowed, not_found
from app.messaging.items import Reply
from models import peers
from models.reader import Reader

# pairs that are known to have a conversation; conversations do not end, so this never gets stale
REMEMBERED = 20_000


class Typing:
    def __init__(self, bus: Bus, reader: Reader) -> None:
        self._bus = bus
        self._reader = reader
        self._known: OrderedDict[tuple[int, int], None] = OrderedDict()

    async def send(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        """{"other", "on"}. Raises Refused (-2, -4, -5)."""
        other = protocol.parse_int(data, "other")
        on = protocol.parse_bool(data, "on")
        if other == me.user_id:
            raise not_allowed("nobody writes to oneself.")
        if not await self._are_peers(me.user_id, other):
            raise not_found("conversation")
        self._bus.send(other, protocol.event("typing", {"user_id": me.user_id, "on": on}))
        if reply.socket is not None and reply.ref is not None:
            answer = protocol.event("typing", {"user_id": other, "on": on}, reply.ref)
            reply.socket.push(answer)

    async def _are_peers(self, one: int, two: int) -> bool:
        pair = (min(one, two), max(one, two))
        if pair in self._known:
            self._known.move_to_end(pair)
            return True
        if not await self._reader.run(lambda: peers.are_peers(one, two)):
            return False
        self._known[pair] = None
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return True

    def forget(self) -> None:
        """The storage was replaced: a conversation may be gone after all."""
        self._known.clear()
