"""Who is in which room now: live sockets, and one notice per person however many tabs they have.

A person is in a room as long as a socket of theirs is, in any process, and for the grace after
the last one went. Each process tells the sockets at it, by what it knows of all processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from app.messaging import protocol
from app.messaging.errors import too_large
from app.messaging.hub import Socket
from app.messaging.items import RoomName
from app.messaging.languages import DEFAULT, find_locale
from app.rooms.link import RoomLink
from app.rooms.live import Brief, Live
from app.rooms.shapes import RoomShapes
from models.room_log import Member

# rooms one socket may be in
ROOMS_PER_SOCKET = 50
# seconds from one notice to the next at least, and until it is told of who comes: a thousand who
# come or go at once are then a few notices to each, not a thousand
GATHERING = 0.05


class Roster:
    def __init__(self, link: RoomLink, grace: float, shapes: RoomShapes) -> None:
        self._link = link
        self._grace = grace
        self._shapes = shapes
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
        self.check_limit(socket, room.key)
        rooms = self._rooms_of.setdefault(socket, set())
        live = self._rooms.get(room.conversation)
        if live is None:
            live = self._rooms[room.conversation] = self._by_key[room.key] = Live(room)
            for user_id, brief in self._elsewhere(room.conversation).items():
                live.told[user_id] = brief
        rooms.add(live)
        user_id = member.person.user_id
        live.sockets[socket] = find_locale(socket.person.locale) or DEFAULT
        live.members[user_id] = member
        live.briefs[user_id] = self._shapes.member(member)
        live.here.setdefault(user_id, set()).add(socket)
        if len(live.here[user_id]) == 1:
            self._link.came(room.conversation, live.briefs[user_id])
            self.changed(live, user_id)
        return live

    def check_limit(self, socket: Socket, key: bytes) -> None:
        """Raises Refused (-7) where the socket may be in no further room than it is in."""
        rooms = self._rooms_of.get(socket, set())
        if len(rooms) >= ROOMS_PER_SOCKET and self._by_key.get(key) not in rooms:
            raise too_large(ROOMS_PER_SOCKET)

    def leave(self, live: Live, socket: Socket, at_once: bool = False) -> None:
        """Takes a socket out of a room; harmless where it is not in."""
        user_id = socket.person.user_id
        sockets = live.here.get(user_id, set())
        if socket not in sockets:
            return
        live.sockets.pop(socket, None)
        sockets.discard(socket)
        self._forget(socket, live)
        if not sockets:
            del live.here[user_id], live.members[user_id], live.briefs[user_id]
            self._link.went(live.room.conversation, user_id, at_once)
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
            brief = live.briefs[user_id] = self._shapes.member(live.members[user_id])
            if user_id in live.told:  # who is not is about to be, as they are now
                live.told[user_id] = brief
            self._link.came(conversation, brief)

    # -- who is in ----------------------------------------------------------------------------

    def people(self, conversation: int) -> dict[int, Brief]:
        """Everybody who is in, in all processes, as a list shows it.

        Notices take over from there: who went and may be back before that is told is in the list,
        and who is not told yet is remembered to have been in one.
        """
        found = self._elsewhere(conversation)
        live = self._rooms.get(conversation)
        if live is None:
            return found
        found |= live.briefs
        new = {user_id: brief for user_id, brief in found.items() if user_id not in live.told}
        live.listed |= new
        return live.told | found

    def _elsewhere(self, conversation: int) -> dict[int, Brief]:
        people = self._link.people(conversation)
        return {user_id: self._shapes.shown(brief) for user_id, brief in people.items()}

    def here(self, live: Live) -> dict[int, Brief]:
        """Who is in at this process."""
        return live.briefs.copy()

    def count(self, conversation: int) -> int:
        live = self._rooms.get(conversation)
        there = self._link.people(conversation).keys()
        return len(there if live is None else there | live.here.keys() | live.told.keys())

    def is_in(self, live: Live, user_id: int) -> bool:
        return user_id in live.here or user_id in self._link.people(live.room.conversation)

    def others(self, live: Live, user_id: int) -> bool:
        """Whether anybody else has a socket in it. Asked for every message: no list is made."""
        if len(live.here) > (user_id in live.here):
            return True
        return bool(self._link.people(live.room.conversation).keys() - {user_id})

    # -- notices ------------------------------------------------------------------------------

    def changed(self, live: Live, user_id: int, at_once: bool = False) -> None:
        """Somebody came or went, in this process or in another: told when it has lasted."""
        coming = self.is_in(live, user_id)
        wait = GATHERING if coming or at_once else self._grace
        live.due[user_id] = asyncio.get_running_loop().time() + wait
        if live.timer is None or live.timer.when() > live.due[user_id]:
            self._arm(live, live.due[user_id])

    def _arm(self, live: Live, when: float) -> None:
        if live.timer is not None:
            live.timer.cancel()
        when = max(when, live.looked + GATHERING)
        live.timer = asyncio.get_running_loop().call_at(when, self._tell, live)

    def _tell(self, live: Live) -> None:
        live.timer = None
        live.looked = now = asyncio.get_running_loop().time()
        due = [user_id for user_id, when in live.due.items() if when <= now]
        for user_id in due:
            del live.due[user_id]
        came = [brief for user_id in due for brief in self._came(live, user_id)]
        gone = [user_id for user_id in due if not self.is_in(live, user_id)]
        out = {user_id: live.told.pop(user_id) for user_id in gone if user_id in live.told}
        self._notice(live, "room-join", came)
        for by_themselves in (True, False):
            users = [out[one] for one in out if (one not in live.removed) is by_themselves]
            self._notice(live, "room-leave", users, removed=not by_themselves)
        self._rest(live)

    def _came(self, live: Live, user_id: int) -> list[Brief]:
        """Who is to be told to have come: who is in, or was seen in a list before they went."""
        seen = live.listed.pop(user_id, None)
        if self.is_in(live, user_id):
            live.removed.discard(user_id)
            seen = self._brief(live, user_id)
        if seen is None or user_id in live.told:
            return []
        live.told[user_id] = seen
        return [seen]

    def _rest(self, live: Live) -> None:
        if live.due:
            self._arm(live, min(live.due.values()))
        elif not live.sockets:
            del self._rooms[live.room.conversation], self._by_key[live.room.key]

    def _brief(self, live: Live, user_id: int) -> Brief:
        if user_id in live.briefs:
            return live.briefs[user_id]
        return self._shapes.shown(self._link.people(live.room.conversation)[user_id])

    def _notice(self, live: Live, name: str, users: list[Brief], **more: bool) -> None:
        if not users:
            return
        data = {
            "room": live.room.name,
            "by": "<",
            "users": users,
            "count": self.count(live.room.conversation),
            "time": self._shapes.clock(),
            **more,
        }
        live.push(protocol.event(name, data))
