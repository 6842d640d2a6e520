"""What a returning client missed, cut so that it fits into one push. Runs in a reader thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from models.base import rows
from models.chatlog import ChatLog
from models.history import PAGE_LIMIT, Row, to_row
from models.positions import Positions, positions_of

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

# after which seq, up to which, and whether that is all there is to be shown of it
Span = tuple[int, int, bool]


@dataclass(frozen=True, slots=True)
class Missed:
    positions: Positions
    rows: list[Row]
    reset: bool


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
            found.setdefault(row[0], []).append(to_row(row[1:]))
    return found
