"""What is written to a socket on our wire: in order, together, and no more than may wait."""

from __future__ import annotations

import asyncio

import pytest
from tornado.websocket import WebSocketClosedError

from handlers.wire.connection import Connection
from handlers.wire.frames import BINARY, CLOSE, PING, TEXT, encode
from tests.raw_socket import Frame
from tests.wire.open_socket import BYE, MIB, echo_of
from tests.wire.peer import LIMIT, Client, Server, masked, serving


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
