"""What one visitor, signed in or not, can take from everybody else: a bounded share."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import NamedTuple

import pytest

from tests.client import PATIENCE, Person, Tab, event, guest, message, refused
from tests.conftest import StartServer
from tests.raw_socket import BINARY, PING, TEXT, RawSocket, frame
from tests.reliability.memory import forget_peak, peak, resident
from tests.scene import write
from tests.security.site import call
from tests.services.parley import ParleyServer

MIB = 1 << 20
TOO_FAST, TOO_MANY, TOO_SLOW = 4429, 4409, 4408
EMOJI = "😀" * 8192  # 32 KiB, the largest message there is


class Scene(NamedTuple):
    server: ParleyServer
    mallory: Person
    bob: Person
    bobs: Tab


@pytest.fixture
async def scene(start_server: StartServer) -> AsyncIterator[Scene]:
    server = start_server(guests=True, frame_rate=20, sockets_per_user=10)
    mallory, bob = await guest(server.url, "mallory"), await guest(server.url, "bob")
    yield Scene(server, mallory, bob, await bob.open())
    await mallory.leave()
    await bob.leave()


@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT, b'{"opt": "ping"}'),
        frame(TEXT, b"not JSON"),
        frame(TEXT, b'{"opt": 1}'),
        frame(TEXT, b"[" * 1000),
        frame(BINARY, b"{}"),
    ],
    ids=["proper", "no JSON", "no opt", "deep", "binary"],
)
async def test_too_many_frames_end_the_socket_whatever_is_in_them(
    scene: Scene, data: bytes
) -> None:
    raw = await RawSocket.upgraded(scene.mallory)
    await raw.send(data * 1000)
    frames = await raw.read_to_end()
    assert [one.close_code for one in frames if one.close_code] == [TOO_FAST]
    assert len(frames) < 300  # what was answered before it ended, and nothing after
    await scene.bobs.barrier()


async def test_a_few_frames_too_many_are_only_refused(scene: Scene) -> None:
    tab = await scene.mallory.open()
    for _ in range(60):
        await tab.send("ping")
    push = await tab.expect(refused(-6))
    assert push["data"]["retry_after"] > 0
    assert tab.socket.close_code is None


async def test_one_user_has_so_many_sockets_and_no_more(scene: Scene) -> None:
    tabs = [await scene.mallory.open() for _ in range(10)]
    eleventh = await scene.mallory.connect()
    await eleventh.wait_closed()
    assert eleventh.close_code == TOO_MANY
    raw = await RawSocket.upgraded(scene.mallory)
    said = {"opt": "chat-to", "data": {"other": scene.bob.user_id, "content": "unseen"}}
    await raw.send(frame(TEXT, json.dumps(said).encode()))
    assert await raw.close_code() == TOO_MANY
    await tabs[0].chat(scene.bob, "seen")
    await scene.bobs.expect(message("seen"))
    await scene.bobs.refute(message("unseen"))
    await tabs[1].close()
    await scene.mallory.open()


async def test_sockets_that_come_at_once_are_counted_one_by_one(scene: Scene) -> None:
    connections = await asyncio.gather(*(scene.mallory.connect() for _ in range(25)))
    closing = [asyncio.create_task(one.wait_closed()) for one in connections]
    async with asyncio.timeout(PATIENCE):
        while sum(one.done() for one in closing) < 15:
            await asyncio.wait(
                [one for one in closing if not one.done()], return_when=asyncio.FIRST_COMPLETED
            )
    alive = [one for one in connections if one.close_code is None]
    assert len(alive) == 10
    for connection in alive:
        await connection.close()
    await asyncio.wait(closing)


async def test_nobody_is_kept_out_by_what_others_wrote_to_them(scene: Scene) -> None:
    """More than fits into one push: a sync must not end the socket that asked, time and again."""
    here = await scene.mallory.open()
    carol = await guest(scene.server.url, "carol")
    for number in range(60):
        await write(scene.mallory, carol, f"{number:04}" + EMOJI[4:])
    tab = await carol.open()
    found = await tab.sync({})
    [moved] = found["conversations"]
    assert (moved["reset"], moved["last_seq"], moved["unread"]) == (True, 60, 60)
    texts = [entry[1][:4] for entry in moved["logs"]]
    assert texts == [f"{number:04}" for number in range(60 - len(texts), 60)]
    assert len(json.dumps(moved, ensure_ascii=False).encode()) < MIB
    page = await carol.history(scene.mallory, limit=100)
    assert len(page["logs"]) == 60
    await here.barrier()
    await carol.leave()


async def test_small_messages_are_all_in_the_sync(scene: Scene) -> None:
    await write(scene.mallory, scene.bob, *(f"number {number}" for number in range(100)))
    [moved] = (await scene.bobs.sync({}))["conversations"]
    assert (moved["reset"], len(moved["logs"])) == (False, 100)


async def test_pings_that_are_never_read_cost_little(scene: Scene) -> None:
    raw = await RawSocket.upgraded(scene.mallory, receive_buffer=4096)
    forget_peak(scene.server.pid)
    before = resident(scene.server.pid)
    for _ in range(40):
        await raw.send(frame(PING, b"x" * 125) * 1000)
    await scene.bobs.barrier()
    assert peak(scene.server.pid) - before < 8 * MIB
    raw.abort()


async def test_connections_that_say_nothing_cost_little(scene: Scene) -> None:
    before = resident(scene.server.pid)
    silent = [await RawSocket.plain(scene.server.url) for _ in range(300)]
    for raw in silent:
        await raw.send(b"GET /user/chatwebsocket HTTP/1.1\r\nHost: x\r\nCookie: " + b"a" * 1000)
    await scene.bobs.barrier()
    assert call(scene.server.url, "GET", "/healthz").status == HTTPStatus.OK
    assert resident(scene.server.pid) - before < 300 * 100_000
    for raw in silent:
        raw.abort()


HEAVY = {
    "languages": ("GET", "/", {"Accept-Language": "xx," * 20_000}, b""),
    "cookies": ("GET", "/", {"Cookie": "a=b;" * 15_000}, b""),
    "quotes in a cookie": ("GET", "/", {"Cookie": 'a="' + "\\0" * 30_000}, b""),
    "query": ("GET", "/healthz?" + "a=&" * 20_000, {}, b""),
    "form": ("POST", "/useropt", {"Content-Type": "application/x-www-form-urlencoded"}, b"a=&"),
    "parts": ("POST", "/useropt", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x\r\n"),
    "brackets": ("POST", "/useropt", {}, b"["),
    "digits": ("POST", "/useropt", {}, b"9"),
    "escapes": ("POST", "/useropt", {}, b'"\\u0000'),
    "subprotocols": ("GET", "/user/chatwebsocket", {"Sec-WebSocket-Protocol": "a," * 30_000}, b""),
    "origin": ("POST", "/useropt", {"Origin": "http://" + "a" * 60_000}, b"{}"),
    "token": ("GET", "/api/v1/me", {"Authorization": "Bearer " + "a." * 30_000}, b""),
}


@pytest.mark.parametrize(("method", "path", "headers", "body"), HEAVY.values(), ids=HEAVY)
async def test_no_request_of_a_stranger_is_expensive(
    scene: Scene, method: str, path: str, headers: dict[str, str], body: bytes
) -> None:
    """Ten of each are over within the time that one heavy one would take."""
    whole = body * (1_000_000 // len(body)) if body else None
    spent = []
    for _ in range(10):
        began = time.perf_counter()
        reply = call(scene.server.url, method, path, headers, whole)
        spent.append(time.perf_counter() - began)
        assert reply.status != HTTPStatus.INTERNAL_SERVER_ERROR
    assert min(spent) < 0.03, spent


async def test_a_body_beyond_all_limits_is_not_read(scene: Scene) -> None:
    forget_peak(scene.server.pid)
    before = resident(scene.server.pid)
    head = b"POST /useropt HTTP/1.1\r\nHost: x\r\n"
    for length in (b"Content-Length: 52428800\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"):
        raw = await RawSocket.plain(scene.server.url)
        sending = asyncio.create_task(raw.send(head + length + b"100000\r\n" + b"x" * 50 * MIB))
        await sending
        raw.abort()
    assert peak(scene.server.pid) - before < 8 * MIB
    await scene.bobs.barrier()


async def test_typing_to_strangers_reaches_nobody(scene: Scene) -> None:
    tab = await scene.mallory.open()
    push = await tab.ask("typing", {"other": scene.bob.user_id, "on": True})
    assert push["errorcode"] == -4
    await scene.bobs.refute(event("typing"))
