"""How rooms, their people and their entries look in JSON (docs/protocol.md, Rooms)."""

from __future__ import annotations

from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.shapes import Shapes
from app.rooms.live import Brief
from models.room_log import Member, RoomMissed, RoomPage, Said
from models.rooms import RoomInfo


class RoomShapes:
    """Without `show_addresses` no address is shown, whatever was stored while it was on."""

    def __init__(self, shapes: Shapes, show_addresses: bool) -> None:
        self._shapes = shapes
        self._show_addresses = show_addresses
        self.clock = shapes.clock

    def member(self, one: Member) -> Brief:
        """Somebody in a room."""
        person = one.person
        shape: Brief = {
            "user_id": person.user_id,
            "name": person.name,
            "avatar": person.avatar,
            "kind": person.kind,
        }
        if one.is_muted:
            shape["muted"] = True
        if one.address and self._show_addresses:
            shape["address"] = one.address
        return shape

    def shown(self, brief: Brief) -> Brief:
        """What another process made of somebody, which may not have been told to stop yet."""
        if self._show_addresses or "address" not in brief:
            return brief
        return {name: value for name, value in brief.items() if name != "address"}

    def _author(self, one: Member) -> Brief:
        """As member, without what is no matter of a message."""
        shape = self.member(one)
        shape.pop("muted", None)
        return shape

    def entry(self, conversation: int, said: Said, mine: bool, locale: str) -> list[Any]:
        """A log entry with its author and an id of its own."""
        row, by = said
        friendly = self._shapes.friendly(row.time, locale)
        made = protocol.entry(mine, row.content, friendly, row.seq, row.time, row.client_id)
        made[3] |= {"id": f"{conversation}.{row.seq}", "user": self._author(by)}
        if not row.content:
            made[3]["deleted"] = True
        return made

    def _entries(self, room: RoomInfo, said: list[Said], me: Person) -> list[list[Any]]:
        return [
            self.entry(room.conversation, one, one[0].me == me.user_id, me.locale) for one in said
        ]

    def page(self, page: RoomPage, me: Person, moderates: bool) -> dict[str, Any]:
        """A room's page."""
        room = page.room
        return {
            "room": room.name,
            "logs": self._entries(room, page.said, me),
            "has_more": page.has_more,
            **_positions(room),
            "owner": room.owner,
            "moderator": moderates,
            "muted": room.is_muted,
        }

    def left(self, room: str, ref: str | None = None) -> bytes:
        """What somebody is told who is out, and was not put out by a moderator."""
        data = {"room": room, "by": ">", "time": self.clock(), "removed": False}
        return protocol.event("room-leave", data, ref)

    def missed(self, missed: RoomMissed, me: Person) -> dict[str, Any]:
        """One room of a sync."""
        room = missed.room
        return {
            "room": room.name,
            "logs": self._entries(room, missed.said, me),
            "reset": missed.reset,
            **_positions(room),
        }

    def listed(self, room: RoomInfo, last: Said | None, count: int, me: Person) -> dict[str, Any]:
        """A line of the list; what was said is for members."""
        shown = last if room.is_member else None
        return {
            "room": room.name,
            "count": count,
            "fixed": room.owner is None,
            "owner": room.owner,
            "joined": room.is_member,
            "last": None if shown is None else self._entries(room, [shown], me)[0],
            "last_time": room.last_time,
            **_positions(room),
        }


def _positions(room: RoomInfo) -> dict[str, int]:
    return {
        "last_seq": room.last_seq,
        "read_seq": room.read_seq,
        "unread": max(0, room.last_seq - room.read_seq) if room.is_member else 0,
    }
