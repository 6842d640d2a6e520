"""Clients who all talk until told to hush: what pairs and rooms have in common."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from tests.client import PATIENCE
from tests.oracle import Oracle
from tests.reliability.line import Line

WINDOW = 8  # messages that one person has under way; the server's own bound is 32
LONGEST_PAUSE = 0.4  # seconds; a real client waits 1 to 30, a test wants to be back soon
LINES = ("hi", "what's up? 😀", "שלום", "好的，明天见", "a'b\"c\\d %s\r\n ", "x" * 2000)

Client = TypeVar("Client", bound=Line)


@dataclass
class Gathering(Generic[Client]):
    """A subclass introduces its clients in `_meet`, with a task for each thing that each does."""

    base_url: str
    seed: int
    oracle: Oracle = field(default_factory=Oracle)
    clients: list[Client] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self.dice = random.Random(self.seed)
        self._talking = asyncio.Event()
        self._habits: list[asyncio.Task[None]] = []
        await self._meet()
        await self.everybody(lambda one: one.live)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for habit in self._habits:
            habit.cancel()
        await asyncio.gather(*self._habits, return_exceptions=True)
        await asyncio.gather(*(client.stop() for client in self.clients))

    async def _meet(self) -> None:
        raise NotImplementedError

    def _begin(self, habit: Coroutine[Any, Any, None]) -> None:
        """Let a client do something as long as this goes on."""
        self._habits.append(asyncio.create_task(habit))

    async def _pause(self, attempt: int) -> None:
        """Full jitter, as in the contract, only shorter."""
        longest = min(LONGEST_PAUSE, 0.02 * 2 ** min(attempt, 10))
        await asyncio.sleep(self.dice.uniform(0, longest))

    @property
    def acks(self) -> int:
        """How often the server has said that a message is stored."""
        return len(self.oracle.acks)

    @property
    def closes(self) -> Counter[int | None]:
        """The close codes of all sockets lost so far."""
        return sum((Counter(client.closes) for client in self.clients), Counter())

    @property
    def refusals(self) -> Counter[int]:
        """The error codes met so far."""
        return sum((client.refusals for client in self.clients), Counter())

    def start(self) -> None:
        """Everybody talks from now on."""
        self._talking.set()

    async def talk_for(self, seconds: float) -> None:
        """Let everybody talk for a while, and fail at once if a client breaks."""
        self.start()
        broken, _ = await asyncio.wait(self._habits, timeout=seconds)
        for task in broken:
            task.result()

    async def next_ack(self, within: float) -> float:
        """Wait until a message is acknowledged; the seconds that took."""
        began, had = time.monotonic(), self.acks
        await self._until(lambda: self.acks > had, within)
        return time.monotonic() - began

    async def everybody(self, holds: Callable[[Client], bool], within: float = PATIENCE) -> None:
        """Wait until something is true of every client."""
        await self._until(lambda: all(holds(client) for client in self.clients), within)

    async def _until(self, holds: Callable[[], bool], within: float) -> None:
        async with asyncio.timeout(within):
            while not holds():
                await self._any_move()

    async def _any_move(self) -> None:
        for client in self.clients:
            client.check()
            client.moved.clear()
        waits = [asyncio.create_task(client.moved.wait()) for client in self.clients]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
