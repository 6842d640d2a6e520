"""Finding, making and changing users. Runs in a reader thread."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any

from peewee import IntegrityError, fn

from app.access.person import Person
from app.messaging.errors import Refused, not_allowed, not_found, not_now
from models.base import database, first_row, now_ms, rows
from models.failures import is_duplicate
from models.user import EMBEDDED, GUEST, LOCAL, User, fold

SEARCH_LIMIT = 50
# the name keys of a host's members, as a range
EMBEDDED_KEYS, PAST_EMBEDDED_KEYS = b"embedded:", b"embedded;"
# users noted in one statement
TOUCHED = 500
GUEST_ATTEMPTS = 10
ORDERLY_ATTEMPTS = 5
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


def find_by_username(username: str, asker: Person) -> Person | None:
    """By exact name, as the asker knows it: a host's member is known there by its own id."""
    keys = [fold(username)]
    if asker.kind == EMBEDDED:
        keys.insert(0, embedded_key(username))
    query = User.select(*PERSON, User.name_key).where(User.name_key.in_(keys))
    found = {row[-1]: row[:-1] for row in rows(query)}
    return next((to_person(found[key]) for key in keys if key in found), None)


def search_people(query: str, asker: int, limit: int) -> list[Person]:
    """People whose username or name begins with the query, without the asker.

    Ranges over two indexed keys: no LIKE, so nothing in the query has a special meaning.
    """
    low = fold(query)
    high = low + b"\xff"
    found: dict[int, Person] = {}
    for key in (User.name_key, User.nickname_key):
        query_by_key = User.select(*PERSON).where(User.id != asker).order_by(key).limit(limit)
        if low:
            query_by_key = query_by_key.where(key >= low, key < high)
        if key is User.name_key:  # what keeps a host's ids apart is nobody's name
            query_by_key = query_by_key.where((key < EMBEDDED_KEYS) | (key >= PAST_EMBEDDED_KEYS))
        for row in rows(query_by_key):
            found.setdefault(row[0], to_person(row))
    return list(found.values())[:limit]


def find_password(username: str) -> tuple[Person, str] | None:
    """A local user and the password's hash."""
    row = first_row(
        User.select(*PERSON, User.password_hash).where(
            User.name_key == fold(username), User.kind == LOCAL
        )
    )
    return None if row is None or row[-1] is None else (to_person(row[:-1]), row[-1])


def create_local(username: str, nickname: str, password_hash: str, locale: str) -> Person:
    """A new member. Raises Refused (-5) when the name, or one that looks the same, is taken."""
    return _create(
        username=username,
        name_key=fold(username),
        password_hash=password_hash,
        kind=LOCAL,
        nickname=nickname or username,
        locale=locale,
    )


def create_guest(nickname: str, locale: str) -> Person:
    """A new guest. An empty nickname becomes a number in the visitor's language.

    Raises Refused (-5) for a name that somebody has, or that a member is shown by.
    """
    if nickname:
        if _is_shown(nickname):
            raise not_allowed("this name is taken.")
        return _create(
            username=nickname,
            name_key=fold(nickname),
            kind=GUEST,
            nickname=nickname,
            locale=locale,
        )
    word = "游客" if locale.startswith("zh") else "Guest "
    number = User.select(fn.MAX(User.id)).scalar() or 0
    for attempt in range(GUEST_ATTEMPTS):
        # numbers ahead can have been taken on purpose, to keep guests out: then any will do
        number += 1 if attempt < ORDERLY_ATTEMPTS else secrets.randbelow(1_000_000)
        try:
            return create_guest(f"{word}{number}", locale)
        except Refused:  # somebody already goes by this name
            continue
    raise not_now()


def _is_shown(nickname: str) -> bool:
    """Whether a member goes by this name: a guest must not pass for one."""
    shown = (User.nickname_key == fold(nickname)) & (User.kind != GUEST)
    return bool(User.select().where(shown).exists())


def embedded_key(sub: str) -> bytes:
    """A host's ids are exact: no folding, and a colon keeps them apart from everybody else's."""
    return EMBEDDED_KEYS + sub.encode()


def meet_embedded(sub: str, name: str, avatar: str, locale: str) -> tuple[Person, int]:
    """The user behind a host's `sub`, made at first sight, kept up to date; and revoked_before."""
    row = _find_embedded(sub)
    if row is None:
        _create_embedded(sub, name, avatar, locale)
        row = _find_embedded(sub)
    if row is None:
        raise not_found("user")
    wanted = {"nickname": name or row[2], "avatar": avatar or row[8], "locale": locale or row[5]}
    if (row[2], row[8], row[5]) != tuple(wanted.values()):
        changes = {**wanted, "nickname_key": fold(wanted["nickname"])}
        User.update(changes).where(User.id == row[0]).execute()
        row = (*row[:2], wanted["nickname"], wanted["avatar"], row[4], wanted["locale"], *row[6:])
    return to_person(row[:7]), row[7]


def _find_embedded(sub: str) -> tuple[Any, ...] | None:
    columns = (*PERSON, User.revoked_before, User.avatar)
    is_it = (User.name_key == embedded_key(sub)) & (User.kind == EMBEDDED)
    return first_row(User.select(*columns).where(is_it))


def _create_embedded(sub: str, name: str, avatar: str, locale: str) -> None:
    try:
        User.insert(
            username=f"embedded:{sub}",
            name_key=embedded_key(sub),
            kind=EMBEDDED,
            nickname=name or sub[:64],
            nickname_key=fold(name or sub[:64]),
            avatar=avatar,
            locale=locale or "en",
            created=now_ms(),
            last_seen=0,
            revoked_before=0,
        ).execute()
    except IntegrityError as error:
        if not is_duplicate(error):  # two tabs came at once: the other one made it
            raise


def _create(**values: Any) -> Person:
    values.update(
        nickname_key=fold(values["nickname"]),
        avatar="",
        created=now_ms(),
        last_seen=0,
        revoked_before=0,
    )
    try:
        with database.atomic():
            user_id = User.insert(**values).execute()
    except IntegrityError as error:
        if is_duplicate(error):
            raise not_allowed("this name is taken.") from None
        raise
    return find_person(user_id)


def touch(user_ids: Collection[int], last_seen: int) -> None:
    """Notes when these people were last here; never backwards."""
    ids = sorted(user_ids)
    for start in range(0, len(ids), TOUCHED):
        here = User.id.in_(ids[start : start + TOUCHED])
        User.update(last_seen=last_seen).where(here, User.last_seen < last_seen).execute()


def revoke(username_key: bytes, before: int) -> bool:
    """Ends every identity of a user that was issued before `before` (epoch ms)."""
    return bool(
        User.update(revoked_before=before)
        .where(User.name_key == username_key, User.revoked_before < before)
        .execute()
    )


def revoked_since(moment: int) -> dict[int, int]:
    """user id -> revoked_before, of the revocations at or after the moment (epoch ms)."""
    query = User.select(User.id, User.revoked_before).where(User.revoked_before >= moment)
    return dict(rows(query))
