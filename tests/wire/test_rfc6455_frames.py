"""Every MUST of RFC 6455, 5.1 to 5.3, that a server can keep or break: frames and masks."""

from __future__ import annotations

import pytest

from handlers.wire.frames import BINARY, CLOSE, PING, PONG, TEXT
from tests.raw_socket import Frame
from tests.wire.peer import LIMIT, Client, Server, masked
from tests.wire.rfc6455 import PROTOCOL_ERROR, fails

# -- 5.1 overview, 5.3 masking ------------------------------------------------------------------


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
