"""Typing: told to the other side only, only where a conversation exists, and never stored."""

from tests.client import event
from tests.oracle import read_rows
from tests.scene import meet, write
from tests.services.parley import ParleyServer

TABLES = ("user", "conversation", "participant", "chatlog")


def sizes(server: ParleyServer) -> list[int]:
    return [
        int(read_rows(server.database_url, f"SELECT COUNT(*) FROM {table}")[0][0])
        for table in TABLES
    ]


async def test_typing_goes_to_every_socket_of_the_other_side_and_to_nobody_else(
    shared_server: ParleyServer,
) -> None:
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    await write(alice, bob, "hi")
    await write(carol, bob, "hi")
    typing, other_tab, elsewhere = await alice.open(), await alice.open(), await carol.open()
    bobs = [await bob.open(), await bob.open()]
    before = sizes(shared_server)
    for on in (True, False):
        await typing.send("typing", {"other": bob.user_id, "on": on})
        for tab in bobs:
            push = await tab.expect(event("typing"))
            assert push == {
                "errorcode": 3,
                "data": {"event": "typing", "user_id": alice.user_id, "on": on},
            }
    for tab in (typing, other_tab, elsewhere):
        await tab.refute(event("typing"))
    assert sizes(shared_server) == before


async def test_a_ref_is_answered_with_the_event(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "hi")
    here = await alice.open()
    await here.send("typing", {"other": bob.user_id, "on": True}, ref="r")
    assert await here.expect(event("typing")) == {
        "errorcode": 3,
        "data": {"event": "typing", "user_id": bob.user_id, "on": True},
        "ref": "r",
    }


async def test_both_sides_may_type(shared_server: ParleyServer) -> None:
    """Also the one who has not written anything yet."""
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "hi")
    here, there = await alice.open(), await bob.open()
    await there.send("typing", {"other": alice.user_id, "on": True})
    await here.expect(event("typing", user_id=bob.user_id, on=True))


async def test_strangers_cannot_be_typed_at(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here, there = await alice.open(), await bob.open()
    for other in (bob.user_id, 10**12):
        push = await here.ask("typing", {"other": other, "on": True})
        assert (push["errorcode"], push["txt"]) == (-4, "no such conversation.")
    assert (await here.ask("typing", {"other": alice.user_id, "on": True}))["errorcode"] == -5
    await there.refute(event("typing"))
    await here.chat(bob, "no stranger any more")
    await here.ask("typing", {"other": bob.user_id, "on": True})
    await there.expect(event("typing", user_id=alice.user_id))


async def test_typing_at_somebody_who_is_away_is_no_error(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "hi")
    here = await alice.open()
    assert (await here.ask("typing", {"other": bob.user_id, "on": True}))["errorcode"] == 3
    there = await bob.open()
    await there.refute(event("typing"))


async def test_typing_is_no_operation_over_http(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "hi")
    for opt in ("typing", "delivered", "sync", "ping"):
        assert (await alice.useropt(opt, other=bob.user_id, on=True))["errorcode"] == -1
