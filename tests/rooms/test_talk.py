"""Saying something in a room: stored once, in one order, pushed to everybody in it."""

import pytest

from tests.client import answer, event, message, refused
from tests.oracle import read_rows
from tests.rooms.scene import enter, gather, join, new_room, opened, say, texts
from tests.scene import meet
from tests.services.parley import ParleyServer


async def test_a_message_reaches_everybody_in_the_room_and_nobody_else(
    shared_server: ParleyServer,
) -> None:
    room, (ann, bob, _), (here, there, third) = await gather(shared_server, "ann", "bob", "cat")
    (stranger,) = await meet(shared_server, "stranger")
    outside, second = await stranger.open(), (await join(ann, room))[0]
    ack = await say(here, room, "hello", "c-1")
    assert ack["errorcode"] == 1
    assert ack["data"]["room"] == room
    side, content, friendly, more = ack["data"]["data"]
    assert (side, content, friendly) == (">", "hello", "just now")
    assert (more["seq"], more["client_id"]) == (1, "c-1")
    for tab in (there, third):
        push = await tab.expect(event("room-message", room=room))
        shown = push["data"]["data"]
        assert shown[:3] == ["<", "hello", "just now"]
        author = {"user_id": ann.user_id, "name": ann.name, "kind": "guest"}
        assert author.items() <= shown[3]["user"].items()
        assert shown[3]["id"] == more["id"]
        assert "client_id" not in shown[3]
    mine = (await second.expect(event("room-message", room=room)))["data"]["data"]
    assert (mine[0], mine[3]["client_id"]) == (">", "c-1")
    for tab in (here, outside):
        await tab.refute(event("room-message"))
    await there.refute(message())
    assert bob.user_id != ann.user_id


async def test_alone_in_a_room_the_answer_is_two(shared_server: ParleyServer) -> None:
    (ann,) = await meet(shared_server, "ann")
    room = await opened(ann)
    tab, _ = await join(ann, room)
    await join(ann, room)  # another tab of the same person is nobody else
    assert (await say(tab, room, "anybody?"))["errorcode"] == 2


async def test_seqs_are_dense_and_the_same_for_everybody(shared_server: ParleyServer) -> None:
    room, people, tabs = await gather(shared_server, "ann", "bob", "cat")
    for number in range(30):
        tab = tabs[number % 3]
        await tab.send("room-say", {"room": room, "content": str(number)}, ref=f"s{number}")
    seqs = []
    for number in range(30):
        ack = await tabs[number % 3].expect(answer(f"s{number}"))
        seqs.append(ack["data"]["data"][3]["seq"])
    assert sorted(seqs) == list(range(1, 31))
    pages = [(await person.useropt("room-chat", room=room))["data"] for person in people]
    ids = [[entry[3]["id"] for entry in page["logs"]] for page in pages]
    assert ids[0] == ids[1] == ids[2]
    assert [entry[3]["seq"] for entry in pages[0]["logs"]] == list(range(1, 31))
    assert len(set(ids[0])) == 30


async def test_a_repeat_is_answered_with_the_original(shared_server: ParleyServer) -> None:
    room, (_, bob), (here, there) = await gather(shared_server, "ann", "bob")
    first = await say(here, room, "once", "same")
    await there.expect(event("room-message"))
    again = await say(here, room, "twice", "same")
    assert again["data"] == {**first["data"], "room_id": again["data"]["room_id"], "dup": True}
    await there.refute(event("room-message"))
    page = (await bob.useropt("room-chat", room=room))["data"]
    assert texts(page["logs"]) == ["once"]


async def test_a_repeat_of_what_was_said_in_an_empty_room_names_it(
    shared_server: ParleyServer,
) -> None:
    ann, bob = await meet(shared_server, "ann", "bob")
    room, other = await opened(ann), await opened(ann)
    for opt, more in (("room-say", {"room": room}), ("room-say", {"room": other})):
        said = await ann.useropt(opt, content="once", client_id="same", **more)
        assert said["data"]["room"] == room
    repeat = await ann.useropt("chat-to", other=bob.user_id, content="once", client_id="same")
    assert (repeat["data"]["room"], repeat["data"]["dup"]) == (room, True)


async def test_a_repeat_elsewhere_is_answered_with_where_it_stands(
    shared_server: ParleyServer,
) -> None:
    """A client_id is one message of its sender, wherever the repeat says that it goes."""
    room, (ann, bob), (here, _) = await gather(shared_server, "ann", "bob")
    await say(here, room, "in the room", "a")
    push = await here.ask("chat-to", {"other": bob.user_id, "content": "x", "client_id": "a"})
    assert push["data"]["dup"] is True
    assert (push["data"]["room"], push["data"]["data"][1]) == (room, "in the room")
    await here.chat(bob, "to bob", "b")
    push = await say(here, room, "x", "b")
    assert push["data"]["dup"] is True
    assert (push["data"]["user_id"], push["data"]["data"][1]) == (bob.user_id, "to bob")
    for client_id, text in (("a", "in the room"), ("b", "to bob")):
        nowhere = {"room": new_room("nowhere"), "content": "x"}
        repeat = await ann.useropt("room-say", **nowhere, client_id=client_id)
        assert (repeat["data"]["dup"], repeat["data"]["data"][1]) == (True, text)
        assert (await ann.useropt("room-say", **nowhere))["errorcode"] == -4


async def test_who_has_not_joined_says_nothing(shared_server: ParleyServer) -> None:
    room, (ann, _), _ = await gather(shared_server, "ann", "bob")
    (stranger,) = await meet(shared_server, "stranger")
    outside, other_tab = await stranger.open(), await ann.open()
    for tab in (outside, other_tab):
        push = await tab.ask("room-say", {"room": room, "content": "psst"})
        assert push["errorcode"] == -5
    envelope = await stranger.useropt("room-say", room=room, content="psst")
    assert envelope["errorcode"] == -5
    assert (await ann.useropt("room-chat", room=room))["data"]["last_seq"] == 0
    # a member over HTTP needs no socket
    assert (await ann.useropt("room-say", room=room, content="hi"))["errorcode"] == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"content": "x"}, -2),
        ({"room": 7, "content": "x"}, -2),
        ({"room": "", "content": "x"}, -2),
        ({"room": "a/b", "content": "x"}, -2),
        ({"room": "a\u202eb", "content": "x"}, -2),
        ({"room": "..", "content": "x"}, -2),
        ({"room": "x" * 51, "content": "x"}, -7),
        ({"room": "\ufdfa" * 50, "content": "x"}, -2),
        ({"room": "😀" * 46, "content": "x"}, -5),  # 184 bytes: it could be
        ({"room": "😀" * 47, "content": "x"}, -2),
        ({"room": "no such room", "content": "x"}, -5),
    ],
)
async def test_bad_rooms(shared_server: ParleyServer, data: dict[str, object], code: int) -> None:
    (ann,) = await meet(shared_server, "ann")
    tab = await ann.open()
    assert (await tab.ask("room-say", data))["errorcode"] == code


async def test_bad_texts(shared_server: ParleyServer) -> None:
    room, _, (here, _) = await gather(shared_server, "ann", "bob")
    for content, code in (("", -2), ("\0", -2), ("x" * 8193, -7), (None, -2)):
        await here.send("room-say", {"room": room, "content": content}, ref="bad")
        await here.expect(refused(code, ref="bad"))
    longest = "😀" * 8192
    await say(here, room, longest)


async def test_names_in_any_script(shared_server: ParleyServer) -> None:
    (ann,) = await meet(shared_server, "ann")
    for name in ("大厅", "غرفة", "Straße", "комната 😀"):
        room = await opened(ann, name)
        tab, shown = await join(ann, room)
        assert shown["room"] == room
        await say(tab, room, name)
        other_case = await enter(tab, room.upper())
        assert (other_case["room"], texts(other_case["logs"])) == (room, [name])


async def test_a_room_is_the_same_however_it_is_spelled(shared_server: ParleyServer) -> None:
    (ann,) = await meet(shared_server, "ann")
    room = await opened(ann, "Tea")
    assert (await ann.useropt("room-open", room=room.upper()))["errorcode"] == -5
    assert (await ann.useropt("room-open", room="\uff34ea" + room[3:]))["errorcode"] == -5


async def test_the_log_holds_a_room_as_it_holds_two(shared_server: ParleyServer) -> None:
    room, (ann, _), (here, _) = await gather(shared_server, "ann", "bob")
    await say(here, room, "kept", "kept-id")
    query = f"SELECT conversation_id, seq, other, content FROM chatlog WHERE me = {ann.user_id}"
    ((conversation, seq, other, content),) = read_rows(shared_server.database_url, query)
    assert (seq, other, content) == (1, -conversation, "kept")


async def test_an_unknown_room_is_not_found(shared_server: ParleyServer) -> None:
    (ann,) = await meet(shared_server, "ann")
    tab = await ann.open()
    room = new_room()
    for opt in ("room-join", "room-leave", "room-members", "room-delete", "room-mute"):
        data = {"room": room, "seq": 1, "user_id": ann.user_id, "on": True}
        assert (await tab.ask(opt, data))["errorcode"] == -4, opt
        assert (await ann.useropt(opt, **data))["errorcode"] == -4, opt
