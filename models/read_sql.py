"""The statements of what is asked for most, written out for both databases.

The query builder costs more than the database here (docs/decisions/0008-own-sql.md);
tests/test_read_sql.py holds their tables and columns against the models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from models import quick_rows
from models.base import database, is_sqlite

# what a column holds: a number, one or NULL, text, or a binary key that is text
NUMBER, MAYBE, TEXT, KEY = range(4)
Column = tuple[str, int]

# between the values of a row on MySQL; nothing that is stored has it (see _cut)
SEPARATOR = "\0"


@dataclass(frozen=True)
class Statement:
    """`SELECT columns rest`, with a `?` for each argument."""

    columns: tuple[Column, ...]
    rest: str

    @cached_property
    def sqlite(self) -> str:
        """A value each: SQLite's driver reads them in C."""
        names = [f"CAST({name} AS TEXT)" if kind == KEY else name for name, kind in self.columns]
        return f"SELECT {', '.join(names)} {self.rest}"

    @cached_property
    def mysql(self) -> str:
        """One value a row: PyMySQL would read each in Python."""
        names = [f"IFNULL({name}, '')" if kind == MAYBE else name for name, kind in self.columns]
        return f"SELECT CONCAT_WS(0x00, {', '.join(names)}) {self.rest}".replace("?", "%s")

    @cached_property
    def apart(self) -> str:
        """The same with a value each."""
        names = [name for name, _ in self.columns]
        return f"SELECT {', '.join(names)} {self.rest}".replace("?", "%s")


PERSON: tuple[Column, ...] = (
    ("u.id", NUMBER),
    ("u.username", TEXT),
    ("u.nickname", TEXT),
    ("u.avatar", TEXT),
    ("u.kind", TEXT),
    ("u.locale", TEXT),
    ("u.last_seen", NUMBER),
)
POSITIONS: tuple[Column, ...] = (
    ("c.id", MAYBE),
    ("c.last_seq", MAYBE),
    ("c.last_time", MAYBE),
    ("c.low_seq", MAYBE),
    ("c.high_seq", MAYBE),
    ("m.read_seq", MAYBE),
    ("m.delivered_seq", MAYBE),
    ("o.read_seq", MAYBE),
    ("o.delivered_seq", MAYBE),
)
ENTRY: tuple[Column, ...] = (
    ("seq", NUMBER),
    ("me", NUMBER),
    ("client_id", KEY),
    ("content", TEXT),
    ("time", NUMBER),
)

# who is at the other side, and how far a pair's conversation goes; that part is NULL where there
# is none. Arguments: the pair's key, me, the other
PAGE_HEAD = Statement(
    (*PERSON, *POSITIONS),
    "FROM user u"
    " LEFT JOIN conversation c ON c.conversation_key = ?"
    " LEFT JOIN participant m ON m.conversation_id = c.id AND m.user_id = ?"
    " LEFT JOIN participant o ON o.conversation_id = c.id AND o.user_id = u.id"
    " WHERE u.id = ?",
)
_LOG = "FROM chatlog WHERE conversation_id = ? AND seq > ? AND seq < ?"
# arguments: conversation, seq above, seq below, how many
LOG_DOWN = Statement(ENTRY, f"{_LOG} ORDER BY seq DESC LIMIT ?")
LOG_UP = Statement(ENTRY, f"{_LOG} ORDER BY seq LIMIT ?")
# the conversations of somebody, newest first, with who is at the other side and the last entry,
# NULL where there is none. Sorted and cut before anything long is looked up: the derived table
# holds nothing but numbers. Arguments: me, last time below, or the same and id below, how many
LIST = Statement(
    (
        *PERSON,
        ("p.id", NUMBER),
        ("p.other_id", NUMBER),
        ("p.last_seq", NUMBER),
        ("p.last_time", NUMBER),
        ("p.low_seq", NUMBER),
        ("p.high_seq", NUMBER),
        ("p.read_seq", NUMBER),
        ("p.delivered_seq", NUMBER),
        ("o.read_seq", NUMBER),
        ("o.delivered_seq", NUMBER),
        ("l.seq", MAYBE),
        ("l.me", MAYBE),
        ("IFNULL(l.client_id, '')", KEY),
        ("IFNULL(l.content, '')", TEXT),
        ("l.time", MAYBE),
    ),
    "FROM ("
    "SELECT c.id, m.other_id, c.last_seq, c.last_time, c.low_seq, c.high_seq,"
    " m.read_seq, m.delivered_seq"
    " FROM participant m JOIN conversation c ON c.id = m.conversation_id"
    " WHERE m.user_id = ? AND m.other_id IS NOT NULL"
    " AND (c.last_time < ? OR (c.last_time = ? AND c.id < ?))"
    " ORDER BY c.last_time DESC, c.id DESC LIMIT ?) p"
    " JOIN user u ON u.id = p.other_id"
    " JOIN participant o ON o.conversation_id = p.id AND o.user_id = p.other_id"
    " LEFT JOIN chatlog l ON l.conversation_id = p.id AND l.seq = p.last_seq"
    " ORDER BY p.last_time DESC, p.id DESC",
)
# argument: the name key
EMBEDDED = Statement(
    (*PERSON, ("u.revoked_before", NUMBER), ("u.claims_issued", NUMBER)),
    "FROM user u WHERE u.name_key = ? AND u.kind = 'embedded'",
)
# arguments: the session's key, now
SESSION = Statement(
    (*PERSON, ("u.revoked_before", NUMBER), ("s.created", NUMBER), ("s.expires", NUMBER)),
    "FROM session s JOIN user u ON u.id = s.user_id"
    " WHERE s.session_key = ? AND s.ended = 0 AND s.expires > ?",
)
STATEMENTS = (PAGE_HEAD, LOG_DOWN, LOG_UP, LIST, EMBEDDED, SESSION)


def fetch(statement: Statement, arguments: Sequence[int | bytes]) -> list[tuple[Any, ...]]:
    """All rows."""
    if is_sqlite(database):
        return list(database.execute_sql(statement.sqlite, arguments).fetchall())
    question = filled(statement.mysql, arguments)
    rows = _cut(statement, quick_rows.ask(database.connection(), question))
    return _fetch_apart(statement, arguments) if rows is None else rows


def fetch_one(statement: Statement, arguments: Sequence[int | bytes]) -> tuple[Any, ...] | None:
    found = fetch(statement, arguments)
    return found[0] if found else None


def filled(text: str, arguments: Sequence[int | bytes]) -> str:
    """The arguments in their places: numbers, and keys in hexadecimal, so that none needs care."""
    return text % tuple(
        [f"X'{one.hex()}'" if isinstance(one, bytes) else f"{one:d}" for one in arguments]
    )


def _cut(statement: Statement, lines: list[bytes]) -> list[tuple[Any, ...]] | None:
    """The values of rows that came as one value each; None where a value has the separator.

    Column after column: that takes a few calls for all rows instead of some for each.
    """
    if not lines:
        return []
    width = len(statement.columns)
    values = SEPARATOR.encode().join(lines).decode().split(SEPARATOR)
    if len(values) != width * len(lines):
        return None
    columns: list[Any] = []
    for place, (_, kind) in enumerate(statement.columns):
        column = values[place::width]
        if kind == NUMBER:
            columns.append(map(int, column))
        elif kind == MAYBE:
            columns.append([int(value) if value else None for value in column])
        else:
            columns.append(column)
    return list(zip(*columns, strict=True))


def _fetch_apart(statement: Statement, arguments: Sequence[int | bytes]) -> list[tuple[Any, ...]]:
    kinds = [kind for _, kind in statement.columns]
    return [
        tuple(
            value.decode() if kind == KEY else value for value, kind in zip(row, kinds, strict=True)
        )
        for row in database.execute_sql(statement.apart, arguments).fetchall()
    ]
