"""The line to the database breaks: before a commit nothing is stored, after it nothing is lost."""

from contextlib import closing

import pytest

from app.messaging.errors import TryAgain
from app.messaging.items import Message, Moved, Receipt
from models import base
from models.log_writer import LogWriter
from tests.batches import ALICE, BOB, log_of, message, prepared, receipt, seqs
from tests.lossy_line import LossyLine
from tests.scene import change


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
