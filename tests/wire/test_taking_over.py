"""A socket is taken over from Tornado, and held back until open() is done."""

from __future__ import annotations

import asyncio
import socket

import pytest
from tornado.iostream import IOStream

from handlers.wire.connection import Connection
from handlers.wire.frames import PING, PONG, TEXT
from handlers.wire.handler import WireHandler
from handlers.wire.pings import Pings
from handlers.wire.poller import Poller
from tests.client import PATIENCE
from tests.raw_socket import Frame
from tests.wire.both_wires import Recorder
from tests.wire.open_socket import MIB, echo_of
from tests.wire.peer import LIMIT, Client, Echo, Server, masked, serving


async def test_what_came_with_the_handshake_is_heard(server: Server) -> None:
    cut = masked(TEXT, b"cut in two")
    client = await Client.to(server, masked(TEXT, b"early") + masked(PING, b"?") + cut[:7])
    assert await client.read() == Frame(TEXT, b"early")
    assert await client.read() == Frame(PONG, b"?")
    await client.send(cut[7:])
    assert await client.read() == Frame(TEXT, b"cut in two")


async def test_who_has_gone_again_with_the_handshake_is_noticed(server: Server) -> None:
    client = await Client.to(server, masked(TEXT, b"and off"))
    client.abort()
    await server.until(("close", None, None))
    assert Echo.live == []


async def test_nothing_of_the_handshake_is_kept(server: Server) -> None:
    _, echo = await echo_of(server)
    assert set(vars(echo)) <= {
        "application",
        "ws_connection",
        "close_code",
        "close_reason",
        "events",
        "_on_close_called",
        "_finished",
        "_status_code",
        "_wire",
    }


async def test_what_tornado_had_not_written_goes_out_first() -> None:
    """A peer that reads nothing before the handshake ends leaves its 101 in Tornado's stream."""
    peer, end = socket.socketpair()
    stream, loop = IOStream(end), asyncio.get_running_loop()
    head = b"HTTP/1.1 101 Switching Protocols" * 100_000
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(stream.write(head), 0.01)
    line = Connection(stream, Poller(loop), Pings(loop, 0, 0), Recorder(), LIMIT)
    line.open()
    line.write(b"and then this")
    peer.setblocking(False)
    said = b""
    async with asyncio.timeout(PATIENCE):
        while len(said) < len(head) + 13:
            said += await loop.sock_recv(peer, MIB)
    assert said == head + b"and then this"
    assert stream.closed()
    peer.close()
    line.abort()


class Slow(Echo):
    """open() takes its time; one of its kind fails."""

    kept = ("events",)

    async def open(self, *_: str, **__: str) -> None:  # type: ignore[override]
        super().open()
        self.write_message("wait")
        await self.settings["gate"].wait()
        if self.settings.get("fail"):
            raise RuntimeError("as asked")


async def test_nothing_is_heard_before_open_is_done() -> None:
    gate = asyncio.Event()
    async with serving(Slow, gate=gate) as server:
        client = await Client.to(server, masked(TEXT, b"impatient"))
        assert await client.read() == Frame(TEXT, b"wait")
        assert server.events == []
        gate.set()
        assert await client.read() == Frame(TEXT, b"impatient")


async def test_an_open_that_fails_ends_the_socket(caplog: pytest.LogCaptureFixture) -> None:
    gate = asyncio.Event()
    gate.set()
    async with serving(Slow, gate=gate, fail=True) as server:
        client = await Client.to(server)
        assert [frame.payload for frame in await client.rest()] == [b"wait"]
        assert server.events == [("close", None, None)]
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_on_message_is_a_plain_function() -> None:
    with pytest.raises(TypeError, match="plain function"):

        class Waits(WireHandler):
            async def on_message(self, message: str | bytes) -> None:
                await asyncio.sleep(0)
