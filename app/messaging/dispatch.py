"""What a socket may ask for: one table from opt to use case."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.chat import Chat
from app.messaging.errors import Errorcode, Refused
from app.messaging.items import Reply
from app.messaging.reading import Reading
from app.messaging.receipts import send_receipt
from app.messaging.typing_notice import Typing
from app.messaging.writer import Writer
from models.missed import Budget

Later = Coroutine[Any, Any, None]
Operation = Callable[[Person, dict[str, Any], Reply], Later | None]
MissedRooms = Callable[[Person, dict[str, Any], Budget], Awaitable[list[dict[str, Any]]]]


class Dispatch:
    """`table[opt](person, data, reply)`: done at once, or a coroutine for what has to look."""

    def __init__(
        self,
        chat: Chat,
        writer: Writer,
        typing: Typing,
        reading: Reading,
        epoch: Callable[[], str],
        more: Mapping[str, Operation],
        missed_rooms: MissedRooms,
    ) -> None:
        self._writer = writer
        self._reading = reading
        self._epoch = epoch
        self._missed_rooms = missed_rooms
        self.table: dict[str, Operation] = {
            "chat-to": chat.send,
            "read": lambda me, data, reply: send_receipt(writer, me, data, "read", reply),
            "delivered": lambda me, data, reply: send_receipt(writer, me, data, "delivered", reply),
            "typing": typing.send,
            "sync": self._sync,
            "ping": self._ping,
            **more,
        }

    def operation(self, opt: str) -> Operation:
        """Raises Refused (-1)."""
        operation = self.table.get(opt)
        if operation is None:
            raise Refused(Errorcode.UNSUPPORTED, "not support opt.")
        return operation

    async def _sync(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        missed, left = await self._reading.missed(me, data, self._epoch())
        if "rooms" in data:  # in what is left: the answer is one push
            missed["rooms"] = await self._missed_rooms(me, data, left)
        if reply.socket is not None:
            reply.socket.push(protocol.event("sync", missed, reply.ref))

    def _ping(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        if reply.socket is not None:
            reply.socket.push(protocol.event("pong", {}, reply.ref))
