"""What was committed gets into SQLite's file without anybody's commit doing it."""

import logging
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from peewee import Database

from models.base import make_database
from models.checkpoints import OWN_CHECKPOINT, WORTH, Checkpoints
from models.log_writer import LogWriter
from tests.batches import ALICE, BOB, message, prepared

DEADLINE = 20.0


class Rests:
    """The pauses between two checkpoints: each has to be let go on."""

    def __init__(self) -> None:
        self._begun, self._go = threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, _seconds: float) -> None:
        self._begun.release()
        assert self._go.acquire(timeout=DEADLINE), "the test forgot to let it go on"

    def begun(self) -> None:
        assert self._begun.acquire(timeout=DEADLINE)

    def end(self) -> None:
        self._go.release()


class Notes:
    """A table in a file of SQLite, and commits to it."""

    def __init__(self, path: Path, rests: Rests) -> None:
        self.path = path
        self.db: Database = make_database(f"sqlite:///{path}")
        self.checkpoints = Checkpoints(self.db, rests)
        self.db.connect()
        self.db.execute_sql(OWN_CHECKPOINT)
        self.db.execute_sql("CREATE TABLE note (number INTEGER)")

    def write(self, count: int) -> None:
        for number in range(count):
            self.db.execute_sql("INSERT INTO note VALUES (?)", (number,))
            self.checkpoints.committed()


@pytest.fixture
def rests() -> Rests:
    return Rests()


@pytest.fixture
def notes(tmp_path: Path, rests: Rests) -> Iterator[Notes]:
    made = Notes(tmp_path / "notes.db", rests)
    yield made
    rests.end()
    ended()
    made.db.close()


def in_the_file(path: Path, table: str) -> int:
    """Rows of what would be left if the log were lost."""
    alone = path.with_name("alone.db")
    shutil.copy(path, alone)
    with closing(sqlite3.connect(alone)) as connection:
        try:
            return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
        except sqlite3.OperationalError:  # not even the table
            return 0
        finally:
            alone.with_name("alone.db-wal").unlink(missing_ok=True)


def at_work() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "checkpoints"]


def ended() -> None:
    for thread in at_work():
        thread.join(DEADLINE)
    assert at_work() == []


def test_what_many_commits_wrote_gets_into_the_file(notes: Notes, rests: Rests) -> None:
    notes.write(WORTH - 1)
    assert at_work() == []
    assert in_the_file(notes.path, "note") == 0
    notes.write(1)
    rests.begun()
    assert in_the_file(notes.path, "note") == WORTH


def test_it_goes_on_while_something_is_written_and_ends_then(notes: Notes, rests: Rests) -> None:
    notes.write(WORTH)
    rests.begun()
    notes.write(1)
    rests.end()
    rests.begun()
    assert in_the_file(notes.path, "note") == WORTH + 1
    rests.end()
    ended()
    notes.write(WORTH)
    rests.begun()
    assert in_the_file(notes.path, "note") == 2 * WORTH + 1


def test_nobody_waits_for_it(notes: Notes, rests: Rests) -> None:
    """It is in the middle of its work, with its own connection open."""
    notes.write(WORTH)
    rests.begun()
    notes.write(3 * WORTH)
    assert len(at_work()) == 1
    rests.end()
    rests.begun()
    assert in_the_file(notes.path, "note") == 4 * WORTH


def test_what_goes_wrong_is_nobody_elses_trouble(
    tmp_path: Path, rests: Rests, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "parley.storage")
    folder = tmp_path / "gone"
    checkpoints = Checkpoints(make_database(f"sqlite:///{folder / 'notes.db'}"), rests)
    shutil.rmtree(folder)
    for attempts in (1, 2):
        for _ in range(WORTH):
            checkpoints.committed()
        ended()
        assert caplog.text.count("no checkpoint") == attempts


def test_a_system_without_threads_to_give_does_not_fail_a_commit(
    notes: Notes, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "parley.storage")

    def none_left(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", none_left)
        notes.write(2 * WORTH)
    assert caplog.text.count("no checkpoint") == 2


def test_the_writer_of_the_log_leaves_it_to_that_thread(tmp_path: Path) -> None:
    path = tmp_path / "parley.db"
    for db in prepared(f"sqlite:///{path}"):
        db.close()  # what was prepared goes into the file
        with closing(LogWriter(db)) as writer:
            for number in range(WORTH):
                writer.commit([message(ALICE, BOB, f"{number}")])
            assert db.execute_sql("PRAGMA wal_autocheckpoint").fetchone() == (4000,)
            ended()
            assert in_the_file(path, "chatlog") == WORTH
