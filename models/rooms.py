"""Rooms: opening and finding them, and the list of them. Runs in a reader thread."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from peewee import IntegrityError

from app.messaging.errors import Refused, not_allowed, not_found
from models.base import database, first_row, held, now_ms, rows, writing
from models.conversation import AWAY, MUTED, REMOVED, Conversation, Participant, Room, room_key
from models.failures import is_duplicate
from models.user import User

log = logging.getLogger("parley.storage")


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """A room as one member sees it; `standing` is AWAY for who never joined."""

    conversation: int
    key: bytes
    name: str
    owner: int | None
    last_seq: int
    last_time: int
    read_seq: int = 0
    standing: int = AWAY

    @property
    def is_member(self) -> bool:
        return not self.standing & (AWAY | REMOVED)

    @property
    def is_muted(self) -> bool:
        return bool(self.standing & MUTED)


ROOM = (
    Conversation.id,
    Conversation.key,
    Room.name,
    Room.owner,
    Conversation.last_seq,
    Conversation.last_time,
)
MINE = (Participant.read_seq, Participant.standing)


def _rooms_of(user_id: int) -> Any:
    """All rooms, with how the user stands in each."""
    mine = (Participant.conversation == Conversation.id) & (Participant.user == user_id)
    return (
        Room.select(*ROOM, *MINE)
        .join(Conversation, on=(Conversation.id == Room.conversation))
        .left_outer_join(Participant, on=mine)
    )


def _info(row: tuple[Any, ...]) -> RoomInfo:
    conversation, key, name, owner, last_seq, last_time, read_seq, standing = row
    away = standing is None
    return RoomInfo(
        conversation,
        bytes(key),
        name,
        owner,
        last_seq,
        last_time,
        0 if away else read_seq,
        AWAY if away else standing,
    )


def find_room(name: str, user_id: int) -> RoomInfo:
    """Raises Refused (-4)."""
    row = first_row(_rooms_of(user_id).where(Conversation.key == room_key(name)))
    if row is None:
        raise not_found("room")
    return _info(row)


def open_room(name: str, owner: int | None, limit: int = 0) -> None:
    """A new room. Raises Refused (-5) when the name is taken, or the owner has too many."""
    with writing():
        if limit:
            first_row(held(User.select(User.id).where(User.id == owner)))  # one after the other
            if Room.select().where(Room.owner == owner).count() >= limit:
                raise not_allowed(f"nobody may open more than {limit} rooms.")
        try:
            with database.atomic():
                Conversation.insert(key=room_key(name), last_seq=0, last_time=now_ms()).execute()
        except IntegrityError as error:
            if is_duplicate(error):
                raise not_allowed("this room exists.") from None
            raise
        # found by its key: what an insert says about the new id differs between the databases
        made = first_row(Conversation.select(Conversation.id).where(_is(name)))
        assert made is not None  # noqa: S101 - made in this transaction
        Room.insert(conversation=made[0], name=name, owner=owner, created=now_ms()).execute()


def _is(name: str) -> Any:
    return Conversation.key == room_key(name)


def keep_rooms(names: Iterable[str]) -> None:
    """The operator's rooms: made where they are not there, taken over where somebody was first."""
    for name in names:
        conversation = first_row(Conversation.select(Conversation.id).where(_is(name)))
        if conversation is not None:
            _take_over(name, conversation[0])
            continue
        with suppress(Refused):  # another process made it just now
            open_room(name, None)


def _take_over(name: str, conversation: int) -> None:
    """Whoever opened it is a member like any other from now on."""
    owned = (Room.conversation == conversation) & Room.owner.is_null(False)
    if Room.update(owner=None).where(owned).execute():
        log.warning("room %r was a user's: it is the operator's now", name)


def list_rooms(
    user_id: int, before: tuple[int, int] | None, limit: int, joined: bool
) -> tuple[list[RoomInfo], tuple[int, int] | None]:
    """Those written to last first, and where the next page begins."""
    query = _rooms_of(user_id).order_by(Conversation.last_time.desc(), Conversation.id.desc())
    if joined:
        query = query.where(Participant.standing.bin_and(AWAY | REMOVED) == 0)
    if before is not None:
        time, conversation = before
        query = query.where(
            (Conversation.last_time < time)
            | ((Conversation.last_time == time) & (Conversation.id < conversation))
        )
    found = [_info(row) for row in rows(query.limit(limit + 1))]
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], None if last is None else (last.last_time, last.conversation)
