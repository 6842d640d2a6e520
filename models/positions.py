"""How far conversations go, and how far their two sides are. Runs in a reader thread."""

from __future__ import annotations

from dataclasses import dataclass

from models.base import rows
from models.conversation import Conversation, Participant, own_seq

Mine = Participant.alias("mine")
Theirs = Participant.alias("theirs")


@dataclass(frozen=True, slots=True)
class Positions:
    """How far a conversation goes, and how far its two sides are."""

    conversation: int
    other: int
    last_seq: int = 0
    last_time: int = 0
    read_seq: int = 0
    delivered_seq: int = 0
    other_read_seq: int = 0
    other_delivered_seq: int = 0

    @property
    def unread(self) -> int:
        # what one wrote is behind one's own read position: all beyond it is the other side's
        return self.last_seq - self.read_seq


POSITIONS = (
    Conversation.id,
    Mine.other,
    Conversation.last_seq,
    Conversation.last_time,
    Conversation.low_seq,
    Conversation.high_seq,
    Mine.read_seq,
    Mine.delivered_seq,
    Theirs.read_seq,
    Theirs.delivered_seq,
)


def to_positions(me: int, values: tuple[int, ...]) -> Positions:
    """From the columns of POSITIONS. Who wrote something has read what came before it."""
    conversation, other, last_seq, last_time, low, high, read, given, theirs, given_them = values
    mine, its = own_seq(me, other, low, high), own_seq(other, me, low, high)
    return Positions(
        conversation,
        other,
        last_seq,
        last_time,
        max(read, mine),
        max(given, mine),
        max(theirs, its),
        max(given_them, its),
    )


def positions_of(user_id: int, limit: int) -> list[Positions]:
    """How far the user's conversations are, those written to last first."""
    query = (
        Conversation.select(*POSITIONS)
        .join(Mine, on=(Mine.conversation == Conversation.id))
        .join(Theirs, on=((Theirs.conversation == Mine.conversation) & (Theirs.user == Mine.other)))
        .where(Mine.user == user_id)
        .order_by(Conversation.last_time.desc(), Conversation.id.desc())
        .limit(limit)
    )
    return [to_positions(user_id, row) for row in rows(query)]
