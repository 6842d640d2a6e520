"""Making and changing users: members, guests, members of a host site. Runs in a reader thread."""

from __future__ import annotations

import secrets
from typing import Any

from peewee import IntegrityError, fn

from app.access.person import Person
from app.messaging.errors import Refused, not_allowed, not_found, not_now, not_signed_in
from app.messaging.languages import words_of
from models.base import database, first_row, now_ms
from models.failures import is_duplicate
from models.people import PERSON, embedded_key, find_person, to_person
from models.user import EMBEDDED, GUEST, LOCAL, User, fold

GUEST_ATTEMPTS = 10
ORDERLY_ATTEMPTS = 5


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
    word = words_of(locale).guest
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


def meet_embedded(sub: str, name: str, avatar: str, locale: str, issued: int) -> Person:
    """The user behind a host's `sub`, made at first sight and kept up to date.

    `issued` is the token's time (epoch ms). Raises Refused (-3) where it was revoked since.
    """
    row = _find_embedded(sub)
    if row is None:
        _create_embedded(sub, name, avatar, locale)
        row = _find_embedded(sub)
    if row is None:
        raise not_found("user")
    if issued < row[7]:
        raise not_signed_in()
    wanted = {"nickname": name or row[2], "avatar": avatar or row[8], "locale": locale or row[5]}
    if (row[2], row[8], row[5]) != tuple(wanted.values()):
        changes = {**wanted, "nickname_key": fold(wanted["nickname"])}
        User.update(changes).where(User.id == row[0]).execute()
        row = (*row[:2], wanted["nickname"], wanted["avatar"], row[4], wanted["locale"], *row[6:])
    return to_person(row[:7])


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
            locale=locale,  # empty where nobody said: the browser knows it
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


def revoke_embedded(sub: str, before: int) -> None:
    """Ends every identity of a host's member that was signed before `before` (epoch ms).

    One who was never here is made for it: the tokens are out there all the same.
    """
    if _find_embedded(sub) is None:
        _create_embedded(sub, "", "", "")
    is_it = (User.name_key == embedded_key(sub)) & (User.revoked_before < before)
    User.update(revoked_before=before).where(is_it).execute()
