"""Guests: their names while they are here, and their coming in. Runs in a reader thread.

A name belongs to a guest as long as one of the guest's sessions lives. After that somebody else
may take it, and is somebody else: the old guest keeps its id and its nickname in what was said,
and loses the two keys by which names are found.
"""

from __future__ import annotations

import secrets
from functools import reduce
from operator import add
from typing import Any

from peewee import IntegrityError, fn

from app.access.person import Person
from app.messaging.errors import Refused, not_allowed, not_now
from app.messaging.languages import words_of
from models import sessions
from models.base import first_row, now_ms, writing
from models.failures import is_duplicate
from models.people import FREED, find_person
from models.user import GUEST, User, fold, look_keys

NUMBER_ATTEMPTS = 10
ORDERLY_ATTEMPTS = 5
LOOKS = (
    User.username_look,
    User.username_capitals,
    User.nickname_look,
    User.nickname_capitals,
)


def enter(nickname: str, locale: str, days: int, before: bytes | None = None) -> tuple[Person, str]:
    """A new guest, and the secret of a session of so many days; the one `before` it ends.

    An empty nickname becomes a number in the visitor's language. Raises Refused (-5) for a name
    that a guest has who is here, or that is a member's or looks like one.
    """
    sessions.clear_expired()
    if nickname:
        return _enter(nickname, locale, days, before)
    word = words_of(locale).guest
    number = User.select(fn.MAX(User.id)).scalar() or 0
    for attempt in range(NUMBER_ATTEMPTS):
        # numbers ahead can have been taken on purpose, to keep guests out: then any will do
        number += 1 if attempt < ORDERLY_ATTEMPTS else secrets.randbelow(1_000_000)
        try:
            return _enter(f"{word}{number}", locale, days, before)
        except Refused:  # somebody already goes by this name
            continue
    raise not_now()


def make_way(name_key: bytes) -> None:
    """Takes the key from the guest who has it, here or not.

    The guest goes on under the same nickname, marked as a guest, until it leaves.
    """
    is_it = (User.name_key == name_key) & (User.kind == GUEST)
    guest = first_row(User.select(User.id).where(is_it))
    if guest is not None:
        User.update(name_key=_freed(guest[0])).where(is_it, User.id == guest[0]).execute()


def is_members(name_key: bytes) -> bool:
    """Whether somebody has it who is no guest."""
    return bool(User.select().where(User.name_key == name_key, User.kind != GUEST).exists())


def _enter(nickname: str, locale: str, days: int, before: bytes | None) -> tuple[Person, str]:
    if first_row(members_like(nickname).limit(1)) is not None:
        raise _taken()
    try:
        return _insert(nickname, locale, days, before)
    except IntegrityError as error:
        if is_duplicate(error):  # somebody was faster
            raise _taken() from None
        raise


def _insert(nickname: str, locale: str, days: int, before: bytes | None) -> tuple[Person, str]:
    """User and session in one transaction: without a session the name would be free at once."""
    with writing():
        _check_free(fold(nickname))
        user_id = User.insert(
            username=nickname,
            name_key=fold(nickname),
            kind=GUEST,
            nickname=nickname,
            nickname_key=fold(nickname),
            avatar="",
            locale=locale,
            created=now_ms(),
            last_seen=0,
            revoked_before=0,
        ).execute()
        return find_person(user_id), sessions.add_session(user_id, days, before)


def _check_free(name_key: bytes) -> None:
    """Takes the name from a guest who has gone. Raises Refused (-5) where somebody uses it.

    Of several who find the same holder gone, each may take its keys away: that is done once and
    the same for all. Which of them gets the name the unique key decides.
    """
    columns = (User.id, User.kind, User.revoked_before)
    holder = first_row(User.select(*columns).where(User.name_key == name_key))
    if holder is None:
        return
    user_id, kind, revoked_before = holder
    if kind != GUEST or sessions.is_signed_in(user_id, revoked_before):
        raise _taken()
    freed = _freed(user_id)
    User.update(name_key=freed, nickname_key=freed).where(User.id == user_id).execute()


def members_like(nickname: str) -> Any:
    """The query for members whose username or nickname looks like this: four reads of an index."""
    keys = [key for key in look_keys(nickname) if key is not None]
    return reduce(add, (User.select(User.id).where(column.in_(keys)) for column in LOOKS))


def _freed(user_id: int) -> bytes:
    return FREED + b"%d" % user_id


def _taken() -> Refused:
    return not_allowed("this name is taken.")
