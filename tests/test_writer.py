"""The writer thread: bounded, in order, patient, and one bad item fails alone.

Its commit function here blocks, fails and counts on command; nothing else is replaced.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pytest

from app.messaging.errors import BadBatch, Errorcode, Refused, StorageFull, TryAgain
from app.messaging.writer import LONGEST_BACKOFF, PACE, SEVERAL, Writer

PATIENCE = 10.0


@dataclass
class Storage:
    """What the writer commits into: a list of batches, with a gate in front."""

    batches: list[list[Any]] = field(default_factory=list)
    attempts: list[list[Any]] = field(default_factory=list)
    gate: threading.Event = field(default_factory=threading.Event)
    entered: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    trouble: Callable[[list[Any]], Exception | None] = lambda items: None
    threads: set[str] = field(default_factory=set)

    def commit(self, items: Sequence[Any]) -> list[Any]:
        self.threads.add(threading.current_thread().name)
        self.attempts.append(list(items))
        self.entered.release()
        assert self.gate.wait(PATIENCE), "the test forgot to open the gate"
        trouble = self.trouble(list(items))
        if trouble is not None:
            raise trouble
        self.batches.append(list(items))
        return [("stored", item) for item in items]

    async def busy(self) -> None:
        """Until the thread is inside commit."""
        assert await asyncio.to_thread(self.entered.acquire, timeout=PATIENCE)


@dataclass
class Told:
    """What was handed back to the loop."""

    batches: list[list[tuple[Any, Any]]] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, pairs: list[tuple[Any, Any]]) -> None:
        assert threading.current_thread() is threading.main_thread()
        self.batches.append(pairs)
        self.news.set()

    @property
    def outcomes(self) -> dict[Any, Any]:
        return {item: outcome for batch in self.batches for item, outcome in batch}

    @property
    def codes(self) -> dict[Any, Errorcode | None]:
        """item -> the errorcode it was refused with, None for a stored one."""
        return {
            item: outcome.code if isinstance(outcome, Refused) else None
            for item, outcome in self.outcomes.items()
        }

    async def until(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE):
            while len(self.outcomes) < count:
                self.news.clear()
                await self.news.wait()


@dataclass(frozen=True)
class Position:
    """A receipt, as far as the writer cares."""

    key: str
    seq: int

    def merged_with(self, older: "Position") -> "Position":
        return Position(self.key, max(self.seq, older.seq))


@dataclass
class Bench:
    storage: Storage
    told: Told
    make: Callable[..., Writer]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """Writers with a small queue; whatever a test leaves waiting is let go at the end."""
    storage, told = Storage(), Told()
    made: list[Writer] = []

    def make(**more: Any) -> Writer:
        options: dict[str, Any] = {"queue_size": 10, "batch_size": 4, "patience": 5.0, **more}
        writer = Writer(storage.commit, told, asyncio.get_running_loop(), **options)
        made.append(writer)
        writer.start()
        return writer

    yield Bench(storage, told, make)
    storage.gate.set()
    for writer in made:
        assert await writer.drain(PATIENCE)


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
    assert bench.storage.threads == {"writer"}


async def test_what_one_turn_of_the_loop_brings_goes_into_one_batch(bench: Bench) -> None:
    """The thread waits already: it must not run off with the first of them."""
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


async def test_several_people_wait_for_as_many_as_the_last_time(bench: Bench) -> None:
    """The clock stands still: nothing but their number lets the later ones go."""
    bench.storage.gate.set()
    writer = bench.make(queue_size=0, batch_size=100, clock=Clock())
    for number in range(SEVERAL):
        writer.submit(number)
    await bench.told.until(SEVERAL)
    for number in range(SEVERAL, 2 * SEVERAL - 1):
        writer.submit(number)
        await asyncio.sleep(0)  # handed over
    writer.submit_latest("alice", Position("alice", 1))
    await bench.told.until(2 * SEVERAL)
    assert [len(batch) for batch in bench.storage.batches] == [SEVERAL, SEVERAL]


async def test_nobody_waits_for_others_longer_than_the_pace(bench: Bench) -> None:
    clock = Clock()
    bench.storage.gate.set()
    writer = bench.make(queue_size=0, batch_size=100, clock=clock)
    for number in range(SEVERAL):
        writer.submit(number)
    await bench.told.until(SEVERAL)
    writer.submit("alone")
    clock.now += PACE
    await bench.told.until(SEVERAL + 1)
    assert bench.storage.batches[1] == ["alone"]


async def test_few_people_do_not_wait_for_others(bench: Bench) -> None:
    bench.storage.gate.set()
    writer = bench.make(queue_size=0, batch_size=100, clock=Clock())
    for number in range(SEVERAL - 1):
        writer.submit(number)
    await bench.told.until(SEVERAL - 1)
    writer.submit("alone")
    await bench.told.until(SEVERAL)
    assert bench.storage.batches[1] == ["alone"]


async def test_who_waits_for_others_does_not_hold_up_the_end(bench: Bench) -> None:
    bench.storage.gate.set()
    writer = bench.make(queue_size=0, batch_size=100, clock=Clock())
    for number in range(SEVERAL):
        writer.submit(number)
    await bench.told.until(SEVERAL)
    writer.submit("alone")
    assert await writer.drain(PATIENCE)
    assert bench.storage.batches[1] == ["alone"]


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


async def test_a_full_batch_does_not_wait_for_more(bench: Bench) -> None:
    writer = bench.make(queue_size=0, batch_size=SEVERAL, clock=Clock())
    writer.submit("under way")
    await bench.storage.busy()
    for number in range(3 * SEVERAL):
        writer.submit(number)
        writer.submit_latest(number, Position(f"{number}", 1))
    await asyncio.sleep(0)  # handed over
    bench.storage.gate.set()
    await bench.told.until(1 + 6 * SEVERAL)
    assert [len(batch) for batch in bench.storage.batches[1:]] == 3 * [2 * SEVERAL]


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


# -- the lane where only the newest counts ---------------------------------------------------------


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


# -- trouble ---------------------------------------------------------------------------------------


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


async def test_a_full_storage_is_said_at_once_and_probed_by_the_next(bench: Bench) -> None:
    bench.storage.trouble = lambda items: StorageFull("no space")
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


async def test_an_unknown_error_fails_its_batch_and_not_the_thread(bench: Bench) -> None:
    bench.storage.trouble = lambda items: ZeroDivisionError("a bug")
    bench.storage.gate.set()
    writer = bench.make()
    writer.submit("x")
    await bench.told.until(1)
    assert bench.told.codes == {"x": Errorcode.NOT_NOW}
    bench.storage.trouble = lambda items: None
    writer.submit("y")
    await bench.told.until(2)
    assert bench.told.codes["y"] is None


# -- the end ---------------------------------------------------------------------------------------


async def test_drain_commits_what_was_accepted_and_takes_nothing_more(bench: Bench) -> None:
    writer = bench.make()
    writer.submit("under way")
    await bench.storage.busy()
    for number in range(10):
        writer.submit(number)
    writer.submit_latest("alice", Position("alice", 1))
    draining = asyncio.create_task(writer.drain(PATIENCE))
    await asyncio.sleep(0)  # the task has begun: it takes nothing more
    with pytest.raises(Refused):
        writer.submit("too late")
    with pytest.raises(Refused):
        writer.submit_latest("alice", Position("alice", 2))
    bench.storage.gate.set()
    assert await draining is True
    assert len(bench.told.outcomes) == 12
    assert set(bench.told.codes.values()) == {None}
    assert len(writer) == 0


async def test_drain_of_an_idle_writer_is_done_at_once(bench: Bench) -> None:
    assert await bench.make().drain(PATIENCE) is True


async def test_drain_that_takes_too_long_says_so(bench: Bench) -> None:
    writer = bench.make()
    writer.submit("stuck")
    await bench.storage.busy()
    assert await writer.drain(0.01) is False
    assert bench.told.batches == []


async def test_drain_waits_for_a_storage_that_comes_back(bench: Bench) -> None:
    left = [4]

    def trouble(items: list[Any]) -> Exception | None:
        left[0] -= 1
        return TryAgain("restarting") if left[0] >= 0 else None

    bench.storage.trouble = trouble
    bench.storage.gate.set()
    writer = bench.make()
    writer.submit("x")
    assert await writer.drain(PATIENCE) is True
    assert bench.told.codes == {"x": None}


async def test_resuming_takes_no_longer_than_the_longest_pause() -> None:
    """R4 asks for two seconds."""
    assert LONGEST_BACKOFF <= 1
