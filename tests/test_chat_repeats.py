"""chat-to again with the same client_id: answered with the original, stored once."""

import asyncio

from tests.chat_rows import conversations_of, rows_of
from tests.client import message, stored
from tests.scene import meet
from tests.services.parley import ParleyServer


async def test_a_repeat_answers_with_the_original_wherever_it_comes_from(
    shared_server: ParleyServer,
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    one, two, there = await alice.open(), await alice.open(), await bob.open()
    first = await one.ask("chat-to", {"other": bob.user_id, "content": "x", "client_id": "c"})
    await two.expect(stored("x"))
    await there.expect(message("x"))
    original = {**first["data"], "dup": True}
    again = {"other": bob.user_id, "content": "something else", "client_id": "c"}
    for tab in (one, two):
        repeat = await tab.ask("chat-to", again)
        assert (repeat["errorcode"], repeat["data"]) == (1, original)
    envelope = await alice.useropt("chat-to", **again)
    assert (envelope["errorcode"], envelope["data"]) == (1, original)
    reply = await alice.request("POST", f"/api/v1/conversations/{bob.user_id}/messages", again)
    assert (reply.status, reply.data) == (200, original)
    assert rows_of(shared_server, alice) == [(1, bob.user_id, "x")]
    for tab in (one, two, there):
        await tab.refute(_any_push_of_a_message)


_any_push_of_a_message = type(message())(
    "message or ack", lambda push: push["errorcode"] in (0, 1, 2)
)


async def test_a_repeat_to_somebody_else_stores_nothing(shared_server: ParleyServer) -> None:
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    here, there = await alice.open(), await carol.open()
    await here.chat(bob, "for bob", client_id="c")
    again = await here.ask(
        "chat-to", {"other": carol.user_id, "content": "for carol", "client_id": "c"}
    )
    assert again["data"]["dup"] is True
    assert again["data"]["user_id"] == bob.user_id
    assert again["data"]["data"][1] == "for bob"
    await there.refute(message())
    assert rows_of(shared_server, alice) == [(1, bob.user_id, "for bob")]
    assert conversations_of(shared_server, carol) == 0


async def test_a_repeat_to_nobody_is_still_a_repeat(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    await here.chat(bob, "x", client_id="c")
    again = await here.ask("chat-to", {"other": 10**12, "content": "x", "client_id": "c"})
    assert again["errorcode"] == 2
    assert (again["data"]["user_id"], again["data"].get("dup")) == (bob.user_id, True)
    for other, content, code in ((alice, "x", -5), (bob, "", -2), (bob, "x" * 8193, -7)):
        data = {"other": other.user_id, "content": content, "client_id": "c"}
        assert (await here.ask("chat-to", data))["errorcode"] == code


async def test_the_same_message_at_once_from_two_tabs_is_stored_once(
    shared_server: ParleyServer,
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    one, two, there = await alice.open(), await alice.open(), await bob.open()
    for number in range(10):
        said = await asyncio.gather(
            *(tab.chat(bob, "once", client_id=f"c-{number}") for tab in (one, two))
        )
        assert {each.seq for each in said} == {number + 1}
        assert sorted(each.dup for each in said) == [False, True]
        await there.expect(message("once"))
    await there.refute(message())


async def test_a_repeat_says_whether_the_recipient_is_there_now(
    shared_server: ParleyServer,
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    assert (await here.chat(bob, "x", client_id="c")).errorcode == 2
    await bob.open()
    assert (await here.chat(bob, "x", client_id="c")).errorcode == 1


async def test_a_client_id_belongs_to_its_sender(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here, there = await alice.open(), await bob.open()
    assert (await here.chat(bob, "mine", client_id="same")).dup is False
    assert (await there.chat(alice, "mine too", client_id="same")).dup is False
