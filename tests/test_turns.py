"""Several that write in one SQLite file: how long one waits for one's turn."""

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import Any

import peewee
import pytest

from models import base
from models.base import is_sqlite, make_database
from models.log_writer import LogWriter
from models.turns import NAPS, take_turn
from tests.batches import ALICE, BOB, message, prepared

TIMES = 9
# Seconds that somebody holds the file. SQLite's own waiting naps for 100 ms at a time by then
# (after 228 ms), so that the file is free for 50 ms before it looks, on the average.
HOLD = 0.3
SOON = 0.02
PATIENCE = 5.0


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with closing(opened(tmp_path / "turns.db")) as made:
        made.execute("PRAGMA journal_mode = wal")
        made.execute("CREATE TABLE lines (text)")
    return tmp_path / "turns.db"


def late(path: Path, begin: Callable[[sqlite3.Cursor], object]) -> float:
    """Seconds from the moment that the file is free until a transaction has begun that waits."""
    with closing(opened(path)) as holder, closing(opened(path)) as waiting:
        holder.execute("BEGIN IMMEDIATE")
        free: list[float] = []

        def release() -> None:
            holder.execute("COMMIT")
            free.append(time.monotonic())

        timer = threading.Timer(HOLD, release)
        timer.start()
        begin(waiting.cursor())
        begun = time.monotonic()
        timer.join()
        assert waiting.in_transaction
        return begun - free[0]


def test_the_file_is_taken_soon_after_it_is_free(path: Path) -> None:
    took = [late(path, lambda cursor: take_turn(cursor, PATIENCE)) for _ in range(TIMES)]
    assert median(took) < SOON


def test_who_waits_in_vain_is_told_so(path: Path) -> None:
    with closing(opened(path)) as holder, closing(opened(path)) as waiting:
        holder.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            take_turn(waiting.cursor(), 0.1)
        assert time.monotonic() - began >= 0.1
        assert waiting.execute("PRAGMA busy_timeout").fetchone() == (100,)


def test_what_is_wrong_with_the_file_is_said_at_once(path: Path) -> None:
    path.with_suffix(".db-wal").unlink(missing_ok=True)
    path.write_bytes(b"no database" * 100)
    with closing(opened(path)) as waiting, pytest.raises(sqlite3.DatabaseError, match="not a"):
        take_turn(waiting.cursor(), PATIENCE)


def test_the_models_transactions_wait_that_way_too(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "IO_TIMEOUT", 0.1)
    db = make_database(f"sqlite:///{path}")
    assert is_sqlite(db)
    with closing(opened(path)) as holder, db.connection_context():
        with db.atomic("IMMEDIATE"), pytest.raises(sqlite3.OperationalError, match="locked"):
            take_turn(holder.cursor(), 0)
        take_turn(holder.cursor(), 0)
        with pytest.raises(peewee.DatabaseError, match="locked"), db.atomic("IMMEDIATE"):
            pytest.fail("somebody else writes")


def test_the_logs_writer_waits_that_way_too(sqlite_url: str) -> None:
    said: list[str] = []
    for db in prepared(sqlite_url):
        with closing(LogWriter(db)) as writer:
            writer.commit([message(ALICE, BOB, "1")])
            connection: Any = db
            connection.connection().set_trace_callback(said.append)
            writer.commit([message(ALICE, BOB, "2")])
    assert said[:2] == [f"PRAGMA busy_timeout = {NAPS}", "BEGIN IMMEDIATE"]
    assert said[2] == f"PRAGMA busy_timeout = {base.IO_TIMEOUT * 1000}"
