"""Making and changing members, local ones and a host site's. Runs in a reader thread.

Guests, who come and go, are in models/guests.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from peewee import IntegrityError

from app.access.person import Person
from app.messaging.errors import not_allowed, not_now, not_signed_in
from models import guests, sessions
from models.base import database, now_ms, writing
from models.failures import is_duplicate
from models.people import embedded_key, find_person, to_person
from models.read_sql import EMBEDDED as FIND_EMBEDDED
from models.read_sql import fetch_one
from models.user import EMBEDDED, LOCAL, User, fold, look_columns

Made = TypeVar("Made")

# guests who may take a name, each in the moment in which the one before makes way
ATTEMPTS = 10


def create_local(username: str, nickname: str, password_hash: str, locale: str) -> Person:
    """A new member. Raises Refused (-5) when a member has the name, in whatever spelling.

    A guest who has it makes way: whoever signs up is here to stay. Raises Refused (-8) where guests
    take it again and again meanwhile.
    """
    return _make_local(username, lambda: _insert_local(username, nickname, password_hash, locale))


def sign_up(
    username: str, nickname: str, password_hash: str, locale: str, days: int, before: bytes | None
) -> tuple[Person, str]:
    """As create_local, with a session of so many days and the end of the one `before` it.

    All or nothing: who is told -8 takes the same name again.
    """

    def make() -> tuple[Person, str]:
        person = _insert_local(username, nickname, password_hash, locale)
        return person, sessions.add_session(person.user_id, days, before)

    return _make_local(username, make)


def _make_local(username: str, make: Callable[[], Made]) -> Made:
    for _ in range(ATTEMPTS):
        try:
            with writing():  # nobody comes between the guest who goes and the member
                guests.make_way(fold(username))
                return make()
        except IntegrityError as error:
            if not is_duplicate(error):  # somebody has the name, or came by it in this moment
                raise
        if guests.is_members(fold(username)):
            raise not_allowed("this name is taken.")
    raise not_now()


def _insert_local(username: str, nickname: str, password_hash: str, locale: str) -> Person:
    made: int = User.insert(
        username=username,
        name_key=fold(username),
        password_hash=password_hash,
        kind=LOCAL,
        locale=locale,
        avatar="",
        created=now_ms(),
        last_seen=0,
        revoked_before=0,
        **look_columns("username", username),
        **_shown_as(nickname or username),
    ).execute()
    return find_person(made)


def _shown_as(nickname: str) -> dict[str, Any]:
    """What is stored of the name that a member is shown by."""
    named = {"nickname": nickname, "nickname_key": fold(nickname)}
    return {**named, **look_columns("nickname", nickname)}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What a host says of a member."""

    sub: str
    name: str = ""
    avatar: str | None = None  # empty where there is none, None where nobody said
    locale: str = ""  # empty where nobody said: the browser knows it


class Arrival(NamedTuple):
    """A member who comes with a token that was issued then (epoch ms)."""

    member: Newcomer
    issued: int


def meet_embedded(member: Newcomer, issued: int) -> Person | None:
    """The user behind a host's `sub`, kept up to date; None at first sight.

    `issued` is the token's time (epoch ms). Raises Refused (-3) where it was revoked since.
    """
    row = _find_embedded(member.sub)
    if row is None:
        return None
    said = as_said(row, member, issued)
    if said != row:
        store_said(row, said)
    return to_person(said[:7])


def as_said(row: tuple[Any, ...], member: Newcomer, issued: int) -> tuple[Any, ...]:
    """The row of EMBEDDED with what the host says now. Raises Refused as meet_embedded.

    What a token says that was issued before the one that was taken last is out of date. When that
    was is noted only with a change: a later token that says the same is nothing to write for.
    """
    if issued < row[7]:
        raise not_signed_in()
    if issued < row[8]:
        return row
    avatar = row[3] if member.avatar is None else member.avatar
    name, locale = member.name or row[2], member.locale or row[5]
    said = (*row[:2], name, avatar, row[4], locale, *row[6:])
    return row if said == row else (*said[:8], issued)


def store_said(row: tuple[Any, ...], said: tuple[Any, ...]) -> None:
    """Stores what is another thing now, and leaves alone what another token may have changed.

    Unless another process has taken a later one meanwhile.
    """
    changes = {} if said[2] == row[2] else _shown_as(said[2])
    columns = (("avatar", 3), ("locale", 5), ("claims_issued", 8))
    changes |= {name: said[at] for name, at in columns if said[at] != row[at]}
    User.update(changes).where(User.id == row[0], User.claims_issued <= said[8]).execute()


def _find_embedded(sub: str) -> tuple[Any, ...] | None:
    return fetch_one(FIND_EMBEDDED, (embedded_key(sub),))


def add_embedded(arrivals: Iterable[Arrival]) -> None:
    """Makes users of those who are none yet, in one transaction."""
    users = [_embedded(*one) for one in {one.member.sub: one for one in arrivals}.values()]
    try:
        with database.atomic():
            User.insert_many(users).execute()
    except IntegrityError as error:
        if not is_duplicate(error):
            raise
        for user in users:  # some came at once by another process
            _add_alone(user)


def _add_alone(user: dict[str, Any]) -> None:
    try:
        User.insert(user).execute()
    except IntegrityError as error:
        if not is_duplicate(error):
            raise


def _embedded(member: Newcomer, issued: int) -> dict[str, Any]:
    return {
        "username": f"embedded:{member.sub}",
        "name_key": embedded_key(member.sub),
        "kind": EMBEDDED,
        "avatar": member.avatar or "",
        "locale": member.locale,
        "created": now_ms(),
        "last_seen": 0,
        "revoked_before": 0,
        "claims_issued": issued,
        **look_columns("username", member.sub),
        **_shown_as(member.name or member.sub[:64]),
    }


def revoke_embedded(sub: str, before: int) -> None:
    """Ends every identity of a host's member that was signed before `before` (epoch ms).

    One who was never here is made for it: the tokens are out there all the same.
    """
    if _find_embedded(sub) is None:
        add_embedded([Arrival(Newcomer(sub), 0)])
    is_it = (User.name_key == embedded_key(sub)) & (User.revoked_before < before)
    User.update(revoked_before=before).where(is_it).execute()
