"""A process ends, in order or not, or sleeps: its users are offline once, and back elsewhere."""

import asyncio
import time
from dataclasses import dataclass, replace

import pytest

from tests.client import Match, Person, Tab, event, message
from tests.cluster.rover import as_rover
from tests.cluster.servers import BEATS, EXPIRES, GRACE, Cluster, acquainted, at, seqs, shown
from tests.reliability.crowd import Crowd
from tests.reliability.figures import figures
from tests.reliability.steady import SteadyClient
from tests.services.redis import Redis

# seconds until a process that died is noticed: its last beat expires, somebody looks, the grace
NOTICED_WITHIN = EXPIRES + BEATS + GRACE + 2.0
LEFT_WITHIN = 2.0  # seconds after an orderly end


def presence(person: Person, online: bool) -> Match:
    return event("presence", user_id=person.user_id, online=online)


async def watched(here: str, there: str, viewers: int = 1) -> tuple[Person, list[Tab]]:
    """Alice is here; people who know her look on from there."""
    alice, bob = await acquainted(here)
    watching = [await at(bob, there).open() for _ in range(viewers)]
    await alice.open()
    for tab in watching:
        await tab.expect(presence(alice, True))
    return alice, watching


async def test_a_killed_process_takes_its_users_offline_once(any_cluster: Cluster) -> None:
    here, there = any_cluster.urls
    alice, watching = await watched(here, there, viewers=2)
    quick, her_watch = await watched(here, there)  # she comes back at once
    both, their_watch = await watched(here, there)  # they have a tab there as well
    also = await at(both, there).open()
    any_cluster.servers[0].kill()
    again = await at(quick, there).open()
    began = time.monotonic()
    for tab in watching:
        await tab.expect(presence(alice, False), within=NOTICED_WITHIN)
    figures("killed process", offline_s=time.monotonic() - began)
    assert (await watching[0].chat(alice, "are you there?")).errorcode == 2
    back = await at(alice, there).open()
    for tab in watching:
        await tab.expect(presence(alice, True))
    for tab in (*watching, *her_watch, *their_watch):
        await tab.refute(event("presence"))
    assert (await their_watch[0].chat(both, "still there?")).errorcode == 1
    for tab in (*watching, *her_watch, *their_watch, also, again, back):
        await tab.close()
    await any_cluster.servers[0].start_async()


async def test_an_orderly_end_is_known_at_once(any_cluster: Cluster, own_redis: Redis) -> None:
    here, there = any_cluster.urls
    alice, (watching,) = await watched(here, there)
    assert await any_cluster.servers[0].stop_async() == 0
    await watching.expect(presence(alice, False), within=LEFT_WITHIN)
    with own_redis.connect() as redis:
        assert len(redis.keys("parley:*:alive:*")) == 1
        assert len(redis.keys("parley:*:here:*")) == 1  # Bob
        assert redis.scard(redis.keys("parley:*:processes")[0]) == 1
    await watching.refute(event("presence"))
    await watching.close()


async def test_a_process_that_slept_finds_its_place_again(any_cluster: Cluster) -> None:
    here, there = any_cluster.urls
    alice, (watching,) = await watched(here, there)
    (asleep,) = alice.tabs
    any_cluster.servers[0].pause()
    assert (await watching.chat(alice, "one")).errorcode == 1
    await watching.expect(presence(alice, False), within=NOTICED_WITHIN)
    assert (await watching.chat(alice, "two")).errorcode == 2
    any_cluster.servers[0].resume()
    await watching.expect(presence(alice, True))
    me = replace(alice, user_id=watching.me["user_id"])
    await shown(asleep, me, 3)
    assert seqs(asleep, me) == [2, 3]
    assert (await watching.chat(alice, "three")).errorcode == 1
    await asleep.expect(message("three"))
    await asleep.close()
    await watching.close()


@dataclass
class RovingCrowd(Crowd):
    """Pairs whose members are at any of the processes, and change when theirs ends."""

    urls: tuple[str, ...] = ()

    def make_client(self, person: Person) -> SteadyClient:
        rover = as_rover(person, self.urls, len(self.clients))
        return SteadyClient(rover, self.oracle, self._pause)


async def roll(cluster: Cluster, rounds: int, seed: int) -> None:
    """Each process is restarted in its turn, while everybody goes on talking."""
    urls = tuple(cluster.urls)
    async with RovingCrowd(cluster.urls[0], seed, urls=urls) as crowd:
        for server in cluster.servers * rounds:
            await crowd.talk_for(0.5)
            await server.restart_async()
            await crowd.everybody(lambda one: one.live)
        await crowd.talk_for(0.5)
        await crowd.hush()
        closes, refusals = crowd.closes, crowd.refusals
    crowd.oracle.assert_holds(cluster.database_url)
    figures("R14", restarts=2 * rounds, acked=crowd.acks, asked_again=refusals[-8])
    assert set(closes) == {1012}
    assert set(refusals) <= {-8}  # "not now": a client repeats it, a user does not see it


async def test_a_rolling_restart_is_seen_by_nobody(cluster: Cluster) -> None:
    await roll(cluster, rounds=1, seed=14)


@pytest.mark.reliability
async def test_ten_rolling_restarts_are_seen_by_nobody(cluster: Cluster) -> None:
    await roll(cluster, rounds=10, seed=140)


async def test_one_oracle_for_people_at_two_processes(cluster: Cluster) -> None:
    """Clients that fill their own gaps, at both processes, with nothing going wrong."""
    urls = tuple(cluster.urls)
    async with RovingCrowd(cluster.urls[0], 15, urls=urls, pace=0.005) as crowd:
        await crowd.talk_for(2)
        await crowd.hush()
        filled = sum(client.gaps_filled for client in crowd.clients)
    crowd.oracle.assert_holds(cluster.database_url)
    figures("two processes", acked=crowd.acks, gaps_filled_by_clients=filled)
    assert filled == 0
    assert not crowd.closes


async def test_two_installations_may_share_a_redis(
    any_cluster: Cluster, own_redis: Redis, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("other")
    database = f"sqlite:///{folder}/parley.db"
    with Cluster(folder, database, own_redis.url, processes=1) as stranger:
        alice, bob = await acquainted(any_cluster.urls[0])
        eve, _ = await acquainted(stranger.urls[0])
        assert eve.user_id == alice.user_id
        hers = await eve.open()
        mine = await bob.open()
        assert (await mine.chat(alice, "for Alice only")).errorcode == 2
        await asyncio.gather(mine.barrier(), hers.barrier())
        await hers.refute(message())
        await mine.close()
        await hers.close()
