"""Every MUST of RFC 6455, sections 5 and 7, that a server can keep or break; by section number."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from handlers.wire.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT
from tests.raw_socket import Frame
from tests.wire.peer import LIMIT, Client, Echo, Server, eventually, masked, serving

PROTOCOL_ERROR, INVALID, TOO_BIG = 1002, 1007, 1009
MORE = 0x00  # first byte's FIN bit: more fragments follow


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Client]:
    client = await Client.to(server)
    yield client
    client.abort()


async def fails(server: Server, code: int, *frames: bytes) -> None:
    """These frames end the connection with this code; what follows is not looked at (7.1.7)."""
    client = await Client.to(server)
    await client.send(*frames, masked(TEXT, b"too late"), masked(CLOSE, b"\x03\xe8"))
    assert await client.fate() == code
    assert "too late" not in server.events
    assert server.closes == [("close", None, None)]


def code(number: int) -> bytes:
    return number.to_bytes(2, "big")


# -- 5.1 overview, 5.3 masking -----------------------------------------------------------------


async def test_5_1_an_unmasked_frame_fails_the_connection(server: Server) -> None:
    await fails(server, PROTOCOL_ERROR, masked(TEXT, b"in the clear", mask=b""))


async def test_5_1_a_server_masks_nothing(client: Client) -> None:
    for opcode in (TEXT, BINARY):
        await client.send(masked(opcode, b"say"))
        assert await client.read() == Frame(opcode, b"say")  # read() refuses masked frames


@pytest.mark.parametrize("size", [0, 1, 3, 4, 5, 7, 8, 125, 126, 127, 1000, LIMIT - 1, LIMIT])
@pytest.mark.parametrize("mask", [None, b"\0\0\0\0", b"\xff\0\xff\0"])
async def test_5_3_masks_are_taken_off(client: Client, size: int, mask: bytes | None) -> None:
    payload = bytes(number % 251 for number in range(size))
    await client.send(masked(BINARY, payload, mask=mask))
    assert await client.read() == Frame(BINARY, payload)


# -- 5.2 the frame ------------------------------------------------------------------------------


@pytest.mark.parametrize("reserved", [0x10, 0x20, 0x40, 0x70])
@pytest.mark.parametrize("opcode", [TEXT, BINARY, PING, PONG, CLOSE])
async def test_5_2_reserved_bits_fail_the_connection(
    server: Server, reserved: int, opcode: int
) -> None:
    await fails(server, PROTOCOL_ERROR, masked(opcode, b"", first=0x80 | reserved))


@pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
async def test_5_2_reserved_opcodes_fail_the_connection(server: Server, opcode: int) -> None:
    await fails(server, PROTOCOL_ERROR, masked(opcode, b"?"))


@pytest.mark.parametrize(("length", "width"), [(5, 2), (125, 2), (5, 8), (126, 8), (65_535, 8)])
async def test_5_2_the_length_takes_as_few_bytes_as_it_can(
    server: Server, length: int, width: int
) -> None:
    await fails(server, PROTOCOL_ERROR, masked(BINARY, b"x" * length, width=width))


async def test_5_2_the_top_bit_of_a_long_length_is_0(server: Server) -> None:
    await fails(server, PROTOCOL_ERROR, masked(BINARY, b"", width=8, announced=1 << 63))


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
async def test_5_2_our_own_lengths_take_as_few_bytes_as_they_can(client: Client, size: int) -> None:
    await client.send(masked(BINARY, bytes(size)))
    assert await client.read() == Frame(BINARY, bytes(size))  # read() looks at that


async def test_5_2_a_frame_may_come_byte_by_byte(client: Client) -> None:
    for byte in masked(TEXT, "Zeichen für Zeichen".encode()):
        await client.send(bytes((byte,)))
    assert await client.read() == Frame(TEXT, "Zeichen für Zeichen".encode())


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


# -- 5.5 control frames -------------------------------------------------------------------------


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


# -- 7.1 closing --------------------------------------------------------------------------------


async def test_7_1_1_the_server_ends_the_connection_first(client: Client) -> None:
    await client.send(masked(CLOSE, code(1000)))
    assert (await client.read()) == Frame(CLOSE, code(1000))
    assert await client.read() is None  # the end came, and this side has not ended anything


async def test_7_1_2_the_server_waits_for_the_answer(server: Server, client: Client) -> None:
    await client.send(masked(TEXT, b"close"))
    assert (await client.read()) == Frame(CLOSE, code(4000) + b"as asked")
    await client.send(masked(TEXT, b"still here"))
    await server.until("still here")
    assert server.closes == []
    await client.send(masked(CLOSE, code(4000)))
    assert await client.read() is None
    assert server.closes == [("close", 4000, None)]


async def test_7_1_5_without_a_close_frame_there_is_no_code(server: Server, client: Client) -> None:
    client.abort()
    await server.until(("close", None, None))


async def test_7_1_7_what_follows_a_failure_is_not_looked_at(server: Server) -> None:
    """Not in the same bytes, not in later ones; and the close frame still arrives."""
    client = await Client.to(server)
    await client.send(masked(TEXT, b"\xff"))
    await client.send(masked(TEXT, b"x" * LIMIT))
    await client.send(*[masked(TEXT, b"too late")] * 50)
    assert await client.fate() == INVALID
    assert server.events == [("close", None, None)]


# -- 7.4 codes ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [1000, 1001, 1002, 1003, 1007, 1011, 1012, 3000, 3999, 4000])
async def test_7_4_codes_that_may_be_sent(server: Server, client: Client, number: int) -> None:
    await client.send(masked(CLOSE, code(number)))
    assert await client.fate() == number


@pytest.mark.parametrize(
    "number", [0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]
)
async def test_7_4_codes_that_must_not_be_sent(server: Server, number: int) -> None:
    await fails(server, PROTOCOL_ERROR, masked(CLOSE, code(number)))


async def test_7_4_nor_do_we_send_them(server: Server, client: Client) -> None:
    await client.send(masked(TEXT, b"say"))
    await client.read()
    with pytest.raises(ValueError, match="1006"):
        Echo.live[0].close(1006)


async def test_5_5_1_a_close_frame_of_one_byte_fails_the_connection(server: Server) -> None:
    await fails(server, PROTOCOL_ERROR, masked(CLOSE, b"\x03"))


async def test_5_5_1_a_reason_that_is_not_utf_8_fails_the_connection(server: Server) -> None:
    await fails(server, INVALID, masked(CLOSE, code(1000) + b"\xff"))


@pytest.mark.parametrize(
    "frames",
    [
        [masked(TEXT, b"x" * (LIMIT + 1))],
        [masked(TEXT, b"x" * LIMIT, first=MORE), masked(CONTINUATION, b"x")],
        [masked(BINARY, b"", announced=1 << 40)],
        [masked(BINARY, b"", announced=(1 << 63) - 1)],
    ],
    ids=["text", "fragments", "1 TiB", "8 EiB"],
)
async def test_7_4_1_what_is_too_big_fails_the_connection(
    server: Server, frames: list[bytes]
) -> None:
    await fails(server, TOO_BIG, *frames)


async def test_5_4_a_control_frame_does_not_count_for_the_message(client: Client) -> None:
    await client.send(
        masked(BINARY, b"x" * LIMIT, first=MORE), masked(PING, b"?"), masked(CONTINUATION)
    )
    assert await client.read() == Frame(PONG, b"?")
    assert await client.read() == Frame(BINARY, b"x" * LIMIT)


async def test_7_1_7_a_peer_that_never_ends_is_cut_off(server: Server, client: Client) -> None:
    """It has seen our end and makes none itself: the line is cut a moment after the failure."""
    await client.send(masked(TEXT, b"here"))
    await client.read()
    line = Echo.live[0]._wire
    assert line is not None
    await client.send(masked(TEXT, b"\xff"))
    assert await client.read() == Frame(CLOSE, code(INVALID) + b"not UTF-8")
    assert await client.read() is None
    assert not line.closed
    await eventually(lambda: line.closed)
