"""Rooms over two processes: one order, one list of who is in, one notice per person."""

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from tests.client import Person, Tab, event
from tests.cluster.servers import Cluster, at, linked, somebody
from tests.rooms.scene import enter, opened, say, texts, users_of
from tests.services.mariadb import MariaDB
from tests.services.redis import Redis


async def pair_in_a_room(cluster: Cluster) -> tuple[str, list[Person], list[Tab]]:
    """Ann, who opened the room, at the first process, Bob at the second; both know of both."""
    here, there = cluster.urls
    people = [await somebody(here, "ann"), at(await somebody(here, "bob"), there)]
    room = await opened(people[0])
    tabs = [await person.open() for person in people]
    for tab in tabs:
        await enter(tab, room)
    for tab in tabs:
        await knows(tab, room, people)
    return room, people, tabs


async def knows(tab: Tab, room: str, people: list[Person]) -> None:
    """Waits until the tab's process knows that these are in, and nobody else."""
    wanted = {person.user_id for person in people}
    while True:
        members = (await tab.ask("room-members", {"room": room}))["data"]["members"]
        if {one["user_id"] for one in members} == wanted:
            return


async def hear(tab: Tab, shown: dict[int, str], until: int) -> None:
    """Collects what is pushed, which has to come in order and once."""
    while max(shown, default=0) < until:
        entry = (await tab.expect(event("room-message")))["data"]["data"]
        assert entry[3]["seq"] == max(shown, default=0) + 1, (entry, shown)
        shown[entry[3]["seq"]] = entry[1]


async def test_everybody_is_shown_the_same_in_order(cluster: Cluster) -> None:
    room, people, tabs = await pair_in_a_room(cluster)
    listeners = [await at(person, url).open() for person in people for url in cluster.urls]
    for listener in listeners:
        await enter(listener, room)
    for number in range(30):  # as many as one socket may have under way
        for tab in tabs:
            await tab.send("room-say", {"room": room, "content": f"{number}"}, ref=f"{number}")
    screens: list[dict[int, str]] = [{} for _ in listeners]
    await asyncio.gather(
        *(hear(tab, shown, 60) for tab, shown in zip(listeners, screens, strict=True))
    )
    page = (await people[0].useropt("room-chat", room=room, limit=200))["data"]
    for shown in screens:
        assert [shown[seq] for seq in sorted(shown)] == texts(page["logs"])


async def test_who_leaves_is_out_at_the_other_process_at_once(
    tmp_path: Path, database_url: str, own_redis: Redis
) -> None:
    """The grace is for lost connections."""
    with Cluster(tmp_path, database_url, own_redis.url, presence_grace=1000.0) as cluster:
        room, (_, bob), (here, there) = await pair_in_a_room(cluster)
        await there.ask("room-leave", {"room": room})
        notice = await here.expect(event("room-leave", by="<", room=room))
        assert users_of(notice) == {bob.user_id}
        await leave(here, there)


async def test_one_notice_per_person_wherever_the_tabs_are(cluster: Cluster) -> None:
    room, _, (here, there) = await pair_in_a_room(cluster)
    cat = await somebody(cluster.urls[0], "cat")
    tabs = [await at(cat, url).open() for url in cluster.urls * 2]
    for tab in tabs:
        await enter(tab, room)
    for viewer in (here, there):
        while cat.user_id not in users_of(await viewer.expect(event("room-join", by="<"))):
            continue
    for tab in tabs[:3]:
        await tab.close()
    await tabs[3].ask("room-leave", {"room": room})
    for viewer in (here, there):
        left = await viewer.expect(event("room-leave", by="<"))
        assert (users_of(left), left["data"]["count"]) == ({cat.user_id}, 2)
    for viewer in (here, there):
        await viewer.refute(event("room-join"))
        await viewer.refute(event("room-leave"))


async def test_moderation_reaches_the_other_process(cluster: Cluster) -> None:
    room, (ann, bob), (here, there) = await pair_in_a_room(cluster)
    await say(there, room, "rude")
    await here.expect(event("room-message"))
    await here.ask("room-delete", {"room": room, "seq": 1})
    await there.expect(event("room-delete", room=room, seq=1, user_id=ann.user_id))
    data = {"room": room, "user_id": bob.user_id, "on": True}
    await here.ask("room-mute", data)
    await there.expect(event("room-mute", room=room, user_id=bob.user_id, on=True))
    assert (await there.ask("room-say", {"room": room, "content": "x"}))["errorcode"] == -5
    await here.ask("room-remove", data)
    told = await there.expect(event("room-leave", by=">", room=room))
    assert told["data"]["removed"] is True
    await knows(here, room, [ann])
    await say(here, room, "among ourselves")
    await there.refute(event("room-message"))


async def test_a_process_that_dies_takes_its_people_out(cluster: Cluster) -> None:
    room, (ann, bob), (here, _) = await pair_in_a_room(cluster)
    cluster.servers[1].kill()
    left = await here.expect(event("room-leave", by="<"), within=15)
    assert users_of(left) == {bob.user_id}
    await knows(here, room, [ann])
    cluster.servers[1].start()


async def test_what_was_said_without_redis_is_shown_when_it_is_back(
    cluster: Cluster, own_redis: Redis
) -> None:
    room, people, (here, there) = await pair_in_a_room(cluster)
    shown: dict[int, str] = {}
    await say(here, room, "1")
    await hear(there, shown, 1)
    await asyncio.to_thread(own_redis.stop)
    for number in range(2, 6):
        assert (await say(here, room, f"{number}"))["data"]["data"][3]["seq"] == number
    removed = {"room": room, "user_id": people[1].user_id, "on": True}
    second = await at(people[1], cluster.urls[1]).open()
    await enter(second, room)
    await asyncio.to_thread(own_redis.start)
    await hear(there, shown, 5)
    assert shown == {number: f"{number}" for number in range(1, 6)}
    await knows(here, room, people)
    await asyncio.to_thread(own_redis.stop)
    await here.ask("room-remove", removed)
    await asyncio.to_thread(own_redis.start)
    await there.expect(event("room-leave", by=">", room=room))
    await say(here, room, "among ourselves")
    await there.refute(event("room-message"))


@contextmanager
def cut_off(redis: Redis, name: str) -> Iterator[None]:
    """Redis lets this account of its in no more, until the end; everybody else notices nothing."""
    with redis.connect() as admin:
        admin.acl_setuser(name, enabled=False)
        admin.client_kill_filter(user=name)
        yield
        admin.acl_setuser(name, enabled=True)


def apart_cluster(folder: Path, database_url: str, redis: Redis) -> Cluster:
    """The first process has an account of its own at Redis: "apart"."""
    with redis.connect() as admin:
        everything = {"enabled": True, "nopass": True, "keys": ["*"], "channels": ["*"]}
        admin.acl_setuser("apart", categories=["+@all"], **everything)
    cluster = Cluster(folder, database_url, redis.url)
    cluster.servers[0].settings["redis_url"] = redis.url.replace("://", "://apart:any@")
    return cluster


async def test_who_was_removed_by_a_process_without_redis_hears_no_more(
    tmp_path: Path, database_url: str, own_redis: Redis
) -> None:
    """The process where they are has Redis all the time: it has no reason to look, unless told."""
    with apart_cluster(tmp_path, database_url, own_redis) as cluster:
        room, (_, bob), (here, there) = await pair_in_a_room(cluster)
        with cut_off(own_redis, "apart"):
            await here.ask("room-remove", {"room": room, "user_id": bob.user_id, "on": True})
            await there.refute(event("room-leave"))
        await linked(cluster.servers[0], 2)
        await there.expect(event("room-leave", by=">", room=room))
        assert cluster.servers[1].log.count("redis: linked") == 1
        await say(here, room, "among ourselves")
        await there.refute(event("room-message"))
        await leave(here, there)


async def test_who_is_removed_while_redis_is_away_hears_no_more(
    cluster: Cluster, own_redis: Redis
) -> None:
    room, (_, bob), (here, there) = await pair_in_a_room(cluster)
    await asyncio.to_thread(own_redis.stop)
    await here.ask("room-remove", {"room": room, "user_id": bob.user_id, "on": True})
    await there.expect(event("room-leave", by=">", room=room))
    assert not own_redis.running


async def test_who_was_removed_is_out_though_the_database_had_no_time(
    tmp_path: Path, mariadb: MariaDB, mariadb_url: str, own_redis: Redis
) -> None:
    """Redis is back, and who may still be in cannot be looked up before that is given up."""
    cluster = Cluster(tmp_path, mariadb_url, own_redis.url)
    for server in cluster.servers:
        server.settings |= {"write_timeout": 1.0, "watch_interval": 60.0}
    with cluster, closing(mariadb.connect(mariadb_url)) as other:
        room, (_, bob), (here, there) = await pair_in_a_room(cluster)
        await asyncio.to_thread(own_redis.stop)
        await here.ask("room-remove", {"room": room, "user_id": bob.user_id, "on": True})
        with other.cursor() as cursor:
            cursor.execute("LOCK TABLES participant WRITE")
            await asyncio.to_thread(own_redis.start)
            for server in cluster.servers:
                await linked(server, 2)
            for _ in range(2):  # what was asked before this was given up before this
                assert (await bob.useropt("room-chat", room=room))["errorcode"] == -8
            await there.refute(event("room-leave"))
            cursor.execute("UNLOCK TABLES")
        await there.expect(event("room-leave", by=">", room=room))
        await leave(here, there)


async def test_what_a_moderator_did_without_redis_is_seen_by_all(
    tmp_path: Path, database_url: str, own_redis: Redis
) -> None:
    """A text is deleted and somebody muted by a process that nobody hears: the others look.

    The blanks are no deleted text, and what was deleted before is not told again.
    """
    with apart_cluster(tmp_path, database_url, own_redis) as cluster:
        room, (_, bob), (here, there) = await pair_in_a_room(cluster)
        for text in ("an address", "a phone number", "  "):
            await say(here, room, text)
        await here.ask("room-delete", {"room": room, "seq": 1})
        await there.expect(event("room-delete", seq=1))
        with cut_off(own_redis, "apart"):
            await here.ask("room-delete", {"room": room, "seq": 2})
            await here.ask("room-mute", {"room": room, "user_id": bob.user_id, "on": True})
            await there.refute(event("room-delete"))
            await there.refute(event("room-mute"))
        await there.expect(event("room-delete", room=room, seq=2))
        await there.expect(event("room-mute", room=room, user_id=bob.user_id, on=True))
        members = (await there.ask("room-members", {"room": room}))["data"]["members"]
        assert [one["user_id"] for one in members if one.get("muted")] == [bob.user_id]
        await there.refute(event("room-delete"))
        await leave(here, there)


async def leave(*tabs: Tab) -> None:
    for tab in tabs:
        await tab.close()
