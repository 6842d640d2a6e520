"""Over TLS the wire is Tornado's: the same handler, the same events."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from handlers.wire.frames import CLOSE, PING, PONG, TEXT
from tests.certificates import make_pem
from tests.raw_socket import Frame
from tests.wire.peer import Client, Echo, masked, serving


@pytest.fixture
def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context, and a client's that trusts it."""
    pem = make_pem(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pem)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.load_verify_locations(pem)
    return server, client


async def test_over_tls_everything_is_as_without(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    async with serving(tls=contexts[0]) as server:
        client = await Client.to(server, tls=contexts[1])
        await client.send(masked(TEXT, b"hush"), masked(PING, b"?"))
        assert [await client.read(), await client.read()] == [
            Frame(TEXT, b"hush"),
            Frame(PONG, b"?"),
        ]
        assert Echo.live[0]._wire is None
        assert Echo.live[0].write_frames(b"\x81\x05whole")
        assert await client.read() == Frame(TEXT, b"whole")
        Echo.live[0].ping(b"there?")
        assert await client.read() == Frame(PING, b"there?")
        assert Echo.live[0].pong_is_due()
        assert not Echo.live[0].pong_is_due()
        await client.send(masked(CLOSE, b"\x03\xe8"))
        assert await client.rest() == [Frame(CLOSE, b"\x03\xe8")]
        assert server.closes == [("close", 1000, None)]


async def test_over_tls_a_slow_reader_is_told_of(
    contexts: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    async with serving(tls=contexts[0], push_buffer=100_000) as server:
        client = await Client.to(server, tls=contexts[1])
        await client.send(masked(TEXT, b"here"))
        await client.read()
        echo = Echo.live[0]
        while echo.write_frames(b"\x82\x7e\x27\x10" + bytes(10_000)):
            pass
        assert "full" in server.events
        client.abort()
        await server.until(("close", None, None))
