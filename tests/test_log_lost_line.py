"""The line to the database breaks: before a commit nothing is stored, after it nothing is lost."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from app.messaging.errors import TryAgain
from app.messaging.items import Message, Moved, Receipt, Stored
from models import base
from models.log_writer import LogWriter
from tests.batches import ALICE, BOB, CAROL, log_of, message, prepared, receipt, say, seqs, tea
from tests.lossy_line import LossyLine
from tests.scene import change

# where Alice writes what is given up, and where the same client_id goes the next time
WAYS = [("bob", "tea"), ("bob", "carol"), ("tea", "cake"), ("tea", "bob")]


@pytest.fixture
def messages(mariadb_url: str) -> Iterator[dict[str, Message]]:
    """One client_id of Alice's, for everybody she might write to."""
    for db in prepared(mariadb_url):
        rooms = {name: say(tea(db, name), "7") for name in ("tea", "cake")}
        yield {"bob": message(ALICE, BOB, "7"), "carol": message(ALICE, CAROL, "7"), **rooms}


def test_a_commit_of_unknown_fate_is_no_repeat_when_it_is_run_again(mariadb_url: str) -> None:
    """The database has committed, the line broke: nobody was told, so the rerun must deliver."""
    for _ in prepared(mariadb_url):
        pass
    with LossyLine(mariadb_url) as line:
        writer = LogWriter(base.connect(line.url))
        assert seqs(writer.commit([message(ALICE, BOB, "0")])) == [(1, False)]
        batch: list[Message | Receipt] = [message(ALICE, BOB, "1"), receipt(BOB, ALICE, read=2)]
        line.armed = True
        with pytest.raises(TryAgain):
            writer.commit(batch)
        assert line.broken == 1
        assert [row[2] for row in log_of(mariadb_url)] == ["0", "1"], "it was committed"
        outcomes = writer.commit(batch)
        assert seqs(outcomes[:1]) == [(2, False)]
        # told already, and so not news to anybody who asks again
        assert seqs(writer.commit(batch[:1])) == [(2, True)]
        assert [row[0] for row in log_of(mariadb_url)] == [1, 2]
        writer.close()


def test_a_lost_connection_before_the_commit_stores_nothing(mariadb_url: str) -> None:
    for db in prepared(mariadb_url):
        writer = LogWriter(db)
        assert seqs(writer.commit([message(ALICE, BOB, "0")])) == [(1, False)]
        (connection,) = db.execute_sql("SELECT CONNECTION_ID()").fetchone()
        change(mariadb_url, f"KILL {connection}")
        with pytest.raises(TryAgain):
            writer.commit([message(ALICE, BOB, "1")])
        assert [row[2] for row in log_of(mariadb_url)] == ["0"]
        assert seqs(writer.commit([message(ALICE, BOB, "1")])) == [(2, False)]
        writer.close()


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


def test_a_clock_that_is_set_back_while_the_line_is_broken(mariadb_url: str) -> None:
    """The first try came to nothing, the second was stored at an earlier time: nobody was told."""
    times = iter([2000, 2001, 1000, 1001, 1002, 1003])
    for _ in prepared(mariadb_url):
        pass
    with LossyLine(mariadb_url) as line:
        found = base.connect(line.url)
        with closing(LogWriter(found, clock=lambda: next(times))) as writer:
            writer.commit([message(CAROL, BOB, "1")])  # connects
            (connection,) = found.execute_sql("SELECT CONNECTION_ID()").fetchone()
            change(mariadb_url, f"KILL {connection}")
            with pytest.raises(TryAgain):
                writer.commit([message(ALICE, BOB, "1")])
            writer.commit([message(CAROL, BOB, "2")])  # connects again
            line.armed = True
            with pytest.raises(TryAgain):
                writer.commit([message(ALICE, BOB, "1")])
            assert line.broken == 1
            assert seqs(writer.commit([message(ALICE, BOB, "1")])) == [(1, False)]
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


@pytest.mark.parametrize(("first", "then"), WAYS)
def test_what_is_in_doubt_is_told_only_where_it_was_written(
    mariadb_url: str, messages: dict[str, Message], first: str, then: str
) -> None:
    """A client counts from 1 after each reload: what Bob was to read must not be told in a room."""
    with LossyLine(mariadb_url) as line, closing(LogWriter(base.connect(line.url))) as writer:
        writer.commit([message(CAROL, BOB, "1")])  # connects
        line.armed = True
        with pytest.raises(TryAgain):
            writer.commit([messages[first]])
        assert seqs(writer.commit([messages[then]])) == [(1, True)]
        outcomes = writer.commit([messages[then], messages[first], messages[first]])
        assert seqs(outcomes) == [(1, True), (1, False), (1, True)], "it is news there, once"
        assert len({one.other for one in outcomes if isinstance(one, Stored)}) == 1
        assert seqs(writer.commit([messages[first]])) == [(1, True)]
        assert [row[2] for row in log_of(mariadb_url)].count("7") == 1
