"""Each message once: a client_id that comes again is told where the first one stands."""

from peewee import Database

from app.messaging.errors import Errorcode
from app.messaging.items import Stored
from models.conversation import MUTED
from models.log_writer import LogWriter
from tests.batches import (
    ALICE,
    BOB,
    CAROL,
    NOBODY,
    codes,
    count,
    db,
    log_of,
    message,
    say,
    seqs,
    tea,
    writer,
)
from tests.scene import change

__all__ = ["db", "writer"]  # fixtures


def test_repeats_within_one_batch(writer: LogWriter, database_url: str) -> None:
    outcomes = writer.commit(
        [
            message(ALICE, BOB, "a", "first"),
            message(ALICE, BOB, "a", "second"),
            message(ALICE, BOB, "b"),
            message(ALICE, CAROL, "a", "third"),
            message(BOB, ALICE, "a", "another sender"),
        ]
    )
    assert seqs(outcomes) == [(1, False), (1, True), (2, False), (1, True), (3, False)]
    originals = [one for one in outcomes if isinstance(one, Stored) and one.dup]
    assert {(one.other, one.content) for one in originals} == {(BOB, "first")}
    assert [row[0] for row in log_of(database_url)] == [1, 2, 3]
    assert count(database_url, "conversation") == 1, "a repeat makes no conversation"


def test_what_went_to_nobody_first_is_no_repeat(writer: LogWriter, database_url: str) -> None:
    """The same client_id, to nobody, then to somebody, then to somebody else: in one batch."""
    batch = [message(ALICE, other, "a") for other in (NOBODY, BOB, CAROL)]
    refused, stored, repeat = writer.commit(batch)
    assert codes([refused]) == [Errorcode.NOT_FOUND]
    assert seqs([stored, repeat]) == [(1, False), (1, True)]
    assert count(database_url, "conversation") == 1


def test_repeats_across_batches(writer: LogWriter, db: Database, database_url: str) -> None:
    first = writer.commit([message(ALICE, BOB, "a", "original"), message(ALICE, BOB, "b")])
    again = [
        message(ALICE, BOB, "c"),
        message(ALICE, BOB, "a", "else"),
        message(ALICE, CAROL, "b"),
        message(ALICE, BOB, "d"),
        message(ALICE, NOBODY, "a"),
    ]
    outcomes = writer.commit(again)
    assert seqs(outcomes) == [(3, False), (1, True), (2, True), (4, False), (1, True)]
    assert isinstance(outcomes[1], Stored)
    assert isinstance(first[0], Stored)
    assert (outcomes[1].content, outcomes[1].time) == ("original", first[0].time)
    assert seqs(LogWriter(db).commit([message(ALICE, BOB, "a")])) == [(1, True)]
    assert [row[0] for row in log_of(database_url)] == [1, 2, 3, 4]
    assert count(database_url, "conversation") == 1


def test_a_batch_of_nothing_new_is_no_error(writer: LogWriter) -> None:
    batch = [message(ALICE, BOB, f"{number}") for number in range(3)]
    writer.commit(batch)
    assert seqs(writer.commit(batch)) == [(1, True), (2, True), (3, True)]
    assert writer.commit([]) == []


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
