"""Close codes of RFC 6455, and a connection that fails as it says."""

from __future__ import annotations

from handlers.wire.frames import CLOSE, TEXT
from tests.wire.peer import Client, Server, masked

PROTOCOL_ERROR, INVALID, TOO_BIG = 1002, 1007, 1009
MORE = 0x00  # first byte's FIN bit: more fragments follow


async def fails(server: Server, code: int, *frames: bytes) -> None:
    """These frames end the connection with this code; what follows is not looked at (7.1.7)."""
    client = await Client.to(server)
    await client.send(*frames, masked(TEXT, b"too late"), masked(CLOSE, b"\x03\xe8"))
    assert await client.fate() == code
    assert "too late" not in server.events
    assert server.closes == [("close", None, None)]


def code(number: int) -> bytes:
    return number.to_bytes(2, "big")
