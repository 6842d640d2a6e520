"""Every MUST of RFC 6455, section 7, that a server can keep or break: closing and its codes."""

from __future__ import annotations

import pytest

from handlers.wire.frames import BINARY, CLOSE, CONTINUATION, TEXT
from tests.raw_socket import Frame
from tests.wire.peer import LIMIT, Client, Echo, Server, eventually, masked
from tests.wire.rfc6455 import INVALID, MORE, PROTOCOL_ERROR, TOO_BIG, code, fails

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
