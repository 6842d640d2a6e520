"""What goes through the writer, and what comes back.

None of it is changed once it is made. It is not declared frozen, because making a frozen object
takes three times as long, and several are made for each message.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from app.access.person import Person
from app.messaging.errors import Refused, not_now
from app.messaging.hub import Socket

# requests that may wait for one merged receipt
WAITING = 64


@dataclass(slots=True)
class Reply:
    """Where the answer to one request goes: a socket, with its ref, or somebody who awaits it."""

    socket: Socket | None = None
    ref: str | None = None
    future: asyncio.Future[Any] | None = None
    opt: str = ""  # of a receipt, which may wait merged with one of another opt


@dataclass(slots=True)
class Message:
    """One message on its way to the log; (sender, client_id) is what makes it that message."""

    sender: Person
    other: int
    content: str
    client_id: str
    reply: Reply


@dataclass(frozen=True, slots=True)
class RoomName:
    """Which room: its conversation, the key of that, and the name that people see."""

    conversation: int
    key: bytes
    name: str


@dataclass(slots=True)
class RoomMessage(Message):
    """A message to everybody in a room; `other` is 0."""

    room: RoomName


@dataclass(slots=True)
class Stored:
    """Where a message stands in the log; for a repeat, where the original stands.

    `other` is whom it was written to: a user, or minus the conversation of a room, whose name is
    known of what was found in the log.
    """

    other: int
    content: str
    seq: int
    time: int
    dup: bool = False
    room: str = ""


@dataclass(slots=True)
class Receipt:
    """A user's positions in the conversation with `other`; 0 leaves a position alone."""

    user: int
    other: int
    read: int
    delivered: int
    replies: tuple[Reply, ...] = ()
    source: Socket | None = None  # the one socket that told us: it need not be told again

    def merged_with(self, older: Receipt) -> Receipt:
        """Raises Refused (-8) when too many already wait for the answer."""
        if len(older.replies) >= WAITING:
            raise not_now()
        return Receipt(
            self.user,
            self.other,
            max(self.read, older.read),
            max(self.delivered, older.delivered),
            older.replies + self.replies,
            self.source if self.source is older.source else None,
        )


@dataclass(slots=True)
class RoomReceipt(Receipt):
    """How far a member has read in a room; `other` is 0."""

    room: RoomName = field(kw_only=True)

    def merged_with(self, older: Receipt) -> RoomReceipt:
        merged = Receipt.merged_with(self, older)
        return RoomReceipt(
            merged.user,
            0,
            merged.read,
            merged.delivered,
            merged.replies,
            merged.source,
            room=self.room,
        )


def author_of(item: Message | Receipt) -> int:
    """The user whose it is."""
    return item.sender.user_id if isinstance(item, Message) else item.user


@dataclass(frozen=True, slots=True)
class Moved:
    """The positions after a receipt, and which of the two it moved."""

    read: int
    delivered: int
    read_moved: bool
    delivered_moved: bool


Outcome = Stored | Moved | Refused
