"""What a returning client missed, cut so that it fits into one push. Runs in a reader thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import orjson

from app.access.person import Person
from models.base import rows
from models.chatlog import ChatLog
from models.history import PAGE_LIMIT, Row, to_row
from models.people import find_people
from models.positions import Positions, positions_of

# conversations one sync looks at, and the entries it carries at most
SYNC_CONVERSATIONS = 1000
SYNC_ENTRIES = 500
# conversations whose entries are fetched in one statement
SYNC_CHUNK = 40
# bytes of one sync: it is one push, and a push larger than the bound for slow readers would end
# the socket that asked, at every reconnect again
SYNC_BYTES = 524_288
# of them for what stands around the entries of a conversation, around what an entry says, and
# around a name and a picture
HEAD_BYTES = 256
ENTRY_BYTES = 256
PERSON_BYTES = 96

One = TypeVar("One")

# after which seq, up to which, and whether that is all there is to be shown of it
Span = tuple[int, int, bool]


@dataclass(slots=True)
class Budget:
    """What one sync may still carry, with conversations and rooms together."""

    entries: int = SYNC_ENTRIES
    bytes: int = SYNC_BYTES

    def take(self, found: list[One], size: Callable[[One], int]) -> tuple[list[One], bool]:
        """The newest that fit, and whether some did not."""
        kept: list[One] = []
        for one in reversed(found):
            needed = size(one)
            if needed > self.bytes:  # what is smaller may still fit, of another conversation
                break
            self.bytes -= needed
            kept.append(one)
        return kept[::-1], len(kept) < len(found)


@dataclass(frozen=True, slots=True)
class Missed:
    positions: Positions
    rows: list[Row]
    reset: bool
    # who is at the other side, where the client did not name the conversation
    person: Person | None = None


def read_missed(
    user_id: int, held: dict[int, int], page: int, budget: Budget, still: bool = False
) -> tuple[list[Missed], Budget]:
    """Every conversation that moved past what the client holds, with the missing entries.

    More than PAGE_LIMIT missing, or more held than there is: the newest page, as a reset. What does
    not fit into the budget is cut to its newest entries, as a reset too. With what is left of the
    budget: the given one stays as it is, since this may have to be read once more. With `still`
    those that the client holds and that did not move come too, without entries.
    """
    left = replace(budget)
    found = [
        position
        for position in positions_of(user_id, SYNC_CONVERSATIONS)
        if position.last_seq != held.get(position.other, 0) or (still and position.other in held)
    ]
    left.bytes -= HEAD_BYTES * len(found)
    people = read_strangers([one.other for one in found if one.other not in held], left)
    spans = spans_of([(one.last_seq, held.get(one.other, 0)) for one in found], page, left)
    logs = read_spans(
        {one.conversation: span for one, span in zip(found, spans, strict=True)},
    )
    missed = []
    for one, span in zip(found, spans, strict=True):
        kept, cut = left.take(logs.get(one.conversation, []), row_bytes)
        missed.append(Missed(one, kept, span[2] or cut, people.get(one.other)))
    return missed, left


def read_strangers(others: list[int], budget: Budget) -> dict[int, Person]:
    """Who they are, as far as that fits: a client can ask for the rest one by one."""
    people = find_people(others)
    oldest_first = [people[one] for one in reversed(others) if one in people]
    fitting, _ = budget.take(oldest_first, person_bytes)
    return {person.user_id: person for person in fitting}


def person_bytes(person: Person) -> int:
    texts = (person.username, person.name, person.avatar)
    return PERSON_BYTES + sum(map(text_bytes, texts))


def row_bytes(row: Row) -> int:
    """As much as its entry takes at most."""
    return ENTRY_BYTES + text_bytes(row.content) + text_bytes(row.client_id)


def text_bytes(text: str) -> int:
    """In JSON, where some signs take more than in the text."""
    return len(orjson.dumps(text))


def spans_of(ends: list[tuple[int, int]], page: int, budget: Budget) -> list[Span]:
    """For each (last seq, seq held): after which seq, up to which, and whether it is a reset."""
    left, spans = budget.entries, []
    for last, have in ends:
        reset = have > last or last - have > PAGE_LIMIT
        first = max(0, last - page) if reset else have
        if last - first > left:  # a short look at it; the rest is a page away
            reset, first = True, max(0, last - max(1, min(left, page)))
        left = max(0, left - (last - first))
        spans.append((first, last, reset))
    budget.entries = left
    return spans


def read_spans(spans: dict[int, Span]) -> dict[int, list[Row]]:
    """The rows of several conversations, a few conversations in one statement."""
    found: dict[int, list[Row]] = {}
    pairs = [pair for pair in spans.items() if pair[1][0] < pair[1][1]]
    for start in range(0, len(pairs), SYNC_CHUNK):
        columns = (ChatLog.seq, ChatLog.me, ChatLog.client_id, ChatLog.content, ChatLog.time)
        query = ChatLog.select(ChatLog.conversation, *columns)
        clause: Any = None
        for conversation, (first, last, _) in pairs[start : start + SYNC_CHUNK]:
            one = (
                (ChatLog.conversation == conversation)
                & (ChatLog.seq > first)
                & (ChatLog.seq <= last)
            )
            clause = one if clause is None else clause | one
        for row in rows(query.where(clause).order_by(ChatLog.conversation, ChatLog.seq)):
            found.setdefault(row[0], []).append(to_row(row[1:]))
    return found
