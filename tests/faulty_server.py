"""The real server, except that its database connection fails when messages are committed.

    FAULT=deadlock FAULT_EVERY=5 FAULT_LAST=100 python -m tests.faulty_server serve ...

Only transactions that write messages count, and only their COMMIT is tampered with: on every
n-th one up to the last the fault happens on the real connection, and all the code above it is
the real one.
"""

import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import peewee
import pymysql

from app.cli import main
from models import quick_rows

DIED = 9  # the exit code of a server that was made to die
APPEND = "INSERT INTO chatlog"


class Away:
    """Until when every statement finds the database gone."""

    until = 0.0


Fault = Callable[[Any, Any], None]  # (the real cursor, the real connection): at COMMIT


def die_before_commit(_cursor: Any, _connection: Any) -> None:
    """The process ends when all is written and nothing is committed."""
    os._exit(DIED)


def die_after_commit(cursor: Any, _connection: Any) -> None:
    """The process ends when all is committed and nobody has been told."""
    cursor.execute("COMMIT")
    os._exit(DIED)


def deadlock(cursor: Any, _connection: Any) -> None:
    """The database chose this transaction as the victim, and has rolled it back."""
    cursor.execute("ROLLBACK")
    raise pymysql.OperationalError(1213, "Deadlock found when trying to get lock")


def lock_timeout(_cursor: Any, _connection: Any) -> None:
    """A lock was held too long; the transaction is still open."""
    raise pymysql.OperationalError(1205, "Lock wait timeout exceeded")


def lost_before_commit(cursor: Any, connection: Any) -> None:
    """The connection ends before the COMMIT can leave: pymysql finds out by itself."""
    connection._force_close()
    cursor.execute("COMMIT")


def lost_after_commit(cursor: Any, connection: Any) -> None:
    """The COMMIT is done, and the connection ends before its answer comes."""
    cursor.execute("COMMIT")
    connection._force_close()
    raise pymysql.OperationalError(2013, "Lost connection to MySQL server during query")


def lost_for_long(cursor: Any, connection: Any) -> None:
    """The COMMIT is done, its answer is lost, and the database is away for a while."""
    Away.until = time.monotonic() + float(os.environ["FAULT_SECONDS"])
    lost_after_commit(cursor, connection)


def stopped_before_commit(cursor: Any, _connection: Any) -> None:
    """The process is stopped while it holds its locks; when it goes on it commits."""
    signal.raise_signal(signal.SIGSTOP)
    cursor.execute("COMMIT")


def busy(_cursor: Any, _connection: Any) -> None:
    """Another process holds the SQLite file."""
    raise peewee.OperationalError("database is locked")


def not_flushed(cursor: Any, _connection: Any) -> None:
    """SQLite could not flush its log, says so, and finds the commit there at the next opening."""
    cursor.execute("COMMIT")
    raise sqlite3.OperationalError("disk I/O error")


FAULTS: dict[str, Fault] = {
    fault.__name__: fault
    for fault in (
        die_before_commit,
        die_after_commit,
        deadlock,
        lock_timeout,
        lost_before_commit,
        lost_after_commit,
        lost_for_long,
        stopped_before_commit,
        busy,
        not_flushed,
    )
}


class Injector:
    """Counts the commits of messages, and knows which of them fail."""

    def __init__(self, fault: Fault, every: int, last: int) -> None:
        self.fault = fault
        self.every = every
        self.last = last
        self.commits = 0

    def commit(self, cursor: Any, connection: Any) -> Any:
        """COMMIT, or what happens instead."""
        self.commits += 1
        if self.commits % self.every or self.commits > self.last:
            return cursor.execute("COMMIT")
        sys.stderr.write(f"fault injected: {self.fault.__name__}\n")
        return self.fault(cursor, connection)


def check_here() -> None:
    if time.monotonic() < Away.until:
        raise pymysql.OperationalError(2006, "MySQL server has gone away")


class FaultyCursor:
    """A cursor of the real connection; only COMMIT is special, and only after messages."""

    def __init__(self, cursor: Any, connection: Any, injector: Injector) -> None:
        self._cursor = cursor
        self._connection = connection
        self._injector = injector
        self._messages = False

    def execute(self, statement: str, *arguments: Any) -> Any:
        check_here()
        if statement == "COMMIT" and self._messages:
            self._messages = False
            return self._injector.commit(self._cursor, self._connection)
        return self._cursor.execute(statement, *arguments)

    def executemany(self, statement: str, rows: Any) -> Any:
        """SQLite is given each kind of rows by one statement."""
        self._messages = self._messages or (APPEND in statement and bool(rows))
        return self._cursor.executemany(statement, rows)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)


def inject(injector: Injector) -> None:
    """From now on every cursor of every peewee database is a faulty one, and so is what MySQL is
    asked in one question, the commit with all that it commits.
    """
    real: Callable[..., Any] = peewee.Database.cursor
    real_run = quick_rows.run

    def cursor(self: peewee.Database, *arguments: Any, **options: Any) -> FaultyCursor:
        return FaultyCursor(real(self, *arguments, **options), self.connection(), injector)

    def run(connection: Any, statements: Sequence[str], least: int = 1) -> None:
        check_here()
        if not any(APPEND in statement for statement in statements):
            real_run(connection, statements, least)
            return
        *writes, commit = statements
        assert commit == "COMMIT"
        real_run(connection, writes)
        injector.commit(connection.cursor(), connection)

    peewee.Database.cursor = cursor  # type: ignore[method-assign]
    quick_rows.run = run


if __name__ == "__main__":
    every, last = (int(os.environ[f"FAULT_{name}"]) for name in ("EVERY", "LAST"))
    inject(Injector(FAULTS[os.environ["FAULT"]], every, last))
    sys.exit(main())
