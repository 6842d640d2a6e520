"""Cookies and their flags, and what a proxy before the server says of the scheme."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest

from tests.client import PASSWORD, guest, sign_up
from tests.conftest import StartServer
from tests.security.site import cookie, handshake, post
from tests.services.parley import ParleyServer


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
