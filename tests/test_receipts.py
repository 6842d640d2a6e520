"""Delivered and read: two positions that only move forward, told to who should know."""

from typing import Any

import pytest

from tests.client import Person, Tab, answer, event, refused
from tests.scene import meet, say, write
from tests.services.parley import ParleyServer


async def positions(me: Person, other: Person) -> tuple[int, int, int, int]:
    """(mine read, the other's read, the other's delivered, unread), asked for anew."""
    page = await me.history(other, limit=1)
    return (
        page["read_seq"],
        page["other_read_seq"],
        page["other_delivered_seq"],
        page["unread"],
    )


async def two_who_talked(server: ParleyServer, count: int = 5) -> tuple[Person, Person]:
    """Alice wrote `count` messages to Bob, who has seen none of them."""
    alice, bob = await meet(server, "alice", "bob")
    await write(alice, bob, *(f"{number}" for number in range(1, count + 1)))
    return alice, bob


def seqs(tab: Tab, name: str) -> list[int]:
    """The positions of all events of that name in the inbox."""
    return [push["data"]["seq"] for push in tab.inbox if push["data"].get("event") == name]


async def test_read_tells_the_other_side_and_my_other_tabs(shared_server: ParleyServer) -> None:
    alice, bob = await two_who_talked(shared_server)
    alices = [await alice.open(), await alice.open()]
    reading, other_tab = await bob.open(), await bob.open()
    await reading.send("read", {"other": alice.user_id, "seq": 3})
    for tab in alices:
        push = await tab.expect(event("read"))
        assert push == {
            "errorcode": 3,
            "data": {"event": "read", "user_id": bob.user_id, "seq": 3, "by": "<"},
        }
        await tab.expect(event("delivered", user_id=bob.user_id, seq=3, by="<"))
    await other_tab.expect(event("read", user_id=alice.user_id, seq=3, by=">"))
    await reading.refute(event("read"))
    await reading.refute(event("delivered"))
    assert await positions(bob, alice) == (3, 5, 5, 2)
    assert await positions(alice, bob) == (5, 3, 3, 0)


async def test_delivered_moves_only_delivered(shared_server: ParleyServer) -> None:
    alice, bob = await two_who_talked(shared_server)
    here, there, other_tab = await alice.open(), await bob.open(), await bob.open()
    await there.send("delivered", {"other": alice.user_id, "seq": 4})
    await here.expect(event("delivered", user_id=bob.user_id, seq=4, by="<"))
    await other_tab.expect(event("delivered", user_id=alice.user_id, seq=4, by=">"))
    await here.refute(event("read"))
    assert await positions(alice, bob) == (5, 0, 4, 0)


async def test_read_implies_delivered_and_says_so_once(shared_server: ParleyServer) -> None:
    alice, bob = await two_who_talked(shared_server)
    here, there = await alice.open(), await bob.open()
    await there.ask("delivered", {"other": alice.user_id, "seq": 5})
    await here.expect(event("delivered", seq=5))
    await there.ask("read", {"other": alice.user_id, "seq": 5})
    await here.expect(event("read", seq=5))
    await here.refute(event("delivered"))


@pytest.mark.parametrize("opt", ["read", "delivered"])
async def test_a_ref_is_answered_with_the_event_itself(
    shared_server: ParleyServer, opt: str
) -> None:
    alice, bob = await two_who_talked(shared_server)
    there = await bob.open()
    for asked, seq in ((2, 2), (4, 4), (1, 4), (4, 4)):
        push = await there.ask(opt, {"other": alice.user_id, "seq": asked})
        assert (push["errorcode"], push["data"]) == (
            3,
            {"event": opt, "user_id": alice.user_id, "seq": seq, "by": ">"},
        )


async def test_without_a_ref_there_is_no_answer(shared_server: ParleyServer) -> None:
    alice, bob = await two_who_talked(shared_server)
    here, there = await alice.open(), await bob.open()
    await there.send("read", {"other": alice.user_id, "seq": 5})
    await here.expect(event("read"))
    await there.refute(event("read"))
    await there.refute(event("delivered"))


async def test_a_position_never_goes_back(shared_server: ParleyServer) -> None:
    alice, bob = await two_who_talked(shared_server)
    here, there = await alice.open(), await bob.open()
    for seq in (4, 1, 0, 3, 4):
        await there.ask("read", {"other": alice.user_id, "seq": seq})
        await there.ask("delivered", {"other": alice.user_id, "seq": seq})
    await here.barrier()
    assert (seqs(here, "read"), seqs(here, "delivered")) == ([4], [4])
    assert await positions(alice, bob) == (5, 4, 4, 0)


@pytest.mark.parametrize("seq", [6, 10**6, 2**53 - 1])
async def test_a_position_never_goes_beyond_the_last_message(
    shared_server: ParleyServer, seq: int
) -> None:
    alice, bob = await two_who_talked(shared_server)
    here, there = await alice.open(), await bob.open()
    answer = await there.ask("delivered", {"other": alice.user_id, "seq": seq})
    assert answer["data"]["seq"] == 5
    answer = await there.ask("read", {"other": alice.user_id, "seq": seq})
    assert answer["data"]["seq"] == 5
    await here.expect(event("read", seq=5))
    await write(alice, bob, "not read yet")
    assert await positions(bob, alice) == (5, 6, 6, 1)


async def test_sending_moves_my_own_position(shared_server: ParleyServer) -> None:
    """Who answers has read what was there."""
    alice, bob = await two_who_talked(shared_server)
    there = await bob.open()
    assert (await positions(bob, alice))[3] == 5
    await there.chat(alice, "all read")
    assert await positions(bob, alice) == (6, 5, 5, 0)
    assert await positions(alice, bob) == (5, 6, 6, 1)


async def test_many_receipts_end_at_the_furthest(shared_server: ParleyServer) -> None:
    """Coalesced: the other side sees positions that rise, and the last one."""
    alice, bob = await two_who_talked(shared_server, count=60)
    here, one, two = await alice.open(), await bob.open(), await bob.open()
    for seq in range(1, 61):
        await (one if seq % 2 else two).send("read", {"other": alice.user_id, "seq": seq})
    await here.expect(event("delivered", seq=60))
    await here.expect(event("read", seq=60))
    told = [*seqs(here, "read"), 60]
    assert told == sorted(set(told))
    assert await positions(alice, bob) == (60, 60, 60, 0)


async def test_each_of_many_receipts_with_a_ref_is_answered(shared_server: ParleyServer) -> None:
    alice, bob = await two_who_talked(shared_server, count=40)
    there = await bob.open()
    for seq in range(1, 41):
        await there.send("read", {"other": alice.user_id, "seq": seq}, ref=f"r{seq}")
    for seq in range(1, 41):
        push = await there.expect(event("read", ref=f"r{seq}"))
        assert push["data"]["seq"] >= seq


async def test_each_of_two_kinds_that_wait_together_is_answered_by_its_own(
    shared_server: ParleyServer,
) -> None:
    """Sent in one breath they are one receipt; told is what was asked, and how far that is."""
    alice, bob = await two_who_talked(shared_server, count=20)
    there = await bob.open()
    opts = ("delivered", "read")
    for seq in range(1, 21):
        for opt in opts if seq % 2 else reversed(opts):
            await there.send(opt, {"other": alice.user_id, "seq": seq}, ref=f"{opt} {seq}")
    for seq in range(1, 21):
        for opt in opts:
            push = await there.expect(answer(f"{opt} {seq}"))
            assert push["data"]["event"] == opt
            assert push["data"]["seq"] >= seq


async def test_over_http(shared_server: ParleyServer) -> None:
    alice, bob = await two_who_talked(shared_server)
    here, there = await alice.open(), await bob.open()
    path = f"/api/v1/conversations/{alice.user_id}/read"
    reply = await bob.request("PUT", path, {"seq": 2})
    assert reply.envelope == {
        "errorcode": 0,
        "data": {"user_id": alice.user_id, "read_seq": 2, "delivered_seq": 2},
    }
    await here.expect(event("read", user_id=bob.user_id, seq=2, by="<"))
    await there.expect(event("read", user_id=alice.user_id, seq=2, by=">"))
    assert (await bob.request("PUT", path, {"seq": 1})).data["read_seq"] == 2
    envelope = await bob.useropt("read", other=alice.user_id, seq=99)
    assert envelope == {
        "errorcode": 0,
        "data": {"user_id": alice.user_id, "read_seq": 5, "delivered_seq": 5},
    }
    await here.expect(event("read", seq=5))


async def test_where_nobody_wrote_there_is_nothing_to_read(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here, there = await alice.open(), await bob.open()
    wrong: tuple[tuple[dict[str, Any], int], ...] = (
        ({"other": bob.user_id, "seq": 1}, -4),
        ({"other": 10**12, "seq": 1}, -4),
        ({"other": alice.user_id, "seq": 1}, -5),
    )
    for data, code in wrong:
        for opt in ("read", "delivered"):
            assert (await here.ask(opt, data))["errorcode"] == code
            await here.send(opt, data)  # without a ref: errors are told all the same
            await here.expect(refused(code))
        assert (await here.ask("ping"))["errorcode"] == 3
        assert (await alice.useropt("read", **data))["errorcode"] == code
    await there.refute(event("read"))


async def test_a_receipt_right_behind_a_message(shared_server: ParleyServer) -> None:
    """Both may be in one transaction; the position counts the message that stands before it."""
    alice, bob = await two_who_talked(shared_server)
    here, there = await alice.open(), await bob.open()
    for _ in range(10):
        ref = here.new_ref()
        await here.send("chat-to", {"other": bob.user_id, "content": "x"})
        await here.send("delivered", {"other": bob.user_id, "seq": 2**50}, ref)
        await there.send("read", {"other": alice.user_id, "seq": 2**50})
        await here.expect(event("delivered", ref=ref))
    last = (await say(here, bob, "last"))[0]
    assert last == 16
    await there.ask("read", {"other": alice.user_id, "seq": last})
    assert await positions(alice, bob) == (16, 16, 16, 0)
