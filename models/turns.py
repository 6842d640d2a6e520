"""SQLite has one writer at a time: how a transaction waits for its turn.

SQLite itself waits in naps of 1, 2, 5, 10 and so on up to 100 ms. Beside somebody who writes all
the time the file is free for moments only, which a long nap misses again and again: a third of a
second was common between two processes on a slow disk, two thirds were seen. With naps of NAPS at
most the first such moment is found. (https://www.sqlite.org/c3ref/busy_timeout.html)
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any

from peewee import DatabaseError, SqliteDatabase

# milliseconds: naps of 1, 2 and 5, then it is asked anew
NAPS = 8
# of an error code: the rest says why it is busy
BASIC = 0xFF


def take_turn(cursor: Any, patience: float) -> None:
    """BEGIN IMMEDIATE. Raises sqlite3.OperationalError after `patience` seconds of waiting."""
    until = time.monotonic() + patience
    cursor.execute(f"PRAGMA busy_timeout = {NAPS}")
    try:
        while not _begun(cursor, last=time.monotonic() >= until):
            pass
    finally:  # whatever else has to wait waits as it is used to
        cursor.execute(f"PRAGMA busy_timeout = {round(patience * 1000)}")


def _begun(cursor: Any, last: bool) -> bool:
    try:
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & BASIC != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


class SqliteInTurn(SqliteDatabase):
    """`atomic("IMMEDIATE")` waits for its turn as above, for at most `timeout` seconds."""

    def begin(self, lock_type: str | None = None) -> None:
        if lock_type != "IMMEDIATE":
            super().begin(lock_type)
            return
        try:
            take_turn(self.cursor(), self.timeout)  # type: ignore[no-untyped-call]
        except sqlite3.DatabaseError as error:
            raise DatabaseError(*error.args) from error  # peewee's, as from its other questions
