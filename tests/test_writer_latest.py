"""The lane of the writer where only the newest counts: receipts."""

import asyncio
from functools import partial

import pytest

from app.messaging.errors import Errorcode, Refused
from tests.writer_bench import Bench, Position, bench

__all__ = ["bench"]  # fixture


async def test_who_tells_more_while_waiting_keeps_the_place(bench: Bench) -> None:
    """More wait than one batch holds, and one of the first is renewed again and again."""
    writer = bench.make(batch_size=2)
    writer.submit("under way")
    await bench.storage.busy()
    for number in range(4):
        writer.submit_latest(number, Position(f"{number}", 1))
    await asyncio.sleep(0)  # handed over
    writer.submit_latest(0, Position("0", 9))
    bench.storage.gate.set()
    await bench.told.until(5)
    assert bench.storage.batches[1] == [Position("0", 9), Position("1", 1)]


async def test_positions_of_one_key_are_merged(bench: Bench) -> None:
    writer = bench.make()
    writer.submit("under way")
    await bench.storage.busy()
    for seq in (1, 7, 3):
        writer.submit_latest("alice", Position("alice", seq))
    writer.submit_latest("bob", Position("bob", 2))
    assert len(writer) == 2
    bench.storage.gate.set()
    await bench.told.until(3)
    assert bench.storage.batches[1] == [Position("alice", 7), Position("bob", 2)]


async def test_positions_have_a_bound_of_their_own(bench: Bench) -> None:
    """Full of messages, there is room for receipts, and the other way round."""
    writer = bench.make(queue_size=3)
    writer.submit("under way")
    await bench.storage.busy()
    for number in range(3):
        writer.submit(number)
        writer.submit_latest(number, Position(f"{number}", 1))
    for submit in (partial(writer.submit, 3), partial(writer.submit_latest, 3, Position("3", 1))):
        with pytest.raises(Refused) as refused:
            submit()
        assert refused.value.code == Errorcode.NOT_NOW
    writer.submit_latest(2, Position("2", 9))  # one that waits can still move
    bench.storage.gate.set()
    await bench.told.until(7)
    assert Position("2", 9) in bench.told.outcomes
    assert Position("2", 1) not in bench.told.outcomes


async def test_messages_stand_before_positions_in_a_batch(bench: Bench) -> None:
    writer = bench.make()
    writer.submit("under way")
    await bench.storage.busy()
    writer.submit_latest("alice", Position("alice", 1))
    writer.submit("message")
    bench.storage.gate.set()
    await bench.told.until(3)
    assert bench.storage.batches[1] == ["message", Position("alice", 1)]
