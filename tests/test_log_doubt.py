"""An older state was put in place: what the writer remembers is not believed, clients must know."""

from collections.abc import Callable

import pytest
from peewee import Database

from app.messaging.errors import TryAgain
from app.messaging.items import Message, Outcome, Receipt
from models.log_writer import LogWriter
from models.storage import read_epoch
from tests.batches import ALICE, BOB, CAROL, db, message, receipt, seqs, writer
from tests.oracle import read_rows
from tests.scene import change

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


def test_an_older_state_gets_a_new_epoch(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    """Somebody restored a backup: what was acknowledged since is gone, and clients must know."""
    writer.commit([message(ALICE, BOB, f"{number}") for number in range(5)])
    writer.close()
    with db.connection_context():
        epoch = read_epoch()
    change(database_url, "DELETE FROM chatlog WHERE seq > 2")
    change(database_url, "UPDATE conversation SET last_seq = 2, low_seq = 2")
    with pytest.raises(TryAgain):
        writer.commit([message(ALICE, BOB, "new")])
    writer.close()
    with db.connection_context():
        replaced = read_epoch()
    assert replaced != epoch
    assert seqs(writer.commit([message(ALICE, BOB, "new")])) == [(3, False)]
    writer.close()
    with db.connection_context():
        assert read_epoch() == replaced, "once is enough"


def test_a_storage_without_the_conversation_gets_a_new_epoch(
    writer: LogWriter, db: Database, database_url: str
) -> None:
    writer.commit([message(ALICE, BOB, "1")])
    writer.close()
    with db.connection_context():
        epoch = read_epoch()
    for table in ("chatlog", "participant", "conversation"):
        change(database_url, f"DELETE FROM {table}")
    with pytest.raises(TryAgain):
        writer.commit([message(ALICE, BOB, "2")])
    assert seqs(writer.commit([message(ALICE, BOB, "2")])) == [(1, False)]
    writer.close()
    with db.connection_context():
        assert read_epoch() != epoch


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
