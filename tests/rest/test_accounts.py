"""/api/v1: registration, signing in and out, and guests."""

from itertools import count

import pytest

from app.messaging.errors import HTTP_STATUS, Errorcode
from tests.client import PASSWORD, Person, sign_in, sign_up
from tests.conftest import StartServer
from tests.rest.answers import USER, check
from tests.services.parley import ParleyServer

_numbers = count(1)


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
