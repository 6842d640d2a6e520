"""One transaction per batch: dense seqs and all or nothing, on both databases, in-process."""

import gc

from peewee import Database

from app.messaging.errors import Errorcode
from app.messaging.items import Stored
from app.settings import largest_batch
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
    prepared,
    receipt,
    seqs,
    writer,
)
from tests.oracle import read_rows
from tests.scene import change

__all__ = ["db", "writer"]  # fixtures

LONGEST = "😀" * 8192


def test_a_batch_gets_dense_seqs_per_conversation(writer: LogWriter, database_url: str) -> None:
    outcomes = writer.commit(
        [
            message(ALICE, BOB, "1"),
            message(BOB, ALICE, "1"),
            message(ALICE, CAROL, "2"),
            message(ALICE, BOB, "3"),
        ]
    )
    assert seqs(outcomes) == [(1, False), (2, False), (1, False), (3, False)]
    assert seqs(writer.commit([message(BOB, ALICE, "2")])) == [(4, False)]
    tops = read_rows(database_url, "SELECT last_seq FROM conversation ORDER BY last_seq")
    assert tops == [(1,), (4,)]
    assert count(database_url, "participant") == 4


def test_an_unknown_recipient_is_refused_and_leaves_no_row(
    writer: LogWriter, database_url: str
) -> None:
    outcomes = writer.commit(
        [
            message(ALICE, NOBODY, "1"),
            message(ALICE, BOB, "2"),
            message(NOBODY, ALICE, "3"),
            message(ALICE, NOBODY, "4"),
        ]
    )
    refused = Errorcode.NOT_FOUND
    assert codes(outcomes) == [refused, None, refused, refused]
    assert [row[2] for row in log_of(database_url)] == ["2"]
    assert (count(database_url, "conversation"), count(database_url, "participant")) == (1, 2)
    assert codes(writer.commit([message(ALICE, NOBODY, "1")])) == [refused]
    assert (count(database_url, "conversation"), count(database_url, "participant")) == (1, 2)


def test_a_batch_of_known_conversations_is_one_question(mariadb_url: str) -> None:
    for found in prepared(mariadb_url):
        writer = LogWriter(found)

        def questions(db: Database = found) -> int:
            return int(db.execute_sql("SHOW SESSION STATUS LIKE 'Questions'").fetchone()[1])

        writer.commit([message(ALICE, BOB, "1"), message(ALICE, CAROL, "1.")])
        before = questions()
        writer.commit([message(ALICE, BOB, "2"), message(CAROL, ALICE, "3")])
        # as the server counts them: the three statements of the one question, and this
        assert questions() - before == 3 + 1
        writer.close()


def test_a_batch_leaves_nothing_for_the_garbage_collector(writer: LogWriter) -> None:
    """What waited for it would be collected all at once, and everybody would wait for that."""
    writer.commit([message(ALICE, BOB, "1")])
    gc.collect()
    gc.disable()
    try:
        writer.commit([message(ALICE, BOB, "2"), receipt(BOB, ALICE, read=1)])
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_time_never_goes_back_within_a_conversation(db: Database, database_url: str) -> None:
    times = iter([5000, 3000, 9000])
    writer = LogWriter(db, clock=lambda: next(times))
    stored = [writer.commit([message(ALICE, BOB, f"{n}")])[0] for n in range(3)]
    assert [one.time for one in stored if isinstance(one, Stored)] == [5000, 5000, 9000]
    writer.close()


def test_the_largest_batch_fits(writer: LogWriter, database_url: str) -> None:
    """As many as may be set, of 8192 four-byte characters: 16 MiB at once is MariaDB's bound."""
    half = largest_batch(8192) // 2
    batch = [
        message(*pair, f"{number:04}".ljust(64, "😀"), LONGEST)
        for number in range(half)
        for pair in ((ALICE, BOB), (BOB, CAROL))
    ]
    assert len(batch) >= 480
    assert seqs(writer.commit(batch)) == [(seq, False) for seq in range(1, half + 1) for _ in "ab"]
    sizes = read_rows(database_url, "SELECT DISTINCT LENGTH(content) FROM chatlog")
    assert sizes in ([(8192,)], [(4 * 8192,)])  # SQLite counts characters, MariaDB bytes
    texts = read_rows(database_url, "SELECT DISTINCT content FROM chatlog")
    assert texts == [(LONGEST,)]
    assert count(database_url, "chatlog") == 2 * half
    assert seqs(writer.commit(batch[:1])) == [(1, True)]


def test_many_people_at_once(writer: LogWriter, database_url: str) -> None:
    """More conversations in one batch than one was prepared for, in any order of their ids."""
    rows = ", ".join(
        f"({number}, 'u{number}', 'u{number}', 'guest', 'u', 'u', '', 'en', 0, 0, 0)"
        for number in range(10, 110)
    )
    change(
        database_url,
        "INSERT INTO user (id, username, name_key, kind, nickname, nickname_key, avatar,"
        f" locale, created, last_seen, revoked_before) VALUES {rows}",
    )
    pairs = [(one, 119 - one) for one in range(10, 110) if one != 119 - one]
    outcomes = writer.commit([message(one, two, "c") for one, two in pairs])
    assert sorted(seqs(outcomes)) == [(1, False)] * 50 + [(2, False)] * 50
    assert count(database_url, "conversation") == 50
