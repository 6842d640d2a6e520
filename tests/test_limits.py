"""Every limit, met on purpose; and 0, which means that there is none."""

import asyncio
import http.client
import json
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from urllib.parse import unquote, urlsplit

import pymysql
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.client import PATIENCE, Person, Tab, answer, event, message, refused, stored
from tests.conftest import StartServer
from tests.oracle import read_rows
from tests.scene import meet, write
from tests.services.parley import ParleyServer

METRICS = "metrics-token-of-the-tests"


Limited = Callable[..., ParleyServer]


@pytest.fixture
def limited(start_server: StartServer) -> Limited:
    """Starts a server where guests may come in and the operator may read figures."""
    return partial(start_server, guests=True, metrics_token=METRICS)


# -- how fast --------------------------------------------------------------------------------------


async def test_requests_beyond_the_rate_are_too_fast(limited: Limited) -> None:
    """One person cannot fill the line in which everybody's questions wait."""
    server = limited(request_rate=0.5)
    alice, bob = await meet(server, "alice", "bob")
    assert (await alice.request("GET", "/api/v1/me")).status == 200
    assert (await alice.useropt("recent-users"))["errorcode"] in (0, -6)
    replies = [await alice.request("GET", "/api/v1/conversations") for _ in range(3)]
    reply = replies[-1]
    assert (reply.status, reply.envelope["errorcode"]) == (429, -6)
    assert (await alice.useropt("recent-users"))["errorcode"] == -6
    assert (await alice.request("GET", "/")).status == 429
    assert (await bob.request("GET", "/api/v1/me")).status == 200


async def test_handshakes_beyond_the_rate_are_too_fast(limited: Limited) -> None:
    """All tabs may come back at once, and more than once; others do not notice."""
    server = limited(handshake_rate=0.5, sockets_per_user=11)
    alice, bob = await meet(server, "alice", "bob")
    codes: Counter[int] = Counter()
    refused_after = 0.0
    while not codes[429] and codes.total() < 60:
        began = time.monotonic()
        codes[await handshake(alice)] += 1
        refused_after = time.monotonic() - began
    assert codes[429] == 1
    assert 4 * 11 <= codes[101] < 50
    assert refused_after >= 1
    assert await handshake(bob) == 101


async def test_handshakes_of_nobody_count_for_nobody(limited: Limited) -> None:
    """Those without a word about who it is are refused without a look, and fill no bucket."""
    server = limited(handshake_rate=0.5)
    assert {await handshake(Person(server.url)) for _ in range(60)} == {401}
    (alice,) = await meet(server, "alice")
    assert await handshake(alice) == 101


async def handshake(person: Person) -> int:
    """The status of one more."""
    try:
        await (await person.connect()).close()
    except InvalidStatus as refused:
        return refused.response.status_code
    return 101


async def test_messages_beyond_the_burst_are_too_fast(limited: Limited) -> None:
    """The bucket belongs to the person, not to the socket, and HTTP drinks from it too."""
    server = limited(message_rate=0.01, message_burst=3)
    alice, bob = await meet(server, "alice", "bob")
    one, two = await alice.open(), await alice.open()
    await one.chat(bob, "1")
    await two.chat(bob, "2")
    await write(alice, bob, "3")
    for tab in (one, two):
        push = await tab.ask("chat-to", {"other": bob.user_id, "content": "4"})
        assert push["errorcode"] == -6
        assert 90 < push["data"]["retry_after"] <= 100
    path = f"/api/v1/conversations/{bob.user_id}/messages"
    reply = await alice.request("POST", path, {"content": "4"})
    assert (reply.status, reply.envelope["errorcode"]) == (429, -6)
    assert 90 < int(reply.headers["Retry-After"]) <= 101
    assert (await alice.useropt("chat-to", other=bob.user_id, content="4"))["errorcode"] == -6
    await (await bob.open()).chat(alice, "not mine to pay for")
    await one.ask("ping")


async def test_after_retry_after_it_goes_on(limited: Limited) -> None:
    server = limited(message_rate=2, message_burst=1)
    alice, bob = await meet(server, "alice", "bob")
    here = await alice.open()
    waits = []
    async with asyncio.timeout(PATIENCE):
        for number in range(3):
            data = {"other": bob.user_id, "content": "x", "client_id": f"c-{number}"}
            while (push := await here.ask("chat-to", data))["errorcode"] == -6:
                waits.append(push["data"]["retry_after"])
    assert waits
    assert all(0 < wait <= 0.5 for wait in waits)
    assert read_rows(server.database_url, "SELECT COUNT(*) FROM chatlog") == [(3,)]


async def test_what_is_malformed_costs_no_message(limited: Limited) -> None:
    server = limited(message_rate=0.01, message_burst=1)
    alice, bob = await meet(server, "alice", "bob")
    here = await alice.open()
    for content in ("", None, "x" * 8193):
        await here.ask("chat-to", {"other": bob.user_id, "content": content})
    await here.chat(bob, "the only one")


async def too_fast_for_too_long(tab: Tab, frame: str) -> set[int]:
    """Sends without a pause until the server has enough; the errorcodes seen."""
    with suppress(ConnectionClosed):
        for _ in range(100_000):
            await tab.send_raw(frame)
    assert await tab.closed() == 4429
    return {push["errorcode"] for push in tab.inbox}


@pytest.mark.parametrize(
    ("frame", "codes"),
    [('{"opt": "ping"}', {3, -6}), ("garbage", {-2}), ('{"opt": "sync"}', {-2, -6})],
    ids=["ping", "garbage", "sync"],
)
async def test_frames_beyond_the_rate_are_too_fast_and_then_the_end(
    limited: Limited, frame: str, codes: set[int]
) -> None:
    server = limited(frame_rate=10)
    alice, bob = await meet(server, "alice", "bob")
    here, other_tab, there = await alice.open(), await alice.open(), await bob.open()
    assert await too_fast_for_too_long(here, frame) <= codes
    await other_tab.barrier()
    await there.barrier()


async def test_a_frame_that_is_too_fast_is_not_obeyed(limited: Limited) -> None:
    server = limited(frame_rate=10)
    alice, bob = await meet(server, "alice", "bob")
    here = await alice.open()
    for number in range(40):
        await here.send("chat-to", {"other": bob.user_id, "content": f"{number}"}, ref=f"{number}")
    pushes = [await here.expect(answer(f"{number}")) for number in range(40)]
    codes = [push["errorcode"] for push in pushes]
    assert set(codes) == {2, -6}
    assert codes[:20] == [2] * 20  # twice the rate at once
    assert all(push["data"]["retry_after"] > 0 for push in pushes if push["errorcode"] == -6)
    rows = read_rows(server.database_url, "SELECT COUNT(*) FROM chatlog")
    assert rows == [(codes.count(2),)]


# -- how many --------------------------------------------------------------------------------------


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


# -- how large -------------------------------------------------------------------------------------


async def test_a_frame_over_64_kib_is_1009(limited: Limited) -> None:
    server = limited()
    alice, bob = await meet(server, "alice", "bob")
    here, other_tab = await alice.open(), await alice.open()
    await here.send_raw('{"opt": "ping", "ref": "full"}'.ljust(65_536))
    await here.expect(event("pong", ref="full"))
    await here.send_raw('{"opt": "ping"}'.ljust(65_537))
    assert await here.closed() == 1009
    await other_tab.chat(bob, "still here")


async def test_a_body_over_128_kib_is_too_large(limited: Limited) -> None:
    server = limited()
    alice, bob = await meet(server, "alice", "bob")
    path = f"/api/v1/conversations/{bob.user_id}/messages"
    for size in (131_073, 500_000, 1_048_576, 1_048_577, 9_000_000):
        for method, where in (("POST", path), ("PUT", path.replace("messages", "read"))):
            reply = await alice.request(method, where, '{"content": "x"}'.ljust(size))
            assert reply.status == 413
            assert (reply.envelope["errorcode"], reply.envelope["data"]) == (-7, {"limit": 131_072})
        reply = await alice.request("POST", "/useropt", '{"opt": "ping"}'.ljust(size))
        assert (reply.status, reply.envelope["errorcode"]) == (200, -7)
    fits = await alice.request("POST", path, '{"content": "x"}'.ljust(131_072))
    assert fits.status == 200


def test_who_sends_far_too_much_is_told_so_and_may_go_on(start_server: StartServer) -> None:
    """Also in chunks, whose sum nobody knows beforehand; and the connection stays."""
    server = start_server()
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    with closing(connection):
        for _ in range(2):
            chunks = (b"x" * 65_536 for _ in range(160))
            connection.request("POST", "/useropt", chunks, encode_chunked=True)
            response = connection.getresponse()
            assert response.status == 200
            assert json.loads(response.read())["data"] == {"limit": 131_072}


def test_what_never_ends_is_not_waited_for(start_server: StartServer) -> None:
    server = start_server()
    connection = http.client.HTTPConnection(server.host, server.port, timeout=PATIENCE)
    with closing(connection):
        connection.putrequest("POST", "/useropt")
        connection.putheader("Content-Length", str(64 * 1_048_576 + 1))
        connection.endheaders()
        assert connection.getresponse().status == 400


async def test_the_longest_text_fits_however_it_is_written(limited: Limited) -> None:
    """Some clients write every letter beyond ASCII as \\uXXXX: an emoji takes twelve bytes then."""
    server = limited()
    alice, bob = await meet(server, "alice", "bob")
    path = f"/api/v1/conversations/{bob.user_id}/messages"
    escaped = json.dumps({"content": "😀" * 8192}, ensure_ascii=True)
    reply = await alice.request("POST", path, escaped)
    assert reply.status == 200
    assert reply.envelope["data"]["data"][1] == "😀" * 8192


async def test_the_text_limit_is_a_setting(limited: Limited) -> None:
    server = limited(content_limit=10)
    alice, bob = await meet(server, "alice", "bob")
    here = await alice.open()
    await here.chat(bob, "😀" * 10)
    push = await here.ask("chat-to", {"other": bob.user_id, "content": "😀" * 11})
    assert (push["errorcode"], push["data"]) == (-7, {"limit": 10})


# -- none ------------------------------------------------------------------------------------------


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
