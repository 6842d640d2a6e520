"""What a peer sends: in as many pieces as it needs, and never so much that others wait."""

from __future__ import annotations

import socket

from handlers.wire.frames import CONTINUATION, PING, TEXT
from tests.raw_socket import Frame
from tests.wire.open_socket import MIB
from tests.wire.peer import Client, Server, masked


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


async def test_a_flood_lets_the_others_have_their_turn(server: Server) -> None:
    """However much one has sent, between two of its chunks everybody else is heard."""
    eager, other = await Client.to(server), await Client.to(server)
    eager.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MIB)
    eager.writer.write(masked(PING, b"flood") * 100_000)
    await other.send(masked(TEXT, b"me, too"))
    assert await other.read() == Frame(TEXT, b"me, too")
    before = server.events.index("me, too")
    assert before < 20_000, "one socket had the loop to itself"
