"""A socket on our wire that is open, from both of its ends; and the plain close."""

from __future__ import annotations

from tests.wire.peer import Client, Echo, Server, eventually

MIB = 1 << 20
BYE = (1000).to_bytes(2, "big")


async def echo_of(server: Server) -> tuple[Client, Echo]:
    """A client and its handler, on our wire and done with the handshake."""
    client = await Client.to(server)
    await eventually(lambda: Echo.live and "request" not in vars(Echo.live[-1]))
    return client, Echo.live[-1]
