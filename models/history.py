"""Reading conversations: one page, or a range of the log. Runs in a reader thread.

Every page is one range of the log's primary key: its cost does not depend on how much is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.access.person import Person
from app.messaging.errors import not_found
from models.base import rows
from models.chatlog import ChatLog
from models.conversation import Conversation, pair_key
from models.people import to_person
from models.positions import Positions, to_positions
from models.read_sql import LOG_DOWN, LOG_UP, PAGE_HEAD, fetch, fetch_one

PAGE_LIMIT = 100

# above every seq
BEYOND = 2**62


@dataclass(slots=True)  # not frozen: a page makes fifty
class Row:
    """One line of the log."""

    seq: int
    me: int
    client_id: str
    content: str
    time: int


@dataclass(frozen=True, slots=True)
class Page:
    other: Person
    positions: Positions
    rows: list[Row]
    has_more: bool


def to_row(values: tuple[Any, ...]) -> Row:
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
    positions = to_positions(me, (head[7], other, *head[8:]))
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


def entries_after(one: int, two: int, after: int, limit: int = PAGE_LIMIT) -> list[Row]:
    """The entries of a pair beyond a seq, oldest first."""
    pair = Conversation.select(Conversation.id).where(Conversation.key == pair_key(one, two))
    columns = (ChatLog.seq, ChatLog.me, ChatLog.client_id, ChatLog.content, ChatLog.time)
    query = ChatLog.select(*columns).where(ChatLog.conversation == pair, ChatLog.seq > after)
    return [to_row(values) for values in rows(query.order_by(ChatLog.seq).limit(limit))]
