"""People: one table for local, embedded and guest users."""

from __future__ import annotations

import unicodedata

from peewee import BigAutoField, BigIntegerField, CharField

from models.base import BaseModel, BinaryKeyField

LOCAL, EMBEDDED, GUEST = "local", "embedded", "guest"


class User(BaseModel):
    """Times are epoch milliseconds. `username` is unique through `name_key`."""

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


def fold(name: str) -> bytes:
    """The key under which two spellings of one name meet: NFKC, casefold, NFKC again, UTF-8.

    Casefolding can undo the normal form (Unicode 3.13, D146), hence the second NFKC. Cut on a
    character's edge so that any name fits the column.
    """
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    return folded.encode()[:255].decode(errors="ignore").encode()
