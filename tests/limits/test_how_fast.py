"""Limits of how fast: questions, handshakes, messages and frames a second."""

import asyncio
import time
from collections import Counter
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.client import PATIENCE, Person, Tab, answer
from tests.limits.conftest import Limited
from tests.oracle import read_rows
from tests.scene import meet, write


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
