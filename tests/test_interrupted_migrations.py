"""A process that migrates is killed, at whichever statement: the next one goes on from there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from peewee import Database

from models import base, schema
from models.base import is_sqlite
from tests.oracle import read_rows

# what a database that cannot undo a change of its schema has done for good at once
CHANGE = re.compile("(?:ALTER|CREATE|DROP|INSERT) ")
MOST = 200  # attempts, by far


class Killed(BaseException):
    """Nobody catches it, as nobody catches SIGKILL."""


@pytest.fixture
def db(database_url: str) -> Database:
    """An empty database."""
    return base.connect(database_url)


@contextmanager
def killed_after(db: Database, changes: int) -> Iterator[None]:
    """So many changes are made, and the next one is not asked for any more."""
    execute: Callable[..., Any] = db.execute_sql
    left = changes

    def counting(sql: str, *args: Any, **options: Any) -> Any:
        nonlocal left
        if CHANGE.match(sql):
            left -= 1
            if left < 0:
                raise Killed
        return execute(sql, *args, **options)

    db.execute_sql = counting  # type: ignore[method-assign]
    try:
        yield
    finally:
        db.execute_sql = execute  # type: ignore[method-assign]


def with_interruptions(db: Database, move: Callable[[Database], object]) -> int:
    """Moves the schema with a process that is killed again and again; how often it was."""
    for attempt in range(MOST):
        # SQLite undoes what was interrupted, so there a whole step has to be got through
        changes = attempt + 1 if is_sqlite(db) else 1
        try:
            with killed_after(db, changes):
                move(db)
            return attempt
        except Killed:
            continue
    raise AssertionError("it does not come forward")


def definitions(db: Database, url: str) -> dict[str, str]:
    """table (or index) -> how the database describes it."""
    if is_sqlite(db):
        found = read_rows(url, "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: re.sub(r"\s+", " ", sql) for name, sql in found}
    with db.connection_context():
        tables = sorted(db.get_tables())
    described = [read_rows(url, f"SHOW CREATE TABLE {table}")[0] for table in tables]
    return {name: re.sub(r" AUTO_INCREMENT=\d+", "", str(sql)) for name, sql in described}


def test_forward(db: Database, database_url: str) -> None:
    schema.migrate(db)
    whole = definitions(db, database_url)
    names = schema.migrate_back(db, "0001_first_tables")[::-1]
    assert with_interruptions(db, schema.migrate) > len(names)
    assert schema.pending(db) == []
    assert definitions(db, database_url) == whole
    assert read_rows(database_url, "SELECT COUNT(*) FROM storage") == [(1,)]


def test_back(db: Database, database_url: str) -> None:
    names = schema.migrate(db)

    def all_back(db: Database) -> None:
        """Newest first, as an operator who goes on where it stopped."""
        while set(schema.pending(db)) != set(names):
            schema.migrate_back(db)

    assert with_interruptions(db, all_back) > len(names)
    assert set(definitions(db, database_url)) <= {"schema_migration", "schema_migration_name"}
    assert schema.migrate(db) == names
