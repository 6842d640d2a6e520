"""Who is online: told once per change, to those with whom a conversation exists."""

import asyncio
import time
from typing import cast

from app.messaging.hub import Hub
from app.messaging.presence import BATCH, TURN, Presence
from models.reader import Reader
from tests.client import PATIENCE, Person, event
from tests.conftest import StartServer
from tests.scene import meet, write
from tests.services.parley import ParleyServer
from tests.test_hub import Pipe

SERVER = {"presence_grace": 0.1}
FOREVER = 10_000  # seconds: longer than any test
GRACE_OF_CLOCKS = 5000  # milliseconds by which "online, so now" may be ahead of what is noted


async def friends(server: ParleyServer) -> tuple[Person, Person]:
    alice, bob = await meet(server, "alice", "bob")
    await write(alice, bob, "hi")
    return alice, bob


async def test_others_have_their_turn_while_many_are_told() -> None:
    """Fifty people who each concern everybody come at once."""
    hub, people = Hub(), range(1, TURN + 1)
    sockets = [Pipe(user_id) for user_id in people]
    for socket in sockets:
        hub.join(socket)

    class Everybody:
        async def run(self, _: object) -> dict[int, set[int]]:
            return {user_id: set(people) for user_id in people}

    async def turns_of_others() -> int:
        turns = 0
        while True:
            turns += 1
            await asyncio.sleep(0)
            if len(sockets[-1].taken) == BATCH:
                return turns

    presence = Presence(hub, hub.count, cast("Reader", Everybody()), grace=FOREVER)
    presence.start()
    for user_id in range(1, BATCH + 1):
        presence.changed(user_id)
    assert await asyncio.wait_for(turns_of_others(), PATIENCE) > BATCH // 2
    assert all(len(socket.taken) == BATCH for socket in sockets)
    await presence.stop()


async def test_coming_and_going_is_told_to_those_who_talked(shared_server: ParleyServer) -> None:
    alice, bob = await friends(shared_server)
    (carol,) = await meet(shared_server, "carol")
    here, stranger = await alice.open(), await carol.open()
    there = await bob.open()
    came = await here.expect(event("presence", user_id=bob.user_id))
    assert set(came["data"]) == {"event", "user_id", "online", "last_seen"}
    assert came["data"]["online"] is True
    await there.close()
    went = await here.expect(event("presence", user_id=bob.user_id))
    assert went["data"]["online"] is False
    assert went["data"]["last_seen"] >= came["data"]["last_seen"]
    await stranger.refute(event("presence"))


async def test_the_answers_say_it_too(shared_server: ParleyServer) -> None:
    alice, bob = await friends(shared_server)
    here = await alice.open()
    assert (await alice.history(bob))["online"] is False
    there = await bob.open()
    await here.expect(event("presence", online=True))
    page = await alice.history(bob)
    assert page["online"] is True
    await there.close()
    went = await here.expect(event("presence", online=False))
    for answer in (
        await alice.history(bob),
        (await alice.request("GET", f"/api/v1/users/{bob.user_id}")).data,
        (await alice.useropt("recent-users"))["data"]["conversations"][0],
    ):
        assert (answer["online"], answer["last_seen"]) == (False, went["data"]["last_seen"])


async def test_two_tabs_in_either_order_are_one_coming_and_one_going(
    shared_server: ParleyServer,
) -> None:
    alice, bob = await friends(shared_server)
    here = await alice.open()
    for first, last in ((0, 1), (1, 0)):
        tabs = [await bob.open(), await bob.open()]
        await here.expect(event("presence", user_id=bob.user_id, online=True))
        await tabs[first].close()
        await tabs[last].barrier()
        await here.refute(event("presence"))
        await tabs[last].close()
        await here.expect(event("presence", user_id=bob.user_id, online=False))
        await here.refute(event("presence"))


async def test_a_tab_that_vanishes_counts_as_closed(shared_server: ParleyServer) -> None:
    alice, bob = await friends(shared_server)
    here, there = await alice.open(), await bob.open()
    await here.expect(event("presence", online=True))
    there.abort()
    await here.expect(event("presence", user_id=bob.user_id, online=False))


async def test_being_both_online_before_the_first_word(shared_server: ParleyServer) -> None:
    """Strangers are not told; from the first word on they are peers.

    Also where that word comes so early that nobody has been told yet who came: an answer that says
    "online" is followed by the event that this is over.
    """
    (alice,) = await meet(shared_server, "alice")
    here = await alice.open()
    for bob in await meet(shared_server, *["bob"] * 10):
        there = await bob.open()
        await here.refute(event("presence", user_id=bob.user_id, online=False))
        assert (await here.chat(bob, "hi")).errorcode == 1
        await there.close()
        await here.expect(event("presence", user_id=bob.user_id, online=False))


async def test_somebody_who_comes_back_within_the_grace_was_never_away(
    database_url: str, start_server: StartServer, close_tabs: None
) -> None:
    server = start_server(database_url=database_url, guests=True, presence_grace=FOREVER)
    alice, bob = await friends(server)
    here, there = await alice.open(), await bob.open()
    await here.expect(event("presence", user_id=bob.user_id, online=True))
    for _ in range(3):
        await there.close()
        assert (await alice.history(bob))["online"] is True
        there = await bob.open()
    await there.barrier()
    await here.refute(event("presence"))
    assert (await here.chat(bob, "here?")).errorcode == 1


async def test_presence_survives_a_restart(
    database_url: str, start_server: StartServer, close_tabs: None
) -> None:
    server = start_server(database_url=database_url, guests=True)
    alice, bob = await friends(server)
    there = await bob.open()
    await there.barrier()
    came = (await alice.history(bob))["last_seen"]
    await server.restart_async()
    back = time.time_ns() // 1_000_000
    page = await alice.history(bob)
    assert page["online"] is False
    assert came - GRACE_OF_CLOCKS <= page["last_seen"] <= back
