"""Starting, finding and ending sign-ins. Runs in a reader thread."""

from __future__ import annotations

import hashlib
import secrets

from app.access.person import Credential, Person
from models.base import now_ms, rows, writing
from models.people import to_person
from models.read_sql import SESSION, fetch_one
from models.session import Session


def key_of(secret: str) -> bytes:
    # the secret has 256 random bits, so a plain fast hash is enough
    return hashlib.sha256(secret.encode()).digest()


def start_session(user_id: int, days: int, before: bytes | None = None) -> str:
    """A new session, and the end of the one `before` it; the secret that belongs into the cookie.

    Old ones of all users are cleared.
    """
    clear_expired()
    with writing():
        return add_session(user_id, days, before)


def clear_expired() -> None:
    Session.delete().where(Session.expires < now_ms()).execute()


def add_session(user_id: int, days: int, before: bytes | None = None) -> str:
    """As start_session, without the clearing: for who is in a transaction already."""
    if before is not None:
        end_session(before)
    secret, now = secrets.token_urlsafe(32), now_ms()
    Session.insert(
        key=key_of(secret), user=user_id, created=now, expires=now + days * 86_400_000, ended=0
    ).execute()
    return secret


def find_session(secret: str) -> tuple[Person, Credential] | None:
    """Who the cookie's secret belongs to, in one query; None when it has ended."""
    row = fetch_one(SESSION, (key_of(secret), now_ms()))
    if row is None or row[8] < row[7]:
        return None
    credential = Credential(row[8] // 1000, row[9] // 1000, session=key_of(secret))
    return to_person(row[:7]), credential


def end_session(key: bytes) -> None:
    Session.update(ended=now_ms()).where(Session.key == key, Session.ended == 0).execute()


def ended_since(moment: int) -> set[bytes]:
    """Keys of the sessions that ended at or after the moment (epoch ms), whoever ended them."""
    return {row[0] for row in rows(Session.select(Session.key).where(Session.ended >= moment))}


def is_signed_in(user_id: int, revoked_before: int) -> bool:
    """Whether the user has a session that has neither ended nor expired nor been revoked."""
    is_live = (Session.user == user_id) & (Session.ended == 0) & (Session.expires > now_ms())
    return bool(Session.select().where(is_live, Session.created >= revoked_before).exists())
