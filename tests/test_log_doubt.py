"""What the writer remembers is not believed when it may be wrong: others wrote, an older state was
put in place, a line broke while it committed.
"""

from collections.abc import Callable
from contextlib import closing

import pytest
from peewee import Database

from app.messaging.errors import TryAgain
from app.messaging.items import Message, Moved, Outcome, Receipt, Stored
from models import base
from models.conversation import MUTED
from models.log_writer import LogWriter
from models.storage import read_epoch
from tests.lossy_line import LossyLine
from tests.oracle import read_rows
from tests.scene import change
from tests.test_log_writer import (
    ALICE,
    BOB,
    CAROL,
    db,
    message,
    prepared,
    receipt,
    say,
    seqs,
    tea,
    writer,
)

__all__ = ["db", "writer"]  # fixtures

PAIR = "x'313a32'"  # Alice and Bob
Batch = list[Message | Receipt]
BETWEEN: dict[str, Callable[[], Batch]] = {
    "a message elsewhere": lambda: [message(ALICE, CAROL, "between")],
    "a receipt elsewhere": lambda: [receipt(CAROL, ALICE, 1, 1)],
    "nothing": list,
}


def again(writer: LogWriter, batch: Batch) -> list[Outcome]:
    """As the thread does it: once more where the storage was found replaced."""
    try:
        return writer.commit(batch)
    except TryAgain:
        return writer.commit(batch)


def epoch_of(db: Database) -> str:
    if not db.is_closed():
        db.close()
    with db.connection_context():
        return read_epoch()


@pytest.mark.parametrize("between", BETWEEN)
def test_an_older_state_is_seen_whatever_came_before(
    writer: LogWriter, db: Database, database_url: str, between: str
) -> None:
    """Of SQLite's file it is only known that somebody wrote: so no end is believed any more."""
    before = epoch_of(db)
    writer.commit([message(ALICE, BOB, f"{number}") for number in range(5)])
    writer.commit([message(ALICE, CAROL, "0")])
    writer.commit([message(ALICE, CAROL, "1")])
    found = f"(SELECT id FROM conversation WHERE conversation_key = {PAIR})"
    change(database_url, f"DELETE FROM chatlog WHERE conversation_id = {found} AND seq > 2")
    change(
        database_url,
        f"UPDATE conversation SET last_seq = 2, low_seq = 2 WHERE conversation_key = {PAIR}",
    )
    if batch := BETWEEN[between]():
        again(writer, batch)
    assert seqs(again(writer, [message(ALICE, BOB, "after")])) == [(3, False)]
    writer.close()
    assert epoch_of(db) != before


def test_a_conversation_that_has_gone_is_made_again(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    writer.commit([message(ALICE, BOB, "1"), message(ALICE, CAROL, "2")])
    found = f"(SELECT id FROM conversation WHERE conversation_key = {PAIR})"
    for table in ("chatlog", "participant"):
        change(database_url, f"DELETE FROM {table} WHERE conversation_id = {found}")
    change(database_url, f"DELETE FROM conversation WHERE conversation_key = {PAIR}")
    again(writer, [message(ALICE, CAROL, "3")])
    assert seqs(again(writer, [message(ALICE, BOB, "4")])) == [(1, False)]


def test_nothing_is_written_to_whose_conversation_it_is_now(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    """An older state was put in place, and others have the id, who have said as much."""
    writer.commit([message(ALICE, BOB, f"{number}") for number in range(3)])
    change(database_url, "UPDATE conversation SET conversation_key = x'323a33'")
    (theirs,) = read_rows(database_url, "SELECT id FROM conversation")[0]
    with pytest.raises(TryAgain):
        writer.commit([message(ALICE, BOB, "secret")])
    assert seqs(writer.commit([message(ALICE, BOB, "secret")])) == [(1, False)]
    found = read_rows(database_url, "SELECT conversation_id FROM chatlog WHERE content = 'x'")
    assert [row[0] == theirs for row in found] == [True] * 3 + [False]


def test_a_repeat_is_one_also_when_the_line_broke(mariadb_url: str) -> None:
    """It was stored and told before: the doubt is about what was sent as the line broke."""
    times = iter(range(1000, 2000))
    for found in prepared(mariadb_url):
        with closing(LogWriter(found, clock=lambda: next(times))) as writer:
            assert seqs(writer.commit([message(ALICE, BOB, "1")])) == [(1, False)]
            (connection,) = found.execute_sql("SELECT CONNECTION_ID()").fetchone()
            change(mariadb_url, f"KILL {connection}")
            with pytest.raises(TryAgain):
                writer.commit([message(ALICE, BOB, "1")])
            assert seqs(writer.commit([message(ALICE, BOB, "1")])) == [(1, True)]


def test_a_receipt_of_unknown_fate_is_told(mariadb_url: str) -> None:
    """It was committed, the line broke: nobody was told, so the rerun must say that it moved."""
    for _ in prepared(mariadb_url):
        pass
    with LossyLine(mariadb_url) as line:
        writer = LogWriter(base.connect(line.url))
        writer.commit([message(ALICE, BOB, "1")])
        line.armed = True
        with pytest.raises(TryAgain):
            writer.commit([receipt(BOB, ALICE, read=1)])
        assert line.broken == 1
        assert writer.commit([receipt(BOB, ALICE, read=1)]) == [Moved(1, 1, True, True)]
        assert writer.commit([receipt(BOB, ALICE, read=1)]) == [Moved(1, 1, False, False)]
        writer.close()


def test_who_was_muted_since_learns_that_it_was_stored(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    room = tea(db)
    assert seqs(writer.commit([say(room, "1")])) == [(1, False)]
    change(database_url, f"UPDATE participant SET standing = {MUTED}")
    repeat, new = writer.commit([say(room, "1"), say(room, "2")])
    assert isinstance(repeat, Stored)
    assert (repeat.seq, repeat.dup) == (1, True)
    assert not isinstance(new, Stored)
