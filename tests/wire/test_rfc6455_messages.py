"""Every MUST of RFC 6455, 5.4, 5.6 and 5.8, that a server can keep or break: fragments and data."""

from __future__ import annotations

import pytest

from handlers.wire.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT
from tests.raw_socket import Frame
from tests.wire.peer import LIMIT, Client, Server, masked
from tests.wire.rfc6455 import INVALID, MORE, PROTOCOL_ERROR, code, fails

# -- 5.4 fragments ------------------------------------------------------------------------------


async def test_5_4_fragments_are_put_together_in_their_order(client: Client) -> None:
    await client.send(
        masked(TEXT, b"one, ", first=MORE),
        masked(CONTINUATION, b"two, ", first=MORE),
        masked(CONTINUATION, b"", first=MORE),
        masked(CONTINUATION, b"three"),
    )
    assert await client.read() == Frame(TEXT, b"one, two, three")


async def test_5_4_a_character_may_be_cut_between_fragments(client: Client) -> None:
    whole = "é😀".encode()
    await client.send(masked(TEXT, whole[:3], first=MORE), masked(CONTINUATION, whole[3:]))
    assert await client.read() == Frame(TEXT, whole)


async def test_5_4_control_frames_may_come_between_fragments(
    server: Server, client: Client
) -> None:
    await client.send(
        masked(BINARY, b"a", first=MORE),
        masked(PING, b"now"),
        masked(CONTINUATION, b"b", first=MORE),
        masked(PONG, b"unasked"),
        masked(CONTINUATION, b"c"),
    )
    assert await client.read() == Frame(PONG, b"now")
    assert await client.read() == Frame(BINARY, b"abc")
    assert server.events == [("ping", b"now"), ("pong", b"unasked"), b"abc"]


async def test_5_4_a_close_between_fragments_is_answered(server: Server, client: Client) -> None:
    await client.send(masked(TEXT, b"never", first=MORE), masked(CLOSE, code(1000)))
    assert await client.fate() == 1000
    assert server.events == [("close", 1000, None)]


@pytest.mark.parametrize("opcode", [TEXT, BINARY])
async def test_5_4_messages_are_not_interleaved(server: Server, opcode: int) -> None:
    await fails(
        server, PROTOCOL_ERROR, masked(TEXT, b"begun", first=MORE), masked(opcode, b"another")
    )


@pytest.mark.parametrize("first", [0x80, MORE])
async def test_5_4_nothing_continues_what_has_not_begun(server: Server, first: int) -> None:
    await fails(server, PROTOCOL_ERROR, masked(CONTINUATION, b"of what?", first=first))


async def test_5_4_nothing_continues_what_is_finished(server: Server) -> None:
    frames = [masked(TEXT, b"a", first=MORE), masked(CONTINUATION, b"b"), masked(CONTINUATION)]
    await fails(server, PROTOCOL_ERROR, *frames)


async def test_5_4_a_control_frame_does_not_count_for_the_message(client: Client) -> None:
    await client.send(
        masked(BINARY, b"x" * LIMIT, first=MORE), masked(PING, b"?"), masked(CONTINUATION)
    )
    assert await client.read() == Frame(PONG, b"?")
    assert await client.read() == Frame(BINARY, b"x" * LIMIT)


# -- 5.6 data, 5.8 extensions -------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", "é".encode()[:1], b"ok\x80"],
)
@pytest.mark.parametrize("cut", [False, True])
async def test_5_6_text_that_is_not_utf_8_fails_the_connection(
    server: Server, text: bytes, cut: bool
) -> None:
    frames = [masked(TEXT, text)]
    if cut:
        frames = [masked(TEXT, text[:1], first=MORE), masked(CONTINUATION, text[1:])]
    await fails(server, INVALID, *frames)


async def test_5_6_bytes_may_be_any_bytes(client: Client) -> None:
    await client.send(masked(BINARY, b"\xff\xfe\xed\xa0\x80"))
    assert await client.read() == Frame(BINARY, b"\xff\xfe\xed\xa0\x80")


async def test_5_8_an_extension_is_used_only_when_it_was_agreed(server: Server) -> None:
    """RSV1 is permessage-deflate's; the handshake agreed on nothing."""
    await fails(server, PROTOCOL_ERROR, masked(TEXT, b"\xcaH\xcd\x07\0", first=0xC0))
