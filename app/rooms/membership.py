"""Joining a room and leaving it, on a socket or over HTTP, and who is in."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.errors import Errorcode, Refused, not_allowed
from app.messaging.hub import Hub, Socket
from app.messaging.items import Reply, RoomName
from app.rooms.feed import Feed
from app.rooms.link import RoomLink
from app.rooms.live import Brief, Live
from app.rooms.moderation import Moderators
from app.rooms.mutes import Mutes
from app.rooms.names import parse_room
from app.rooms.roster import Roster
from app.rooms.shapes import RoomShapes
from app.rooms.turns import Turns
from models import room_log, room_members, rooms
from models.conversation import room_key
from models.reader import Reader
from models.room_log import Member, RoomPage
from models.rooms import RoomInfo

# messages that somebody who comes late is shown
LATEST = 200
# people in one list; the count says how many there are
MEMBERS = 500


class Membership:
    def __init__(
        self,
        hub: Hub,
        reader: Reader,
        roster: Roster,
        feed: Feed,
        link: RoomLink,
        shapes: RoomShapes,
        moderators: Moderators,
        mutes: Mutes,
    ) -> None:
        self._hub = hub
        self._reader = reader
        self._roster = roster
        self._feed = feed
        self._link = link
        self._shapes = shapes
        self._moderators = moderators
        self._mutes = mutes
        self._turns = Turns()

    def _turn(self, me: Person, name: str) -> AbstractAsyncContextManager[None]:
        return self._turns.of((me.user_id, room_key(name)))

    # -- joining ------------------------------------------------------------------------------

    async def join(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        """`room-join`: the answer has who is in, and the latest messages. Raises Refused."""
        name, socket = parse_room(data), reply.socket
        assert socket is not None  # noqa: S101 - join_only is for HTTP
        async with self._turn(me, name):
            await self._join(me, name, socket, reply.ref)

    async def _join(self, me: Person, name: str, socket: Socket, ref: str | None) -> None:
        self._roster.check_limit(socket, room_key(name))  # or one would be a member all the same
        address = socket.address
        room = await self._become_member(me, name, address)
        if not self._hub.has(socket):  # it has gone meanwhile: it must not be in any room
            return
        member = Member(me, address, room.is_muted)
        was_in = self._is_in(room, socket)
        live = self._roster.enter(_named(room), member, socket)
        try:
            page = await self._first_page(live, name, me)
            if socket not in live.sockets:  # put out meanwhile, by what another process said
                raise not_allowed("join the room first.")
        except Refused as refused:
            # who was in before stays in: a database that had no time puts nobody out
            if not was_in or refused.code == Errorcode.NOT_ALLOWED:
                self._roster.leave(live, socket)
            raise
        self._mutes.correct(live, member, page.room.is_muted)  # since the page that let them in
        self._feed.begin(live, page.room.last_seq)
        socket.push(protocol.event("room-join", self._welcome(live, page, me), ref))

    async def _become_member(self, me: Person, name: str, address: str) -> RoomInfo:
        """Who is new waits for who holds the room's row."""
        return await self._reader.run_waiting(
            lambda: room_members.join_room(name, me.user_id, address)
        )

    def _is_in(self, room: RoomInfo, socket: Socket) -> bool:
        live = self._roster.live(room.conversation)
        return live is not None and socket in live.sockets

    async def _first_page(self, live: Live, name: str, me: Person) -> RoomPage:
        """All that was said before what is pushed.

        Of several who are the first, one may have read earlier than the one whose page the pushes
        begin after: nobody would show it what was said in between.
        """
        begun = live.place is not None
        page = await self._latest(name, me)
        if not begun and live.place is not None and page.room.last_seq < live.place:
            page = await self._latest(name, me)
        return replace(page, said=[live.as_it_stands(said) for said in page.said])

    async def join_only(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """For HTTP: a member from now on, in the room as soon as a socket joins."""
        name = parse_room(data)
        async with self._turn(me, name):
            await self._become_member(me, name, "")
            page = await self._latest(name, me)
        return self._shapes.page(page, me, self._moderators.may(me, page.room))

    async def _latest(self, name: str, me: Person) -> RoomPage:
        return await self._reader.run(lambda: room_log.read_latest(name, me.user_id, LATEST))

    def _welcome(self, live: Live, page: RoomPage, me: Person) -> dict[str, Any]:
        return {
            "by": ">",
            "time": self._shapes.clock(),
            **self._people(live.room.conversation),
            **self._shapes.page(page, me, self._moderators.may(me, page.room)),
        }

    # -- leaving ------------------------------------------------------------------------------

    async def leave(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        """`room-leave`, for all of the person's tabs. Raises Refused."""
        await self._leave(me, parse_room(data), reply)

    async def leave_only(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        return {"room": await self._leave(me, parse_room(data), Reply())}

    async def _leave(self, me: Person, name: str, reply: Reply) -> str:
        async with self._turn(me, name):
            room = await self._reader.run(lambda: room_members.leave_room(name, me.user_id))
            left = self._shapes.left(room.name)
            self._link.eject(room.conversation, me.user_id, left, removed=False)
            self._roster.eject(room.conversation, me.user_id, left, but=reply.socket)
            if reply.socket is not None:
                reply.socket.push(self._shapes.left(room.name, reply.ref))
        return room.name

    # -- who is in ----------------------------------------------------------------------------

    async def send_members(self, me: Person, data: dict[str, Any], reply: Reply) -> None:
        """`room-members`. Raises Refused."""
        members = await self.members(me, data)
        if reply.socket is not None:
            reply.socket.push(protocol.event("room-members", members, reply.ref))

    async def members(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        name = parse_room(data)
        room = await self._reader.run(lambda: rooms.find_room(name, me.user_id))
        if not room.is_member:
            raise not_allowed("join the room first.")
        return {"room": room.name, **self._people(room.conversation)}

    def _people(self, conversation: int) -> dict[str, Any]:
        people: dict[int, Brief] = self._roster.people(conversation)
        return {"members": list(people.values())[:MEMBERS], "count": len(people)}


def _named(room: RoomInfo) -> RoomName:
    return RoomName(room.conversation, room.key, room.name)
