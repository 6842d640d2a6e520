"""The writer: bounded, and in order."""

import pytest

from app.messaging.errors import Errorcode, Refused
from tests.writer_bench import Bench, Position, bench

__all__ = ["bench"]  # fixture


async def test_what_waits_goes_into_one_batch_in_order(bench: Bench) -> None:
    writer = bench.make(queue_size=0, batch_size=100)
    writer.submit(0)
    await bench.storage.busy()
    for number in range(1, 50):
        writer.submit(number)
    assert len(writer) == 49
    bench.storage.gate.set()
    await bench.told.until(50)
    assert bench.storage.batches == [[0], list(range(1, 50))]
    assert [[item for item, _ in batch] for batch in bench.told.batches] == bench.storage.batches
    assert bench.told.outcomes == {number: ("stored", number) for number in range(50)}
    assert bench.storage.threads == {bench.thread}


async def test_what_one_turn_of_the_loop_brings_goes_into_one_batch(bench: Bench) -> None:
    """The writer waits already: it must not run off with the first of them."""
    bench.storage.gate.set()
    writer = bench.make(queue_size=0, batch_size=100)
    writer.submit("alone")
    await bench.told.until(1)
    for number in range(50):
        writer.submit(number)
        writer.submit_latest(number, Position(f"{number}", 1))
    await bench.told.until(101)
    positions = [Position(f"{number}", 1) for number in range(50)]
    assert bench.storage.batches == [["alone"], [*range(50), *positions]]


async def test_a_batch_is_bounded(bench: Bench) -> None:
    writer = bench.make()
    writer.submit(0)
    await bench.storage.busy()
    for number in range(1, 11):
        writer.submit(number)
    bench.storage.gate.set()
    await bench.told.until(11)
    assert [len(batch) for batch in bench.storage.batches] == [1, 4, 4, 2]
    assert [item for batch in bench.storage.batches for item in batch] == list(range(11))


async def test_a_full_queue_refuses_and_keeps_what_it_has(bench: Bench) -> None:
    writer = bench.make()
    writer.submit("under way")
    await bench.storage.busy()
    for number in range(10):
        writer.submit(number)
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            writer.submit("one too many")
        assert refused.value.code == Errorcode.NOT_NOW
    assert len(writer) == 10
    bench.storage.gate.set()
    await bench.told.until(11)
    assert set(bench.told.outcomes) == {"under way", *range(10)}
    writer.submit("room again")
    await bench.told.until(12)


async def test_a_queue_size_of_0_is_no_limit(bench: Bench) -> None:
    writer = bench.make(queue_size=0, batch_size=1000)
    writer.submit("under way")
    await bench.storage.busy()
    for number in range(5000):
        writer.submit(number)
        writer.submit_latest(number, Position(f"{number}", 1))
    bench.storage.gate.set()
    await bench.told.until(10_001)
