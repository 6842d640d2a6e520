"""The end of the writer: what was accepted is committed, and nothing more is taken."""

import asyncio
from typing import Any

import pytest

from app.messaging.errors import Refused, TryAgain
from tests.writer_bench import PATIENCE, Bench, Position, bench

__all__ = ["bench"]  # fixture


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
