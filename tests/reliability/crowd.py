"""Pairs of people who go on talking while the server suffers: the load of every fault test."""

import asyncio
from dataclasses import dataclass

from tests.client import Person, guest
from tests.reliability.gathering import LINES, WINDOW, Gathering
from tests.reliability.steady import SteadyClient, Thread


@dataclass
class Crowd(Gathering[SteadyClient]):
    """Some pairs, all talking at once until told to hush."""

    pairs: int = 4
    pace: float = 0.02  # seconds between two messages of one person, at most

    async def _meet(self) -> None:
        for number in range(self.pairs):
            await self._introduce(number)

    async def _introduce(self, number: int) -> None:
        one, other = [await guest(self.base_url, f"{side}{number}") for side in ("left", "right")]
        for person, peer in ((one, other), (other, one)):
            client = self.make_client(person)
            self.clients.append(client)
            self._begin(self._talk(client, peer.user_id))

    def make_client(self, person: Person) -> SteadyClient:
        """Whoever plays this person's part."""
        return SteadyClient(person, self.oracle, self._pause)

    async def _talk(self, client: SteadyClient, other: int) -> None:
        while True:
            await self._talking.wait()
            client.check()
            if len(client.outbox) < WINDOW:
                await client.say(other, self.dice.choice(LINES))
            await asyncio.sleep(self.dice.uniform(0, self.pace))

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


def _thread(one: SteadyClient, other: SteadyClient) -> Thread:
    return one.threads.setdefault(other.person.user_id, Thread())
