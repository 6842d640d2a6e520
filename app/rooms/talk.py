"""Saying something in a room, and reading what is said: before the queue, and after the commit."""

from __future__ import annotations

import asyncio
from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.errors import Errorcode, Refused, not_allowed
from app.messaging.intake import Intake
from app.messaging.items import (
    Message,
    Moved,
    Outcome,
    Reply,
    RoomMessage,
    RoomName,
    RoomReceipt,
    Stored,
)
from app.messaging.repeats import Repeated
from app.messaging.replies import refuse, settle
from app.messaging.writer import Writer
from app.rooms.feed import Feed
from app.rooms.link import RoomLink
from app.rooms.live import Live
from app.rooms.names import parse_room
from app.rooms.roster import Roster
from app.rooms.shapes import RoomShapes
from models import rooms
from models.conversation import room_key
from models.history import Row
from models.reader import Reader
from models.room_log import Member, Said

# a key that no room has
NOWHERE = RoomName(0, room_key(""), "")


class Talk:
    """The way of a message to a room. All methods run on the event loop."""

    def __init__(
        self,
        intake: Intake,
        writer: Writer,
        reader: Reader,
        roster: Roster,
        feed: Feed,
        link: RoomLink,
        shapes: RoomShapes,
        repeated: Repeated,
    ) -> None:
        self._intake = intake
        self._writer = writer
        self._reader = reader
        self._roster = roster
        self._feed = feed
        self._link = link
        self._shapes = shapes
        self._repeated = repeated

    # -- before the queue ---------------------------------------------------------------------

    def say(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        """`room-say` on a socket that is in the room. Raises Refused."""
        room = self._joined(data, reply)
        self._submit(me, room, data, reply)

    async def say_and_wait(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """For HTTP: the envelope after the commit. Raises Refused."""
        try:
            room = await self._find(me, data)
        except Refused as refused:
            if refused.code != Errorcode.NOT_FOUND:
                raise
            room = NOWHERE  # of a repeat that names it the log knows the original all the same
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._submit(me, room, data, Reply(future=future))
        return await future

    def read(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        """`room-read`. Raises Refused."""
        self._submit_read(me, self._joined(data, reply), data, reply)

    async def read_and_wait(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """For HTTP: {"room", "read_seq"} as it stands afterwards. Raises Refused."""
        room = await self._find(me, data, members_only=True)
        future: asyncio.Future[Moved] = asyncio.get_running_loop().create_future()
        self._submit_read(me, room, data, Reply(future=future))
        return {"room": room.name, "read_seq": (await future).read}

    def _joined(self, data: dict[str, Any], reply: Reply) -> RoomName:
        live = self._roster.find(room_key(parse_room(data)))
        if live is None or reply.socket not in live.sockets:
            raise not_allowed("join the room first.")
        return live.room

    async def _find(self, me: Person, data: dict[str, Any], members_only: bool = False) -> RoomName:
        """Who may write is looked up when it is stored."""
        name = parse_room(data)
        found = await self._reader.run(lambda: rooms.find_room(name, me.user_id))
        if members_only and not found.is_member:
            raise not_allowed("join the room first.")
        return RoomName(found.conversation, found.key, found.name)

    def _submit(self, me: Person, room: RoomName, data: dict[str, Any], reply: Reply) -> None:
        content, client_id = self._intake.parse(data)
        self._intake.check(me, reply)
        self._intake.submit(RoomMessage(me, 0, content, client_id, reply, room))

    def _submit_read(self, me: Person, room: RoomName, data: dict[str, Any], reply: Reply) -> None:
        seq = protocol.parse_int(data, "seq", low=0)
        asked = reply.future is not None or reply.ref is not None
        receipt = RoomReceipt(
            me.user_id, 0, seq, seq, (reply,) if asked else (), reply.socket, room=room
        )
        self._writer.submit_latest((me.user_id, room.key), receipt)

    # -- after the commit ---------------------------------------------------------------------

    def tell(self, message: RoomMessage, outcome: Outcome) -> None:
        stored = self._intake.settle(message, outcome)
        if stored is not None and stored.dup:
            self._repeated(message, stored)
        elif stored is not None:
            self._show(message, message.room, stored)

    def again(self, message: Message, stored: Stored) -> None:
        """A repeat of what stands in a room: to those in it who were not shown the original."""
        conversation = -stored.other
        live = self._roster.live(conversation)
        if live is not None:
            room = live.room
        elif isinstance(message, RoomMessage) and message.room.conversation == conversation:
            room = message.room
        else:
            room = RoomName(conversation, b"", stored.room)
        self._show(message, room, stored)

    def _show(self, message: Message, room: RoomName, stored: Stored) -> None:
        """To the other processes, to who asked, and to everybody here."""
        sender, conversation = message.sender, room.conversation
        live = self._roster.live(conversation)
        self._link.moved(conversation, stored.seq)
        said = _said(sender, stored, message.client_id, live)
        entry = self._shapes.entry(conversation, said, True, sender.locale)
        data = {"room": room.name, "room_id": conversation, "data": entry}
        if stored.dup:
            data["dup"] = True
        heard = live is not None and self._roster.others(live, sender.user_id)
        settle(message.reply, protocol.acknowledgement(heard, data))
        if live is not None:
            self._feed.show(live, said, message.reply.socket)

    def moved(self, receipt: RoomReceipt, outcome: Outcome) -> None:
        """My other sockets in the room learn what I have read, and who asked how it stands."""
        if isinstance(outcome, Moved):
            event = {"room": receipt.room.name, "seq": outcome.read}
            if outcome.read_moved:
                self._tell_read(receipt, protocol.event("room-read", event))
            for reply in receipt.replies:
                _answer_read(reply, event, outcome)
        elif isinstance(outcome, Refused):
            for reply in receipt.replies:
                refuse(reply, outcome)

    def _tell_read(self, receipt: RoomReceipt, message: bytes) -> None:
        live = self._roster.live(receipt.room.conversation)
        for socket in tuple(live.here.get(receipt.user, ())) if live is not None else ():
            if socket is not receipt.source:
                socket.push(message)


def _answer_read(reply: Reply, event: dict[str, Any], moved: Moved) -> None:
    if reply.socket is not None:
        reply.socket.push(protocol.event("room-read", event, reply.ref))
    elif reply.future is not None and not reply.future.done():
        reply.future.set_result(moved)


def _said(sender: Person, stored: Stored, client_id: str, live: Live | None) -> Said:
    """A message that was just stored, as the log has it."""
    member = live.members.get(sender.user_id) if live is not None else None
    address = member.address if member is not None else ""
    row = Row(stored.seq, sender.user_id, client_id, stored.content, stored.time)
    return row, Member(sender, address)
