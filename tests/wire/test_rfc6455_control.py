"""Every MUST of RFC 6455, 5.5, that a server can keep or break: close, ping and pong frames."""

from __future__ import annotations

import pytest

from handlers.wire.frames import CLOSE, PING, PONG, TEXT
from tests.raw_socket import Frame
from tests.wire.peer import Client, Server, masked
from tests.wire.rfc6455 import INVALID, MORE, PROTOCOL_ERROR, code, fails


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
async def test_5_5_control_frames_have_125_bytes_at_most(server: Server, opcode: int) -> None:
    await fails(server, PROTOCOL_ERROR, masked(opcode, b"x" * 126))


@pytest.mark.parametrize("opcode", [PING, PONG, CLOSE])
async def test_5_5_control_frames_are_not_fragmented(server: Server, opcode: int) -> None:
    await fails(server, PROTOCOL_ERROR, masked(opcode, b"", first=MORE))


@pytest.mark.parametrize(
    ("payload", "told"),
    [
        (b"", (None, None)),
        (code(1000), (1000, None)),
        (code(1001) + "auf Wiedersehen, 再见".encode(), (1001, "auf Wiedersehen, 再见")),
        (code(4999) + b"x" * 123, (4999, "x" * 123)),
    ],
)
async def test_5_5_1_a_close_frame_is_answered_with_its_code(
    server: Server, client: Client, payload: bytes, told: tuple[int | None, str | None]
) -> None:
    await client.send(masked(CLOSE, payload))
    assert await client.rest() == [Frame(CLOSE, payload[:2])]
    assert server.events == [("close", *told)]


async def test_5_5_1_nothing_is_sent_after_a_close_frame(server: Server, client: Client) -> None:
    await client.send(masked(TEXT, b"close"), masked(TEXT, b"say"), masked(PING, b"?"))
    assert await client.read() == Frame(CLOSE, code(4000) + b"as asked")
    await client.send(masked(CLOSE, code(4000)))
    assert await client.rest() == []
    assert server.closes == [("close", 4000, None)]


async def test_5_5_1_nothing_is_heard_after_the_peers_close_frame(server: Server) -> None:
    client = await Client.to(server)
    await client.send(masked(CLOSE, code(1000)), masked(TEXT, b"too late"))
    assert await client.rest() == [Frame(CLOSE, code(1000))]
    assert server.events == [("close", 1000, None)]


async def test_5_5_1_both_may_close_at_once(server: Server, client: Client) -> None:
    await client.send(masked(TEXT, b"close"), masked(CLOSE, code(1000)))
    assert [got.close_code for got in await client.rest()] == [4000]
    assert server.closes == [("close", 1000, None)]


async def test_5_5_1_a_close_frame_of_one_byte_fails_the_connection(server: Server) -> None:
    await fails(server, PROTOCOL_ERROR, masked(CLOSE, b"\x03"))


async def test_5_5_1_a_reason_that_is_not_utf_8_fails_the_connection(server: Server) -> None:
    await fails(server, INVALID, masked(CLOSE, code(1000) + b"\xff"))


@pytest.mark.parametrize("payload", [b"", b"?", b"x" * 125])
async def test_5_5_2_a_ping_is_answered_with_what_it_said(client: Client, payload: bytes) -> None:
    await client.send(masked(PING, payload))
    assert await client.read() == Frame(PONG, payload)


async def test_5_5_2_a_ping_is_answered_while_a_message_is_on_its_way(client: Client) -> None:
    whole = masked(TEXT, b"slowly")
    await client.send(whole[:4])
    await client.send(whole[4:], masked(PING, b"?"))
    assert [await client.read(), await client.read()] == [
        Frame(TEXT, b"slowly"),
        Frame(PONG, b"?"),
    ]


async def test_5_5_3_a_pong_that_nobody_asked_for_is_not_answered(client: Client) -> None:
    await client.send(masked(PONG, b"here I am"), masked(TEXT, b"next"))
    assert await client.read() == Frame(TEXT, b"next")
