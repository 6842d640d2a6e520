"""A writer whose storage is in the test's hand: it blocks, fails and counts on command.

Nothing else is replaced. Each test runs twice: with the writer in its thread, and on the loop.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pytest

from app.messaging.errors import Errorcode, Refused
from app.messaging.pause import Pause
from app.messaging.runners import InThread, OnLoop
from app.messaging.writer import Writer

PATIENCE = 10.0


class Gate(Protocol):
    """A threading.Event, where the writer has a thread."""

    def set(self) -> None: ...

    def wait(self, timeout: float) -> bool: ...


class LoopGate:
    """The same on the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._pause = Pause(loop)
        self._open = False

    def set(self) -> None:
        self._open = True
        self._loop.call_soon(self._pause.wake)

    def wait(self, timeout: float) -> bool:
        return self._open or self._pause.wait(timeout)


@dataclass
class Storage:
    """What the writer commits into: a list of batches, with a gate in front."""

    gate: Gate
    batches: list[list[Any]] = field(default_factory=list)
    attempts: list[list[Any]] = field(default_factory=list)
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
        """Until the writer is inside commit."""
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
    thread: str  # that commits
    storage: Storage
    told: Told
    make: Callable[..., Writer]


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["thread", "loop"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Writers with a small queue; whatever a test leaves waiting is let go at the end."""
    loop, in_thread = asyncio.get_running_loop(), request.param == "thread"
    storage, told = Storage(threading.Event() if in_thread else LoopGate(loop)), Told()
    made: list[Writer] = []

    def make(**more: Any) -> Writer:
        options: dict[str, Any] = {"queue_size": 10, "batch_size": 4, "patience": 5.0, **more}
        runner = InThread(loop) if in_thread else OnLoop(loop)
        writer = Writer(storage.commit, told, loop, runner, **options)
        made.append(writer)
        writer.start()
        return writer

    yield Bench("writer" if in_thread else "MainThread", storage, told, make)
    storage.gate.set()
    for writer in made:
        assert await writer.drain(PATIENCE)
