"""When several people write, the writer waits a moment for the others, and never for long."""

import asyncio

from app.messaging.pace import LATELY, PACE, SEVERAL
from app.messaging.writer import Writer
from tests.writer_bench import PATIENCE, Bench, Clock, Position, bench

__all__ = ["bench"]  # fixture


async def after(people: int, bench: Bench, clock: Clock) -> Writer:
    """A writer whose first transaction was that of so many."""
    bench.storage.gate.set()
    writer = bench.make(queue_size=0, batch_size=100, clock=clock)
    for number in range(people):
        writer.submit(number)
    await bench.told.until(people)
    return writer


async def test_several_people_wait_for_as_many_as_the_last_time(bench: Bench) -> None:
    """The clock stands still: nothing but their number lets the later ones go."""
    writer = await after(SEVERAL, bench, Clock())
    for number in range(SEVERAL, 2 * SEVERAL - 1):
        writer.submit(number)
        await asyncio.sleep(0)  # handed over
    writer.submit_latest("alice", Position("alice", 1))
    await bench.told.until(2 * SEVERAL)
    assert [len(batch) for batch in bench.storage.batches] == [SEVERAL, SEVERAL]


async def test_nobody_waits_for_others_longer_than_the_pace(bench: Bench) -> None:
    clock = Clock()
    writer = await after(SEVERAL, bench, clock)
    writer.submit("alone")
    clock.now += PACE
    await bench.told.until(SEVERAL + 1)
    assert bench.storage.batches[1] == ["alone"]


async def test_who_is_late_once_is_waited_for_the_next_time(bench: Bench) -> None:
    clock, people = Clock(), 2 * SEVERAL
    writer = await after(people, bench, clock)
    writer.submit("in time")
    clock.now += PACE
    await bench.told.until(people + 1)
    lately = int(people * LATELY)
    for number in range(people, people + lately):
        writer.submit(number)
        await asyncio.sleep(0)  # handed over
    await bench.told.until(people + 1 + lately)
    assert [len(batch) for batch in bench.storage.batches] == [people, 1, lately]


async def test_few_people_do_not_wait_for_others(bench: Bench) -> None:
    writer = await after(SEVERAL - 1, bench, Clock())
    writer.submit("alone")
    await bench.told.until(SEVERAL)
    assert bench.storage.batches[1] == ["alone"]


async def test_one_who_writes_a_lot_makes_nobody_wait(bench: Bench) -> None:
    """One person's burst, however long: the next one's message goes at once."""
    bench.storage.gate.set()
    writer = bench.make(
        queue_size=0,
        batch_size=100,
        clock=Clock(),
        who=lambda item: "flood" if item != "x" else item,
    )
    for number in range(2 * SEVERAL):
        writer.submit(number)
    await bench.told.until(2 * SEVERAL)
    writer.submit("x")
    await bench.told.until(2 * SEVERAL + 1)
    assert bench.storage.batches[1] == ["x"]


async def test_who_waits_for_others_does_not_hold_up_the_end(bench: Bench) -> None:
    writer = await after(SEVERAL, bench, Clock())
    writer.submit("alone")
    assert await writer.drain(PATIENCE)
    assert bench.storage.batches[1] == ["alone"]


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
