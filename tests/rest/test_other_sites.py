"""/api/v1: who may call from where."""

import asyncio
import json
from pathlib import Path

import pytest

from tests.client import PASSWORD, Person
from tests.conftest import StartServer
from tests.rest.answers import check
from tests.scene import meet
from tests.services.parley import ParleyServer, run_parley

CHANGES = [
    ("POST", "/api/v1/session", {"username": "x", "password": "y"}),
    ("DELETE", "/api/v1/session", None),
    ("POST", "/api/v1/users", {"username": "mallory", "password": PASSWORD}),
    ("POST", "/api/v1/guests", {}),
    ("POST", "/api/v1/conversations/1/messages", {"content": "x"}),
    ("PUT", "/api/v1/conversations/1/read", {"seq": 1}),
    ("POST", "/useropt", {"opt": "chat-to", "data": {"other": 1, "content": "x"}}),
]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_other_sites_cannot_change_anything_by_cookie(
    shared_server: ParleyServer, method: str, path: str, body: object, origin: str
) -> None:
    (alice,) = await meet(shared_server, "alice")
    for headers in ({"Origin": origin}, {"Origin": origin, "Sec-Fetch-Site": "cross-site"}):
        reply = await alice.request(method, path, body, headers)
        check(reply, 403, -5)
        assert "Access-Control-Allow-Origin" not in reply.headers
    assert (await alice.request("GET", "/api/v1/me")).status == 200, "still signed in"


async def test_an_allowed_site_may_call_by_token(start_server: StartServer, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(json.dumps({"k": "0123456789abcdef" * 3}))
    shop = "https://shop.example"
    server = start_server(identity_secrets_file=keys, allowed_origins=shop, guests=True)
    sign = ("token", "--sub", "bob", "--identity-secrets-file", str(keys))
    token = (await asyncio.to_thread(run_parley, *sign)).stdout.strip()
    (alice,) = await meet(server, "alice")
    bob = Person(server.url, token=token)
    path = f"/api/v1/conversations/{alice.user_id}/messages"
    reply = await bob.request("POST", path, {"content": "x"}, {"Origin": shop})
    assert reply.status == 200
    assert reply.headers["Access-Control-Allow-Origin"] == shop
    assert "Access-Control-Allow-Credentials" not in reply.headers
    assert "Origin" in reply.headers["Vary"]
    preflight = await Person(server.url).request("OPTIONS", path, None, {"Origin": shop})
    assert preflight.status == 204
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    # the same call with a cookie, or from elsewhere, is refused
    by_cookie = await alice.request("POST", path, {"content": "x"}, {"Origin": shop})
    check(by_cookie, 403, -5)
    elsewhere = {"Origin": "https://evil.example"}
    check(await bob.request("POST", path, {"content": "x"}, elsewhere), 403, -5)
