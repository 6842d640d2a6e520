"""Brings a database to the schema that this code needs, or back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from peewee import Database
from playhouse.migrations import MigrationError, Runner

from models.base import is_sqlite

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
# seconds one question for the lock may take, and how often it is asked
LOCK_WAIT, LOCK_ATTEMPTS = 2, 30


def migrate(db: Database, target: str | None = None) -> list[str]:
    """Applies what is pending, up to `target`; the names applied."""
    with db.connection_context(), _alone(db), _known(target):
        return list(_runner(db).up(target))


def migrate_back(db: Database, target: str | None = None) -> list[str]:
    """Reverts the newest migration, or all back through `target`; the names reverted."""
    with db.connection_context(), _alone(db), _known(target):
        return list(_runner(db).down(target))


def pending(db: Database) -> list[str]:
    """Migrations that this code has and the database has not."""
    with db.connection_context():
        return [row.name for row in _runner(db).status() if row.applied is None]


@contextmanager
def _alone(db: Database) -> Iterator[None]:
    """One process at a time: DDL is no transaction there. A SQLite file has one process anyway."""
    if is_sqlite(db):
        yield
        return
    name = "SHA1(CONCAT('parley migrations of ', DATABASE()))"
    # asked again and again, because one answer may not take longer than the connection's timeout
    for _ in range(LOCK_ATTEMPTS):
        if db.execute_sql(f"SELECT GET_LOCK({name}, {LOCK_WAIT})").fetchone()[0] == 1:
            break
    else:
        raise TimeoutError("another process is migrating this database")
    try:
        yield
    finally:
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
