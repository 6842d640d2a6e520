"""Pairs of people who go on talking while the server suffers: the load of every fault test."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.client import PATIENCE, Person, guest
from tests.oracle import Oracle
from tests.reliability.steady import SteadyClient, Thread

WINDOW = 8  # messages that one person has under way; the server's own bound is 32
LONGEST_PAUSE = 0.4  # seconds; a real client waits 1 to 30, a test wants to be back soon
LINES = ("hi", "what's up? 😀", "שלום", "好的，明天见", "a'b\"c\\d %s\r\n ", "x" * 2000)


@dataclass
class Crowd:
    """Some pairs, all talking at once until told to hush."""

    base_url: str
    seed: int
    pairs: int = 4
    pace: float = 0.02  # seconds between two messages of one person, at most
    oracle: Oracle = field(default_factory=Oracle)
    clients: list[SteadyClient] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self.dice = random.Random(self.seed)
        self._talking = asyncio.Event()
        self._talks: list[asyncio.Task[None]] = []
        for number in range(self.pairs):
            await self._introduce(number)
        await self.everybody(lambda one: one.live)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for talk in self._talks:
            talk.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        await asyncio.gather(*(client.stop() for client in self.clients))

    async def _introduce(self, number: int) -> None:
        one, other = [await guest(self.base_url, f"{side}{number}") for side in ("left", "right")]
        for person, peer in ((one, other), (other, one)):
            client = self.make_client(person)
            self.clients.append(client)
            self._talks.append(asyncio.create_task(self._talk(client, peer.user_id)))

    def make_client(self, person: Person) -> SteadyClient:
        """Whoever plays this person's part."""
        return SteadyClient(person, self.oracle, self._pause)

    async def _pause(self, attempt: int) -> None:
        """Full jitter, as in the contract, only shorter."""
        longest = min(LONGEST_PAUSE, 0.02 * 2 ** min(attempt, 10))
        await asyncio.sleep(self.dice.uniform(0, longest))

    async def _talk(self, client: SteadyClient, other: int) -> None:
        while True:
            await self._talking.wait()
            client.check()
            if len(client.outbox) < WINDOW:
                await client.say(other, self.dice.choice(LINES))
            await asyncio.sleep(self.dice.uniform(0, self.pace))

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
        broken, _ = await asyncio.wait(self._talks, timeout=seconds)
        for task in broken:
            task.result()

    async def next_ack(self, within: float) -> float:
        """Wait until a message is acknowledged; the seconds that took."""
        began, had = time.monotonic(), self.acks
        await self._until(lambda: self.acks > had, within)
        return time.monotonic() - began

    async def everybody(
        self, holds: Callable[[SteadyClient], bool], within: float = PATIENCE
    ) -> None:
        """Wait until something is true of every client."""
        await self._until(lambda: all(holds(client) for client in self.clients), within)

    async def hush(self, within: float = 30.0) -> None:
        """Stop talking; wait until all is stored and shown on both sides; tell the oracle."""
        self._talking.clear()
        await self.everybody(lambda one: one.live and not one.outbox, within)
        await self._until(lambda: not any(self._behind()), within)
        for client in self.clients:
            client.note_screens()

    def _behind(self) -> list[bool]:
        """For each pair, whether one of them has not yet seen all that the other has."""
        pairs = zip(self.clients[::2], self.clients[1::2], strict=True)
        return [_thread(one, other).held != _thread(other, one).held for one, other in pairs]

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


def _thread(one: SteadyClient, other: SteadyClient) -> Thread:
    return one.threads.setdefault(other.person.user_id, Thread())
