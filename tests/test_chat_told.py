"""chat-to: stored first, then told to both sides, once, in one order."""

import asyncio
import time

from tests.chat_rows import rows_of
from tests.client import Person, Tab, event, message, stored
from tests.oracle import read_rows
from tests.scene import meet, say, write
from tests.services.parley import ParleyServer


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
