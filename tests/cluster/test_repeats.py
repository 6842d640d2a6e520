"""What is stored is shown to who is there, also where the process that stored it tells nobody."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests.client import Person, Tab, answer, event, message, stored
from tests.cluster.servers import Cluster, acquainted, at, seqs, shown, somebody
from tests.cluster.test_processes_end import NOTICED_WITHIN, presence
from tests.cluster.test_rooms import knows
from tests.rooms.scene import enter, opened, say
from tests.services.redis import Redis

AT_ONCE = 3.0  # seconds: long before anybody misses the process that died


@contextmanager
def faulty(cluster: Cluster, fault: str, **more: str) -> Iterator[Cluster]:
    """The first process has this fault at its first message, and is not expected back."""
    first = cluster.servers[0]
    first.module = "tests.faulty_server"
    first.env = {"FAULT": fault, "FAULT_EVERY": "1", "FAULT_LAST": "1", **more}
    try:
        for server in cluster.servers:
            server.start()
        yield cluster
        cluster.servers[1].finish()
    finally:
        for server in cluster.servers:
            server.close()


@pytest.fixture
def mortal(tmp_path: Path, database_url: str, own_redis: Redis) -> Iterator[Cluster]:
    """The first process dies when it has stored its first message, and told nobody."""
    with faulty(Cluster(tmp_path, database_url, own_redis.url), "die_after_commit") as cluster:
        yield cluster


@asynccontextmanager
async def pair_there(cluster: Cluster) -> AsyncIterator[tuple[Person, Person, list[Tab]]]:
    """Two who know each other at the second process; Alice has said something at the first."""
    here, there = cluster.urls
    alice, bob = await acquainted(there)
    theirs, also_mine = await bob.open(), await alice.open()
    await theirs.expect(presence(alice, True))
    mine = await at(alice, here).open()
    data = {"other": bob.user_id, "content": "one", "client_id": "c1"}
    await mine.send("chat-to", data, "first")
    yield alice, bob, [mine, also_mine, theirs]
    for tab in (also_mine, theirs):
        await tab.close()


async def test_a_repeat_shows_what_a_process_stored_before_it_died(mortal: Cluster) -> None:
    async with pair_there(mortal) as (alice, bob, (mine, also_mine, theirs)):
        await mine.closed()
        asking = await alice.open()
        said = await asking.chat(bob, "one", "c1")
        assert (said.seq, said.dup) == (2, True)
        got = await theirs.expect(message("one", sender=alice), within=AT_ONCE)
        assert got["data"]["data"][3]["seq"] == 2
        await also_mine.expect(stored("one"), within=AT_ONCE)
        assert (await asking.chat(bob, "one", "c1")).dup
        await theirs.refute(message())
        for tab in (asking, also_mine):
            await tab.refute(stored())
        await asking.close()


async def test_what_nobody_repeats_is_shown_when_the_process_is_missed(mortal: Cluster) -> None:
    async with pair_there(mortal) as (alice, _, (mine, _, theirs)):
        await mine.closed()
        await shown(theirs, alice, 2, within=NOTICED_WITHIN)
        assert seqs(theirs, alice) == [2]


async def test_a_repeat_shows_what_a_process_does_not_know_to_have_stored(
    tmp_path: Path, mariadb_url: str, own_redis: Redis
) -> None:
    """The COMMIT was done, its answer was lost, and the database is away, for that process only."""
    cluster = Cluster(tmp_path, mariadb_url, own_redis.url)
    cluster.servers[0].settings["write_timeout"] = 1.0
    with faulty(cluster, "lost_for_long", FAULT_SECONDS="6"):
        async with pair_there(cluster) as (alice, bob, (mine, _, theirs)):
            assert (await mine.expect(answer("first")))["errorcode"] == -8
            asking = await alice.open()
            said = await asking.chat(bob, "one", "c1")
            assert (said.errorcode, said.dup) == (1, True)
            await theirs.expect(message("one", sender=alice), within=AT_ONCE)
            await asking.close()
            await mine.close()


@asynccontextmanager
async def room_there(cluster: Cluster) -> AsyncIterator[tuple[Person, str, Tab]]:
    """Bob in a room at the second process, where Ann said something at the first, that died."""
    here, there = cluster.urls
    ann, bob = await somebody(there, "ann"), await somebody(there, "bob")
    room = await opened(ann)
    theirs, mine = await bob.open(), await at(ann, here).open()
    await enter(theirs, room)
    await enter(mine, room)
    await knows(theirs, room, [ann, bob])
    await mine.send("room-say", {"room": room, "content": "one", "client_id": "c1"}, "first")
    await mine.closed()
    yield ann, room, theirs
    await theirs.refute(event("room-message"))
    await theirs.close()


async def test_a_repeat_shows_a_room_what_a_dead_process_stored(mortal: Cluster) -> None:
    async with room_there(mortal) as (ann, room, theirs):
        asking = await ann.open()
        await enter(asking, room)
        assert (await say(asking, room, "one", "c1"))["data"]["dup"] is True
        got = await theirs.expect(event("room-message"), within=AT_ONCE)
        assert got["data"]["data"][1] == "one"
        await asking.refute(event("room-message"))
        await asking.close()


async def test_a_room_is_shown_what_nobody_repeats(mortal: Cluster) -> None:
    async with room_there(mortal) as (_, _, theirs):
        got = await theirs.expect(event("room-message"), within=NOTICED_WITHIN)
        assert got["data"]["data"][1] == "one"
