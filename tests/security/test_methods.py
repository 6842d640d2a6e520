"""HEAD beside GET, and what a wrong method is told (RFC 9110, sections 9.3.2 and 15.5.6)."""

from http import HTTPStatus

import pytest

from tests.client import guest
from tests.security.answers import ANSWERS, ERRORS, PAGES
from tests.security.site import UPGRADE, call, cookie
from tests.services.parley import ParleyServer


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS, *ERRORS, "/rooms", "/rooms/Lobby", "/rooms/:"])
def test_head_says_what_get_would_say_without_the_body(site: ParleyServer, path: str) -> None:
    got, head = call(site.url, "GET", path), call(site.url, "HEAD", path)
    assert head.body == b""
    if path == "/user/chatwebsocket":  # it is opened by GET alone
        assert head.status == HTTPStatus.METHOD_NOT_ALLOWED
        return
    assert head.status == got.status
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control", "Allow"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        *((path, "GET, HEAD") for path in PAGES),
        *((path, "GET, HEAD") for path in ("/rooms", "/rooms/Lobby", "/healthz", "/readyz")),
        ("/api/v1/openapi.json", "GET, HEAD, OPTIONS"),
        ("/api/v1/users", "GET, HEAD, POST, OPTIONS"),
        ("/api/v1/session", "POST, DELETE, OPTIONS"),
        ("/api/v1/rooms/Lobby/members/me", "DELETE, PUT, OPTIONS"),
        ("/useropt", "POST, OPTIONS"),
        ("/user/chatwebsocket", "GET"),
    ],
)
def test_a_wrong_method_has_no_effect_and_is_told_the_right_ones(
    site: ParleyServer, path: str, allowed: str
) -> None:
    for method in ("TRACE", "FROB", "get", "PROPFIND", "CONNECT", "PATCH"):
        reply = call(site.url, method, path)
        assert reply.status == HTTPStatus.METHOD_NOT_ALLOWED
        assert reply.headers["Allow"] == allowed
    for method in {"GET", "HEAD"} - set(allowed.split(", ")):
        assert call(site.url, method, path).headers["Allow"] == allowed


async def test_a_handshake_by_head_opens_nothing(site: ParleyServer) -> None:
    ann = await guest(site.url)
    reply = call(site.url, "HEAD", "/user/chatwebsocket", {**UPGRADE, **cookie(ann)})
    assert (reply.status, reply.headers["Allow"]) == (HTTPStatus.METHOD_NOT_ALLOWED, "GET")
