"""Rooms whose people come and go at two processes, which are restarted and killed."""

from dataclasses import dataclass

import pytest

from tests.client import Person
from tests.cluster.rover import as_rover
from tests.cluster.servers import Cluster
from tests.reliability.figures import figures
from tests.reliability.kills import kill_and_restart
from tests.reliability.room_crowd import RoomCrowd


@dataclass
class RovingRooms(RoomCrowd):
    """Everybody is at any of the processes, and goes to another one when theirs ends."""

    urls: tuple[str, ...] = ()

    def make_person(self, person: Person) -> Person:
        return as_rover(person, self.urls, len(self.clients))


async def end(crowd: RovingRooms, cluster: Cluster, what: str) -> None:
    await crowd.talk_for(0.5)
    await crowd.hush()
    await crowd.disperse()
    crowd.oracle.assert_holds(cluster.database_url)
    figures(
        what,
        acked=crowd.acks,
        stays=len(crowd.oracle.stays),
        gaps_filled=sum(client.gaps_filled for client in crowd.clients),
        refusals=str(dict(crowd.refusals)),
    )


async def roll(cluster: Cluster, rounds: int, seed: int) -> None:
    """Each process is restarted in its turn, while everybody comes, talks and goes."""
    async with RovingRooms(cluster.urls[0], seed, urls=tuple(cluster.urls)) as crowd:
        for server in cluster.servers * rounds:
            await crowd.talk_for(0.5)
            await server.restart_async()
        await end(crowd, cluster, "rooms, rolling restart")
    assert set(crowd.closes) == {1012}


async def kill(cluster: Cluster, kills: int, seed: int) -> None:
    """One process after the other is killed at a random moment, and comes back."""
    async with RovingRooms(cluster.urls[0], seed, urls=tuple(cluster.urls)) as crowd:
        for number in range(kills):
            await kill_and_restart(crowd, cluster.servers[number % 2])
        await end(crowd, cluster, "rooms, two processes, kill -9")


async def test_rooms_hold_through_a_rolling_restart(cluster: Cluster) -> None:
    await roll(cluster, rounds=1, seed=45)


async def test_rooms_hold_when_one_process_is_killed(cluster: Cluster) -> None:
    await kill(cluster, kills=1, seed=46)


@pytest.mark.reliability
async def test_rooms_hold_through_ten_rolling_restarts(cluster: Cluster) -> None:
    await roll(cluster, rounds=10, seed=47)


@pytest.mark.reliability
async def test_rooms_hold_in_twenty_kills_of_one_process(cluster: Cluster) -> None:
    await kill(cluster, kills=20, seed=48)
