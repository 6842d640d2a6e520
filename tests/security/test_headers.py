"""What every answer carries, and what odd requests get: no redirects, no banners, no files."""

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus

import pytest

from tests.client import PASSWORD, PATIENCE, guest, sign_up
from tests.conftest import StartServer
from tests.raw_socket import RawSocket
from tests.security.site import UPGRADE, call, cookie, handshake, post
from tests.services.parley import ParleyServer

PAGES = [
    "/",
    "/widget.js",
    "/static/emoji.js",
    "/static/emoji/ar.json",
    "/static/page/page.css",
    "/static/vendor/jquery.min.js",
    "/avatar/1.svg",
]
ANSWERS = ["/api/v1/openapi.json", "/healthz", "/readyz", "/api/v1/users", "/useropt", "/metrics"]
ERRORS = ["/nothing", "/static/nothing.js", "/static/", "/static", "/favicon.ico", "/robots.txt"]
ERRORS += ["/static/..%2fapp/cli.py", "/static/%00", "/avatar/0.svg", "/api/v1/conversations/0/x"]
ERRORS += ["/user/chatwebsocket", "/api/v1/me?x=%ff", "/api/v1/users?query=%ff", "/%ff"]
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "FROB", "get"]
NAMED = re.compile(r"Tornado|Python|Traceback|File \"|/site-packages/|peewee|\.py\b", re.IGNORECASE)


def directives(policy: str) -> dict[str, list[str]]:
    return {name: more for name, *more in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS, *ERRORS])
@pytest.mark.parametrize("method", METHODS)
def test_every_answer_is_strict_and_says_nothing_of_its_maker(
    site: ParleyServer, method: str, path: str
) -> None:
    reply = call(site.url, method, path)
    headers = reply.headers
    policy = directives(headers["Content-Security-Policy"])
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["form-action"] == ["'self'"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["Server"] == "Parley"
    assert reply.status != HTTPStatus.INTERNAL_SERVER_ERROR
    assert reply.status not in range(300, 400), headers["Location"]
    is_error = reply.status >= HTTPStatus.BAD_REQUEST
    assert not NAMED.search(str(headers) + (reply.body.decode() if is_error else ""))
    if headers["Content-Type"] and "json" in headers["Content-Type"] and reply.body:
        assert json.loads(reply.body)
        assert path.startswith("/static/") or headers["Cache-Control"] in ("no-store", None)


def test_the_pages_hold_no_script_of_their_own(site: ParleyServer) -> None:
    text = call(site.url, "GET", "/").body.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+\s*=|javascript:|<style|\sstyle=", text)


# -- redirects --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example",
        "//evil.example/%2e%2e",
        "/\\evil.example",
        "/%09/evil.example",
        "/static//evil.example",
        "/static/..//evil.example",
        "/?next=https://evil.example",
        "/?redirect=//evil.example",
        "/api/v1/session?next=https://evil.example",
        "/https://evil.example",
        "/.//evil.example",
        "/static/page",
        "/static/page/",
        "/api/v1/",
        "/api/v1/users/",
    ],
)
def test_nobody_is_sent_anywhere(site: ParleyServer, path: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        reply = call(site.url, method, path, {"X-Forwarded-Host": "evil.example"})
        assert reply.status not in range(300, 400)
        assert reply.headers["Location"] is None
        assert b"evil.example" not in reply.body


# -- files ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/static/../app/cli.py",
        "/static/%2e%2e/app/cli.py",
        "/static/..%2fapp%2fcli.py",
        "/static/%2e%2e%2fapp/cli.py",
        "/static/..\\app\\cli.py",
        "/static/....//app/cli.py",
        "/static//etc/passwd",
        "/static/%2fetc%2fpasswd",
        "/static//srv/../../../../../../../../etc/passwd",
        "/static/parley/../../app/cli.py",
        "/static/page/page.css%00.js",
        "/static/./../setup.cfg",
        "/static/~root/.profile",
        "/static/..;/setup.cfg",
        "/static/%c0%ae%c0%ae/setup.cfg",
        "/templates/base.html",
        "/app/cli.py",
        "/.git/config",
        "/var/secret",
        "/static/../data/secret",
    ],
)
def test_only_files_of_the_static_folder_are_served(site: ParleyServer, path: str) -> None:
    reply = call(site.url, "GET", path)
    assert reply.status in (400, 403, 404)
    assert b"import" not in reply.body
    assert b"root:" not in reply.body
    assert len(reply.body) < 200


# -- cookies ----------------------------------------------------------------------------------


def cookies_of(reply_headers: list[str]) -> Iterator[tuple[str, set[str]]]:
    for line in reply_headers:
        pair, *flags = [part.strip() for part in line.split(";")]
        yield pair.partition("=")[0], {flag.lower() for flag in flags}


@pytest.mark.parametrize("secure", [True, False])
async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    start_server: StartServer, secure: bool
) -> None:
    server = start_server(trust_proxy=True)
    await sign_up(server.url, "alice")
    headers = {"X-Forwarded-Proto": "https" if secure else "http"}
    body = {"username": "alice", "password": PASSWORD}
    lines = post(server.url, "/api/v1/session", body, headers).headers.get_all("Set-Cookie") or []
    found = dict(cookies_of(lines))
    assert set(found) == {"parley_session", "parley_device"}
    for flags in found.values():
        assert {"httponly", "samesite=lax", "path=/"} <= flags
        assert ("secure" in flags) == secure
        assert not any(flag.startswith("domain") for flag in flags)


async def test_without_a_trusted_proxy_nobody_says_what_scheme_it_is(site: ParleyServer) -> None:
    reply = post(site.url, "/api/v1/guests", {}, {"X-Forwarded-Proto": "https", "X-Scheme": "x"})
    [line] = reply.headers.get_all("Set-Cookie") or []
    assert "secure" not in line.lower()


async def test_behind_tls_a_page_without_tls_is_another_site(start_server: StartServer) -> None:
    server = start_server(trust_proxy=True, guests=True)
    alice = await guest(server.url)
    headers = {"Host": "chat.example", "X-Forwarded-Proto": "https", **cookie(alice)}
    for origin, status in (("https://chat.example", 101), ("http://chat.example", 403)):
        assert handshake(server.url, {**headers, "Origin": origin}).status == status
    refused = post(
        server.url,
        "/useropt",
        {"opt": "recent-users"},
        {**headers, "Origin": "http://chat.example"},
    )
    assert refused.status == HTTPStatus.FORBIDDEN


# -- odd requests -----------------------------------------------------------------------------


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
