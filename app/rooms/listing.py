"""Questions about rooms: the list, opening one, a page, and what a returning client missed."""

from __future__ import annotations

from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.errors import malformed, not_allowed
from app.messaging.reading import PAGE, SEQS_LIMIT, make_cursor, parse_cursor, parse_limit
from app.rooms.moderation import Moderators
from app.rooms.names import parse_room
from app.rooms.roster import Roster
from app.rooms.shapes import RoomShapes
from models import room_log, room_members, rooms
from models.conversation import room_key
from models.missed import Budget
from models.reader import Reader
from models.rooms import RoomInfo

# messages in one page: what somebody who comes late is shown fits into one
LARGEST_PAGE = 200


class Listing:
    def __init__(
        self,
        reader: Reader,
        roster: Roster,
        shapes: RoomShapes,
        moderators: Moderators,
        *,
        opening: str,
        rooms_per_user: int,
    ) -> None:
        self._reader = reader
        self._roster = roster
        self._shapes = shapes
        self._moderators = moderators
        self._opening = opening
        self._rooms_per_user = rooms_per_user

    def may_open(self, me: Person) -> bool:
        """Operators always; who else is a setting."""
        if self._moderators.is_operator(me):
            return True
        return self._opening == "everyone" or (self._opening == "members" and not me.is_guest)

    async def listed(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """`rooms`: {"limit"?, "before"?, "joined"?}"""
        limit, before = parse_limit(data), parse_cursor(data)
        joined = "joined" in data and protocol.parse_bool(data, "joined")
        listed, after_it = await self._reader.run(
            lambda: rooms.list_rooms(me.user_id, before, limit, joined)
        )
        mine = [room for room in listed if room.is_member]
        lasts = await self._reader.run(lambda: room_log.read_lasts(mine)) if mine else {}
        return {
            "rooms": [self._line(room, lasts.get(room.conversation), me) for room in listed],
            "next": None if after_it is None else make_cursor(after_it),
            "may_open": self.may_open(me),
        }

    def _line(self, room: RoomInfo, last: Any, me: Person) -> dict[str, Any]:
        return self._shapes.listed(room, last, self._roster.count(room.conversation), me)

    async def open(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """`room-open` {"room"}: who opens it owns it, and is in it. Raises Refused."""
        name = parse_room(data)
        if not self.may_open(me):
            raise not_allowed("you may not open rooms here.")

        def work() -> RoomInfo:
            limit = 0 if self._moderators.is_operator(me) else self._rooms_per_user
            return room_members.open_and_join(name, me.user_id, limit)

        return self._line(await self._reader.run(work), None, me)

    async def page(self, me: Person, data: dict[str, Any]) -> dict[str, Any]:
        """`room-chat` {"room", "limit"?, "before"?, "after"?}. Raises Refused."""
        name, limit = parse_room(data), parse_limit(data, LARGEST_PAGE)
        before = protocol.parse_optional_int(data, "before", 0, protocol.MAX_INTEGER)
        after = protocol.parse_optional_int(data, "after", 0, protocol.MAX_INTEGER)
        page = await self._reader.run(
            lambda: room_log.read_page(name, me.user_id, before, after, limit)
        )
        return self._shapes.page(page, me, self._moderators.may(me, page.room))

    async def missed(
        self, me: Person, data: dict[str, Any], budget: Budget
    ) -> list[dict[str, Any]]:
        """The `rooms` of a sync: {"<room>": last seq held}. Raises Refused."""
        held = _parse_held(data["rooms"])
        missed = await self._reader.run(
            lambda: room_log.read_missed(me.user_id, held, PAGE, budget)
        )
        return [self._shapes.missed(one, me) for one in missed]


def _parse_held(seqs: object) -> dict[bytes, int]:
    if not isinstance(seqs, dict) or len(seqs) > SEQS_LIMIT:
        raise malformed("rooms", f"rooms must be an object of at most {SEQS_LIMIT} members.")
    held = {}
    for name, seq in seqs.items():
        if type(seq) is not int or not 0 <= seq <= protocol.MAX_INTEGER:
            raise malformed("rooms", "the values of rooms must be seqs.")
        held[room_key(parse_room({"room": name}))] = seq
    return held
