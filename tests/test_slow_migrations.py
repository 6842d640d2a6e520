"""Migrations that take longer than any question of a running server may, and such that fail."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from typing import Any

import pymysql
import pytest
from peewee import Database, PeeweeException

from models import base, schema
from models.failures import AWAY, number
from models.user import User
from tests.client import PATIENCE
from tests.filled import fill
from tests.services.mariadb import MariaDB


@pytest.fixture
def db(mariadb_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    """An empty database; a question may take a second there."""
    monkeypatch.setattr(base, "IO_TIMEOUT", 1)
    return base.connect(mariadb_url)


@contextmanager
def in_the_way(mariadb: MariaDB, url: str, statement: str) -> Iterator[None]:
    """Somebody's transaction, a backup for instance, that began with this statement."""
    with closing(mariadb.connect(url)) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(statement)
        yield
        other.rollback()


def waiting(mariadb: MariaDB, url: str, statement: str, least_ms: int = 0) -> int:
    """Waits until the server has been at such a statement for so long; its connection's number."""
    query = (
        "SELECT id FROM information_schema.processlist"
        " WHERE db = DATABASE() AND info LIKE %s AND time_ms > %s"
    )
    until = time.monotonic() + PATIENCE
    with closing(mariadb.connect(url)) as watcher, watcher.cursor() as cursor:
        while time.monotonic() < until:
            cursor.execute(query, (statement + "%", least_ms))
            if (row := cursor.fetchone()) is not None:
                return int(row[0])
            time.sleep(0.02)
    raise AssertionError(f"nobody waits with {statement}")


def kill(mariadb: MariaDB, connection: int) -> None:
    with closing(mariadb.connect()) as operator, operator.cursor() as cursor:
        cursor.execute(f"KILL {connection}")


def begun(db: Database) -> tuple[ThreadPoolExecutor, Future[list[str]]]:
    pool = ThreadPoolExecutor(1)
    return pool, pool.submit(schema.migrate, db)


def test_a_change_that_has_to_wait_is_waited_for(
    mariadb: MariaDB, mariadb_url: str, db: Database
) -> None:
    names = schema.pending(db)
    schema.migrate(db, names[0])
    with in_the_way(mariadb, mariadb_url, "SELECT * FROM participant"):
        pool, applied = begun(db)
        waiting(mariadb, mariadb_url, "ALTER TABLE participant", least_ms=1500)
    with pool:
        assert applied.result(PATIENCE) == names[1:]


def test_only_migrations_wait_that_long(mariadb: MariaDB, mariadb_url: str, db: Database) -> None:
    schema.migrate(db)
    with db.connection_context(), pytest.raises(PeeweeException) as found:
        db.execute_sql("SELECT SLEEP(3)")
    assert number(found.value) in AWAY
    assert isinstance(found.value.__context__, pymysql.err.OperationalError)


def lost_line(statement: str, mariadb: MariaDB, url: str, db: Database) -> Any:
    """What a migration ends with whose connection is lost at this statement."""
    pool, applied = begun(db)
    with pool:
        kill(mariadb, waiting(mariadb, url, statement))
        with pytest.raises(PeeweeException) as found:
            applied.result(PATIENCE)
    return found.value


def test_what_went_wrong_first_is_told(mariadb: MariaDB, mariadb_url: str, db: Database) -> None:
    """Not what then went wrong with releasing the lock."""
    names = schema.pending(db)
    schema.migrate(db, names[0])
    with in_the_way(mariadb, mariadb_url, "SELECT * FROM participant"):
        error = lost_line("ALTER TABLE participant", mariadb, mariadb_url, db)
    assert number(error) in AWAY
    assert schema.migrate(db) == names[1:]


def test_no_rollback_hides_it(mariadb: MariaDB, mariadb_url: str, db: Database) -> None:
    """The third step writes rows, in a transaction of its own."""
    schema.migrate(db)
    with db.connection_context():
        fill(1, 2)
        User.update(kind="local").execute()
        db.execute_sql("DELETE FROM schema_migration WHERE name LIKE '0003%%'")
    with in_the_way(mariadb, mariadb_url, "SELECT * FROM user FOR UPDATE"):
        error = lost_line("UPDATE `user`", mariadb, mariadb_url, db)
    assert number(error) in AWAY
    assert len(schema.migrate(db)) == 1
