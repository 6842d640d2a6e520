"""Frames that no browser would send end the socket they came from, and nothing else."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import NamedTuple

import pytest

from tests.client import Person, Tab, event, message
from tests.raw_socket import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    RawSocket,
    frame,
)
from tests.reliability.memory import forget_peak, peak, resident
from tests.scene import meet
from tests.services.parley import ParleyServer

MIB = 1 << 20
LIMIT = 65_536
TOO_BIG = 1009
NOT_BUFFERED = 4 * MIB  # what a server that keeps nothing may still grow by


class Scene(NamedTuple):
    """Mallory, whose sockets misbehave, and Alice and Bob, who do not care."""

    server: ParleyServer
    mallory: Person
    alice: Tab
    bob: Tab
    bob_himself: Person

    async def goes_on(self) -> None:
        """Alice and Bob talk, and so does Mallory from another tab."""
        await self.alice.chat(self.bob_himself, "undisturbed")
        await self.bob.expect(message("undisturbed"))
        other_tab = await self.mallory.open()
        await other_tab.ask("ping")
        await other_tab.close()
        self.server.check_log()


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParleyServer]:
    """One server has to live through all of it."""
    with ParleyServer(folder=tmp_path_factory.mktemp("server"), guests=True) as server:
        yield server


@pytest.fixture
async def scene(attacked: ParleyServer) -> AsyncIterator[Scene]:
    mallory, alice, bob = await meet(attacked, "mallory", "alice", "bob")
    yield Scene(attacked, mallory, await alice.open(), await bob.open(), bob)
    await alice.leave()
    await bob.leave()


@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT, b"x" * (LIMIT + 1)),
        frame(BINARY, b"x" * (LIMIT + 1)),
        frame(TEXT, b"x" * LIMIT, final=False) + frame(CONTINUATION, b"x"),
        frame(TEXT, b"", announced=1 << 40),
        frame(TEXT, b"some of it", announced=(1 << 63) - 1),
    ],
    ids=["text", "binary", "fragments", "announced 1 TiB", "announced 8 EiB"],
)
async def test_a_frame_over_the_limit_ends_that_socket_with_1009(scene: Scene, data: bytes) -> None:
    raw = await RawSocket.upgraded(scene.mallory)
    await raw.send(data)
    assert await raw.close_code() == TOO_BIG
    await scene.goes_on()


async def test_a_frame_of_exactly_the_limit_is_answered(scene: Scene) -> None:
    tab = await scene.mallory.open()
    await tab.send_raw('{"opt": "ping", "ref": "full"}'.ljust(LIMIT))
    await tab.expect(event("pong", ref="full"))
    await tab.close()


async def test_a_frame_over_the_limit_is_never_buffered(scene: Scene) -> None:
    """50 MiB are on their way; the server refuses after the head and keeps none of it."""
    forget_peak(scene.server.pid)
    before = resident(scene.server.pid)
    raw = await RawSocket.upgraded(scene.mallory)
    huge = asyncio.create_task(raw.send(frame(TEXT, b"x" * (50 * MIB))))
    assert await raw.close_code() in (TOO_BIG, None)  # None: reset, as we were still sending
    raw.abort()
    await huge
    assert peak(scene.server.pid) - before < NOT_BUFFERED
    await scene.goes_on()


@pytest.mark.parametrize(
    "data",
    [
        frame(TEXT, b"\xff\xfe"),
        frame(TEXT, '{"opt": "ping"}'.encode("utf-16")),
        frame(TEXT, b'{"opt": "ping\xed\xa0\x80"}'),
        *(frame(opcode, b"?") for opcode in (0x3, 0x7, 0xB, 0xF)),
        frame(TEXT, b"{}", reserved=0b100),
        frame(TEXT, b"{}", reserved=0b011),
        frame(PING, b"x" * 126),
        frame(CLOSE, b"x" * 126),
        frame(PING, b"x", final=False),
        frame(CONTINUATION, b"of nothing"),
        frame(TEXT, b"{", final=False) + frame(TEXT, b"}"),
        frame(CLOSE, b"\x03"),
        frame(CLOSE, b"\x00\x00"),
        frame(CLOSE, b"\x03\xe8\xff\xff"),
        b"GET / HTTP/1.1\r\n\r\n" * 10,
    ],
    ids=lambda data: repr(data[:16]),
)
async def test_a_broken_frame_ends_that_socket_only(scene: Scene, data: bytes) -> None:
    raw = await RawSocket.upgraded(scene.mallory)
    await raw.send(data)
    await raw.read_to_end()
    await scene.goes_on()


@pytest.mark.parametrize(
    "data",
    [frame(PING, b"x" * 125), frame(PONG, b"unasked"), frame(TEXT, b"{}"), frame(BINARY, b"{}")],
    ids=["ping", "pong", "text", "binary"],
)
async def test_an_odd_but_legal_frame_ends_nothing(scene: Scene, data: bytes) -> None:
    raw = await RawSocket.upgraded(scene.mallory)
    await raw.send(data + frame(TEXT, b'{"opt": "ping", "ref": "still here"}'))
    while (got := await raw.read_frame()) is not None and b"still here" not in got.payload:
        pass
    assert got is not None, "the socket was ended"
    raw.abort()
    await scene.goes_on()


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500),
        b"\r\n\r\n\r\n",
        b"GET",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 10 + b"\xff\xfe: x\r\n\r\n",
        b"POST /useropt HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /useropt HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST /useropt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /user/chatwebsocket HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n",
        b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=lambda data: repr(data[:24]),
)
async def test_garbage_instead_of_http_ends_that_connection_only(scene: Scene, data: bytes) -> None:
    raw = await RawSocket.plain(scene.server.url)
    await raw.send(data)
    raw.writer.write_eof()
    await raw.reader.read()
    raw.abort()
    await scene.goes_on()
