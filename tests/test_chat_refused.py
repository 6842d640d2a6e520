"""chat-to that is refused: too long, to nobody, to oneself; it is neither stored nor told."""

import json

import pytest

from tests.chat_rows import conversations_of, rows_of
from tests.client import answer, message, refused
from tests.scene import meet
from tests.services.parley import ParleyServer

LETTERS = {"one byte": "a", "three bytes": "好", "four bytes": "😀", "joined": "\u200d"}


@pytest.mark.parametrize("letter", LETTERS.values(), ids=LETTERS)
async def test_content_is_1_to_8192_characters_and_stored_as_it_is(
    shared_server: ParleyServer, letter: str
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here, there = await alice.open(), await bob.open()
    for count in (1, 8192):
        data = {"other": bob.user_id, "content": letter * count}
        # as UTF-8: escaped, the longest text would be larger than a frame may be
        request = {"opt": "chat-to", "data": data, "ref": f"{count}"}
        await here.send_raw(json.dumps(request, ensure_ascii=False))
        push = await here.expect(answer(f"{count}"))
        assert push["data"]["data"][1] == letter * count
        await there.expect(message(letter * count))
    assert [row[2] for row in rows_of(shared_server, alice)] == [letter, letter * 8192]
    too_long = {"opt": "chat-to", "data": {"other": bob.user_id, "content": letter * 8193}}
    await here.send_raw(json.dumps(too_long, ensure_ascii=False))
    push = await here.expect(refused(-7))
    assert push["data"] == {"limit": 8192}
    reply = await alice.request(
        "POST",
        f"/api/v1/conversations/{bob.user_id}/messages",
        json.dumps({"content": letter * 8193}, ensure_ascii=False),
    )
    assert (reply.status, reply.envelope["errorcode"]) == (413, -7)


async def test_an_unknown_recipient_is_4_and_leaves_no_trace(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    here = await alice.open()
    push = await here.ask("chat-to", {"other": 10**12, "content": "hello?"})
    assert (push["errorcode"], push["txt"]) == (-4, "no such user.")
    assert rows_of(shared_server, alice) == []
    assert conversations_of(shared_server, alice) == 0


async def test_nobody_writes_to_oneself(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    here = await alice.open()
    push = await here.ask("chat-to", {"other": alice.user_id, "content": "note to self"})
    assert push["errorcode"] == -5
    assert rows_of(shared_server, alice) == []


async def test_a_refused_message_reaches_nobody(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here, other_tab, there = await alice.open(), await alice.open(), await bob.open()
    await here.ask("chat-to", {"other": bob.user_id, "content": ""})
    await there.refute(message())
    await other_tab.refute(refused())
