"""Over TLS the wire is Tornado's: the same handler, the same events."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from handlers.wire.frames import CLOSE, PING, PONG, TEXT
from tests.raw_socket import Frame
from tests.wire.peer import Client, Echo, masked, serving


@pytest.fixture
def contexts(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context, and a client's that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "both.pem"
    pem.write_bytes(
        certificate.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
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
