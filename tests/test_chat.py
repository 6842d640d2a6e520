"""chat-to: stored first, then told to both sides, once, in one order."""

import asyncio
import json
import time

import pytest

from tests.client import Person, Tab, answer, event, message, refused, stored
from tests.oracle import read_rows
from tests.scene import meet, say, write
from tests.services.parley import ParleyServer

LETTERS = {"one byte": "a", "three bytes": "好", "four bytes": "😀", "joined": "\u200d"}


def rows_of(server: ParleyServer, sender: Person) -> list[tuple[int, int, str]]:
    """(seq, recipient, content) of all that somebody ever stored."""
    query = f"SELECT seq, other, content FROM chatlog WHERE me = {sender.user_id} ORDER BY seq"
    return [(seq, other, content) for seq, other, content in read_rows(server.database_url, query)]


def conversations_of(server: ParleyServer, person: Person) -> int:
    query = f"SELECT COUNT(*) FROM participant WHERE user_id = {person.user_id}"
    return int(read_rows(server.database_url, query)[0][0])


async def test_the_sender_is_told_1_and_the_recipient_gets_0(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here, there = await alice.open(), await bob.open()
    before = time.time_ns() // 1_000_000
    await here.send(
        "chat-to", {"other": bob.user_id, "content": "hi", "client_id": "c-1"}, ref="r-1"
    )
    ack = await here.expect(stored("hi"))
    push = await there.expect(message("hi"))
    at = push["data"]["data"][3]["time"]
    assert ack == {
        "errorcode": 1,
        "data": {
            "user_id": bob.user_id,
            "data": [">", "hi", "just now", {"seq": 1, "time": at, "client_id": "c-1"}],
        },
        "ref": "r-1",
    }
    assert push == {
        "errorcode": 0,
        "data": {
            "user_id": alice.user_id,
            "data": ["<", "hi", "just now", {"seq": 1, "time": at}],
        },
    }
    assert before <= at <= time.time_ns() // 1_000_000


async def test_nobody_there_is_2_and_success(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    push = await here.ask("chat-to", {"other": bob.user_id, "content": "hi", "client_id": "c"})
    assert (push["errorcode"], push["txt"]) == (2, "success.")
    assert push["data"]["user_id"] == bob.user_id
    assert push["data"]["data"][:2] == [">", "hi"]
    assert rows_of(shared_server, alice) == [(1, bob.user_id, "hi")]


async def test_every_socket_of_both_sides_is_told_and_only_the_asking_one_sees_the_ref(
    shared_server: ParleyServer,
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    asking, other_tab = await alice.open(), await alice.open()
    bobs = [await bob.open(), await bob.open()]
    await asking.send("chat-to", {"other": bob.user_id, "content": "x", "client_id": "c"}, "mine")
    assert (await asking.expect(stored("x")))["ref"] == "mine"
    told = await other_tab.expect(stored("x"))
    assert told["errorcode"] == 1
    assert "ref" not in told
    assert told["data"]["data"][3]["client_id"] == "c"
    for tab in bobs:
        push = await tab.expect(message("x", sender=alice))
        assert "ref" not in push
        assert "client_id" not in push["data"]["data"][3]
        await tab.refute(message())
    await asking.refute(stored())
    await other_tab.refute(stored())


async def test_a_message_over_http_is_told_to_all_sockets(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here, there = await alice.open(), await bob.open()
    body = {"content": "from a server", "client_id": "h-1"}
    reply = await alice.request("POST", f"/api/v1/conversations/{bob.user_id}/messages", body)
    assert (reply.status, reply.envelope["errorcode"]) == (200, 1)
    told = await here.expect(stored("from a server"))
    assert told["data"] == reply.data
    assert "ref" not in told
    await there.expect(message("from a server", sender=alice))
    said = await alice.useropt("chat-to", other=bob.user_id, content="and by useropt")
    assert said["errorcode"] == 1
    await here.expect(stored("and by useropt"))
    await there.expect(message("and by useropt", sender=alice))


async def test_closing_one_tab_leaves_the_others(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here, one, two = await alice.open(), await bob.open(), await bob.open()
    await one.close()
    assert (await here.chat(bob, "still there?")).errorcode == 1
    await two.expect(message("still there?"))


async def test_the_server_names_a_message_that_came_without_client_id(
    shared_server: ParleyServer,
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    made = {(await here.chat(bob, "same")).client_id for _ in range(3)}
    assert len(made) == 3
    assert all(0 < len(client_id) <= 64 for client_id in made)


async def test_seqs_are_dense_per_conversation(shared_server: ParleyServer) -> None:
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    here = await alice.open()
    assert await say(here, bob, "1", "2") == [1, 2]
    assert await say(here, carol, "1") == [1]
    assert [one["data"][3]["seq"] for one in await write(bob, alice, "3")] == [3]
    assert await say(here, bob, "4") == [4]


async def everything(tab: Tab, count: int) -> list[tuple[int, str]]:
    """(seq, content) of the next pushes with a message, in the order in which they came."""
    pushes = [await tab.expect(_any_entry) for _ in range(count)]
    return [(push["data"]["data"][3]["seq"], push["data"]["data"][1]) for push in pushes]


_any_entry = type(message())(
    "an entry", lambda push: push["errorcode"] in (0, 1, 2) and "dup" not in push["data"]
)


async def test_many_senders_both_ways_give_one_dense_order_for_everybody(
    shared_server: ParleyServer,
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    alices = [await alice.open() for _ in range(4)]
    bobs = [await bob.open() for _ in range(4)]
    each = 25
    total = each * 8

    async def talk(tab: Tab, other: Person, mark: str) -> None:
        for number in range(each):
            await tab.send("chat-to", {"other": other.user_id, "content": f"{mark} {number}"})

    await asyncio.gather(
        *(talk(tab, bob, f"a{n}") for n, tab in enumerate(alices)),
        *(talk(tab, alice, f"b{n}") for n, tab in enumerate(bobs)),
    )
    seen = [await everything(tab, total) for tab in (*alices, *bobs)]
    kept = sorted(read_order(shared_server, alice, bob))
    assert [seq for seq, _ in kept] == list(range(1, total + 1))
    assert all(screen == kept for screen in seen), "a socket saw another order, a gap or a repeat"
    for mark in (f"{side}{n}" for side in "ab" for n in range(4)):
        mine = [text for _, text in kept if text.startswith(f"{mark} ")]
        assert mine == [f"{mark} {number}" for number in range(each)]


def read_order(server: ParleyServer, one: Person, two: Person) -> list[tuple[int, str]]:
    pair = f"({one.user_id}, {two.user_id})"
    query = f"SELECT seq, content FROM chatlog WHERE me IN {pair} AND other IN {pair}"
    return [(seq, content) for seq, content in read_rows(server.database_url, query)]


# -- repeats ------------------------------------------------------------------------------------


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


# -- what is refused ----------------------------------------------------------------------------


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


async def test_the_friendly_time_is_in_the_language_of_its_reader(
    shared_server: ParleyServer,
) -> None:
    alice = (await meet(shared_server, "alice"))[0]
    body = {"nickname": f"小明{alice.user_id}"}
    ming = Person(shared_server.url)
    reply = await ming.request("POST", "/api/v1/guests", body, {"Accept-Language": "zh-CN,zh;q=.9"})
    ming.user_id = reply.data["user_id"]
    here, there = await alice.open(), await ming.open()
    ack = await here.ask("chat-to", {"other": ming.user_id, "content": "你好"})
    assert ack["data"]["data"][2] == "just now"
    assert (await there.expect(message("你好")))["data"]["data"][2] == "几秒前"
    assert (await ming.history(alice))["logs"][0][2] == "几秒前"


async def test_what_is_pushed_has_been_committed(shared_server: ParleyServer) -> None:
    """Whoever sees the push finds it in the history at once."""
    alice, bob = await meet(shared_server, "alice", "bob")
    here, there = await alice.open(), await bob.open()
    for number in range(5):
        await here.send("chat-to", {"other": bob.user_id, "content": f"{number}"})
        await there.expect(message(f"{number}"))
        assert (await bob.history(alice))["last_seq"] == number + 1
    await here.refute(event("sync"))
