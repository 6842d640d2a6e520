"""Limits of how many: sockets, messages under way, and messages that wait; 0 is no limit."""

import asyncio
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import unquote, urlsplit

import pymysql
import pytest
from websockets.exceptions import ConnectionClosed

from tests.client import PATIENCE, Person, answer, message, refused, stored
from tests.limits.conftest import METRICS, Limited
from tests.oracle import read_rows
from tests.scene import meet, write


async def test_one_socket_too_many_is_told_so(limited: Limited) -> None:
    server = limited(sockets_per_user=2)
    alice, bob = await meet(server, "alice", "bob")
    one, two = await alice.open(), await alice.open()
    refused_socket = await alice.connect()
    await refused_socket.wait_closed()
    assert refused_socket.close_code == 4409
    await bob.open()
    await one.chat(bob, "both still here")
    await two.expect(stored("both still here"))
    await two.close()
    three = await alice.open()
    await three.barrier()


async def test_the_socket_too_many_can_say_nothing_and_hears_nothing(limited: Limited) -> None:
    server = limited(sockets_per_user=1)
    alice, bob = await meet(server, "alice", "bob")
    here = await alice.open()
    extra = await alice.connect()
    data = {"other": bob.user_id, "content": "from outside"}
    with suppress(ConnectionClosed):  # it may be quicker than we
        await extra.send(json.dumps({"opt": "chat-to", "data": data}))
    await here.chat(bob, "from inside")
    with pytest.raises(ConnectionClosed):
        await extra.recv()
    assert extra.close_code == 4409
    await here.refute(stored("from outside"))
    rows = read_rows(server.database_url, "SELECT content FROM chatlog")
    assert rows == [("from inside",)]


@contextmanager
def held(database_url: str) -> Iterator[None]:
    """Somebody else holds the rows that every message needs, until the end of the block."""
    parts = urlsplit(database_url)
    if parts.scheme == "sqlite":
        with closing(sqlite3.connect(parts.path[1:], isolation_level=None)) as sqlite:
            sqlite.execute("BEGIN IMMEDIATE")
            yield
            sqlite.execute("ROLLBACK")
        return
    mysql = pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path[1:],
    )
    with closing(mysql), mysql.cursor() as cursor:
        cursor.execute("SELECT id FROM conversation FOR UPDATE")
        yield
        mysql.rollback()


async def test_one_socket_may_have_so_many_messages_under_way(
    database_url: str, limited: Limited
) -> None:
    server = limited(database_url=database_url, in_flight=4)
    alice, bob = await meet(server, "alice", "bob")
    await write(alice, bob, "hi")
    here, other_tab, there = await alice.open(), await alice.open(), await bob.open()
    with held(database_url):
        for number in range(6):
            data = {"other": bob.user_id, "content": f"{number}", "client_id": f"c-{number}"}
            await here.send("chat-to", data, ref=f"{number}")
        for number in (4, 5):
            push = await here.expect(refused(-8))
            assert push["ref"] == f"{number}"
        await other_tab.send("chat-to", {"other": bob.user_id, "content": "from the other"})
        await here.refute(stored())
        await there.refute(message())
    for number in range(4):
        await here.expect(stored(ref=f"{number}"))
    await other_tab.expect(stored("from the other"))
    for number in (4, 5):  # and now it is taken
        assert (await here.chat(bob, f"{number}", client_id=f"c-{number}")).dup is False


async def waiting(alice: Person) -> int:
    """Messages in the queue, by the server's own figures."""
    headers = {"Authorization": f"Bearer {METRICS}"}
    text = (await alice.request("GET", "/metrics", headers=headers)).body.decode()
    lines = [line.split() for line in text.splitlines() if not line.startswith("#")]
    return int(dict(line for line in lines if len(line) == 2)["parley_writer_queue"])


async def test_a_full_queue_says_not_now_and_loses_nothing(
    database_url: str, limited: Limited
) -> None:
    server = limited(database_url=database_url, queue_size=5, in_flight=0)
    server.allow(" 503 ")
    alice, bob = await meet(server, "alice", "bob")
    await write(alice, bob, "hi")
    here, there = await alice.open(), await bob.open()
    with held(database_url):
        await here.send("chat-to", {"other": bob.user_id, "content": "taken by the thread"}, "0")
        await here.barrier()
        async with asyncio.timeout(PATIENCE):
            while await waiting(alice):
                pass
        for number in range(1, 9):
            await here.send("chat-to", {"other": bob.user_id, "content": f"{number}"}, f"{number}")
        for number in (6, 7, 8):
            assert (await here.expect(answer(f"{number}")))["errorcode"] == -8
        assert await waiting(alice) == 5
        path = f"/api/v1/conversations/{bob.user_id}/messages"
        reply = await alice.request("POST", path, {"content": "9"})
        assert (reply.status, reply.envelope["errorcode"]) == (503, -8)
        assert (await here.ask("ping"))["errorcode"] == 3
    for number in range(6):
        await here.expect(stored(ref=f"{number}"))
    for text in ("taken by the thread", "1", "2", "3", "4", "5"):
        await there.expect(message(text))
    await there.refute(message())


async def test_a_database_that_stays_away_is_not_now(database_url: str, limited: Limited) -> None:
    """After write_timeout the sender is told; nothing was stored, and a retry is safe."""
    server = limited(database_url=database_url, write_timeout=0.5)
    alice, bob = await meet(server, "alice", "bob")
    await write(alice, bob, "hi")
    here = await alice.open()
    data = {"other": bob.user_id, "content": "later", "client_id": "c"}
    with held(database_url):
        assert (await here.ask("chat-to", data))["errorcode"] == -8
    assert (await here.chat(bob, "later", client_id="c")).seq == 2


async def test_0_means_no_limit(limited: Limited) -> None:
    server = limited(in_flight=0, queue_size=0, message_rate=0, frame_rate=0, sockets_per_user=0)
    alice, bob = await meet(server, "alice", "bob")
    tabs = [await alice.open() for _ in range(12)]
    for tab in tabs:
        for number in range(100):
            await tab.send("chat-to", {"other": bob.user_id, "content": f"{number}"}, f"{number}")
    for tab in tabs:
        for number in range(100):
            assert (await tab.expect(answer(f"{number}")))["errorcode"] == 2
