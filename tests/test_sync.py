"""sync: everything a client missed while it was away, and nothing else."""

import asyncio
from typing import Any

from models.missed import Budget
from tests.client import PATIENCE, Person, event
from tests.conftest import StartServer
from tests.oracle import read_rows
from tests.scene import change, meet, say, write
from tests.services.parley import ParleyServer, run_parley

MEMBERS = {
    "user_id",
    "logs",
    "reset",
    "last_seq",
    "read_seq",
    "other_read_seq",
    "other_delivered_seq",
    "unread",
    "online",
}

# besides, of a conversation that the client did not name
WHO = {"username", "name", "avatar", "kind", "last_seen"}


def seqs(conversation: dict[str, Any]) -> list[int]:
    return [entry[3]["seq"] for entry in conversation["logs"]]


async def one(me: Person, held: dict[int, int]) -> dict[str, Any]:
    """The only conversation that a sync brings."""
    conversations = (await me.tabs[0].sync(held))["conversations"]
    assert len(conversations) == 1, conversations
    return dict(conversations[0])


async def test_the_missing_entries_come_in_order(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "1", "2")
    await write(bob, alice, "3")
    await write(alice, bob, "4", "5")
    there = await bob.open()
    answer = await there.sync({alice.user_id: 2})
    assert set(answer) == {"event", "epoch", "conversations"}
    assert answer["epoch"] == there.epoch
    (conversation,) = answer["conversations"]
    assert set(conversation) == MEMBERS
    assert (conversation["user_id"], conversation["reset"]) == (alice.user_id, False)
    assert [(entry[0], entry[1]) for entry in conversation["logs"]] == [
        (">", "3"),
        ("<", "4"),
        ("<", "5"),
    ]
    assert (conversation["last_seq"], conversation["read_seq"], conversation["unread"]) == (5, 3, 2)
    assert (conversation["other_read_seq"], conversation["other_delivered_seq"]) == (5, 5)
    assert conversation["online"] is False


async def test_the_entries_are_those_of_the_history(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await alice.open()
    await write(alice, bob, "1", "2", "3")
    assert (await one(alice, {}))["logs"] == (await alice.history(bob))["logs"]
    assert "client_id" in (await one(alice, {}))["logs"][0][3]


async def test_who_holds_everything_gets_nothing(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "1", "2")
    there = await bob.open()
    assert (await there.sync({alice.user_id: 2}))["conversations"] == []


async def test_what_only_receipts_moved_is_in_the_list(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    await say(here, bob, "1", "2")
    await here.close()
    await bob.useropt("read", other=alice.user_id, seq=2)
    back = await alice.open()
    listed = (await alice.useropt("recent-users"))["data"]["conversations"]
    assert [(one["last_seq"], one["other_read_seq"]) for one in listed] == [(2, 2)]
    assert (await alice.history(bob, limit=1))["other_read_seq"] == 2
    assert (await back.sync({bob.user_id: 2}))["conversations"] == []


async def test_conversations_that_are_new_to_the_client_come_too(
    shared_server: ParleyServer,
) -> None:
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    await write(alice, bob, "held already")
    await write(carol, bob, "new", "and new")
    there = await bob.open()
    conversations = (await there.sync({alice.user_id: 1}))["conversations"]
    assert [(each["user_id"], seqs(each)) for each in conversations] == [(carol.user_id, [1, 2])]


async def test_who_is_new_to_the_client_is_named_as_in_the_list(
    shared_server: ParleyServer,
) -> None:
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    await write(alice, bob, "held already", "missed")
    await write(carol, bob, "new")
    there = await bob.open()
    new, held = (await there.sync({alice.user_id: 1}))["conversations"]
    assert set(held) == MEMBERS
    assert set(new) == MEMBERS | WHO
    line = (await bob.useropt("recent-users"))["data"]["conversations"][0]
    assert line["user_id"] == carol.user_id
    assert {name: new[name] for name in WHO} == {name: line[name] for name in WHO}


async def test_with_all_come_those_that_did_not_move_without_entries(
    shared_server: ParleyServer,
) -> None:
    """How far both sides have read, and who is there, may have changed all the same."""
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    await write(alice, bob, "1", "2")
    await write(bob, carol, "1")
    there = await bob.open()
    await alice.open()
    held = {alice.user_id: 2, carol.user_id: 1}
    assert (await there.sync(held, all=False))["conversations"] == []
    mine, his = (await there.sync(held, all=True))["conversations"]
    assert set(his) == set(mine) == MEMBERS
    assert (his["logs"], his["reset"], his["last_seq"], his["unread"]) == ([], False, 2, 2)
    assert [mine["online"], his["online"]] == [False, True]
    refused = await there.ask("sync", {"seqs": {}, "all": 1})
    assert (refused["errorcode"], refused["data"]["field"]) == (-2, "all")


async def test_people_one_never_talked_to_are_passed_over(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "hi")
    there = await bob.open()
    held = {alice.user_id: 1, bob.user_id: 3, 10**12: 7, 10**15: 1}
    assert (await there.sync(held))["conversations"] == []


async def test_a_hundred_missing_come_as_they_are_one_more_is_a_reset(
    shared_server: ParleyServer,
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    await say(here, bob, *(f"{number}" for number in range(1, 131)))
    await bob.open()
    hundred = await one(bob, {alice.user_id: 30})
    assert (hundred["reset"], seqs(hundred)) == (False, list(range(31, 131)))
    more = await one(bob, {alice.user_id: 29})
    assert (more["reset"], more["last_seq"]) == (True, 130)
    assert seqs(more) == list(range(81, 131))
    assert more["logs"] == (await bob.history(alice))["logs"]
    assert (await one(bob, {}))["reset"] is True


async def test_who_holds_more_than_there_is_starts_anew(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "1", "2", "3")
    await bob.open()
    for held in (4, 100, 2**53 - 1):
        conversation = await one(bob, {alice.user_id: held})
        assert (conversation["reset"], seqs(conversation)) == (True, [1, 2, 3])


def test_what_is_too_large_takes_no_room_from_what_still_fits() -> None:
    budget = Budget(bytes=10)
    assert budget.take([3, 9], int) == ([9], True)
    assert budget.take([4], int) == ([], True)
    assert budget.take([1], int) == ([1], False)


async def test_many_conversations_at_once(shared_server: ParleyServer) -> None:
    """The one that moved last comes first."""
    names = [f"friend {number}" for number in range(45)]
    bob, *friends = await meet(shared_server, "bob", *names)
    for friend in friends:
        await write(friend, bob, "one", "two")
    there = await bob.open()
    held = {friend.user_id: 1 for friend in friends}
    conversations = (await there.sync(held))["conversations"]
    assert [each["user_id"] for each in conversations] == [f.user_id for f in reversed(friends)]
    assert all(seqs(each) == [2] for each in conversations)


async def test_messages_written_while_one_was_away_arrive_once(
    shared_server: ParleyServer,
) -> None:
    """What sync brings and what is pushed do not overlap and leave no gap."""
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    await say(here, bob, "1", "2")
    there = await bob.open()
    talking = asyncio.create_task(say(here, bob, *(f"{number}" for number in range(3, 33))))
    found = (await there.sync({alice.user_id: 2}))["conversations"]
    missed = [seq for conversation in found for seq in seqs(conversation)]
    await talking
    await there.barrier()
    pushed = [p["data"]["data"][3]["seq"] for p in there.inbox if p["errorcode"] == 0]
    assert sorted({*missed, *pushed}) == list(range(3, 33))


async def test_a_new_epoch_asks_everybody_to_come_back(
    database_url: str, start_server: StartServer, close_tabs: None
) -> None:
    server = start_server(database_url=database_url, guests=True, watch_interval=0.1)
    alice, bob = await meet(server, "alice", "bob")
    tabs = [await alice.open(), await bob.open()]
    await tabs[0].chat(bob, "before")
    old = tabs[0].epoch
    assert [tab.epoch for tab in tabs] == [old, old]
    done = await asyncio.to_thread(
        run_parley, "migrate", "--database-url", database_url, "--new-epoch"
    )
    assert done.returncode == 0, done.stderr
    assert [await tab.closed() for tab in tabs] == [4503, 4503]
    back = await alice.open()
    assert back.epoch != old
    assert f"epoch {back.epoch}" in done.stdout
    assert (await back.sync({}))["epoch"] == back.epoch
    assert (await back.chat(bob, "after")).seq == 2


async def test_an_older_state_of_the_storage_is_noticed_by_itself(
    database_url: str, start_server: StartServer, close_tabs: None
) -> None:
    """An operator puts an older dump in place under the running server and forgets to say so."""
    server = start_server(database_url=database_url, guests=True, watch_interval=0.1)
    server.allow("the storage holds less than was committed")
    alice, bob = await meet(server, "alice", "bob")
    here, there = await alice.open(), await bob.open()
    await say(here, bob, "1", "2", "3", "4", "5")
    old = here.epoch
    await asyncio.to_thread(_restore, database_url, 2)
    await here.send("chat-to", {"other": bob.user_id, "content": "6", "client_id": "c-6"})
    assert [await tab.closed(PATIENCE) for tab in (here, there)] == [4503, 4503]
    again = await alice.open()  # and says it again, as every client does that was not answered
    assert (await again.chat(bob, "6", client_id="c-6")).seq == 3
    back = await bob.open()
    assert back.epoch != old
    missed = (await back.sync({alice.user_id: 5}))["conversations"][0]
    assert (missed["reset"], seqs(missed)) == (True, [1, 2, 3])
    await back.refute(event("read"))
    assert read_rows(database_url, "SELECT COUNT(*) FROM chatlog") == [(3,)]


def _restore(database_url: str, last: int) -> None:
    change(database_url, f"DELETE FROM chatlog WHERE seq > {last}")
    for column in ("last_seq", "low_seq", "high_seq"):
        change(database_url, f"UPDATE conversation SET {column} = {last} WHERE {column} > {last}")
    change(database_url, f"UPDATE participant SET read_seq = {last} WHERE read_seq > {last}")
