"""Several processes write in the same conversations, each with a memory of its own."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from peewee import Database

from app.messaging.errors import Errorcode, InTheWay, Partly, SetAside, TryAgain
from app.messaging.items import Message, Stored
from models.conversation import MUTED
from models.log_sql import PARTICIPANT_COLUMNS
from models.log_writer import LOCK_WAIT, LogWriter
from tests.batches import (
    ALICE,
    BOB,
    CAROL,
    DEADLINE,
    codes,
    count,
    db,
    log_of,
    message,
    prepared,
    say,
    seqs,
    tea,
    writer,
)
from tests.oracle import read_rows
from tests.scene import change
from tests.services.mariadb import MariaDB
from tests.until import until

__all__ = ["db", "writer"]  # fixtures

HOLD = "SELECT id FROM conversation WHERE id"
PAIR = "(77, 1, 2, 0, 0), (77, 2, 1, 0, 0)"  # both sides of a conversation


def test_a_conversation_that_another_process_made_meanwhile(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    """Two writers with a memory each, as two processes have, take turns."""
    other = LogWriter(db)
    assert seqs(writer.commit([message(ALICE, BOB, "1")])) == [(1, False)]
    assert seqs(other.commit([message(BOB, ALICE, "1")])) == [(2, False)]
    assert seqs(writer.commit([message(ALICE, BOB, "2"), message(ALICE, CAROL, "3")])) == [
        (3, False),
        (1, False),
    ]
    assert seqs(other.commit([message(CAROL, ALICE, "1")])) == [(2, False)]
    assert count(database_url, "conversation") == 2


def test_what_is_remembered_is_not_believed_when_others_write(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    """Two processes take turns in one conversation; each remembers where it ended last time."""
    other = LogWriter(db)
    for turn in range(1, 9, 2):
        assert seqs(writer.commit([message(ALICE, BOB, f"{turn}")])) == [(turn, False)]
        assert seqs(other.commit([message(BOB, ALICE, f"{turn}")])) == [(turn + 1, False)]
    both = [message(ALICE, CAROL, "new"), message(ALICE, BOB, "last")]
    assert seqs(writer.commit(both)) == [(1, False), (9, False)]
    assert [row[0] for row in log_of(database_url)] == [*range(1, 10), 1]


def test_a_room_that_others_write_to_and_a_mute_between(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    """Who may write in a room is looked up each time, also when its end is remembered."""
    room = tea(db)
    conversation = room.conversation
    assert seqs(writer.commit([say(room, "1"), say(room, "2")])) == [(1, False), (2, False)]
    change(database_url, f"UPDATE participant SET standing = {MUTED}")
    assert codes(writer.commit([say(room, "3")])) == [Errorcode.NOT_ALLOWED]
    change(database_url, "UPDATE participant SET standing = 0")
    change(database_url, f"UPDATE conversation SET last_seq = 7 WHERE id = {conversation}")
    assert seqs(writer.commit([say(room, "4")])) == [(8, False)]


@pytest.mark.parametrize("end", ["COMMIT", "ROLLBACK"])
def test_a_conversation_made_between_looking_and_making(
    mariadb: MariaDB, mariadb_url: str, end: str
) -> None:
    """Another process has made it and not committed yet: the unique key makes this one wait."""
    for found in prepared(mariadb_url):
        found.close()
        with (
            closing(mariadb.connect(mariadb_url)) as elsewhere,
            elsewhere.cursor() as cursor,
            ThreadPoolExecutor(1) as pool,
        ):
            cursor.execute("BEGIN")
            cursor.execute("INSERT INTO conversation VALUES (77, '1:2', 0, 0, 0, 0)")
            cursor.execute(f"INSERT INTO participant ({PARTICIPANT_COLUMNS}) VALUES {PAIR}")
            with closing(LogWriter(found)) as writer:
                outcomes = pool.submit(writer.commit, [message(ALICE, BOB, "1")])
                wait_for_a_lock(mariadb)
                cursor.execute(end)
                assert seqs(outcomes.result(DEADLINE)) == [(1, False)]
                pool.submit(writer.close).result(DEADLINE)  # the connection is that thread's
        rows = read_rows(mariadb_url, "SELECT id = 77, last_seq FROM conversation")
        assert rows == [(int(end == "COMMIT"), 1)]
        assert count(mariadb_url, "participant") == 2


def wait_for_a_lock(mariadb: MariaDB) -> None:
    """Until somebody waits for a row that somebody else holds."""
    query = "SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'"
    with closing(mariadb.connect()) as connection, connection.cursor() as cursor:

        def waiting() -> int:
            cursor.execute(query)
            row = cursor.fetchone()
            return int(row[1]) if row else 0

        until(waiting, "nobody waits")


def test_a_conversation_that_somebody_holds_holds_up_no_other(
    mariadb: MariaDB, mariadb_url: str
) -> None:
    """What is written there is set aside, and more of it without waiting; until it is free."""
    for found in prepared(mariadb_url):
        room, other = tea(found), tea(found, "other")
        with (
            closing(mariadb.connect(mariadb_url)) as elsewhere,
            elsewhere.cursor() as cursor,
            closing(LogWriter(found)) as writer,
        ):
            cursor.execute("BEGIN")
            cursor.execute(f"{HOLD} = {room.conversation} FOR UPDATE")
            batch = [say(room, "1"), message(ALICE, BOB, "2"), say(other, "3")]
            assert partly(writer, batch) == [SetAside(room.key), 1, 1]
            began = time.monotonic()
            assert partly(writer, [say(other, "4"), say(room, "5")]) == [2, SetAside(room.key)]
            assert not writer.rest()
            assert time.monotonic() - began < LOCK_WAIT
            cursor.execute(f"{HOLD} = {other.conversation} FOR UPDATE")  # another one, too
            assert partly(writer, [say(other, "6"), message(BOB, ALICE, "7")]) == [
                SetAside(other.key),
                2,
            ]
            cursor.execute("COMMIT")
            assert set(writer.rest()) == {room.key, other.key}
            assert seqs(writer.commit([say(room, "1"), say(other, "6")])) == [
                (1, False),
                (3, False),
            ]


def partly(writer: LogWriter, batch: list[Message]) -> list[object]:
    """The seqs of what is stored, and what the rest waits for."""
    with pytest.raises(Partly) as done:
        writer.commit(batch)
    return [one.seq if isinstance(one, Stored) else one for one in done.value.outcomes]


def test_a_writer_that_was_stopped_keeps_no_lock(mariadb: MariaDB, mariadb_url: str) -> None:
    """The server takes its connection back, and who waits for the row comes by it."""
    for found in prepared(mariadb_url):
        room = tea(found)
        with closing(LogWriter(found)) as writer:
            writer.commit([say(room, "1")])
            cursor = found.cursor()
            cursor.execute(f"{HOLD} = {room.conversation} FOR UPDATE")  # and then it is stopped
            with closing(mariadb.connect(mariadb_url)) as elsewhere:
                elsewhere.cursor().execute(f"{HOLD} = {room.conversation} FOR UPDATE")
                elsewhere.rollback()
            with pytest.raises(TryAgain):  # the line is lost
                writer.commit([say(room, "2")])
            assert seqs(writer.commit([say(room, "2")])) == [(2, False)]


def test_an_older_state_is_found_once(
    writer: LogWriter, db: Database, database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """By the first that writes. The other has seen it, too, but finds the epoch new already."""
    other = LogWriter(db)
    for turn in range(4):
        assert len(seqs(writer.commit([message(ALICE, BOB, f"{turn}")]))) == 1
        assert len(seqs(other.commit([message(BOB, ALICE, f"{turn}")]))) == 1
    epochs = [epoch(database_url)]
    for rival, seq in ((writer, 3), (other, 4)):
        if rival is writer:
            change(database_url, "DELETE FROM chatlog WHERE seq > 2")
            change(database_url, "UPDATE conversation SET last_seq = 2, low_seq = 1, high_seq = 2")
        with pytest.raises(InTheWay):
            rival.commit([message(ALICE, BOB, f"new {seq}")])
        assert seqs(rival.commit([message(ALICE, BOB, f"new {seq}")])) == [(seq, False)]
        epochs.append(epoch(database_url))
    assert epochs[0] != epochs[1] == epochs[2]
    assert caplog.text.count("less than was committed") == 1


def epoch(url: str) -> str:
    return str(read_rows(url, "SELECT epoch FROM storage")[0][0])
