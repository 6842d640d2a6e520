"""POST /useropt: the envelope under HTTP 200, whatever happens."""

import json

import pytest

from tests.client import Person, message
from tests.scene import meet, write
from tests.services.parley import ParleyServer

USEROPT = "/useropt"


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/octet-stream",
        "",
    ],
)
async def test_json_text_under_any_content_type(
    shared_server: ParleyServer, content_type: str
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    body = json.dumps({"opt": "realtime-chat", "data": {"other": bob.user_id}})
    reply = await alice.request("POST", USEROPT, body, {"Content-Type": content_type})
    assert (reply.status, reply.envelope["errorcode"]) == (200, 0)
    assert reply.data["other_id"] == bob.user_id
    assert reply.headers["Content-Type"] == "application/json; charset=UTF-8"
    assert reply.headers["Cache-Control"] == "no-store"


async def test_text_that_looks_like_a_form_is_still_json(shared_server: ParleyServer) -> None:
    """$.post of jQuery names a form unless told otherwise; many & would be too many fields."""
    alice, bob = await meet(shared_server, "alice", "bob")
    form = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
    for content in ("&" * 8000, "a=1&b=2;c=%zz", "--x\r\n"):
        body = {"opt": "chat-to", "data": {"other": bob.user_id, "content": content}}
        reply = await alice.request("POST", USEROPT, body, form)
        assert (reply.status, reply.envelope["errorcode"]) == (200, 2)
        assert reply.data["data"][1] == content


async def test_every_opt_answers(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    there = await bob.open()
    said = await alice.useropt("chat-to", other=bob.user_id, content="hi", client_id="c")
    assert (said["errorcode"], said["data"]["user_id"]) == (1, bob.user_id)
    assert set(said["data"]) == {"user_id", "data"}
    await there.expect(message("hi", sender=alice))
    again = await alice.useropt("chat-to", other=bob.user_id, content="hi", client_id="c")
    assert again["data"] == {**said["data"], "dup": True}
    answers = {
        "realtime-chat": await bob.useropt("realtime-chat", other=alice.user_id),
        "recent-users": await bob.useropt("recent-users"),
        "read": await bob.useropt("read", other=alice.user_id, seq=1),
        "search-users": await bob.useropt("search-users", query=alice.name),
    }
    for opt, envelope in answers.items():
        assert set(envelope) == {"errorcode", "data"}, opt
        assert envelope["errorcode"] == 0, opt


async def test_away_is_2_and_success(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    said = await alice.useropt("chat-to", other=bob.user_id, content="hi")
    assert (said["errorcode"], said["txt"]) == (2, "success.")


async def test_a_ref_comes_back(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    data = {"other": bob.user_id, "content": "x"}
    for opt, sent in (("chat-to", data), ("recent-users", {}), ("nonsense", {}), ("chat-to", {})):
        body = {"opt": opt, "data": sent, "ref": "r-1"}
        assert (await alice.request("POST", USEROPT, body)).envelope["ref"] == "r-1"
    assert "ref" not in await alice.useropt("recent-users")


async def test_errors_are_200_too(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    for opt, data, code in (
        ("nonsense", {}, -1),
        ("realtime-chat", {}, -2),
        ("realtime-chat", {"other": 10**12}, -4),
        ("chat-to", {"other": 10**12, "content": "x"}, -4),
        ("chat-to", {"other": alice.user_id, "content": "x"}, -5),
        ("chat-to", {"other": bob.user_id, "content": "x" * 8193}, -7),
        ("read", {"other": bob.user_id, "seq": 1}, -4),
    ):
        reply = await alice.request("POST", USEROPT, {"opt": opt, "data": data})
        assert (reply.status, reply.envelope["errorcode"]) == (200, code), (opt, data)
        assert reply.envelope["txt"]


async def test_nobody_is_login_failed(shared_server: ParleyServer) -> None:
    nobody = Person(shared_server.url)
    for opt in ("realtime-chat", "chat-to", "read", "recent-users", "search-users"):
        assert await nobody.useropt(opt, other=1, content="x", seq=1, query="x") == {
            "errorcode": -3,
            "txt": "login failed.",
        }


async def test_another_method_is_not_supported(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    for method in ("GET", "PUT", "DELETE", "PATCH"):
        reply = await alice.request(method, USEROPT)
        assert (reply.status, reply.envelope["errorcode"]) == (405, -1)


async def test_what_was_written_is_there_at_once(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    for number in range(3):
        await write(alice, bob, f"{number}")
        page = (await bob.useropt("realtime-chat", other=alice.user_id, limit=1))["data"]
        assert page["logs"][0][1] == f"{number}"
