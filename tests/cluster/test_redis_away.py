"""R7: Redis is stopped or frozen. Nobody who writes notices, and all is seen when it is back."""

import asyncio
import random
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.client import Person, Tab, event
from tests.cluster.servers import Cluster, acquainted, at, sees, seqs, shown
from tests.reliability.figures import figures
from tests.reliability.lag import percentile
from tests.services.redis import Redis
from tests.until import until

SEEN_WITHIN = 5.0  # seconds from Redis' return until all is seen at the other process
ACK_P99 = 0.5  # seconds that an acknowledgement may take, on a machine that tests keep busy
JOINS_WITHIN = 2.0  # seconds that a handshake may take while Redis does not answer
BEFORE = 1.0  # seconds of talk before the outage, to know what is usual
DOZE, DOZES = 0.3, 4  # seconds that Redis is frozen, and how often
BREAKS = 10  # times that the connections of one process are cut
LINKED = re.compile(r"redis: linked as (\S+)")
PACE = 0.02  # seconds between two messages of one person, at most

Outage = Callable[[], AbstractAsyncContextManager[None]]


def stopped(redis: Redis) -> Outage:
    """Redis is shut down and forgets everything."""

    @asynccontextmanager
    async def outage() -> AsyncIterator[None]:
        await asyncio.to_thread(redis.stop)
        yield
        await asyncio.to_thread(redis.start)

    return outage


def frozen(redis: Redis) -> Outage:
    """Redis keeps its connections and says nothing."""

    @asynccontextmanager
    async def outage() -> AsyncIterator[None]:
        redis.pause()
        yield
        redis.resume()

    return outage


@dataclass
class Pair:
    """Alice writes with the one process, Bob with the other; both look on from everywhere."""

    alice: Person
    bob: Person
    writing: list[Tab] = field(default_factory=list)
    looking: list[tuple[Tab, Person]] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    last: int = 1

    async def open(self, urls: list[str]) -> None:
        self.writing = [await at(self.alice, urls[0]).open(), await at(self.bob, urls[1]).open()]
        for url in urls:
            self.looking.append((await at(self.alice, url).open(), self.bob))
            self.looking.append((await at(self.bob, url).open(), self.alice))

    async def talk(self, stop: asyncio.Event, dice: random.Random) -> None:
        a_side = self._say(self.writing[0], self.bob, stop, dice)
        await asyncio.gather(a_side, self._say(self.writing[1], self.alice, stop, dice))

    async def _say(self, tab: Tab, other: Person, stop: asyncio.Event, dice: random.Random) -> None:
        while not stop.is_set():
            began = time.monotonic()
            said = await tab.chat(other, "still here")
            self.waits.append(time.monotonic() - began)
            self.last = max(self.last, said.seq)
            tab.inbox.clear()
            await asyncio.sleep(dice.uniform(0, PACE))

    async def seen(self) -> None:
        """Wait until everybody has seen all, in order and without a hole."""
        for tab, other in self.looking:
            await shown(tab, other, self.last)
            assert seqs(tab, other) == list(range(2, self.last + 1))

    async def close(self) -> None:
        for tab in [*self.writing, *(tab for tab, _ in self.looking)]:
            await tab.close()


async def suffer(name: str, cluster: Cluster, outage: Outage, seconds: float, seed: int) -> None:
    here, there = cluster.urls
    pairs = [Pair(*await acquainted(here)) for _ in range(3)]
    for pair in pairs:
        await pair.open(cluster.urls)
    bystanders = await Bystanders.gather(here, there)
    stop, dice = asyncio.Event(), random.Random(seed)
    talks = [asyncio.create_task(pair.talk(stop, dice)) for pair in pairs]
    await asyncio.wait(talks, timeout=BEFORE)
    async with outage():
        usual = percentile(_taken(pairs), 0.99)
        await bystanders.come_and_go()
        await asyncio.wait(talks, timeout=seconds)
        waits = _taken(pairs)
        stop.set()
        await asyncio.gather(*talks)
    back = time.monotonic()
    for pair in pairs:
        await pair.seen()
    took = time.monotonic() - back
    await bystanders.are_told()
    for pair in pairs:
        await pair.close()
    slow = percentile(waits, 0.99)
    figures(
        name,
        acked=len(waits),
        ack_p50_s=percentile(waits, 0.5),
        ack_p99_s=slow,
        ack_p99_with_redis_s=usual,
        join_s=bystanders.joined,
        seen_s=took,
    )
    assert took <= SEEN_WITHIN
    assert slow <= max(ACK_P99, 2 * usual)


def _taken(pairs: list[Pair]) -> list[float]:
    """What the acknowledgements took since the last look."""
    waits = [wait for pair in pairs for wait in pair.waits]
    for pair in pairs:
        pair.waits.clear()
    return waits


@dataclass
class Bystanders:
    """While Redis is away one person leaves, one comes and one reads; a viewer is told later."""

    viewer: Tab
    leaver: Person
    comer: Person
    seq: int
    joined: float = 0.0

    @classmethod
    async def gather(cls, here: str, there: str) -> "Bystanders":
        viewer, leaver = await acquainted(here)
        comer, _ = await acquainted(here)
        watching = await viewer.open()
        seq = (await watching.chat(comer, "come")).seq
        leaver = at(leaver, there)
        await leaver.open()
        await watching.expect(event("presence", user_id=leaver.user_id, online=True))
        return cls(watching, leaver, at(comer, there), seq)

    async def come_and_go(self) -> None:
        began = time.monotonic()
        tab = await self.comer.open()
        self.joined = time.monotonic() - began
        assert self.joined <= JOINS_WITHIN
        me = self.viewer.me["user_id"]
        await tab.send("read", {"other": me, "seq": self.seq}, "reads")
        await tab.expect(event("read", ref="reads"))
        await self.leaver.leave()

    async def are_told(self) -> None:
        await self.viewer.expect(event("presence", user_id=self.comer.user_id, online=True))
        await self.viewer.expect(event("presence", user_id=self.leaver.user_id, online=False))
        await self.viewer.expect(event("read", user_id=self.comer.user_id, seq=self.seq, by="<"))
        await self.viewer.refute(event("presence"))
        await self.comer.leave()
        await self.viewer.close()


@pytest.mark.parametrize("fault", [stopped, frozen])
async def test_all_goes_on_without_redis(
    cluster: Cluster, own_redis: Redis, fault: Callable[[Redis], Outage]
) -> None:
    await suffer(f"R7 short {fault.__name__}", cluster, fault(own_redis), 2.5, seed=7)


@pytest.mark.reliability
@pytest.mark.parametrize("fault", [stopped, frozen])
@pytest.mark.parametrize("seed", [70, 71])
async def test_ten_seconds_without_redis(
    cluster: Cluster, own_redis: Redis, fault: Callable[[Redis], Outage], seed: int
) -> None:
    await suffer(f"R7 {fault.__name__} seed {seed}", cluster, fault(own_redis), 10, seed)


async def test_hints_that_come_late_are_not_shown_twice_or_out_of_order(
    cluster: Cluster, own_redis: Redis
) -> None:
    """Redis dozes for less than it takes to be given up: everybody reads past it meanwhile."""
    pairs = [Pair(*await acquainted(cluster.urls[0])) for _ in range(3)]
    for pair in pairs:
        await pair.open(cluster.urls)
    stop, dice = asyncio.Event(), random.Random(77)
    talks = [asyncio.create_task(pair.talk(stop, dice)) for pair in pairs]
    for _ in range(DOZES):
        async with frozen(own_redis)():
            await asyncio.wait(talks, timeout=DOZE)
        await asyncio.wait(talks, timeout=DOZE)
    stop.set()
    await asyncio.gather(*talks)
    for pair in pairs:
        await pair.seen()
        await pair.close()


def linked(cluster: Cluster, process: int) -> int:
    """How often a process has found its way to Redis."""
    return cluster.servers[process].log.count("redis: linked")


async def relinked(cluster: Cluster, times: int) -> None:
    """The first process is, and so often in all."""
    await asyncio.to_thread(until, lambda: linked(cluster, 0) >= times, "it stays without Redis")


async def test_what_one_process_could_not_hand_over_is_looked_up_by_the_other(
    any_cluster: Cluster, own_redis: Redis
) -> None:
    """Only the sender's connections break: nobody else has a reason to look, unless told."""
    here, there = any_cluster.urls
    alice, bob = await acquainted(here)
    mine, theirs = await alice.open(), await at(bob, there).open()
    await sees(alice, bob, online=True)
    with own_redis.connect() as admin:
        for count in range(BREAKS):
            name = LINKED.findall(any_cluster.servers[0].log)[-1]
            links = [link for link in admin.client_list() if link["name"] == name]
            assert links
            for link in links:
                admin.client_kill_filter(_id=link["id"])
            said = await mine.chat(bob, "can you hear me?")
            assert said.errorcode == 1
            await shown(theirs, alice, said.seq, within=SEEN_WITHIN)
            await relinked(any_cluster, times=count + 2)
    assert seqs(theirs, alice) == list(range(2, BREAKS + 2))
    assert linked(any_cluster, 1) == 1
    await mine.close()
    await theirs.close()


async def test_a_start_without_redis_joins_the_others_later(
    any_cluster: Cluster, own_redis: Redis
) -> None:
    here, there = any_cluster.urls
    alice, bob = await acquainted(here)
    await asyncio.to_thread(own_redis.stop)
    await any_cluster.servers[1].restart_async()
    mine, theirs = await alice.open(), await at(bob, there).open()
    assert (await mine.chat(bob, "are you there?")).errorcode == 2
    await asyncio.to_thread(own_redis.start)
    await sees(alice, bob, online=True)
    await shown(theirs, alice, 2)
    assert (await mine.chat(bob, "now?")).errorcode == 1
    await shown(theirs, alice, 3)
    assert seqs(theirs, alice) == [2, 3]
    await mine.close()
    await theirs.close()
