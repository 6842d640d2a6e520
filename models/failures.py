"""What a database error means for the batch that met it."""

from __future__ import annotations

import sqlite3

import peewee
import pymysql

from app.messaging.errors import BadBatch, InTheWay, Refused, StorageFull, TryAgain

DUPLICATE = 1062
# what the writer's own check (log_writes.py) fails with
OUT_OF_RANGE = 1690
LOCK_TIMEOUT = 1205
# deadlock, lock timeout: rolled back, run it again
CONTENTION = {1213, LOCK_TIMEOUT}
# refused, gone, lost, killed, shutting down, too many connections, read only: reconnect, run again
AWAY = {2000, 2002, 2003, 2006, 2013, 2055, 1040, 1053, 1077, 1152, 1158, 1159, 1160, 1161}
AWAY |= {1290, 1317, 1836, 1927, 3024, 4031}
FULL = {1021, 1114, 1041, 3, 28}
SQLITE_BUSY = ("locked", "busy")
SQLITE_FULL = ("full", "disk i/o", "readonly", "unable to open")

# the drivers' errors, peewee's around them, and those of lines and files
OF_DATABASES = (peewee.PeeweeException, pymysql.err.MySQLError, sqlite3.Error, OSError)


def number(error: BaseException) -> int:
    """The server's error number; 0 where there is none (SQLite)."""
    first = error.args[0] if error.args else 0
    return first if isinstance(first, int) else 0


def is_duplicate(error: BaseException) -> bool:
    """A unique key already holds this value."""
    return number(error) == DUPLICATE or "UNIQUE constraint failed" in str(error)


def is_outdated(error: BaseException) -> bool:
    """A conversation does not end where the writer remembered it to end."""
    return number(error) == OUT_OF_RANGE


def is_lock_timeout(error: BaseException) -> bool:
    """Somebody held a row for too long."""
    return number(error) == LOCK_TIMEOUT


def is_away(error: BaseException) -> bool:
    """The connection is of no use any more."""
    name = type(error).__name__
    return number(error) in AWAY or name == "InterfaceError" or isinstance(error, OSError)


def is_contention(error: BaseException | None) -> bool:
    """Somebody else's transaction was in the way: what was begun has to be begun again.

    Also where leaving a savepoint failed then, because a deadlock's victim has none any more.
    """
    while error is not None and not isinstance(error, Refused):
        if number(error) in CONTENTION:
            return True
        error = error.__context__
    return False


def classify(error: Exception) -> Exception:
    """The error as the writer understands it; one it does not understand comes back as it is."""
    if not isinstance(error, OF_DATABASES):  # its text may be a stranger's
        return error
    name, text = type(error).__name__, str(error).lower()
    if number(error) in FULL or (number(error) == 0 and _any(text, SQLITE_FULL)):
        return StorageFull(str(error))
    if number(error) in CONTENTION or is_duplicate(error):
        return InTheWay(str(error))
    if is_away(error) or (number(error) == 0 and _any(text, SQLITE_BUSY)):
        return TryAgain(str(error))
    if name in ("DataError", "IntegrityError"):
        return BadBatch(str(error))
    if name in ("OperationalError", "InternalError", "DatabaseError", "ProgrammingError"):
        # an unknown trouble of the server: trying again until the patience ends harms nobody
        return TryAgain(str(error))
    return error


def _any(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text for word in words)
