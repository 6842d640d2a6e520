"""Where a token is looked for, and that who holds one is nobody else."""

import json
from http import HTTPStatus

import pytest

from tests.client import PASSWORD, guest, sign_up
from tests.security.site import (
    by_token,
    call,
    handshake,
    token,
)
from tests.services.parley import ParleyServer


@pytest.mark.parametrize("name", ["token", "access_token", "bearer", "jwt", "Authorization"])
def test_a_token_in_the_url_is_not_looked_at(site: ParleyServer, name: str) -> None:
    for path in ("/api/v1/me", "/user/chatwebsocket"):
        reply = handshake(site.url, {}, f"{path}?{name}={token()}")
        assert reply.status == HTTPStatus.UNAUTHORIZED
    assert token().split(".")[2] not in site.log


def test_a_token_in_a_cookie_or_a_body_is_not_looked_at(site: ParleyServer) -> None:
    for name in ("token", "parley_session", "Authorization"):
        headers = {"Cookie": f"{name}={token()}"}
        assert call(site.url, "GET", "/api/v1/me", headers).status == HTTPStatus.UNAUTHORIZED


async def test_a_member_is_never_a_local_user_or_a_guest_of_that_name(site: ParleyServer) -> None:
    local = await sign_up(site.url, "namesake")
    visitor = await guest(site.url, "visitor")
    for person, name in ((local, "namesake"), (visitor, "visitor"), (local, "NAMESAKE")):
        member = call(site.url, "GET", "/api/v1/me", by_token(token(name))).data
        assert member["kind"] == "embedded"
        assert member["user_id"] != person.user_id
    for number in (str(local.user_id), f"embedded:{local.user_id}", "embedded:namesake"):
        member = call(site.url, "GET", "/api/v1/me", by_token(token(number))).data
        assert (member["kind"], member["username"]) == ("embedded", number)


async def test_a_members_id_is_exact(site: ParleyServer) -> None:
    """Host sites number or name people as they like: no two ids may meet in one user."""
    subs = [
        "Case",
        "case",
        "case ",
        " case",
        "ｃａｓｅ",
        "cafe\u0301",
        "caf\u00e9",
        "1",
        "01",
        "embedded:1",
    ]
    found = {
        call(site.url, "GET", "/api/v1/me", by_token(token(sub))).data["user_id"] for sub in subs
    }
    assert len(found) == len(subs)


async def test_no_password_opens_a_member(site: ParleyServer) -> None:
    call(site.url, "GET", "/api/v1/me", by_token(token("carl")))
    for username in ("carl", "embedded:carl", "embedded：carl"):
        for password in (PASSWORD, "None"):
            body = json.dumps({"username": username, "password": password})
            reply = call(site.url, "POST", "/api/v1/session", {}, body)
            assert reply.status == HTTPStatus.UNAUTHORIZED
