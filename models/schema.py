"""Brings a database to the schema that this code needs, or back."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from peewee import Database, PeeweeException
from playhouse.migrations import MigrationError, Runner

from models import same_file
from models.base import is_sqlite, without_timeout

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
LOCK_WAIT = 60  # seconds
LOCK_PAUSE = 0.05
BUSY = "another process is migrating this database"


def migrate(db: Database, target: str | None = None) -> list[str]:
    """Applies what is pending, up to `target`; the names applied. Raises ValueError where the
    schema is a newer version's.
    """
    with _alone_at_file(db), _connected(db), _alone(db), _known(target):
        runner = _runner(db)
        _refuse(_newer(runner))
        return list(runner.up(target))


def migrate_back(db: Database, target: str | None = None, *, drop_data: bool = False) -> list[str]:
    """Reverts the newest migration, or all back through `target`; the names reverted.

    Raises ValueError where that would delete what is there, unless `drop_data` says that it may.
    """
    with _alone_at_file(db), _connected(db), _alone(db), _known(target):
        runner = _runner(db)
        if not drop_data:
            _keep_data(runner, target)
        return list(runner.down(target))


def pending(db: Database) -> list[str]:
    """Migrations that this code has and the database has not."""
    with db.connection_context():
        return [row.name for row in _runner(db).status() if row.applied is None]


def newer(db: Database) -> list[str]:
    """Migrations that the database has and this code has not: a later version's."""
    with db.connection_context():
        return _newer(_runner(db))


def refuse_newer(db: Database) -> None:
    """Raises ValueError where this code does not know what the schema means."""
    _refuse(newer(db))


def _newer(runner: Runner) -> list[str]:
    return [row.name for row in runner.status() if row.path is None]


def _refuse(names: list[str]) -> None:
    if names:
        raise ValueError(f"the database has the schema of a newer version: {', '.join(names)}")


def _keep_data(runner: Runner, target: str | None) -> None:
    """All is asked before anything is reverted. A migration that deletes says what by loses(db)."""
    applied = [row for row in runner.status() if row.applied]
    if target is not None and target not in {row.name for row in applied}:
        return  # the runner says so
    for row in reversed(applied):
        loses = getattr(row.load(), "loses", None) if row.path else None
        if loses is not None and (lost := loses(runner.database)):
            raise ValueError(f"back through {row.name} deletes {lost}: not without --drop-data")
        if row.name == target or target is None:
            return


@contextmanager
def _connected(db: Database) -> Iterator[None]:
    """Raises the first of what went wrong: a rollback on a line that was lost says nothing."""
    with without_timeout(), db.connection_context():
        try:
            yield
        except PeeweeException as error:
            raise _first(error) from None


def _first(error: PeeweeException) -> PeeweeException:
    first, before = error, error.__context__
    while before is not None:
        if isinstance(before, PeeweeException):
            first = before
        before = before.__context__
    return first


@contextmanager
def _alone_at_file(db: Database) -> Iterator[None]:
    """One process at a time, from before it opens a SQLite file: the first makes it a WAL file, for
    which the others' patience with locks does not count.

    The lock is on the folder: it leaves nothing behind, and SQLite's own locks are on the file.
    """
    with ExitStack() as stack:
        path = same_file.path_of(db)
        if path:
            with suppress(PermissionError):  # a folder that nobody may look into
                folder = os.open(Path(path).parent, os.O_RDONLY)
                stack.callback(os.close, folder)
                _lock(folder)
        yield


def _lock(folder: int) -> None:
    """Until it is closed. Raises TimeoutError. A file system without locks has none."""
    until = time.monotonic() + LOCK_WAIT
    while time.monotonic() < until:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(LOCK_PAUSE)
        except OSError:
            return
        else:
            return
    raise TimeoutError(BUSY)


@contextmanager
def _alone(db: Database) -> Iterator[None]:
    """One process at a time: DDL is no transaction there. For SQLite see _alone_at_file."""
    if is_sqlite(db):
        yield
        return
    name = "SHA1(CONCAT('parley migrations of ', DATABASE()))"
    if db.execute_sql(f"SELECT GET_LOCK({name}, {LOCK_WAIT})").fetchone()[0] != 1:
        raise TimeoutError(BUSY)
    try:
        yield
    finally:
        with suppress(PeeweeException):  # then the connection is gone, and the lock with it
            db.execute_sql(f"SELECT RELEASE_LOCK({name})")


@contextmanager
def _known(target: str | None) -> Iterator[None]:
    try:
        yield
    except MigrationError as error:
        raise ValueError(f"migrations, to {target}: {error}") from error


def _runner(db: Database) -> Runner:
    # the file pattern of the runner is [0-9]*.py, so the package's own __init__ is no migration
    return Runner(db, str(MIGRATIONS))
