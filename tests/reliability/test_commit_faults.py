"""The process or the connection ends at the worst moment there is: around a commit."""

import asyncio

import pytest

from tests.client import Person, Stored, Tab, event, guest, message
from tests.conftest import StartServer
from tests.oracle import Oracle, read_rows
from tests.reliability.crowd import Crowd
from tests.reliability.figures import figures
from tests.services.parley import ParleyServer

FAULTY = "tests.faulty_server"
AWAY = 1.5  # seconds that the database is away after an answer was lost
ON_MARIADB = ("deadlock", "lock_timeout", "lost_before_commit", "lost_after_commit")


def fault(name: str, every: int = 1, last: int = 1_000_000) -> dict[str, str]:
    """The environment that asks the faulty server for this at every n-th commit up to the last."""
    return {
        "FAULT": name,
        "FAULT_EVERY": str(every),
        "FAULT_LAST": str(last),
        "FAULT_SECONDS": str(AWAY),
    }


async def heal(server: ParleyServer) -> None:
    """The server has died by itself: bring it back, and let it live."""
    await asyncio.to_thread(server.wait_for_end)
    server.env = fault("busy", last=0)
    await server.start_async()


async def say_and_die(server: ParleyServer, alice: Person, bob: Person) -> Tab:
    """Alice says something, the server dies of it and comes back; Alice's new tab."""
    tab = await alice.open()
    await tab.send(
        "chat-to", {"other": bob.user_id, "content": "once", "client_id": "a-1"}, ref="r"
    )
    await tab.closed()
    assert not tab.inbox, "told that it is stored, or pushed it, although the server died before"
    await heal(server)
    return await alice.open()


def holds(server: ParleyServer, alice: Person, bob: Person, retried: Stored) -> None:
    """One row in the end, and the oracle is content."""
    oracle = Oracle()
    oracle.sent(alice.user_id, "a-1", bob.user_id, "once")
    oracle.acked(alice.user_id, "a-1", bob.user_id, retried.seq)
    oracle.assert_holds(server.database_url)
    assert len(read_rows(server.database_url, "SELECT seq FROM chatlog")) == 1


async def test_killed_between_commit_and_ack_the_retry_is_told_of_the_original(
    open_server: StartServer,
) -> None:
    server = open_server(module=FAULTY, env=fault("die_after_commit"))
    alice, bob = await guest(server.url, "alice"), await guest(server.url, "bob")
    tab = await say_and_die(server, alice, bob)
    there = await bob.open()
    moved = (await there.sync({}))["conversations"]
    assert [entry[1] for entry in moved[0]["logs"]] == ["once"]
    retried = await tab.chat(bob, "once", client_id="a-1")
    assert (retried.seq, retried.dup) == (1, True)
    holds(server, alice, bob, retried)
    figures("R2", retry="original seq and dup")


async def test_killed_before_commit_the_retry_stores_it_once(open_server: StartServer) -> None:
    server = open_server(module=FAULTY, env=fault("die_before_commit"))
    alice, bob = await guest(server.url, "alice"), await guest(server.url, "bob")
    tab = await say_and_die(server, alice, bob)
    there = await bob.open()
    assert (await there.sync({}))["conversations"] == []
    retried = await tab.chat(bob, "once", client_id="a-1")
    assert (retried.seq, retried.dup) == (1, False)
    await there.refute(event("sync"))
    holds(server, alice, bob, retried)
    figures("R3", retry="stored once, no dup")


@pytest.mark.parametrize("name", ["die_after_commit", "die_before_commit"])
async def test_dying_around_commits_under_load_loses_nothing(
    open_server: StartServer, name: str
) -> None:
    server = open_server(module=FAULTY, env=fault(name, every=20))
    async with Crowd(server.url, seed=2) as crowd:
        crowd.start()
        await asyncio.to_thread(server.wait_for_end)
        await crowd.everybody(lambda one: not one.live)
        await heal(server)
        await crowd.talk_for(0.3)
        await crowd.hush()
    crowd.oracle.assert_holds(server.database_url)


async def endure(server: ParleyServer, name: str) -> None:
    """Every third commit fails, and nobody notices."""
    server.allow(r"\b(WARNING|ERROR)\b")
    async with Crowd(server.url, seed=6) as crowd:
        await crowd.talk_for(1.5)
        await crowd.hush()
        filled = sum(client.gaps_filled for client in crowd.clients)
        assert (crowd.refusals, crowd.closes, filled) == ({}, {}, 0)
    crowd.oracle.assert_holds(server.database_url)
    faults = server.log.count(f"fault injected: {name}")
    assert faults
    figures(f"R6 {name}", faults=faults, acked=crowd.acks)


@pytest.mark.parametrize("name", ON_MARIADB)
async def test_a_fault_at_commit_is_not_visible_on_mariadb(
    mariadb_url: str, start_open: StartServer, name: str
) -> None:
    env = fault(name, every=3)
    await endure(start_open(module=FAULTY, env=env, database_url=mariadb_url), name)


async def test_a_busy_file_at_commit_is_not_visible_on_sqlite(
    sqlite_url: str, start_open: StartServer
) -> None:
    env = fault("busy", every=3)
    await endure(start_open(module=FAULTY, env=env, database_url=sqlite_url), "busy")


async def test_a_message_in_doubt_reaches_the_other_side_when_it_is_sent_again(
    mariadb_url: str, start_open: StartServer
) -> None:
    """Stored, but nobody knows: the sender is told -8, repeats, and only then all is delivered."""
    env = fault("lost_for_long", last=1)
    server = start_open(module=FAULTY, env=env, database_url=mariadb_url, write_timeout=1)
    server.allow(r"\b(WARNING|ERROR)\b")
    alice, bob, carol = [await guest(server.url, name) for name in ("alice", "bob", "carol")]
    here, there, elsewhere = await alice.open(), await bob.open(), await carol.open()
    once = {"other": bob.user_id, "content": "once", "client_id": "a-1"}
    assert (await here.ask("chat-to", once))["errorcode"] == -8
    hello = {"other": alice.user_id, "content": "hello", "client_id": "c-1"}
    while (await elsewhere.ask("chat-to", hello))["errorcode"] == -8:
        pass  # until the database is back, and somebody else's message is stored
    assert (await here.chat(bob, "once", client_id="a-1")).seq == 1
    await there.expect(message("once", sender=alice))
    assert (await here.chat(bob, "once", client_id="a-1")).dup
    await there.refute(message("once"))
    for person in (alice, bob, carol):
        await person.leave()


async def test_what_a_disk_took_and_did_not_say_so_reaches_the_other_side(
    sqlite_url: str, start_open: StartServer
) -> None:
    """The sender is told -8 and repeats: it is news to the other side, once."""
    server = start_open(module=FAULTY, env=fault("not_flushed", last=1), database_url=sqlite_url)
    server.allow(r"\b(WARNING|ERROR)\b")
    alice, bob = [await guest(server.url, name) for name in ("alice", "bob")]
    here, there = await alice.open(), await bob.open()
    once = {"other": bob.user_id, "content": "once", "client_id": "a-1"}
    assert (await here.ask("chat-to", once))["errorcode"] == -8
    assert not (await here.chat(bob, "once", client_id="a-1")).dup
    await there.expect(message("once", sender=alice))
    assert (await here.chat(bob, "once", client_id="a-1")).dup
    await there.refute(message("once"))
    for person in (alice, bob):
        await person.leave()
