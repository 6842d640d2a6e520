"""Finding people. Runs in a reader thread; models/accounts.py makes and changes them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from app.access.person import Person
from app.messaging.errors import not_found
from models.base import first_row, rows
from models.user import EMBEDDED, LOCAL, User, fold

# the name keys of a host's members, as a range
EMBEDDED_KEYS, PAST_EMBEDDED_KEYS = b"embedded:", b"embedded;"
# begins the keys of guests whose name is somebody else's now; no text in UTF-8 has this byte
FREED = b"\xff"
# users noted in one statement
TOUCHED = 500
PERSON = (
    User.id,
    User.username,
    User.nickname,
    User.avatar,
    User.kind,
    User.locale,
    User.last_seen,
)


def to_person(row: tuple[Any, ...]) -> Person:
    """A Person from the PERSON columns. Without a picture of one's own there is a made one."""
    user_id, username, nickname, avatar, kind, locale, last_seen = row
    picture = avatar or f"/avatar/{user_id}.svg"
    return Person(user_id, username, nickname, picture, kind, locale, last_seen)


def find_person(user_id: int) -> Person:
    """Raises Refused (-4)."""
    row = first_row(User.select(*PERSON).where(User.id == user_id))
    if row is None:
        raise not_found("user")
    return to_person(row)


def find_people(user_ids: Collection[int]) -> dict[int, Person]:
    """user id -> who that is, of those there are, in one statement."""
    if not user_ids:
        return {}
    query = User.select(*PERSON).where(User.id.in_(sorted(user_ids)))
    return {row[0]: to_person(row) for row in rows(query)}


def find_by_username(username: str, asker: Person) -> Person | None:
    """By exact name, as the asker knows it: a host's member is known there by its own id.

    Spaces around it are no part of a name, but may be of an id.
    """
    keys = [fold(username.strip())]
    if asker.kind == EMBEDDED:
        keys.insert(0, embedded_key(username))
    query = User.select(*PERSON, User.name_key).where(User.name_key.in_(keys))
    found = {row[-1]: row[:-1] for row in rows(query)}
    return next((to_person(found[key]) for key in keys if key in found), None)


def search_people(query: str, asker: int, limit: int) -> list[Person]:
    """People whose username or name begins with the query, without the asker.

    Ranges over two indexed keys: no LIKE, so nothing in the query has a special meaning. They
    end before FREED, so that guests who have lost their name are not found by it.
    """
    low = fold(query)
    high = low + FREED
    found: dict[int, Person] = {}
    for key in (User.name_key, User.nickname_key):
        query_by_key = User.select(*PERSON).where(User.id != asker, key >= low, key < high)
        query_by_key = query_by_key.order_by(key).limit(limit)
        if key is User.name_key:  # what keeps a host's ids apart is nobody's name
            query_by_key = query_by_key.where((key < EMBEDDED_KEYS) | (key >= PAST_EMBEDDED_KEYS))
        for row in rows(query_by_key):
            found.setdefault(row[0], to_person(row))
    return list(found.values())[:limit]


def embedded_key(sub: str) -> bytes:
    """A host's ids are exact: no folding, and a colon keeps them apart from everybody else's."""
    return EMBEDDED_KEYS + sub.encode()


def find_password(username: str) -> tuple[Person, str] | None:
    """A local user and the password's hash."""
    row = first_row(
        User.select(*PERSON, User.password_hash).where(
            User.name_key == fold(username), User.kind == LOCAL
        )
    )
    return None if row is None or row[-1] is None else (to_person(row[:-1]), row[-1])


def touch(user_ids: Collection[int], last_seen: int) -> None:
    """Notes when these people were last here; never backwards."""
    ids = sorted(user_ids)
    for start in range(0, len(ids), TOUCHED):
        here = User.id.in_(ids[start : start + TOUCHED])
        User.update(last_seen=last_seen).where(here, User.last_seen < last_seen).execute()


def revoked_since(moment: int) -> dict[int, int]:
    """user id -> revoked_before, of the revocations at or after the moment (epoch ms)."""
    query = User.select(User.id, User.revoked_before).where(User.revoked_before >= moment)
    return dict(rows(query))
