"""/api/v1: finding somebody, writing, reading, and what is wrong with a question."""

from app.messaging.errors import HTTP_STATUS, Errorcode
from tests.rest.answers import USER, check
from tests.scene import meet, write
from tests.services.parley import ParleyServer


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
