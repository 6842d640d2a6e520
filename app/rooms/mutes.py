"""Who may not write in a room: what everybody in it sees of that. The database decides."""

from __future__ import annotations

from app.messaging import protocol
from app.rooms.link import RoomLink
from app.rooms.live import Live
from app.rooms.roster import Roster
from models.room_log import Member


class Mutes:
    def __init__(self, roster: Roster, link: RoomLink) -> None:
        self._roster = roster
        self._link = link

    def show(self, conversation: int, room: str, user_id: int, on: bool) -> None:
        """Tells everybody in the room, here and there."""
        event = {"room": room, "user_id": user_id, "on": on}
        message = protocol.event("room-mute", event)
        self._roster.mute(conversation, user_id, on)
        self._link.muted(conversation, user_id, on, message)
        live = self._roster.live(conversation)
        if live is not None:
            live.push(message)

    def correct(self, live: Live, known: Member, on: bool) -> None:
        """As it was read of somebody who is in, unless a notice was heard since then."""
        user_id = known.person.user_id
        if on != known.is_muted and live.members.get(user_id) is known:
            self.show(live.room.conversation, live.room.name, user_id, on)
