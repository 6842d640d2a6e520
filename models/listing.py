"""The list of somebody's conversations, those written to last first. Runs in a reader thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.access.person import Person
from models.history import Row
from models.people import to_person
from models.positions import Positions, to_positions
from models.read_sql import LIST, fetch

# above every time
BEYOND = 2**62


@dataclass(frozen=True, slots=True)
class Listed:
    other: Person
    positions: Positions
    last: Row | None


# a part of the list, and where the next begins
ListPage = tuple[list[Listed], tuple[int, int] | None]


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
    return Listed(to_person(row[:7]), to_positions(me, row[7:17]), last)
