"""What comes again although it is stored: the original, for who asked and for whom it is new.

The process that stored it may have ended before it told anybody, or not know to this day that it
did. So a repeat goes the way of a new message, and is shown where the original was not.
"""

from __future__ import annotations

from collections.abc import Callable

from app.messaging import protocol
from app.messaging.bus import Bus
from app.messaging.errors import Errorcode
from app.messaging.items import Message, Stored
from app.messaging.protocol import entry
from app.messaging.shapes import Shapes

Repeated = Callable[[Message, Stored], None]


class Repeats:
    """`in_room` tells of an original that stands in a room."""

    def __init__(self, bus: Bus, shapes: Shapes, in_room: Repeated) -> None:
        self._bus = bus
        self._shapes = shapes
        self._in_room = in_room

    def tell(self, message: Message, stored: Stored) -> None:
        """Whatever the repeat says, and wherever it was sent."""
        (self._in_room if stored.other < 0 else self._between_two)(message, stored)

    def _between_two(self, message: Message, stored: Stored) -> None:
        me, other, seq, at = message.sender.user_id, stored.other, stored.seq, stored.time
        bus, reply, friendly = self._bus, message.reply, self._shapes.friendly
        theirs = entry(False, stored.content, friendly(at, bus.locale(other)), seq, at, None)
        push = protocol.result(Errorcode.OK, {"user_id": me, "data": theirs})
        bus.send_again(other, me, False, seq, push)
        when = friendly(at, message.sender.locale)
        mine = entry(True, stored.content, when, seq, at, message.client_id)
        data, online = {"user_id": other, "data": mine}, bus.count(other) > 0
        answer = protocol.acknowledgement(online, {**data, "dup": True})
        told = protocol.with_ref(protocol.encode(answer), reply.ref)
        body = protocol.encode(protocol.acknowledgement(online, data))
        bus.send_again(me, other, True, seq, body, reply.socket, told)
        if reply.future is not None and not reply.future.done():
            reply.future.set_result(answer)
