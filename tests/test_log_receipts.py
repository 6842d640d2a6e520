"""What was read and delivered, written in the same batches as messages."""

from app.messaging.errors import Errorcode
from app.messaging.items import Moved
from models.log_writer import LogWriter
from tests.batches import ALICE, BOB, CAROL, codes, db, message, receipt, seqs, writer
from tests.oracle import read_rows

__all__ = ["db", "writer"]  # fixtures


def test_receipts_and_messages_in_one_batch(writer: LogWriter) -> None:
    writer.commit([message(ALICE, BOB, f"{number}") for number in range(5)])
    outcomes = writer.commit(
        [
            message(ALICE, BOB, "5"),
            receipt(BOB, ALICE, read=99),
            receipt(ALICE, BOB, read=2),
            receipt(CAROL, ALICE, read=1),
        ]
    )
    assert seqs(outcomes[:1]) == [(6, False)]
    assert outcomes[1] == Moved(6, 6, read_moved=True, delivered_moved=True)
    assert isinstance(outcomes[2], Moved)
    assert outcomes[2].read >= 5
    assert codes(outcomes[3:]) == [Errorcode.NOT_FOUND]


def test_receipts_only_move_forward(writer: LogWriter, database_url: str) -> None:
    writer.commit([message(ALICE, BOB, f"{number}") for number in range(5)])
    steps = [(0, 3), (2, 0), (1, 1), (9, 0), (0, 2)]
    moved = [writer.commit([receipt(BOB, ALICE, read, delivered)])[0] for read, delivered in steps]
    assert moved == [
        Moved(0, 3, read_moved=False, delivered_moved=True),
        Moved(2, 3, read_moved=True, delivered_moved=False),
        Moved(2, 3, read_moved=False, delivered_moved=False),
        Moved(5, 5, read_moved=True, delivered_moved=True),
        Moved(5, 5, read_moved=False, delivered_moved=False),
    ]
    query = f"SELECT delivered_seq, read_seq FROM participant WHERE user_id = {BOB}"
    assert read_rows(database_url, query) == [(5, 5)]
