"""Both buses keep the same promises: one process without Redis, and two with it.

`here` and `there` are two processes, or twice the same one.
"""

import asyncio
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.client import Person, Push, Tab, event, message, stored
from tests.cluster.servers import Cluster, acquainted, at, sees, seqs, shown, somebody
from tests.oracle import Oracle, Shown
from tests.services.mariadb import MariaDB
from tests.services.redis import Redis

SENDS = 60  # messages of each of two people who write at the same moment
TWICE = 8  # rounds of the same client_id from two sockets at once


class Places(NamedTuple):
    here: str
    there: str
    database_url: str


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path_factory.mktemp('database') / 'parley.db'}"
    mariadb: MariaDB = request.getfixturevalue("mariadb")
    return mariadb.create_database()


@pytest.fixture(scope="module", params=["local", "redis"])
def places(
    request: pytest.FixtureRequest, database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Places]:
    folder = tmp_path_factory.mktemp("servers")
    if request.param == "local":
        with Cluster(folder, database, "", processes=1) as alone:
            yield Places(alone.urls[0], alone.urls[0], database)
        return
    with Redis() as redis, Cluster(folder, database, redis.url) as cluster:
        here, there = cluster.urls
        yield Places(here, there, database)


async def two(places: Places) -> tuple[Person, Person]:
    """Alice is here and Bob is there."""
    alice, bob = await acquainted(places.here)
    return alice, at(bob, places.there)


async def test_a_message_reaches_every_tab_of_both(places: Places) -> None:
    alice, bob = await two(places)
    tabs = [await alice.open(), await at(alice, places.there).open()]
    theirs = [await bob.open(), await at(bob, places.here).open()]
    await sees(alice, bob, online=True)
    said = await tabs[0].chat(bob, "hi 😀")
    assert said.errorcode == 1
    for tab in theirs:
        got = await tab.expect(message("hi 😀", sender=alice))
        assert got["data"]["data"][3]["seq"] == said.seq
    mine = await tabs[1].expect(stored("hi 😀"))
    assert mine["errorcode"] == 1
    assert mine["data"]["data"][3]["client_id"] == said.client_id
    for tab in (*tabs, *theirs):
        await tab.refute(message("hi 😀"))
        await tab.refute(stored("hi 😀"))
        await tab.close()


async def test_nobody_there_is_told_as_2(places: Places) -> None:
    alice, bob = await two(places)
    mine, theirs = await alice.open(), await bob.open()
    await mine.expect(event("presence", user_id=bob.user_id, online=True))
    assert (await mine.chat(bob, "one")).errorcode == 1
    await theirs.close()
    await mine.expect(event("presence", user_id=bob.user_id, online=False))
    assert (await mine.chat(bob, "two")).errorcode == 2
    await mine.close()


async def test_a_message_over_http_is_pushed_as_well(places: Places) -> None:
    alice, bob = await two(places)
    theirs, mine = await bob.open(), await at(alice, places.there).open()
    await sees(alice, bob, online=True)
    answer = await alice.useropt("chat-to", other=bob.user_id, content="by post")
    assert answer["errorcode"] == 1
    await theirs.expect(message("by post", sender=alice))
    await mine.expect(stored("by post"))
    await theirs.close()
    await mine.close()


async def test_the_friendly_time_is_in_the_language_of_the_reader(places: Places) -> None:
    alice, wang = await somebody(places.here), await somebody(places.there)
    chinese = {"Accept-Language": "zh-CN"}
    reply = await wang.request("POST", "/api/v1/guests", {}, chinese)
    wang.user_id = reply.data["user_id"]
    mine, theirs = await alice.open(), await wang.open()
    await sees(alice, wang, online=True)
    await mine.chat(wang, "你好")
    assert (await theirs.expect(message("你好")))["data"]["data"][2] == "几秒前"
    await mine.close()
    await theirs.close()


async def test_receipts_reach_both_sides(places: Places) -> None:
    alice, bob = await two(places)
    mine, theirs = await alice.open(), await bob.open()
    also_theirs = await at(bob, places.here).open()
    await sees(alice, bob, online=True)
    seq = (await mine.chat(bob, "read me")).seq
    await theirs.expect(message("read me"))
    await theirs.send("delivered", {"other": alice.user_id, "seq": seq})
    await mine.expect(event("delivered", user_id=bob.user_id, seq=seq, by="<"))
    await also_theirs.expect(event("delivered", user_id=alice.user_id, seq=seq, by=">"))
    await theirs.send("read", {"other": alice.user_id, "seq": seq})
    await mine.expect(event("read", user_id=bob.user_id, seq=seq, by="<"))
    await also_theirs.expect(event("read", user_id=alice.user_id, seq=seq, by=">"))
    await theirs.refute(event("read"))
    for tab in (mine, theirs, also_theirs):
        await tab.close()


async def test_typing_reaches_the_other_side_only(places: Places) -> None:
    alice, bob = await two(places)
    mine, also_mine = await alice.open(), await at(alice, places.there).open()
    theirs = await bob.open()
    await sees(alice, bob, online=True)
    await mine.send("typing", {"other": bob.user_id, "on": True})
    await theirs.expect(event("typing", user_id=alice.user_id, on=True))
    await also_mine.refute(event("typing"))
    for tab in (mine, also_mine, theirs):
        await tab.close()


@pytest.mark.parametrize("first", ["here", "there", "both"])
async def test_offline_is_told_once(places: Places, first: str) -> None:
    """Alice has a tab with each process; viewers at both are told once that she left."""
    alice, bob = await two(places)
    viewers = [await bob.open(), await at(bob, places.here).open()]
    tabs = {"here": await alice.open(), "there": await at(alice, places.there).open()}
    for viewer in viewers:
        await viewer.expect(event("presence", user_id=alice.user_id, online=True))
    if first == "both":
        await asyncio.gather(*(tab.close() for tab in tabs.values()))
    else:
        await tabs.pop(first).close()
        for viewer in viewers:
            assert (await viewer.chat(alice, "still there?")).errorcode == 1
            await viewer.refute(event("presence", online=False))
        await tabs.popitem()[1].close()
    for viewer in viewers:
        await viewer.expect(event("presence", user_id=alice.user_id, online=False))
    await sees(bob, alice, online=False)
    await sees(at(bob, places.here), alice, online=False)
    for viewer in viewers:
        await viewer.refute(event("presence"))
        await viewer.close()


async def test_signing_out_closes_the_sockets_of_the_session_everywhere(places: Places) -> None:
    alice, bob = await two(places)
    tabs = [await alice.open(), await at(alice, places.there).open()]
    other = await bob.open()
    assert (await alice.request("DELETE", "/api/v1/session")).status == 200
    for tab in tabs:
        assert await tab.closed(within=1.0) == 4401
    await other.barrier()
    await other.close()


async def test_the_same_message_from_two_sockets_at_once_is_one(places: Places) -> None:
    alice, bob = await two(places)
    oracle = Oracle()
    tabs = [await alice.open(), await at(alice, places.there).open()]
    for turn in range(TWICE):
        client_id = f"{alice.user_id}-{turn}"
        oracle.sent(alice.user_id, client_id, bob.user_id, "once")
        both = await asyncio.gather(*(tab.chat(bob, "once", client_id) for tab in tabs))
        assert {said.seq for said in both} == {turn + 2}
        assert sorted(said.dup for said in both) == [False, True]
        for said in both:
            oracle.acked(alice.user_id, client_id, bob.user_id, said.seq)
    faults = [fault for fault in oracle.check(places.database_url) if fault.kind != "phantom"]
    assert not faults
    for tab in tabs:
        await tab.close()


async def talk(tabs: list[Tab], sender: Person, receiver: Person, oracle: Oracle) -> None:
    """Say SENDS things, by turns from each tab, as fast as they can be written."""
    for number in range(SENDS):
        client_id = f"{sender.user_id}-{number}"
        text = f"{sender.name} {number}"
        oracle.sent(sender.user_id, client_id, receiver.user_id, text)
        data = {"other": receiver.user_id, "content": text, "client_id": client_id}
        await tabs[number % len(tabs)].send("chat-to", data, client_id)


async def test_all_at_once_is_seen_in_order_without_holes(places: Places) -> None:
    alice, bob = await acquainted(places.here)
    oracle = Oracle()
    mine = [await alice.open(), await at(alice, places.there).open()]
    theirs = [await bob.open(), await at(bob, places.there).open()]
    await asyncio.gather(talk(mine, alice, bob, oracle), talk(theirs[::-1], bob, alice, oracle))
    last = 1 + 2 * SENDS
    for tabs, me, other in ((mine, alice, bob), (theirs, bob, alice)):
        for tab in tabs:
            await shown(tab, other, last)
            assert seqs(tab, other) == list(range(2, last + 1))
            screen = [
                _line(push, me, other) for push in tab.inbox if push["errorcode"] in (0, 1, 2)
            ]
            oracle.saw(me.user_id, other.user_id, [Shown(1, alice.user_id, "hello"), *screen])
            await tab.close()
    faults = oracle.check(places.database_url)
    assert not [fault for fault in faults if fault.kind != "phantom"]
    assert not [f for f in faults if f"'{alice.name} " in f.detail or f"'{bob.name} " in f.detail]


def _line(push: Push, me: Person, other: Person) -> Shown:
    side, content, _, extra = push["data"]["data"]
    return Shown(extra["seq"], me.user_id if side == ">" else other.user_id, content)
