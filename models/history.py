"""Reading conversations: one page, what a returning client missed, and the list. Reader thread.

Every page is one range of the log's primary key: its cost does not depend on how much is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson

from app.access.person import Person
from app.messaging.errors import not_found
from models.base import rows
from models.chatlog import ChatLog
from models.conversation import Conversation, Participant, own_seq, pair_key
from models.people import to_person
from models.read_sql import LIST, LOG_DOWN, LOG_UP, PAGE_HEAD, fetch, fetch_one

PAGE_LIMIT = 100
# conversations one sync looks at, and the entries it carries at most
SYNC_CONVERSATIONS = 1000
SYNC_ENTRIES = 500
# conversations whose entries are fetched in one statement
SYNC_CHUNK = 40
# bytes of entries in one sync: it is one push, and a push larger than the bound for slow readers
# would end the socket that asked, at every reconnect again
SYNC_BYTES = 524_288
# of them for what stands around an entry's content
ENTRY_BYTES = 256

# above every seq
BEYOND = 2**62

# after which seq, up to which, and whether that is all there is to be shown of it
Span = tuple[int, int, bool]

Mine = Participant.alias("mine")
Theirs = Participant.alias("theirs")


@dataclass(slots=True)  # not frozen: a page makes fifty
class Row:
    """One line of the log."""

    seq: int
    me: int
    client_id: str
    content: str
    time: int


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


@dataclass(frozen=True, slots=True)
class Page:
    other: Person
    positions: Positions
    rows: list[Row]
    has_more: bool


@dataclass(frozen=True, slots=True)
class Missed:
    positions: Positions
    rows: list[Row]
    reset: bool


@dataclass(frozen=True, slots=True)
class Listed:
    other: Person
    positions: Positions
    last: Row | None


# a part of the list, and where the next begins
ListPage = tuple[list[Listed], tuple[int, int] | None]

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


def _positions(me: int, values: tuple[int, ...]) -> Positions:
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


def _row(values: tuple[Any, ...]) -> Row:
    seq, me, client_id, content, time = values
    return Row(seq, me, bytes(client_id).decode(), content, time)


def read_page(me: int, other: int, before: int | None, after: int | None, limit: int) -> Page:
    """A page, oldest first: the newest, or the one before/after a seq. Raises Refused (-4)."""
    head = fetch_one(PAGE_HEAD, (pair_key(me, other), me, other))
    if head is None:
        raise not_found("user")
    person = to_person(head[:7])
    if head[7] is None:
        return Page(person, Positions(0, other), [], has_more=False)
    positions = _positions(me, (head[7], other, *head[8:]))
    page = read_range(positions.conversation, before, after, limit)
    if page and page[-1].seq > positions.last_seq:  # written between the two statements
        positions = _reaching(positions, page[-1])
    return Page(person, positions, page, goes_on(page, before, after, positions.last_seq))


def _reaching(positions: Positions, last: Row) -> Positions:
    return replace(positions, last_seq=last.seq, last_time=last.time)


def read_range(conversation: int, before: int | None, after: int | None, limit: int) -> list[Row]:
    """One range of the log's primary key, oldest first."""
    upwards = after is not None and before is None
    span = (after or 0, BEYOND if before is None else before)
    values = fetch(LOG_UP if upwards else LOG_DOWN, (conversation, *span, limit))
    found = [Row(*one) for one in values]
    return found if upwards else found[::-1]


def goes_on(page: list[Row], before: int | None, after: int | None, last_seq: int) -> bool:
    """Whether the direction of paging goes on; seqs are dense, so the edges tell."""
    if not page:
        return False
    if after is not None and before is None:
        return page[-1].seq < last_seq
    return page[0].seq > (after or 0) + 1


def read_missed(user_id: int, held: dict[int, int], page: int) -> list[Missed]:
    """Every conversation that moved past what the client holds, with the missing entries.

    More than PAGE_LIMIT missing, or more held than there is: the newest page, as a reset. What does
    not fit into SYNC_BYTES is cut to its newest entries, as a reset too.
    """
    moved = [
        position
        for position in positions_of(user_id, SYNC_CONVERSATIONS)
        if position.last_seq != held.get(position.other, 0)
    ]
    spans = spans_of([(one.last_seq, held.get(one.other, 0)) for one in moved], page)
    logs = read_spans(
        {one.conversation: span for one, span in zip(moved, spans, strict=True)},
    )
    left, missed = SYNC_BYTES, []
    for one, span in zip(moved, spans, strict=True):
        kept, left, cut = within(left, logs.get(one.conversation, []))
        missed.append(Missed(one, kept, reset=span[2] or cut))
    return missed


def within(left: int, found: list[Row]) -> tuple[list[Row], int, bool]:
    """The newest rows that fit into `left` bytes, what is left then, and whether some did not."""
    kept: list[Row] = []
    for row in reversed(found):
        left -= ENTRY_BYTES + len(orjson.dumps(row.content))
        if left < 0:
            break
        kept.insert(0, row)
    return kept, left, len(kept) < len(found)


def spans_of(ends: list[tuple[int, int]], page: int) -> list[Span]:
    """For each (last seq, seq held): after which seq, up to which, and whether it is a reset.

    Within SYNC_ENTRIES in all.
    """
    left, spans = SYNC_ENTRIES, []
    for last, have in ends:
        reset = have > last or last - have > PAGE_LIMIT
        first = max(0, last - page) if reset else have
        if last - first > left:  # a short look at it; the rest is a page away
            reset, first = True, max(0, last - max(1, min(left, page)))
        left = max(0, left - (last - first))
        spans.append((first, last, reset))
    return spans


def read_spans(spans: dict[int, Span]) -> dict[int, list[Row]]:
    """The rows of several conversations, a few conversations in one statement."""
    found: dict[int, list[Row]] = {}
    pairs = list(spans.items())
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
            found.setdefault(row[0], []).append(_row(row[1:]))
    return found


def list_conversations(user_id: int, before: tuple[int, int] | None, limit: int) -> ListPage:
    """Newest first, and where the next page begins: (last_time, id), because times can tie."""
    time, conversation = before or (BEYOND, 0)
    found = fetch(LIST, (user_id, time, time, conversation, limit + 1))
    listed = [_listed(user_id, row) for row in found[:limit]]
    if len(found) <= limit:
        return listed, None
    last = listed[-1].positions
    return listed, (last.last_time, last.conversation)


def _listed(me: int, row: tuple[Any, ...]) -> Listed:
    last = None if row[17] is None else Row(*row[17:])
    return Listed(to_person(row[:7]), _positions(me, row[7:17]), last)


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
    return [_positions(user_id, row) for row in rows(query)]


def entries_after(one: int, two: int, after: int, limit: int = PAGE_LIMIT) -> list[Row]:
    """The entries of a pair beyond a seq, oldest first."""
    pair = Conversation.select(Conversation.id).where(Conversation.key == pair_key(one, two))
    columns = (ChatLog.seq, ChatLog.me, ChatLog.client_id, ChatLog.content, ChatLog.time)
    query = ChatLog.select(*columns).where(ChatLog.conversation == pair, ChatLog.seq > after)
    return [_row(values) for values in rows(query.order_by(ChatLog.seq).limit(limit))]


def are_peers(one: int, two: int) -> bool:
    """Whether the two have a conversation."""
    return bool(Conversation.select().where(Conversation.key == pair_key(one, two)).exists())
