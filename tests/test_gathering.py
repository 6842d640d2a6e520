"""Questions that are asked at once are answered together; each still has its own answer."""

import asyncio
import threading
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from app import gathering
from app.gathering import BATCH, Gatherer
from app.messaging.errors import Errorcode, Refused, not_now, not_signed_in
from models.base import make_database
from models.reader import Reader

SECONDS = 10
# numbers whose batch meets no database, that break it, that are refused
AWAY, BAD, NOBODY = -1, -2, -3


class Scene:
    """Numbers are answered with their double. While `go` is not set the reader's only thread is
    held up by the next batch.
    """

    def __init__(self, folder: Path, timeout: float) -> None:
        db = make_database(f"sqlite:///{folder}/x.db")
        self.reader = Reader(db, threads=1, queue_size=0, timeout=timeout)
        self.gatherer: Gatherer[int, int] = Gatherer(self.reader, self.double)
        self.batches: list[list[int]] = []
        self.begun = threading.Semaphore(0)
        self.go = threading.Event()
        self.go.set()

    def double(self, numbers: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(numbers))
        self.begun.release()
        self.go.wait(SECONDS)
        if AWAY in numbers:
            raise not_now()
        if BAD in numbers:
            raise KeyError(BAD)
        return [not_signed_in() if number == NOBODY else 2 * number for number in numbers]

    def ask(self, *numbers: int) -> list["asyncio.Task[int]"]:
        return [asyncio.ensure_future(self.gatherer.ask(number)) for number in numbers]

    async def held_up(self, number: int) -> "asyncio.Task[int]":
        """Who asked for this, and keeps the reader busy until `go`."""
        self.go.clear()
        (asked,) = self.ask(number)
        assert await asyncio.to_thread(self.begun.acquire, timeout=SECONDS)
        return asked


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    found = Scene(tmp_path, timeout=SECONDS)
    yield found
    found.go.set()
    found.reader.close()


async def code_of(asked: "asyncio.Task[int]") -> Errorcode:
    with pytest.raises(Refused) as refused:
        await asked
    return refused.value.code


async def test_who_asks_alone_is_answered_alone(scene: Scene) -> None:
    assert [await scene.gatherer.ask(number) for number in range(3)] == [0, 2, 4]
    assert scene.batches == [[0], [1], [2]]


async def test_who_asks_meanwhile_is_answered_together(scene: Scene) -> None:
    first = await scene.held_up(0)
    others = scene.ask(*range(1, BATCH + 51))
    await asyncio.sleep(0)
    scene.go.set()
    assert await asyncio.gather(first, *others) == [2 * n for n in range(BATCH + 51)]
    assert [len(batch) for batch in scene.batches] == [1, BATCH, 50]


async def test_one_refusal_is_for_who_asked(scene: Scene) -> None:
    good, refused, also_good = scene.ask(1, NOBODY, 3)
    assert await code_of(refused) == Errorcode.NOT_SIGNED_IN
    assert (await good, await also_good) == (2, 6)
    assert scene.batches == [[1], [NOBODY, 3]]


async def test_one_failure_is_for_who_asked(scene: Scene) -> None:
    good, failed, also_good, refused = scene.ask(1, BAD, 3, NOBODY)
    with pytest.raises(KeyError):
        await failed
    assert await code_of(refused) == Errorcode.NOT_SIGNED_IN
    assert (await good, await also_good) == (2, 6)
    assert await scene.gatherer.ask(4) == 8


async def test_one_more_than_may_wait_is_refused_and_then_taken_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "WAITING", 3)
    first = await scene.held_up(0)
    *waiting, late = scene.ask(1, 2, 3, 4)
    assert await code_of(late) == Errorcode.NOT_NOW
    scene.go.set()
    assert await asyncio.gather(first, *waiting) == [0, 2, 4, 6]
    assert await scene.gatherer.ask(4) == 8


async def test_who_has_gone_is_not_asked_for(scene: Scene) -> None:
    first = await scene.held_up(0)
    gone, stays = scene.ask(1, 2)
    await asyncio.sleep(0)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    scene.go.set()
    assert (await first, await stays) == (0, 4)
    assert scene.batches == [[0], [2]]


async def test_a_database_that_was_away_for_a_moment_harms_one_batch(scene: Scene) -> None:
    first = await scene.held_up(AWAY)
    others = scene.ask(*range(BATCH), AWAY, 7, *range(BATCH))
    await asyncio.sleep(0)
    scene.go.set()
    assert await code_of(first) == Errorcode.NOT_NOW
    assert await asyncio.gather(*others[:BATCH]) == [2 * n for n in range(BATCH)]
    for asked in others[BATCH : 2 * BATCH]:
        assert await code_of(asked) == Errorcode.NOT_NOW
    assert await asyncio.gather(*others[2 * BATCH :]) == [2 * (BATCH - 2), 2 * (BATCH - 1)]


async def test_nobody_waits_for_ever(tmp_path: Path) -> None:
    """A database that hangs: those in the batch and those behind it are refused in their time."""
    scene, loop = Scene(tmp_path, timeout=0.5), asyncio.get_running_loop()
    began = loop.time()
    first = await scene.held_up(0)
    for asked in (first, *scene.ask(*range(BATCH + 50))):
        assert await code_of(asked) == Errorcode.NOT_NOW
    assert 0.5 <= loop.time() - began < SECONDS
    scene.go.set()
    assert await scene.gatherer.ask(7) == 14
    scene.reader.close()


async def test_who_waits_when_the_reader_closes_is_refused(scene: Scene) -> None:
    first = await scene.held_up(0)
    others = scene.ask(*range(BATCH + 50))
    await asyncio.sleep(0)
    scene.reader.close()
    for asked in (first, *others):
        assert await code_of(asked) == Errorcode.NOT_NOW
