"""What waits for a conversation that somebody else holds: in order, and in nobody's way."""

import asyncio
from collections.abc import Hashable, Sequence
from typing import Any

import pytest

from app.messaging.errors import Errorcode, Partly, SetAside
from tests.writer_bench import Bench, Clock, bench

__all__ = ["bench"]  # a fixture


class Rooms:
    """Items are a room's letter and a number; what the storage does where a room is held."""

    def __init__(self, bench: Bench, held: str) -> None:
        self.bench = bench
        self.held = held
        self.known: set[Hashable] = set()
        bench.storage.gate.set()
        bench.storage.trouble = self._commit

    def _commit(self, items: list[Any]) -> Exception | None:
        self.known |= {item[0] for item in items if item[0] in self.held}
        if not self.known:
            return None
        done = [item for item in items if item[0] not in self.known]
        self.bench.storage.batches.append(done)
        return Partly([SetAside(item[0]) if item[0] in self.known else "ok" for item in items])

    def rest(self) -> Sequence[Hashable]:
        free = [room for room in self.known if str(room) not in self.held]
        self.known.difference_update(free)
        return free

    @property
    def stored(self) -> list[Any]:
        return [item for batch in self.bench.storage.batches for item in batch]


async def test_it_comes_again_in_its_order_when_the_conversation_is_free(bench: Bench) -> None:
    rooms = Rooms(bench, held="a")
    writer = bench.make(rest=rooms.rest)
    for number in range(1, 6):
        writer.submit(f"a{number}")
        writer.submit(f"b{number}")
        await bench.told.until(number)
    assert rooms.stored == ["b1", "b2", "b3", "b4", "b5"]
    assert len(writer) == 5
    rooms.held = ""
    writer.submit("a6")
    await bench.told.until(11)
    assert rooms.stored[5:] == ["a1", "a2", "a3", "a4", "a5", "a6"]
    assert len(writer) == 0


async def test_it_is_refused_in_its_time(bench: Bench) -> None:
    clock = Clock()
    rooms = Rooms(bench, held="a")
    writer = bench.make(rest=rooms.rest, patience=3.0, clock=clock)
    writer.submit("a1")
    writer.submit("b1")
    await bench.told.until(1)
    clock.now = 3.0
    await bench.told.until(2)
    assert bench.told.codes == {"b1": None, "a1": Errorcode.NOT_NOW}


async def test_no_more_than_the_queue_holds_waits(bench: Bench) -> None:
    rooms = Rooms(bench, held="a")
    writer = bench.make(rest=rooms.rest, queue_size=4)
    for item in ("a0", "a1", "a2", "b"):
        writer.submit(item)
    await bench.told.until(1)
    writer.submit("a3")
    writer.submit("a4")
    await bench.told.until(2)
    assert bench.told.codes == {"b": None, "a4": Errorcode.NOT_NOW}
    rooms.held = ""
    await bench.told.until(6)
    assert rooms.stored == ["b", "a0", "a1", "a2", "a3"]


@pytest.mark.parametrize("let_go", [True, False])
async def test_a_stop_waits_for_it(bench: Bench, let_go: bool) -> None:
    rooms = Rooms(bench, held="a")
    writer = bench.make(rest=rooms.rest, patience=1.0)
    writer.submit("a1")
    writer.submit("b1")
    await bench.told.until(1)
    if let_go:
        rooms.held = ""
    assert await writer.drain(5.0)
    await bench.told.until(2)
    assert bench.told.codes["a1"] == (None if let_go else Errorcode.NOT_NOW)


async def test_a_writer_that_rests_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Or the storage would take its connection for that of a process that was stopped."""
    monkeypatch.setattr("app.messaging.writer.REST", 0.01)
    rested, loop = asyncio.Event(), asyncio.get_running_loop()

    def rest() -> tuple[Hashable, ...]:
        loop.call_soon_threadsafe(rested.set)
        return ()

    bench.make(rest=rest)
    await asyncio.wait_for(rested.wait(), 5.0)
    bench.storage.gate.set()
