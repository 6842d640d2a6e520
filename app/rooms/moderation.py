"""What who opened a room, and the operator, may do in it: delete a text, mute and remove people."""

from __future__ import annotations

from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.errors import not_allowed
from app.messaging.items import Reply
from app.rooms.link import RoomLink
from app.rooms.mutes import Mutes
from app.rooms.names import parse_room
from app.rooms.roster import Roster
from app.rooms.shapes import RoomShapes
from models import people, room_log, room_members, rooms
from models.reader import Reader
from models.room_log import Member
from models.rooms import RoomInfo
from models.user import fold

# people in one list; the count says how many there are
REMOVED = 500


class Moderators:
    """Who may moderate. `operators`: usernames, "embedded:<sub>" for members of a host site."""

    def __init__(self, operators: frozenset[str]) -> None:
        self._embedded = {name for name in operators if name.startswith("embedded:")}
        self._local = {fold(name) for name in operators - self._embedded}

    def is_operator(self, person: Person) -> bool:
        """A guest is none, whatever name it found free."""
        if person.username.startswith("embedded:"):
            return person.username in self._embedded
        return not person.is_guest and fold(person.username) in self._local

    def may(self, person: Person, room: RoomInfo) -> bool:
        return room.owner == person.user_id or self.is_operator(person)


class Moderation:
    """Each answers the asker with an event of its own name, beside what everybody in it is told."""

    def __init__(
        self,
        reader: Reader,
        roster: Roster,
        link: RoomLink,
        moderators: Moderators,
        shapes: RoomShapes,
        mutes: Mutes,
    ) -> None:
        self._reader = reader
        self._roster = roster
        self._link = link
        self._moderators = moderators
        self._shapes = shapes
        self._mutes = mutes

    # -- on a socket --------------------------------------------------------------------------

    async def send_delete(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        _answer("room-delete", await self.delete(me, data), reply)

    async def send_mute(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        _answer("room-mute", await self.mute(me, data), reply)

    async def send_remove(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        _answer("room-remove", await self.remove(me, data), reply)

    async def send_removed(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        found = await self.removed(me, data)
        if reply.socket is not None:
            reply.socket.push(protocol.event("room-removed", found, reply.ref))

    # -- the use cases ------------------------------------------------------------------------

    async def delete(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """`room-delete` {"room", "seq"}: the text goes, the line stays. Raises Refused."""
        seq = protocol.parse_int(data, "seq")
        room = await self._moderated(me, data)
        await self._reader.run(lambda: room_log.delete_text(room.conversation, seq))
        event = {"room": room.name, "seq": seq, "user_id": me.user_id}
        message = protocol.event("room-delete", event)
        self._link.deleted(room.conversation, seq, message)
        live = self._roster.live(room.conversation)
        if live is not None:
            live.strike(seq, message)
        return event

    async def mute(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """`room-mute` {"room", "user_id", "on"}. Raises Refused."""
        room, user_id, on = await self._about(me, data)
        await self._reader.run(lambda: room_members.set_muted(room.conversation, user_id, on))
        event = {"room": room.name, "user_id": user_id, "on": on}
        self._mutes.show(room.conversation, room.name, user_id, on)
        return event

    async def remove(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """`room-remove` {"room", "user_id", "on"}: out, and not back until on is false."""
        room, user_id, on = await self._about(me, data)
        await self._reader.run(lambda: room_members.set_removed(room.conversation, user_id, on))
        event = {"room": room.name, "user_id": user_id, "on": on, "time": self._shapes.clock()}
        if on:
            shown = {"room": room.name, "by": ">", "removed": True, "time": event["time"]}
            message = protocol.event("room-leave", shown)
            self._link.eject(room.conversation, user_id, message, removed=True)
            self._roster.eject(room.conversation, user_id, message, removed=True)
        return event

    async def removed(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """`room-removed` {"room"}: who may not come back. Raises Refused."""
        room = await self._moderated(me, data)
        found, count = await self._reader.run(
            lambda: room_members.find_removed(room.conversation, REMOVED)
        )
        people = [self._shapes.member(Member(person)) for person in found]
        return {"room": room.name, "removed": people, "count": count}

    async def _moderated(self, me: Person, data: dict[str, Any]) -> RoomInfo:
        """Raises Refused (-4, -5)."""
        name = parse_room(data)
        room = await self._reader.run(lambda: rooms.find_room(name, me.user_id))
        if not self._moderators.may(me, room):
            raise not_allowed("only who opened the room, and the operator, may do this.")
        return room

    async def _about(self, me: Person, data: dict[str, Any]) -> tuple[RoomInfo, int, bool]:
        """The room, and who in it is meant. Raises Refused: nobody moderates a moderator."""
        user_id, on = protocol.parse_int(data, "user_id"), protocol.parse_bool(data, "on")
        room = await self._moderated(me, data)
        person = await self._reader.run(lambda: people.find_person(user_id))
        if user_id == me.user_id or self._moderators.may(person, room):
            raise not_allowed("nobody may do this to who moderates the room.")
        return room, user_id, on


def _answer(name: str, event: dict[str, Any], reply: Reply) -> None:
    """Only with a ref: without one what all in the room are told is enough."""
    if reply.socket is not None and reply.ref is not None:
        reply.socket.push(protocol.event(name, event, reply.ref))
