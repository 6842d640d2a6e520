"""All that rooms are made of, put together: the opts on a socket, and those over HTTP."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from app.access.person import Person
from app.messaging.chat import Tell
from app.messaging.counters import Counters
from app.messaging.dispatch import Operation
from app.messaging.hub import Hub, Socket
from app.messaging.intake import Intake
from app.messaging.items import RoomMessage, RoomReceipt
from app.messaging.repeats import Repeated
from app.messaging.shapes import Shapes
from app.messaging.writer import Writer
from app.rooms.cluster import ClusterLink, SharedBus
from app.rooms.feed import Feed
from app.rooms.link import NoLink, RoomLink
from app.rooms.listing import Listing
from app.rooms.membership import Membership
from app.rooms.moderation import Moderation, Moderators
from app.rooms.mutes import Mutes
from app.rooms.roster import Roster
from app.rooms.shapes import RoomShapes
from app.rooms.talk import Talk
from app.rooms.unheard import Unheard
from app.settings import Settings
from models import rooms
from models.reader import Reader

Question = Callable[[Person, dict[str, Any]], Awaitable[dict[str, Any]]]


class Rooms:
    def __init__(
        self,
        options: Settings,
        hub: Hub,
        intake: Intake,
        writer: Writer,
        reader: Reader,
        shapes: Shapes,
        counters: Counters,
        bus: SharedBus | None,
        repeated: Repeated,
    ) -> None:
        link: RoomLink = NoLink() if bus is None else ClusterLink(bus)
        self._reader = reader
        self._counters = counters
        self._shared = bus is not None
        self._interval = options.watch_interval
        self._fixed = options.fixed_rooms
        made = RoomShapes(shapes, options.show_addresses)
        moderators = Moderators(options.operator_names)
        self.roster = Roster(link, options.presence_grace, made)
        mutes = Mutes(self.roster, link)
        self.feed = Feed(self.roster, reader, made, counters)
        self.talk = Talk(intake, writer, reader, self.roster, self.feed, link, made, repeated)
        self.membership = Membership(
            hub, reader, self.roster, self.feed, link, made, moderators, mutes
        )
        self.unheard = Unheard(self.roster, reader, made, mutes)
        self.moderation = Moderation(reader, self.roster, link, moderators, made, mutes)
        self.listing = Listing(
            reader,
            self.roster,
            made,
            moderators,
            opening=options.room_opening,
            rooms_per_user=options.rooms_per_user,
        )
        if isinstance(link, ClusterLink):
            link.connect(self.roster, self.feed, self.unheard.check_all)
        self.tells: dict[type, Tell] = {RoomMessage: self.talk.tell, RoomReceipt: self.talk.moved}

    def operations(self) -> dict[str, Operation]:
        """Opts on a socket."""
        return {
            "room-join": self.membership.join,
            "room-leave": self.membership.leave,
            "room-say": self.talk.say,
            "room-read": self.talk.read,
            "room-members": self.membership.send_members,
            "room-delete": self.moderation.send_delete,
            "room-mute": self.moderation.send_mute,
            "room-remove": self.moderation.send_remove,
            "room-removed": self.moderation.send_removed,
        }

    def questions(self) -> dict[str, Question]:
        """Opts over HTTP, but for room-say; each gives the `data` of the answer."""
        return {
            "rooms": self.listing.listed,
            "room-open": self.listing.open,
            "room-chat": self.listing.page,
            "room-join": self.membership.join_only,
            "room-leave": self.membership.leave_only,
            "room-read": self.talk.read_and_wait,
            "room-members": self.membership.members,
            "room-delete": self.moderation.delete,
            "room-mute": self.moderation.mute,
            "room-remove": self.moderation.remove,
            "room-removed": self.moderation.removed,
        }

    async def start(self) -> None:
        """Opens the operator's rooms where they are not there yet."""
        await self._reader.run(lambda: rooms.keep_rooms(self._fixed))
        if self._shared:
            self.unheard.watch(self._interval, lambda: bool(self._counters.redis_linked))

    def stop(self) -> None:
        self.feed.stop()
        self.unheard.stop()

    def depart(self, socket: Socket) -> None:
        self.roster.depart(socket)
