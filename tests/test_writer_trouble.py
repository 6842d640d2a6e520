"""The storage fails: the writer is patient, and one bad item fails alone."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from app.messaging.errors import BadBatch, Errorcode, InTheWay, StorageFull, TryAgain
from app.messaging.writer import LONGEST_BACKOFF, Writer
from tests.writer_bench import Bench, Clock, bench

__all__ = ["bench"]  # fixture


async def test_one_bad_item_fails_alone(bench: Bench) -> None:
    bench.storage.trouble = lambda items: BadBatch("no") if "bad" in items else None
    writer = bench.make(batch_size=100)
    writer.submit("under way")
    await bench.storage.busy()
    for item in ("1", "2", "3", "bad", "4", "5", "6"):
        writer.submit(item)
    bench.storage.gate.set()
    await bench.told.until(8)
    assert bench.told.codes == {
        **dict.fromkeys(("under way", "1", "2", "3", "4", "5", "6")),
        "bad": Errorcode.MALFORMED,
    }
    stored = [item for batch in bench.storage.batches for item in batch]
    assert stored == ["under way", "1", "2", "3", "4", "5", "6"]
    assert len(bench.told.batches) == 2, "halves are handed over together"
    assert [item for item, _ in bench.told.batches[1]] == ["1", "2", "3", "bad", "4", "5", "6"]


async def test_a_batch_of_bad_items_fails_as_a_whole(bench: Bench) -> None:
    bench.storage.trouble = lambda items: BadBatch("no")
    bench.storage.gate.set()
    writer = bench.make()
    for number in range(4):
        writer.submit(number)
    await bench.told.until(4)
    assert set(bench.told.codes.values()) == {Errorcode.MALFORMED}
    assert bench.storage.batches == []


async def test_try_again_is_tried_again(bench: Bench) -> None:
    left = [3]

    def trouble(items: list[Any]) -> Exception | None:
        left[0] -= 1
        return TryAgain("deadlock") if left[0] >= 0 else None

    bench.storage.trouble = trouble
    bench.storage.gate.set()
    bench.make().submit("x")
    await bench.told.until(1)
    assert bench.storage.attempts == [["x"]] * 4
    assert bench.told.outcomes == {"x": ("stored", "x")}


async def test_patience_ends_and_says_not_now(bench: Bench) -> None:
    clock = Clock()

    def trouble(items: list[Any]) -> Exception | None:
        clock.now += 1  # each attempt takes the storage a second
        return TryAgain("away")

    bench.storage.trouble = trouble
    writer = bench.make(patience=3.0, clock=clock)
    writer.submit("x")
    await bench.storage.busy()
    writer.submit("y")  # waits behind it, and its own patience begins now
    bench.storage.gate.set()
    await bench.told.until(2)
    assert bench.told.codes == {"x": Errorcode.NOT_NOW, "y": Errorcode.NOT_NOW}
    assert bench.storage.attempts[:3] == [["x"]] * 3
    assert 1 <= bench.storage.attempts.count(["y"]) <= 3
    bench.storage.trouble = lambda items: None
    writer.submit("z")
    await bench.told.until(3)
    assert bench.told.codes["z"] is None


def slow(clock: Clock, error: Exception) -> Callable[[list[Any]], Exception]:
    """Each attempt takes the storage two seconds, and is in vain."""

    def trouble(items: list[Any]) -> Exception:
        clock.now += 2
        return error

    return trouble


async def one_and_then(writer: Writer, many: int, bench: Bench) -> None:
    """While the storage has "x", so many more come to wait; returns when all are told."""
    writer.submit("x")
    await bench.storage.busy()
    for number in range(many):
        writer.submit(number)
    await asyncio.sleep(0)  # handed over
    bench.storage.gate.set()
    await bench.told.until(many + 1)


async def test_who_waited_behind_a_storage_that_is_away_does_not_wait_for_more(
    bench: Bench,
) -> None:
    """Ten batches' worth, each with an attempt of its own, would be told twenty seconds late."""
    clock = Clock()
    bench.storage.trouble = slow(clock, TryAgain("frozen"))
    writer = bench.make(queue_size=40, patience=3.0, clock=clock)
    await one_and_then(writer, 40, bench)
    assert set(bench.told.codes.values()) == {Errorcode.NOT_NOW}
    assert bench.storage.attempts == [["x"]] * 2 + [[0, 1, 2, 3]], "the last began when all is late"
    assert max(len(batch) for batch in bench.told.batches) == 4
    bench.storage.trouble = lambda items: None
    writer.submit("y")
    await bench.told.until(42)
    assert bench.told.codes["y"] is None


async def test_a_storage_that_is_only_in_use_is_asked_for_each(bench: Bench) -> None:
    """Somebody was in the way of one batch: the next ones may find it free."""
    clock = Clock()
    bench.storage.trouble = slow(clock, InTheWay("deadlock"))
    writer = bench.make(queue_size=12, patience=1.0, clock=clock)
    await one_and_then(writer, 12, bench)
    assert [len(batch) for batch in bench.storage.attempts] == [1, 4, 4, 4]


async def test_each_has_a_patience_of_its_own(bench: Bench) -> None:
    """One batch with an old and a new message, and the storage returns in the new one's time."""
    clock = Clock()
    bench.storage.trouble = lambda items: TryAgain("away") if len(items) > 1 else None
    writer = bench.make(patience=3.0, clock=clock)
    writer.submit("x")
    await bench.storage.busy()
    writer.submit("old")
    await asyncio.sleep(0)  # handed over
    clock.now = 3.0
    writer.submit("new")
    await asyncio.sleep(0)
    bench.storage.gate.set()
    await bench.told.until(3)
    assert bench.told.codes == {"x": None, "old": Errorcode.NOT_NOW, "new": None}
    assert bench.storage.attempts == [["x"], ["old", "new"], ["new"]]


async def test_what_is_late_is_stored_all_the_same_when_the_storage_has_returned(
    bench: Bench,
) -> None:
    clock = Clock()

    def returns(items: list[Any]) -> Exception | None:
        clock.now += 2
        return TryAgain("away") if clock.now < 3 else None

    bench.storage.trouble = returns
    writer = bench.make(queue_size=12, patience=3.0, clock=clock)
    await one_and_then(writer, 12, bench)
    assert set(bench.told.codes.values()) == {None}


@pytest.mark.parametrize("error", [StorageFull("no space"), ZeroDivisionError("a bug")])
async def test_what_waiting_does_not_mend_is_said_at_once_and_probed_by_the_next(
    bench: Bench, error: Exception
) -> None:
    """A full storage, and an error that nobody thought of: the batch fails, the thread goes on."""
    bench.storage.trouble = lambda items: error
    bench.storage.gate.set()
    writer = bench.make()
    writer.submit("x")
    await bench.told.until(1)
    assert bench.told.codes == {"x": Errorcode.NOT_NOW}
    assert bench.storage.attempts == [["x"]]
    bench.storage.trouble = lambda items: None
    writer.submit("y")
    await bench.told.until(2)
    assert bench.told.codes["y"] is None


async def test_resuming_takes_no_longer_than_the_longest_pause() -> None:
    """R4 asks for two seconds."""
    assert LONGEST_BACKOFF <= 1
