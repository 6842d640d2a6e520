"""The statements of what is asked for most, written out for both databases.

The query builder costs more than the database here (docs/decisions/0008-own-sql.md);
tests/test_read_sql.py holds their tables and columns against the models.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from models.base import database, is_sqlite

# who is at the other side, and how far a pair's conversation goes; that part is NULL where there
# is none. Arguments: the pair's key, me, the other
PAGE_HEAD = (
    "SELECT u.id, u.username, u.nickname, u.avatar, u.kind, u.locale, u.last_seen,"
    " c.id, c.last_seq, c.last_time,"
    " m.read_seq, m.delivered_seq, o.read_seq, o.delivered_seq"
    " FROM user u"
    " LEFT JOIN conversation c ON c.conversation_key = ?"
    " LEFT JOIN participant m ON m.conversation_id = c.id AND m.user_id = ?"
    " LEFT JOIN participant o ON o.conversation_id = c.id AND o.user_id = u.id"
    " WHERE u.id = ?"
)
_LOG = "SELECT seq, me, client_id, content, time FROM chatlog WHERE conversation_id = ?"
# arguments: conversation, seq above, seq below, how many
LOG_DOWN = f"{_LOG} AND seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?"
LOG_UP = f"{_LOG} AND seq > ? AND seq < ? ORDER BY seq LIMIT ?"
# argument: the name key
EMBEDDED = (
    "SELECT u.id, u.username, u.nickname, u.avatar, u.kind, u.locale, u.last_seen,"
    " u.revoked_before, u.avatar FROM user u"
    " WHERE u.name_key = ? AND u.kind = 'embedded'"
)
# arguments: the session's key, now
SESSION = (
    "SELECT u.id, u.username, u.nickname, u.avatar, u.kind, u.locale, u.last_seen,"
    " u.revoked_before, s.created, s.expires FROM session s"
    " JOIN user u ON u.id = s.user_id"
    " WHERE s.session_key = ? AND s.ended = 0 AND s.expires > ?"
)
STATEMENTS = (PAGE_HEAD, LOG_DOWN, LOG_UP, EMBEDDED, SESSION)


@lru_cache
def written(statement: str, sqlite: bool) -> str:
    """The statement as the database's driver wants its placeholders."""
    return statement if sqlite else statement.replace("?", "%s")


def fetch(statement: str, arguments: Sequence[int | str | bytes]) -> list[tuple[Any, ...]]:
    """All rows."""
    text = written(statement, is_sqlite(database))
    return list(database.execute_sql(text, arguments).fetchall())


def fetch_one(statement: str, arguments: Sequence[int | str | bytes]) -> tuple[Any, ...] | None:
    found = fetch(statement, arguments)
    return found[0] if found else None
