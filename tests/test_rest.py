"""/api/v1: real HTTP statuses, the same envelopes, and who may call from where."""

import asyncio
import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from app.messaging.errors import HTTP_STATUS, Errorcode
from tests.client import PASSWORD, Person, Reply, sign_in, sign_up
from tests.conftest import StartServer
from tests.scene import meet, write
from tests.services.parley import ParleyServer, run_parley

USER = {"user_id", "username", "name", "avatar", "kind", "locale", "online", "last_seen"}
_numbers = count(1)

# (method, path, body) of everything that takes somebody who is signed in
SIGNED_IN: list[tuple[str, str, object]] = [
    ("GET", "/api/v1/me", None),
    ("GET", "/api/v1/users?query=x", None),
    ("GET", "/api/v1/users?username=x", None),
    ("GET", "/api/v1/users/1", None),
    ("GET", "/api/v1/conversations", None),
    ("GET", "/api/v1/conversations/1/messages", None),
    ("POST", "/api/v1/conversations/1/messages", {"content": "x"}),
    ("PUT", "/api/v1/conversations/1/read", {"seq": 1}),
]


def check(reply: Reply, status: int, code: int) -> dict[str, Any]:
    """An error as every endpoint gives it; the envelope."""
    envelope = reply.envelope
    assert (reply.status, envelope["errorcode"]) == (status, code), envelope
    assert set(envelope) <= {"errorcode", "txt", "data"}
    assert envelope["txt"].endswith(".")
    assert reply.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert "Traceback" not in reply.body.decode()
    return envelope


def test_every_errorcode_has_a_status() -> None:
    assert {int(code): HTTP_STATUS[code] for code in Errorcode if code is not Errorcode.EVENT} == {
        0: 200,
        1: 200,
        2: 200,
        -1: 400,
        -2: 400,
        -3: 401,
        -4: 404,
        -5: 403,
        -6: 429,
        -7: 413,
        -8: 503,
    }


async def test_registration_signs_in(shared_server: ParleyServer) -> None:
    name = f"Ann {next(_numbers)}"
    ann = Person(shared_server.url)
    body = {"username": name, "password": PASSWORD, "nickname": "小安"}
    reply = await ann.request("POST", "/api/v1/users", body)
    assert (reply.status, set(reply.data)) == (201, USER)
    assert (reply.data["username"], reply.data["name"]) == (name, "小安")
    assert (reply.data["kind"], reply.data["online"]) == ("local", False)
    cookie = reply.headers["Set-Cookie"]
    assert cookie.startswith("parley_session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    me = await ann.request("GET", "/api/v1/me")
    assert (me.status, me.data["user_id"]) == (200, reply.data["user_id"])
    again = await Person(shared_server.url).request("POST", "/api/v1/users", body)
    check(again, 403, -5)


async def test_signing_in_and_out(shared_server: ParleyServer) -> None:
    name = f"Ben {next(_numbers)}"
    first = await sign_up(shared_server.url, name)
    ben = await sign_in(shared_server.url, name)
    assert ben.user_id == first.user_id
    assert (await ben.request("DELETE", "/api/v1/session")).envelope["errorcode"] == 0
    check(await ben.request("GET", "/api/v1/me"), 401, -3)
    assert (await first.request("GET", "/api/v1/me")).status == 200, "another session goes on"
    for body in (
        {"username": name, "password": PASSWORD + "x"},
        {"username": "nobody at all", "password": PASSWORD},
    ):
        reply = await Person(shared_server.url).request("POST", "/api/v1/session", body)
        assert check(reply, 401, -3)["txt"] == "login failed."


async def test_guests(shared_server: ParleyServer) -> None:
    name = f"Gus {next(_numbers)}"
    gus = Person(shared_server.url)
    reply = await gus.request("POST", "/api/v1/guests", {"nickname": name})
    assert (reply.status, set(reply.data)) == (201, USER)
    assert (reply.data["name"], reply.data["kind"]) == (name, "guest")
    taken = await Person(shared_server.url).request("POST", "/api/v1/guests", {"nickname": name})
    check(taken, 403, -5)
    odd = await Person(shared_server.url).request("POST", "/api/v1/guests", {"nickname": "a:b"})
    assert check(odd, 400, -2)["data"] == {"field": "nickname"}
    unnamed = await Person(shared_server.url).request("POST", "/api/v1/guests")
    assert unnamed.status == 201
    assert unnamed.data["name"]


async def test_closed_doors(start_server: StartServer) -> None:
    server = start_server(registration="closed", guests=False)
    nobody = Person(server.url)
    body = {"username": "ann", "password": PASSWORD}
    check(await nobody.request("POST", "/api/v1/users", body), 403, -5)
    check(await nobody.request("POST", "/api/v1/guests", {}), 403, -5)


WRONG_ACCOUNTS: list[tuple[dict[str, object], int, str | None]] = [
    ({}, -2, "username"),
    ({"username": "x"}, -2, "password"),
    ({"username": 7, "password": PASSWORD}, -2, "username"),
    ({"username": "", "password": PASSWORD}, -2, "username"),
    ({"username": "a:b", "password": PASSWORD}, -2, "username"),
    ({"username": "a\u202eb", "password": PASSWORD}, -2, "username"),
    ({"username": "x" * 33, "password": PASSWORD}, -7, None),
    ({"username": "x", "password": "short"}, -2, "password"),
    ({"username": "x", "password": 12345678}, -2, "password"),
    ({"username": "x", "password": "x" * 1025}, -7, None),
    ({"username": "x", "password": PASSWORD, "nickname": 7}, -2, "nickname"),
    ({"username": "x", "password": PASSWORD, "nickname": "n" * 65}, -7, None),
]


@pytest.mark.parametrize(("body", "code", "field"), WRONG_ACCOUNTS)
async def test_wrong_accounts(
    shared_server: ParleyServer, body: dict[str, object], code: int, field: str | None
) -> None:
    reply = await Person(shared_server.url).request("POST", "/api/v1/users", body)
    envelope = check(reply, HTTP_STATUS[Errorcode(code)], code)
    if field is not None:
        assert envelope["data"] == {"field": field}


async def test_users(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    reply = await alice.request("GET", f"/api/v1/users/{bob.user_id}")
    assert (reply.status, set(reply.data)) == (200, USER)
    assert reply.data["name"] == bob.name
    check(await alice.request("GET", "/api/v1/users/999999999999"), 404, -4)
    for nowhere in ("0", "-1", "x", "1.5", "9" * 16, "1/2"):
        check(await alice.request("GET", f"/api/v1/users/{nowhere}"), 404, -4)
    for wrong, code in (("limit=0", -2), ("limit=x", -2), ("limit=101", -2), ("limit=", -2)):
        path = f"/api/v1/users?query=x&{wrong}"
        check(await alice.request("GET", path), HTTP_STATUS[Errorcode(code)], code)
    check(await alice.request("GET", "/api/v1/users?query=" + "x" * 65), 413, -7)
    # nothing is added to what was asked, or left out; /useropt says the same
    for asked in ("?query=%00", "?query=x&limit=1%00", "?query=x&limit=%201", "?username=%00"):
        check(await alice.request("GET", f"/api/v1/users{asked}"), 400, -2)
    # whatever the words say that cannot be read
    for query in ("%ff", "%ff%20database%20is%20locked", "%ff%20full"):
        check(await alice.request("GET", f"/api/v1/users?query={query}"), 400, -2)


async def test_sending_and_reading(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    path = f"/api/v1/conversations/{bob.user_id}"
    body = {"content": "hi", "client_id": "c"}
    reply = await alice.request("POST", f"{path}/messages", body)
    assert (reply.status, reply.envelope["errorcode"]) == (200, 2)
    assert set(reply.data) == {"user_id", "data"}
    again = await alice.request("POST", f"{path}/messages", body)
    assert (again.status, again.data) == (200, {**reply.data, "dup": True})
    page = await alice.request("GET", f"{path}/messages?limit=10")
    assert page.data["logs"] == [reply.data["data"]]
    read = await bob.request("PUT", f"/api/v1/conversations/{alice.user_id}/read", {"seq": 1})
    assert read.data == {"user_id": alice.user_id, "read_seq": 1, "delivered_seq": 1}
    listed = await bob.request("GET", "/api/v1/conversations?limit=1")
    assert [line["user_id"] for line in listed.data["conversations"]] == [alice.user_id]


async def test_the_address_says_whom_whatever_the_body_says(shared_server: ParleyServer) -> None:
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    body = {"content": "for bob", "other": carol.user_id}
    path = f"/api/v1/conversations/{bob.user_id}/messages"
    assert (await alice.request("POST", path, body)).data["user_id"] == bob.user_id


async def test_errors_of_conversations(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    me, peer = (f"/api/v1/conversations/{person.user_id}" for person in (alice, bob))
    nobody = "/api/v1/conversations/999999999999"
    for path, code in ((me, -5), (nobody, -4)):
        status = HTTP_STATUS[Errorcode(code)]
        check(await alice.request("GET", f"{path}/messages"), status, code)
        check(await alice.request("POST", f"{path}/messages", {"content": "x"}), status, code)
        check(await alice.request("PUT", f"{path}/read", {"seq": 1}), status, code)
    check(await alice.request("PUT", f"{peer}/read", {"seq": 1}), 404, -4)
    await write(alice, bob, "hi")
    check(await alice.request("PUT", f"{peer}/read", {}), 400, -2)
    check(await alice.request("POST", f"{peer}/messages", {}), 400, -2)
    check(await alice.request("POST", f"{peer}/messages", "no json"), 400, -2)
    check(await alice.request("POST", f"{peer}/messages", "[]"), 400, -2)
    check(await alice.request("POST", f"{peer}/messages", {"content": "x" * 8193}), 413, -7)
    for query in ("before=x", "after=-1", "limit=0", "limit=101", "before=1e3", "limit=%ff"):
        check(await alice.request("GET", f"{peer}/messages?{query}"), 400, -2)
    check(await alice.request("GET", "/api/v1/conversations?before=x"), 400, -2)
    check(await alice.request("GET", "/api/v1/conversations?limit=x"), 400, -2)


@pytest.mark.parametrize(("method", "path", "body"), SIGNED_IN)
async def test_nobody_is_401(
    shared_server: ParleyServer, method: str, path: str, body: object
) -> None:
    await meet(shared_server, "somebody")
    for nobody in (
        Person(shared_server.url),
        Person(shared_server.url, token="not.a.token"),
        Person(shared_server.url, cookies={"parley_session": "2|1:0|10:1|forged"}),
    ):
        reply = await nobody.request(method, path, body)
        assert check(reply, 401, -3)["txt"] == "login failed."
        assert reply.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "body"), SIGNED_IN)
async def test_what_is_meant_for_another_than_the_cookie_is_not_answered(
    shared_server: ParleyServer, method: str, path: str, body: object
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    for meant_for in (str(bob.user_id), "", "alice"):
        headers = {"Parley-User": meant_for}
        check(await alice.request(method, path, body, headers), 401, -3)
    reply = await alice.request(method, path, body, {"Parley-User": str(alice.user_id)})
    assert reply.envelope["errorcode"] != -3


@pytest.mark.parametrize(
    "path", ["/nowhere", "/api/v1", "/api/v1/", "/api/v2/me", "/api/v1/me/", "/API/v1/me", "/.git"]
)
async def test_what_is_nowhere_is_404(shared_server: ParleyServer, path: str) -> None:
    (alice,) = await meet(shared_server, "alice")
    for method in ("GET", "POST", "PUT", "DELETE"):
        check(await alice.request(method, path), 404, -4)


async def test_what_cannot_be_done_there_is_405(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    for method, path in (
        ("PUT", "/api/v1/session"),
        ("DELETE", "/api/v1/users"),
        ("POST", "/api/v1/me"),
        ("GET", "/api/v1/guests"),
        ("POST", "/api/v1/conversations/1/read"),
        ("POST", "/api/v1/openapi.json"),
        ("PATCH", "/api/v1/me"),
    ):
        check(await alice.request(method, path), 405, -1)


# -- from where ------------------------------------------------------------------------------------

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


async def test_the_probes(shared_server: ParleyServer) -> None:
    nobody = Person(shared_server.url)
    for path in ("/healthz", "/readyz"):
        reply = await nobody.request("GET", path)
        assert (reply.status, reply.envelope["errorcode"]) == (200, 0)
    check(await nobody.request("GET", "/metrics"), 404, -4)


async def test_metrics_are_for_who_has_the_token(start_server: StartServer) -> None:
    server = start_server(metrics_token="a-token-of-some-length", guests=True)
    alice, bob = await meet(server, "alice", "bob")
    await write(alice, bob, "hi")
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer \u00e9"}):
        check(await alice.request("GET", "/metrics", headers=headers), 404, -4)
    right = {"Authorization": "Bearer a-token-of-some-length"}
    reply = await Person(server.url).request("GET", "/metrics", headers=right)
    assert reply.headers["Content-Type"].startswith("text/plain")
    lines = reply.body.decode().splitlines()
    assert "parley_messages_stored_total 1" in lines
    assert all(line.startswith(("# ", "parley_")) for line in lines)
