"""Who is a member of a room, muted or removed. Runs in a reader thread."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from peewee import IntegrityError

from app.access.person import Person
from app.messaging.errors import not_allowed, not_found
from models.base import database, first_row, rows, writing
from models.conversation import AWAY, MUTED, REMOVED, Participant
from models.failures import is_duplicate
from models.people import PERSON, to_person
from models.rooms import RoomInfo, find_room, open_room
from models.user import User


def open_and_join(name: str, owner: int, limit: int) -> RoomInfo:
    """A new room with its owner in it, or no room. Raises Refused (-5)."""
    with writing():
        open_room(name, owner, limit)
        return join_room(name, owner, "")


def join_room(name: str, user_id: int, address: str) -> RoomInfo:
    """Makes the user a member. Raises Refused (-4, -5)."""
    with writing():
        room = find_room(name, user_id)
        if room.is_member and not address:
            return room
        if not room.standing & REMOVED:
            _join(room, user_id, address)
            room = find_room(name, user_id)
        if not room.is_member:  # removed, perhaps between the two lines above
            raise not_allowed("you were removed from this room.")
        return room


def _join(room: RoomInfo, user_id: int, address: str) -> None:
    """Who comes (back) begins with what is written from now on as unread."""
    me = (Participant.conversation == room.conversation) & (Participant.user == user_id)
    try:
        with database.atomic():
            Participant.insert(
                conversation=room.conversation,
                user=user_id,
                delivered_seq=room.last_seq,
                read_seq=room.last_seq,
                address=address,
            ).execute()
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        back = {"standing": _without(AWAY), "address": address}
        if not room.is_member:
            back |= {"read_seq": room.last_seq, "delivered_seq": room.last_seq}
        may = Participant.standing.bin_and(REMOVED) == 0
        Participant.update(back).where(me, may).execute()


def leave_room(name: str, user_id: int) -> RoomInfo:
    """The room as it was; who was no member is none afterwards either. Raises Refused (-4)."""
    room = find_room(name, user_id)
    _stand(room.conversation, user_id, AWAY, on=True)
    return room


def set_muted(conversation: int, user_id: int, on: bool) -> None:
    """Raises Refused (-4) for who was never in the room."""
    _stand(conversation, user_id, MUTED, on, known=True)


def set_removed(conversation: int, user_id: int, on: bool) -> None:
    """Removed people are away as well, and stay so until they come back by themselves."""
    _stand(conversation, user_id, REMOVED | AWAY if on else REMOVED, on, known=True)


def find_removed(conversation: int, limit: int) -> tuple[list[Person], int]:
    """Who may not come back, by name, and how many they are."""
    removed = (Participant.conversation == conversation) & (
        Participant.standing.bin_and(REMOVED) != 0
    )
    query = User.select(*PERSON).join(Participant, on=Participant.user == User.id).where(removed)
    found = rows(query.order_by(User.nickname, User.id).limit(limit))
    count = Participant.select().where(removed).count()
    return [to_person(row) for row in found], count


def _stand(conversation: int, user_id: int, bits: int, on: bool, known: bool = False) -> None:
    me = (Participant.conversation == conversation) & (Participant.user == user_id)
    standing = Participant.standing.bin_or(bits) if on else _without(bits)
    with writing():
        if known and first_row(Participant.select(Participant.user).where(me)) is None:
            raise not_found("user in this room")
        Participant.update(standing=standing).where(me).execute()


def _without(bits: int) -> Any:
    """Changed in the database, not read and written back: who is removed while coming in, or muted
    while leaving, must not lose that on the way.
    """
    return Participant.standing.bin_and((MUTED | AWAY | REMOVED) & ~bits)


def find_standing(conversation: int, user_ids: Collection[int]) -> tuple[set[int], set[int]]:
    """Who of these is no member (any more), and who is muted."""
    query = Participant.select(Participant.user, Participant.standing).where(
        Participant.conversation == conversation, Participant.user.in_(list(user_ids))
    )
    found = dict(rows(query))
    outside = {one for one in user_ids if found.get(one, AWAY) & (AWAY | REMOVED)}
    return outside, {one for one, standing in found.items() if standing & MUTED}
