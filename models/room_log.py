"""What was said in rooms, and who said it. Runs in a reader thread."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from peewee import fn

from app.access.person import Person
from app.messaging.errors import not_allowed, not_found
from models.base import first_row, rows, writing
from models.chatlog import ChatLog
from models.conversation import MUTED, Participant
from models.history import PAGE_LIMIT, Row, goes_on, read_range
from models.missed import (
    HEAD_BYTES,
    SYNC_CONVERSATIONS,
    Budget,
    read_spans,
    row_bytes,
    spans_of,
    text_bytes,
)
from models.people import PERSON, to_person
from models.rooms import RoomInfo, find_room, list_rooms
from models.user import User

# messages at the end of a room among which those are looked for whose deletion nobody heard of
LOOKED_BACK = 1000
# for what stands around an author's name and picture
AUTHOR_BYTES = 128


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody in a room. `address` is masked, and empty unless the operator shows it."""

    person: Person
    address: str = ""
    is_muted: bool = False


Said = tuple[Row, Member]  # one line of a room's log, and who wrote it


@dataclass(frozen=True, slots=True)
class RoomPage:
    room: RoomInfo
    said: list[Said]
    has_more: bool


@dataclass(frozen=True, slots=True)
class RoomMissed:
    room: RoomInfo
    said: list[Said]
    reset: bool


def read_page(
    name: str, user_id: int, before: int | None, after: int | None, limit: int
) -> RoomPage:
    """A page, oldest first, for members. Raises Refused (-4, -5)."""
    room = find_room(name, user_id)
    if not room.is_member:
        raise not_allowed("join the room first.")
    page = read_range(room.conversation, before, after, limit)
    if page and page[-1].seq > room.last_seq:  # written between the two statements
        room = replace(room, last_seq=page[-1].seq, last_time=page[-1].time)
    has_more = goes_on(page, before, after, room.last_seq)
    return RoomPage(room, _with_authors({room.conversation: page})[room.conversation], has_more)


def read_latest(name: str, user_id: int, limit: int) -> RoomPage:
    """The newest of a room, as much as fits into one sync: it is pushed to a socket, which
    would be dropped as a slow reader if more came at once than may wait for it.
    """
    page = read_page(name, user_id, None, None, limit)
    said, cut = Budget().take(page.said, _said_bytes)
    return replace(page, said=said, has_more=page.has_more or cut)


def entries_after(conversation: int, after: int) -> list[Said]:
    """What a room has beyond a seq, oldest first."""
    found = read_range(conversation, None, after, PAGE_LIMIT)
    return _with_authors({conversation: found})[conversation]


def read_missed(
    user_id: int, held: dict[bytes, int], page: int, budget: Budget
) -> list[RoomMissed]:
    """Every room of the user that moved past what the client holds, as missed.read_missed."""
    left = replace(budget)
    mine, _ = list_rooms(user_id, None, SYNC_CONVERSATIONS, joined=True)
    moved = [room for room in mine if room.last_seq != held.get(room.key, 0)]
    left.bytes -= sum(HEAD_BYTES + text_bytes(room.name) for room in moved)
    spans = spans_of([(room.last_seq, held.get(room.key, 0)) for room in moved], page, left)
    logs = _with_authors(
        read_spans({room.conversation: span for room, span in zip(moved, spans, strict=True)})
    )
    missed = []
    for room, span in zip(moved, spans, strict=True):
        said, cut = left.take(logs.get(room.conversation, []), _said_bytes)
        missed.append(RoomMissed(room, said, reset=span[2] or cut))
    return missed


def _said_bytes(said: Said) -> int:
    """As much as its entry takes at most, with who wrote it."""
    row, by = said
    return row_bytes(row) + AUTHOR_BYTES + text_bytes(by.person.name) + text_bytes(by.person.avatar)


def read_lasts(listed: Iterable[RoomInfo]) -> dict[int, Said]:
    """conversation -> its last line."""
    spans = {
        room.conversation: (room.last_seq - 1, room.last_seq, False)
        for room in listed
        if room.last_seq
    }
    said = _with_authors(read_spans(spans))
    return {conversation: found[0] for conversation, found in said.items()}


def _members(
    conversations: Collection[int], user_ids: Collection[int]
) -> dict[tuple[int, int], Member]:
    if not user_ids:
        return {}
    query = (
        User.select(*PERSON, Participant.conversation, Participant.address, Participant.standing)
        .join(Participant, on=(Participant.user == User.id))
        .where(Participant.conversation.in_(list(conversations)), User.id.in_(list(user_ids)))
    )
    return {
        (row[-3], row[0]): Member(to_person(row[:-3]), row[-2], bool(row[-1] & MUTED))
        for row in rows(query)
    }


def delete_text(conversation: int, seq: int) -> None:
    """An empty text is the mark of a deleted one: nobody can write it. Raises Refused (-4)."""
    it = (ChatLog.conversation == conversation) & (ChatLog.seq == seq)
    with writing():
        if first_row(ChatLog.select(ChatLog.seq).where(it)) is None:
            raise not_found("message")
        ChatLog.update(content="").where(it).execute()


def find_deleted(conversation: int, last: int) -> set[int]:
    """The seqs of deleted texts among the latest up to this one."""
    span = (ChatLog.seq > last - LOOKED_BACK) & (ChatLog.seq <= last)
    # not `== ""`, which on MariaDB is true of blanks as well
    empty = fn.LENGTH(ChatLog.content) == 0
    query = ChatLog.select(ChatLog.seq).where(ChatLog.conversation == conversation, span, empty)
    return {row[0] for row in rows(query)}


def _with_authors(logs: dict[int, list[Row]]) -> dict[int, list[Said]]:
    """One query for the authors of all."""
    authors = _members(logs, {row.me for found in logs.values() for row in found})
    return {
        conversation: [(row, authors[conversation, row.me]) for row in found]
        for conversation, found in logs.items()
    }
