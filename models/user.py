"""People: one table for local, embedded and guest users."""

from __future__ import annotations

from peewee import BigAutoField, BigIntegerField, CharField

from app.access.lookalike import looks
from app.access.names import KEY_LIMIT, folded
from models.base import BaseModel, BinaryKeyField

LOCAL, EMBEDDED, GUEST = "local", "embedded", "guest"


class User(BaseModel):
    """Times are epoch milliseconds. `username` is unique through `name_key`.

    The looks (app/access/lookalike.py) are a member's, whom no guest may look like: of username
    and nickname, as written, and in capitals where that is another one. A guest has none.
    """

    id = BigAutoField()
    username = CharField(max_length=191)
    name_key = BinaryKeyField(max_length=255, unique=True)
    password_hash = CharField(max_length=100, null=True)
    kind = CharField(max_length=16)
    nickname = CharField(max_length=64)
    nickname_key = BinaryKeyField(max_length=255, index=True)
    avatar = CharField(max_length=512, default="")
    locale = CharField(max_length=16, default="en")
    created = BigIntegerField()
    last_seen = BigIntegerField(default=0)
    revoked_before = BigIntegerField(default=0, index=True)
    username_look = BinaryKeyField(max_length=255, null=True, index=True)
    username_capitals = BinaryKeyField(max_length=255, null=True, index=True)
    nickname_look = BinaryKeyField(max_length=255, null=True, index=True)
    nickname_capitals = BinaryKeyField(max_length=255, null=True, index=True)
    claims_issued = BigIntegerField(default=0)  # the token's time, of what a host said last


def fold(name: str) -> bytes:
    """The key under which two spellings of one name meet."""
    return _key(folded(name))


def look_keys(name: str) -> tuple[bytes, bytes | None]:
    """The keys under which names meet that look alike; the second only where it is another."""
    written, capitals = (_key(look) for look in looks(name))
    return written, None if capitals == written else capitals


def look_columns(of: str, name: str) -> dict[str, bytes | None]:
    """What is stored of a member's "username" or "nickname", so that no guest looks like it."""
    look, capitals = look_keys(name)
    return {f"{of}_look": look, f"{of}_capitals": capitals}


def _key(text: str) -> bytes:
    """UTF-8, cut on a character's edge so that any name fits the column."""
    return text.encode()[:KEY_LIMIT].decode(errors="ignore").encode()
