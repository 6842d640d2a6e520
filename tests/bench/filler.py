"""Fills the log with other people's conversations, inside the database: ten million rows take
minutes that way, and an hour over a connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from tests.bench.bulk import TIME, Connection, open_database

CHUNK = 200_000  # rows in one transaction
EACH = 1_000  # messages in one conversation
# of the first conversation, and of the first person: nobody real has such an id
FIRST = 1_000_000
PEOPLE = 1_000_000_000

COLUMNS = "INSERT INTO chatlog (conversation_id, seq, me, other, client_id, content, time)"
SQLITE = f"""{COLUMNS}
    WITH RECURSIVE n(i) AS (VALUES({{start}}) UNION ALL SELECT i + 1 FROM n WHERE i < {{end}} - 1)
    SELECT {FIRST} + i / {EACH}, i % {EACH} + 1,
        {PEOPLE} + i / {EACH} * 2 + i % 2, {PEOPLE} + i / {EACH} * 2 + (i + 1) % 2,
        CAST(printf('filler-%012d', i) AS BLOB),
        substr(printf('message %d ', i) || printf('%.100c', 'x'), 1, 100), {TIME} + i
    FROM n
"""
MARIADB = f"""{COLUMNS}
    SELECT {FIRST} + seq DIV {EACH}, seq % {EACH} + 1,
        {PEOPLE} + seq DIV {EACH} * 2 + seq % 2, {PEOPLE} + seq DIV {EACH} * 2 + (seq + 1) % 2,
        CONCAT('filler-', LPAD(seq, 12, '0')),
        RPAD(CONCAT('message ', seq, ' '), 100, 'x'), {TIME} + seq
    FROM seq_{{start}}_to_{{last}}
"""


def fill_table(url: str, rows: int) -> None:
    """So many rows, of texts of 100 bytes, in conversations of 1,000."""
    with closing(open_database(url)) as connection, _relaxed(connection):
        cursor = connection.cursor()
        for start in range(0, rows, CHUNK):
            end = min(start + CHUNK, rows)
            statement = SQLITE if isinstance(connection, sqlite3.Connection) else MARIADB
            cursor.execute(statement.format(start=start, end=end, last=end - 1))
            connection.commit()


@contextmanager
def _relaxed(connection: Connection) -> Iterator[None]:
    """Durability is of no use to a filling: it is back before anything is measured."""
    cursor = connection.cursor()
    if isinstance(connection, sqlite3.Connection):
        cursor.execute("PRAGMA synchronous = OFF")
        cursor.execute("PRAGMA cache_size = -200000")
        yield
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    cursor.execute("SET SESSION unique_checks = 0")
    cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 0")
    try:
        yield
    finally:
        cursor.execute("SET GLOBAL innodb_flush_log_at_trx_commit = 1")
