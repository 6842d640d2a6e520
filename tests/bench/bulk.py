"""Loads a long conversation by plain SQL: a million messages over the socket take too long."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import unquote, urlsplit

import pymysql

CHUNK = 20_000  # rows in one transaction
TIME = 1_763_632_800_000
INSERT = """
    INSERT INTO chatlog (conversation_id, seq, me, other, client_id, content, time)
    VALUES ({}, {}, {}, {}, {}, {}, {})
"""
HEAD = "UPDATE conversation SET last_seq = {}, last_time = {} WHERE id = {}"

Row = tuple[int, int, int, int, bytes, str, int]
Connection = sqlite3.Connection | pymysql.connections.Connection


def fill_conversation(url: str, me: int, other: int, size: int) -> None:
    """Bring a conversation that has one message, from me to other, up to `size`."""
    with closing(open_database(url)) as connection:
        mark = "?" if isinstance(connection, sqlite3.Connection) else "%s"
        cursor = connection.cursor()
        # Both ids are our own integers, not somebody's text.
        cursor.execute(f"SELECT conversation_id FROM chatlog WHERE me = {me} AND other = {other}")
        found = cursor.fetchone()
        assert found is not None, "the first message is missing"
        conversation = int(found[0])
        for start in range(2, size + 1, CHUNK):
            end = min(start + CHUNK, size + 1)
            rows = list(_rows(conversation, me, other, start, end))
            cursor.executemany(INSERT.format(*[mark] * 7), rows)
            connection.commit()
        cursor.execute(HEAD.format(*[mark] * 3), (size, TIME + size, conversation))
        connection.commit()


def _rows(conversation: int, me: int, other: int, start: int, end: int) -> Iterator[Row]:
    for seq in range(start, end):
        sender, receiver = (me, other) if seq % 2 else (other, me)
        client_id = b"bulk-%d-%09d" % (conversation, seq)
        content = f"message {seq} ".ljust(100, "x")
        yield conversation, seq, sender, receiver, client_id, content, TIME + seq


def open_database(url: str) -> Connection:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        connection = sqlite3.connect(parts.path[1:], timeout=30)
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection
    return pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=parts.username or "",
        password=unquote(parts.password or ""),
        database=parts.path[1:],
        charset="utf8mb4",
        read_timeout=120,
        write_timeout=120,
    )
