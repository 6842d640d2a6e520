"""How far each conversation has been shown to the users of this process.

Hints come from several processes, so they come late, twice or not at all. A message is shown when
all before it have been; what came too early waits until the gap is read from the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.messaging.hub import Hub, Socket
from app.messaging.receipts import moved
from models.positions import Positions

# conversations of a user whose places are known from the start, those written to last. Of any
# other only the messages from now on are known: a gap in it is left to the client.
LOADED = 200


@dataclass(frozen=True, slots=True)
class Push:
    """One message as the sockets of one user get it; the asker gets the answer instead."""

    mine: bool
    message: bytes
    asker: Socket | None = None
    answer: bytes = b""


@dataclass(slots=True)
class Gap:
    """Something is missing below `wanted`; `early` came before what precedes it."""

    wanted: int = 0
    early: dict[int, Push] = field(default_factory=dict)
    marks: Sequence[int] = ()  # to be told when the messages have been

    def keep(self, seq: int, push: Push) -> None:
        """A repeat may come before the original is shown: one asker of each seq can wait for it."""
        kept = self.early.get(seq)
        if kept is None or kept.asker is None:
            self.early[seq] = push
        elif push.asker is not None:
            push.asker.push(push.answer)


@dataclass(slots=True)
class Place:
    """What one user has been shown of one conversation: messages, and positions (MARKS)."""

    seq: int
    marks: list[int]
    gap: Gap | None = None


def marks_of(positions: Positions) -> tuple[int, int, int, int]:
    """The positions in the order of receipts.MARKS."""
    return (
        positions.read_seq,
        positions.delivered_seq,
        positions.other_read_seq,
        positions.other_delivered_seq,
    )


class Places:
    """The places of everybody who has a socket here."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._of: dict[int, dict[int, Place]] = {}
        self._partial: set[int] = set()

    def __contains__(self, user_id: int) -> bool:
        return user_id in self._of

    def open(self, user_id: int, found: Sequence[Positions]) -> None:
        """As it stands in the database, before the first socket comes."""
        if user_id not in self._of:
            self._of[user_id] = {
                one.other: Place(one.last_seq, list(marks_of(one))) for one in found
            }
            if len(found) >= LOADED:
                self._partial.add(user_id)

    def close(self, user_id: int) -> None:
        self._of.pop(user_id, None)
        self._partial.discard(user_id)

    def find(self, user_id: int, other: int, seq: int = 1) -> Place | None:
        """The place; of an unknown conversation as if all before `seq` had been shown."""
        places = self._of.get(user_id)
        if places is None:
            return None
        place = places.get(other)
        if place is None:
            begin = seq - 1 if user_id in self._partial else 0
            place = places[other] = Place(begin, [0, 0, 0, 0])
        return place

    def is_known(self, user_id: int, other: int) -> bool:
        """Whether what has been shown of the conversation is known, if it is nothing."""
        return other in self._of.get(user_id, ()) or user_id not in self._partial

    # -- messages -----------------------------------------------------------------------------

    def show(self, user_id: int, place: Place, seq: int, push: Push) -> int:
        """Delivers it if it is next, keeps it if it is early; how many sockets (will) have it."""
        if seq == place.seq + 1:
            taken = self._next(user_id, place, push)
            if place.gap is not None:
                self.flow(user_id, place)
            return taken
        if seq > place.seq:
            gap = place.gap = place.gap or Gap()
            gap.keep(seq, push)
            gap.wanted = max(gap.wanted, seq)
        elif push.asker is not None:  # shown already, from the database
            push.asker.push(push.answer)
        return self._hub.count(user_id)

    def want(self, place: Place, seq: int, marks: Sequence[int]) -> None:
        """The conversation is known to go that far: so far it is to be shown."""
        gap = place.gap = place.gap or Gap()
        gap.wanted = max(gap.wanted, seq)
        gap.marks = marks

    def fill(
        self, user_id: int, other: int, place: Place, found: Iterable[tuple[int, Push]]
    ) -> None:
        """Shows what was read from the database, and what came early in its stead."""
        for seq, push in found:
            if place.gap is not None and seq == place.seq + 1 <= place.gap.wanted:
                self._next(user_id, place, place.gap.early.pop(seq, push))
        self.flow(user_id, place)
        if place.gap is None:
            return
        if place.gap.wanted <= place.seq:
            marks, place.gap = place.gap.marks, None
            self.mark(user_id, other, place, marks)

    def flow(self, user_id: int, place: Place) -> None:
        """Delivers what waited for what has been shown now."""
        gap = place.gap
        while gap is not None and (push := gap.early.pop(place.seq + 1, None)) is not None:
            self._next(user_id, place, push)

    def _next(self, user_id: int, place: Place, push: Push) -> int:
        place.seq += 1
        first = 0 if push.mine else 2  # who writes has read all before it
        for mark in (first, first + 1):
            place.marks[mark] = max(place.marks[mark], place.seq)  # its receipt may have been first
        taken = self._hub.deliver(user_id, push.message, push.asker)
        return taken if push.asker is None else taken + push.asker.push(push.answer)

    # -- receipts -----------------------------------------------------------------------------

    def move(self, place: Place, mark: int, seq: int) -> bool:
        """Whether a position moves; it never goes back."""
        if seq <= place.marks[mark]:
            return False
        place.marks[mark] = seq
        return True

    def mark(self, user_id: int, other: int, place: Place, marks: Sequence[int]) -> None:
        """Tells positions as the database has them, where they have not been told."""
        for mark, seq in enumerate(marks):
            if self.move(place, mark, seq):
                self._hub.deliver(user_id, moved(other, mark, seq))
