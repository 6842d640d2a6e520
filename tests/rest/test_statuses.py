"""/api/v1: real HTTP statuses: for nobody, for another, for what is not there or cannot be done."""

import pytest

from app.messaging.errors import HTTP_STATUS, Errorcode
from tests.client import Person
from tests.rest.answers import check
from tests.scene import meet
from tests.services.parley import ParleyServer

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
