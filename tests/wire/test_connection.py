"""The life of a socket on our wire: taken over, held back, pinged, closed, and gone."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import weakref
from collections.abc import AsyncIterator
from typing import Any

import pytest
from tornado.iostream import IOStream
from tornado.websocket import WebSocketClosedError

from handlers.wire.connection import Connection
from handlers.wire.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, encode
from handlers.wire.handler import SHARED, WireHandler
from handlers.wire.pings import Pings
from handlers.wire.poller import Poller
from tests.client import PATIENCE
from tests.raw_socket import Frame
from tests.wire.both_wires import Recorder
from tests.wire.peer import LIMIT, Client, Echo, Server, eventually, masked, serving

MIB = 1 << 20
BYE = (1000).to_bytes(2, "big")


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


async def echo_of(server: Server) -> tuple[Client, Echo]:
    """A client and its handler, on our wire and done with the handshake."""
    client = await Client.to(server)
    await eventually(lambda: Echo.live and "request" not in vars(Echo.live[-1]))
    return client, Echo.live[-1]


# -- taking over --------------------------------------------------------------------------------


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


# -- writing ------------------------------------------------------------------------------------


async def test_the_interface_is_tornados(server: Server) -> None:
    client, echo = await echo_of(server)
    await echo.write_message("text")
    await echo.write_message({"a": 1})
    await echo.write_message(b"bytes", binary=True)
    echo.ping("are you there?")
    assert echo.selected_subprotocol is None
    said = [await client.read() for _ in range(4)]
    assert said == [
        Frame(TEXT, b"text"),
        Frame(TEXT, b'{"a": 1}'),
        Frame(BINARY, b"bytes"),
        Frame(PING, b"are you there?"),
    ]
    echo.close(4001, "enough")
    with pytest.raises(WebSocketClosedError):
        echo.write_message("too late")
    with pytest.raises(WebSocketClosedError):
        echo.ping()
    assert not echo.write_frames(b"\x81\x00")
    assert await client.read() == Frame(CLOSE, (4001).to_bytes(2, "big") + b"enough")
    await client.send(masked(CLOSE, (4001).to_bytes(2, "big") + b"enough"))
    await server.until(("close", 4001, "enough"))


async def test_a_long_reason_is_cut_between_two_characters(server: Server) -> None:
    client, echo = await echo_of(server)
    echo.close(4001, "é" * 100)
    assert await client.read() == Frame(CLOSE, (4001).to_bytes(2, "big") + "é".encode() * 61)


async def test_answers_to_what_came_together_go_out_together(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = await Client.to(server)
    writes: list[bytes] = []
    really = Connection._send

    def send(self: Connection, data: bytes) -> None:
        writes.append(data)
        really(self, data)

    monkeypatch.setattr(Connection, "_send", send)
    await client.send(*[masked(TEXT, b"say")] * 50, masked(PING))
    for _ in range(51):
        assert await client.read() is not None
    assert len(writes) == 1


async def test_a_slow_reader_gets_everything_in_order(server: Server) -> None:
    """More than the kernel takes at once: the rest waits and goes out as there is room."""
    client, echo = await echo_of(server)
    texts = [str(number).encode() * 1000 for number in range(2000)]
    for text in texts:
        await echo.write_message(text)
    assert echo._wire is not None
    assert echo._wire.waiting > MIB
    for text in texts:
        assert await client.read() == Frame(TEXT, text)
    assert echo._wire.waiting == 0


async def test_a_close_frame_comes_after_all_that_waits(server: Server) -> None:
    client, echo = await echo_of(server)
    for _ in range(100):
        await echo.write_message(b"x" * LIMIT)
    await client.send(masked(CLOSE, BYE))
    frames = await client.rest()
    assert [frame.opcode for frame in frames] == [TEXT] * 100 + [CLOSE]


async def test_who_does_not_read_is_told_of_and_costs_what_it_may() -> None:
    async with serving(push_buffer=100_000) as server:
        _, echo = await echo_of(server)
        line = echo._wire
        assert line is not None
        while echo.write_frames(encode(BINARY, bytes(10_000))):
            assert line.waiting <= 100_000
        assert "full" in server.events
        assert line.closed
        await server.until(("close", None, None))


async def test_pings_of_who_does_not_read_pile_up_no_further() -> None:
    async with serving(push_buffer=100_000) as server:
        client, _ = await echo_of(server)
        pings = asyncio.create_task(flood(client))
        await server.until("full")
        with pytest.raises(ConnectionError):
            await pings


async def flood(client: Client) -> None:
    while True:
        await client.send(*[masked(PING, b"x" * 125)] * 100)


async def test_a_message_in_more_pieces_than_it_needs_is_refused(server: Server) -> None:
    """Empty fragments never come to the size of a message, and no message is counted."""
    client = await Client.to(server)
    await client.send(masked(TEXT, first=0x00), *[masked(CONTINUATION, first=0x00)] * 1025)
    assert await client.fate() == 1009


async def test_a_message_may_come_in_many_pieces(server: Server) -> None:
    client = await Client.to(server)
    pieces = [masked(CONTINUATION, b"x", first=0x00)] * 1000
    await client.send(masked(TEXT, first=0x00), *pieces, masked(CONTINUATION))
    assert await client.read() == Frame(TEXT, b"x" * 1000)


# -- the end ------------------------------------------------------------------------------------


async def test_a_message_that_fails_ends_its_own_socket(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    client, other = await Client.to(server), await Client.to(server)
    await client.send(masked(TEXT, b"fail"), masked(TEXT, b"too late"))
    assert await client.fate() == 1011
    await other.send(masked(TEXT, b"undisturbed"))
    assert await other.read() == Frame(TEXT, b"undisturbed")
    assert server.events == ["fail", ("close", None, None), "undisturbed"]
    assert [(record.name, record.levelno) for record in caplog.records] == [
        ("parley.wire", logging.ERROR)
    ]


async def test_who_does_not_answer_a_close_frame_is_cut_off(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.wire.connection.ANSWER_WITHIN", 0.05)
    client, echo = await echo_of(server)
    echo.close(4000)
    assert await client.read() == Frame(CLOSE, (4000).to_bytes(2, "big"))
    assert await client.read() is None
    assert server.events == [("close", None, None)]


async def test_half_a_connection_is_none(server: Server) -> None:
    """Whoever will send no more is gone: nobody could close in order any more."""
    client, _ = await echo_of(server)
    client.writer.write_eof()
    assert await client.rest() == []
    assert server.events == [("close", None, None)]


# -- pings --------------------------------------------------------------------------------------


async def test_everybody_is_pinged_and_who_is_silent_goes() -> None:
    async with serving(websocket_ping_interval=0.2, websocket_ping_timeout=0.1) as server:
        polite, silent = await Client.to(server), await Client.to(server)
        for _ in range(3):
            assert await polite.read() == Frame(PING, b"")
            await polite.send(masked(PONG))
        await server.until(("close", None, None))
        assert len(Echo.live) == 1
        frames = await silent.rest()
        assert frames == [Frame(PING, b""), Frame(CLOSE, BYE + b"ping timed out")]


async def test_any_sign_of_life_will_do() -> None:
    """A pong may wait behind a long upload."""
    async with serving(websocket_ping_interval=0.2, websocket_ping_timeout=0.1) as server:
        client = await Client.to(server)
        upload = masked(BINARY, bytes(60))
        for at in range(len(upload)):
            await client.send(upload[at : at + 1])
            await asyncio.sleep(0.01)
        assert server.closes == []


async def test_there_is_one_timer_however_many_sockets(server: Server) -> None:
    async with serving(websocket_ping_interval=25, websocket_ping_timeout=10) as pinging:
        before = timers()
        clients = [await Client.to(pinging) for _ in range(20)]
        await eventually(lambda: len(Echo.live) == 20)
        assert timers() - before == 1
        for client in clients:
            client.abort()
        await eventually(lambda: not Echo.live)
        assert timers() == before


def timers() -> int:
    """Pending timers of our wire; asyncio and Tornado have some of their own."""
    loop: Any = asyncio.get_running_loop()
    pending = [timer for timer in loop._scheduled if not timer.cancelled()]
    return sum("handlers/wire" in repr(timer) or "Pings" in repr(timer) for timer in pending)


# -- what is left -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["close", "abort", "fault", "server", "ping"])
async def test_nothing_is_left_of_a_closed_socket(end: str) -> None:
    """Without the collector's help: nothing may hold on to it, and there are no rings."""
    settings: dict[str, Any] = {}
    if end == "ping":
        settings = {"websocket_ping_interval": 0.1, "websocket_ping_timeout": 0.05}
    async with serving(**settings) as server:
        client, echo = await echo_of(server)
        gone: list[weakref.ref[Any]] = [weakref.ref(echo), weakref.ref(echo._wire)]
        await client.send(masked(TEXT, b"say"))
        await client.read()
        gc.collect()
        gc.disable()
        try:
            if end == "close":
                await client.send(masked(CLOSE, BYE))
            elif end == "fault":
                await client.send(masked(TEXT, b"\xff"))
            elif end == "server":
                echo.close(4000)
                await client.read()
                await client.send(masked(CLOSE, BYE))
            elif end == "abort":
                echo.abort()
            del echo
            await client.rest()
            await eventually(lambda: all(ref() is None for ref in gone))
        finally:
            gc.enable()


async def test_when_all_have_gone_no_descriptor_is_left(server: Server) -> None:
    client, echo = await echo_of(server)
    shared = echo.application.settings[SHARED]
    assert shared.poller._epoll is not None
    await client.send(masked(CLOSE, BYE))
    await client.rest()
    await eventually(lambda: shared.poller._epoll is None)
    again = await Client.to(server)
    await again.send(masked(TEXT, b"and again"))
    assert await again.read() == Frame(TEXT, b"and again")


async def test_a_flood_lets_the_others_have_their_turn(server: Server) -> None:
    """However much one has sent, between two of its chunks everybody else is heard."""
    eager, other = await Client.to(server), await Client.to(server)
    eager.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MIB)
    eager.writer.write(masked(PING, b"flood") * 100_000)
    await other.send(masked(TEXT, b"me, too"))
    assert await other.read() == Frame(TEXT, b"me, too")
    before = server.events.index("me, too")
    assert before < 20_000, "one socket had the loop to itself"
