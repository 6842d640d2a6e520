"""What requests get that are ambiguous, malformed, slow, or no upgrade."""

import asyncio
import re
from contextlib import suppress
from http import HTTPStatus

import pytest

from tests.client import PATIENCE, guest
from tests.conftest import StartServer
from tests.raw_socket import RawSocket
from tests.security.answers import NAMED
from tests.security.site import UPGRADE, call, cookie
from tests.services.parley import ParleyServer


async def answers_to(site: ParleyServer, sent: bytes) -> bytes:
    """All that comes back for these bytes, until the server hangs up or answers no more."""
    raw = await RawSocket.plain(site.url)
    await raw.send(sent)
    got = b""
    with suppress(OSError):  # it hung up while we were still sending
        raw.writer.write_eof()
    with suppress(ConnectionResetError):
        got = await raw.reader.read()
    raw.abort()
    return got


SMUGGLED = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n"
TWO_LENGTHS = b"Content-Length: 0\r\nContent-Length: %d\r\n" % len(SMUGGLED)
REFUSED = {
    "two lengths": TWO_LENGTHS,
    "length and chunks": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "chunks and length": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "odd coding": b"Transfer-Encoding: xchunked\r\n",
    "chunked twice": b"Transfer-Encoding: chunked, chunked\r\n",
    "coding not last": b"Transfer-Encoding: chunked, identity\r\n",
    "signed length": b"Content-Length: +5\r\n",
    "negative length": b"Content-Length: -5\r\n",
    "hex length": b"Content-Length: 0x5\r\n",
    "length with underscore": b"Content-Length: 1_0\r\n",
    "blank before colon": b"Content-Length : 5\r\n",
    "folded": b"X-One: a\r\n Content-Length: 5\r\n",
    "no colon": b"X-One\r\n",
    "NUL in a header": b"X-One: a\0b\r\n",
    "CR in a header": b"X-One: a\rb\r\n",
    "two hosts": b"Host: evil.example\r\n",
    "huge header": b"X-One: " + b"a" * 70_000 + b"\r\n",
    "huge cookie": b"Cookie: a=" + b"a" * 70_000 + b"\r\n",
    "70,000 headers": b"A: b\r\n" * 70_000,
    "huge length": b"Content-Length: 999999999999999999999\r\n",
}


@pytest.mark.parametrize("headers", REFUSED.values(), ids=REFUSED)
async def test_an_ambiguous_request_is_not_guessed_at(site: ParleyServer, headers: bytes) -> None:
    """No second request may hide in the first one's body (request smuggling)."""
    sent = b"POST /useropt HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n" + SMUGGLED
    got = await answers_to(site, sent)
    assert b"openapi" not in got
    assert got.count(b"HTTP/1.1 ") <= 1
    assert not NAMED.search(got.decode("latin-1"))
    assert (await guest(site.url)).user_id


@pytest.mark.parametrize(
    "line",
    [
        b"GET / HTTP/1.1\r\n",  # no Host
        b"GET / HTTP/1.1\r\nHost: a b\r\n",
        b"GET / HTTP/1.1\r\nHost: a\x00b\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n",
        b"GET /\x1b[2J HTTP/1.1\r\nHost: x\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n",
        b"GET  / HTTP/1.1\r\nHost: x\r\n",
        b"GET / a HTTP/1.1\r\nHost: x\r\n",
        b"G\x7fT / HTTP/1.1\r\nHost: x\r\n",
        b"GET http://evil.example/ HTTP/1.1\r\nHost: x\r\n",
        b"GET " + b"/a" * 35_000 + b" HTTP/1.1\r\nHost: x\r\n",
    ],
    ids=lambda line: repr(line[:24]),
)
async def test_a_malformed_request_is_refused_without_a_word_too_much(
    site: ParleyServer, line: bytes
) -> None:
    got = (await answers_to(site, line + b"\r\n")).decode("latin-1")
    assert not got or re.match(r"HTTP/1.1 (400|404|405|431) ", got), got
    assert not NAMED.search(got)
    assert "evil.example" not in got


@pytest.mark.parametrize(
    "host", ["evil.example", "x:99999", "[::1", "127.0.0.1:1@evil", "a" * 300, "é", "..", "<b>", ""]
)
def test_an_odd_host_changes_nothing(site: ParleyServer, host: str) -> None:
    reply = call(site.url, "GET", "/", {"Host": host, "X-Forwarded-Host": "evil.example"})
    assert reply.status in (HTTPStatus.OK, HTTPStatus.BAD_REQUEST)
    assert b"evil" not in reply.body
    assert b"<b>" not in reply.body


@pytest.mark.parametrize(
    ("name", "value"),
    [("Upgrade", "h2c"), ("Connection", "close"), ("Sec-WebSocket-Version", "8")],
)
async def test_a_wrong_upgrade_is_none(site: ParleyServer, name: str, value: str) -> None:
    alice = await guest(site.url)
    headers = {**UPGRADE, name: value, **cookie(alice)}
    reply = call(site.url, "GET", "/user/chatwebsocket", headers)
    assert reply.status in (400, 426)


async def test_who_sends_a_request_slowly_is_not_waited_for(start_server: StartServer) -> None:
    server = start_server(http_timeout=0.5)
    begun = (
        b"",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST /useropt HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{",
        b"POST /useropt HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
        b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",  # answered, then nothing more
    )
    for part in begun:
        raw = await RawSocket.plain(server.url)
        await raw.send(part)
        async with asyncio.timeout(PATIENCE):
            await raw.reader.read()
        raw.abort()
    assert call(server.url, "GET", "/healthz").status == HTTPStatus.OK


async def test_a_socket_may_rest_longer_than_a_request(start_server: StartServer) -> None:
    server = start_server(http_timeout=0.2, guests=True)
    tab = await (await guest(server.url)).open()
    raw = await RawSocket.plain(server.url)
    await raw.reader.read()  # a connection that began later has been given up by now
    await tab.barrier()
    await tab.close()
    raw.abort()
