"""Who is in which room now: live sockets, and one notice per person however many tabs they have.

A person is in a room as long as a socket of theirs is, in any process, and for the grace after
the last one went. Each process tells the sockets at it, by what it knows of all processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

from app.messaging import protocol
from app.messaging.errors import too_large
from app.messaging.hub import Socket
from app.messaging.items import RoomName
from app.rooms import shapes
from app.rooms.link import RoomLink
from models.room_log import Member

Brief = dict[str, Any]  # somebody as shapes.member shows them

# rooms one socket may be in
ROOMS_PER_SOCKET = 50
# seconds within which people who come are told together: a thousand who come back at once are
# then a few notices to each, not a thousand
GATHERING = 0.05


class Live:
    """A room with sockets in this process."""

    def __init__(self, room: RoomName) -> None:
        self.room = room
        self.sockets: set[Socket] = set()
        self.here: dict[int, set[Socket]] = {}
        self.members: dict[int, Member] = {}
        self.told: dict[int, Brief] = {}  # who has been told to be in
        self.due: dict[int, float] = {}  # who came or went, and when that is to be told
        self.removed: set[int] = set()  # of those who went: not by themselves
        self.timer: asyncio.TimerHandle | None = None
        self.place: int | None = None  # the last seq shown; None until it has been looked up
        self.wanted = 0  # the last seq known to be stored

    def push(self, message: bytes, but: Socket | None = None) -> None:
        # a push that finds its socket dead takes it out of the set: so iterate over a copy
        for socket in tuple(self.sockets):
            if socket is not but:
                socket.push(message)


class Roster:
    def __init__(self, link: RoomLink, grace: float, clock: Callable[[], int]) -> None:
        self._link = link
        self._grace = grace
        self._clock = clock
        self._rooms: dict[int, Live] = {}
        self._by_key: dict[bytes, Live] = {}
        self._rooms_of: dict[Socket, set[Live]] = {}

    def __iter__(self) -> Iterator[Live]:
        return iter(list(self._rooms.values()))

    def find(self, key: bytes) -> Live | None:
        return self._by_key.get(key)

    def live(self, conversation: int) -> Live | None:
        return self._rooms.get(conversation)

    # -- coming and going ---------------------------------------------------------------------

    def enter(self, room: RoomName, member: Member, socket: Socket) -> Live:
        """Puts a socket into a room. Raises Refused (-7) for one that is in too many."""
        rooms = self._rooms_of.setdefault(socket, set())
        live = self._rooms.get(room.conversation)
        if len(rooms) >= ROOMS_PER_SOCKET and live not in rooms:
            raise too_large(ROOMS_PER_SOCKET)
        if live is None:
            live = self._rooms[room.conversation] = self._by_key[room.key] = Live(room)
            for user_id, brief in self._link.people(room.conversation).items():
                live.told[user_id] = brief
        rooms.add(live)
        user_id = member.person.user_id
        live.sockets.add(socket)
        live.members[user_id] = member
        live.here.setdefault(user_id, set()).add(socket)
        if len(live.here[user_id]) == 1:
            self._link.came(room.conversation, shapes.member(member))
            self.changed(live, user_id)
        return live

    def leave(self, live: Live, socket: Socket, at_once: bool = False) -> None:
        """Takes a socket out of a room; harmless where it is not in."""
        user_id = socket.person.user_id
        sockets = live.here.get(user_id, set())
        if socket not in sockets:
            return
        live.sockets.discard(socket)
        sockets.discard(socket)
        self._forget(socket, live)
        if not sockets:
            del live.here[user_id], live.members[user_id]
            self._link.went(live.room.conversation, user_id)
            self.changed(live, user_id, at_once)

    def _forget(self, socket: Socket, live: Live) -> None:
        rooms = self._rooms_of.get(socket, set())
        rooms.discard(live)
        if not rooms:
            self._rooms_of.pop(socket, None)

    def depart(self, socket: Socket) -> None:
        """The socket has gone, from all its rooms."""
        for live in tuple(self._rooms_of.get(socket, ())):
            self.leave(live, socket)

    def eject(
        self,
        conversation: int,
        user_id: int,
        message: bytes,
        *,
        but: Socket | None = None,
        removed: bool = False,
    ) -> None:
        """Tells the user's sockets in the room something, and takes them out."""
        live = self._rooms.get(conversation)
        if live is None:
            return
        if removed:
            live.removed.add(user_id)
        for socket in tuple(live.here.get(user_id, ())):
            if socket is not but:
                socket.push(message)
            self.leave(live, socket, at_once=True)

    def mute(self, conversation: int, user_id: int, on: bool) -> None:
        live = self._rooms.get(conversation)
        if live is not None and (member := live.members.get(user_id)):
            live.members[user_id] = Member(member.person, member.address, on)
            live.told[user_id] = shapes.member(live.members[user_id])
            self._link.came(conversation, live.told[user_id])

    # -- who is in ----------------------------------------------------------------------------

    def people(self, conversation: int) -> dict[int, Brief]:
        """Everybody who is in, in all processes."""
        found = self._link.people(conversation)
        live = self._rooms.get(conversation)
        if live is not None:
            found |= self.here(live)
        return found

    def here(self, live: Live) -> dict[int, Brief]:
        """Who is in at this process."""
        return {user_id: shapes.member(one) for user_id, one in live.members.items()}

    def count(self, conversation: int) -> int:
        live = self._rooms.get(conversation)
        there = self._link.people(conversation)
        return len(there.keys() | live.here.keys()) if live is not None else len(there)

    def is_in(self, live: Live, user_id: int) -> bool:
        return user_id in live.here or user_id in self._link.people(live.room.conversation)

    def others(self, live: Live, user_id: int) -> bool:
        """Whether anybody else is in."""
        return self.count(live.room.conversation) > int(self.is_in(live, user_id))

    # -- notices ------------------------------------------------------------------------------

    def changed(self, live: Live, user_id: int, at_once: bool = False) -> None:
        """Somebody came or went, in this process or in another: told when it has lasted."""
        coming = self.is_in(live, user_id)
        wait = GATHERING if coming or at_once else self._grace
        loop = asyncio.get_running_loop()
        live.due[user_id] = loop.time() + wait
        if live.timer is None or live.timer.when() > live.due[user_id]:
            self._arm(live, live.due[user_id])

    def _arm(self, live: Live, when: float) -> None:
        if live.timer is not None:
            live.timer.cancel()
        live.timer = asyncio.get_running_loop().call_at(when, self._tell, live)

    def _tell(self, live: Live) -> None:
        live.timer = None
        now = asyncio.get_running_loop().time()
        came: list[Brief] = []
        went: list[Brief] = []
        removed: list[Brief] = []
        for user_id in [user_id for user_id, due in live.due.items() if due <= now]:
            del live.due[user_id]
            if self.is_in(live, user_id):
                live.removed.discard(user_id)
                if user_id not in live.told:
                    live.told[user_id] = self._brief(live, user_id)
                    came.append(live.told[user_id])
            elif user_id in live.told:
                out = removed if user_id in live.removed else went
                out.append(live.told.pop(user_id))
        self._notice(live, "room-join", came)
        self._notice(live, "room-leave", went, removed=False)
        self._notice(live, "room-leave", removed, removed=True)
        self._rest(live)

    def _rest(self, live: Live) -> None:
        if live.due:
            self._arm(live, min(live.due.values()))
        elif not live.sockets:
            del self._rooms[live.room.conversation], self._by_key[live.room.key]

    def _brief(self, live: Live, user_id: int) -> Brief:
        if user_id in live.members:
            return shapes.member(live.members[user_id])
        return self._link.people(live.room.conversation)[user_id]

    def _notice(self, live: Live, name: str, users: list[Brief], **more: bool) -> None:
        if not users:
            return
        data = {
            "room": live.room.name,
            "by": "<",
            "users": users,
            "count": self.count(live.room.conversation),
            "time": self._clock(),
            **more,
        }
        live.push(protocol.event(name, data))
