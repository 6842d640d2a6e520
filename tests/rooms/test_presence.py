"""Who is in a room: a live list, and one notice per person, not per tab."""

import asyncio
import time

from app.rooms.roster import GATHERING
from tests.client import Person, Tab, event
from tests.conftest import StartServer
from tests.rooms.scene import enter, everybody_in, gather, join, opened, users_of
from tests.scene import meet
from tests.services.parley import ParleyServer

SERVER = {"presence_grace": 0.3}


async def came(tab: Tab, person: Person) -> dict[str, object]:
    """Waits for the notice that somebody came in."""
    while True:
        push = await tab.expect(event("room-join", by="<"))
        if person.user_id in users_of(push):
            return dict(push["data"])


async def went(tab: Tab, person: Person) -> dict[str, object]:
    while True:
        push = await tab.expect(event("room-leave", by="<"))
        if person.user_id in users_of(push):
            return dict(push["data"])


async def test_who_comes_is_told_who_is_in(shared_server: ParleyServer) -> None:
    room, (ann, bob), _ = await gather(shared_server, "ann", "bob")
    (cat,) = await meet(shared_server, "cat")
    tab, shown = await join(cat, room)
    assert {one["user_id"] for one in shown["members"]} == {p.user_id for p in (ann, bob, cat)}
    assert shown["count"] == 3
    assert shown["members"][0].keys() == {"user_id", "name", "avatar", "kind"}
    listed = await tab.ask("room-members", {"room": room})
    assert (listed["data"]["event"], listed["data"]["count"]) == ("room-members", 3)


async def test_one_notice_per_person_however_many_tabs(shared_server: ParleyServer) -> None:
    room, _, (here, _) = await gather(shared_server, "ann", "bob")
    (cat,) = await meet(shared_server, "cat")
    tabs = [(await join(cat, room))[0] for _ in range(3)]
    notice = await came(here, cat)
    assert (notice["room"], notice["count"]) == (room, 3)
    await everybody_in(tabs[0], room, [cat])
    for tab in tabs[:2]:
        await tab.close()
    await here.refute(event("room-leave"))
    await tabs[2].close()
    left = await went(here, cat)
    assert (left["count"], left["removed"]) == (2, False)
    await here.refute(event("room-join"))


async def test_a_reload_is_no_news(shared_server: ParleyServer) -> None:
    """Somebody whose last tab went and who is back within the grace never left."""
    room, (_, bob), (here, there) = await gather(shared_server, "ann", "bob")
    for _ in range(3):
        await there.close()
        there, _shown = await join(bob, room)
    (cat,) = await meet(shared_server, "cat")  # who comes and goes in between is told
    tab, _ = await join(cat, room)
    await came(here, cat)
    await tab.close()
    await went(here, cat)
    for name in ("room-join", "room-leave"):
        await here.refute(event(name))


async def test_who_is_about_to_come_back_is_in_the_list(start_server: StartServer) -> None:
    """Nobody is told that they went, so nobody will be told that they came: the list has them."""
    server = start_server(guests=True, presence_grace=3)
    room, (ann, bob), (here, there) = await gather(server, "ann", "bob")
    await there.close()
    (cat,) = await meet(server, "cat")
    tab, shown = await join(cat, room)
    assert {one["user_id"] for one in shown["members"]} == {p.user_id for p in (ann, bob, cat)}
    assert shown["count"] == 3
    await went(tab, bob)
    members = (await here.ask("room-members", {"room": room}))["data"]
    assert {one["user_id"] for one in members["members"]} == {ann.user_id, cat.user_id}
    assert members["count"] == 2


async def test_who_was_in_the_list_and_went_is_told_to_have_gone(
    shared_server: ParleyServer,
) -> None:
    """Also when they went before anybody was told that they had come."""
    room, _, (here, _) = await gather(shared_server, "ann", "bob")
    for cat in await meet(shared_server, *["cat"] * 5):
        tab = await cat.open()
        await tab.send("room-join", {"room": room})
        members: list[dict[str, int]] = []
        while cat.user_id not in {one["user_id"] for one in members}:
            members = (await here.ask("room-members", {"room": room}))["data"]["members"]
        await tab.send("room-leave", {"room": room})
        await came(here, cat)
        await went(here, cat)


async def test_who_is_muted_at_once_is_told_to_have_come(shared_server: ParleyServer) -> None:
    """Before anybody was told that they came: that they are muted is no such notice."""
    room, _, (here, _) = await gather(shared_server, "ann", "bob")
    for cat in await meet(shared_server, *["cat"] * 5):
        await join(cat, room)
        await here.ask("room-mute", {"room": room, "user_id": cat.user_id, "on": True})
        await came(here, cat)


async def test_what_one_tab_asks_is_done_in_that_order(shared_server: ParleyServer) -> None:
    room, (ann, _), (here, _) = await gather(shared_server, "ann", "bob")
    for _ in range(20):
        for opt in ("room-leave", "room-join", "room-leave"):
            await here.send(opt, {"room": room}, ref=opt)
        for opt in ("room-leave", "room-join", "room-leave"):
            answered = await here.expect(event(opt, by=">", room=room))
            assert answered["ref"] == opt
        assert (await ann.useropt("rooms", joined=True))["data"]["rooms"] == []
        assert (await here.ask("room-say", {"room": room, "content": "x"}))["errorcode"] == -5
        for opt in ("room-join", "room-leave", "room-join"):
            await here.send(opt, {"room": room}, ref=opt)
        await here.expect(event("room-join", by=">", room=room))
        await here.expect(event("room-leave", by=">", room=room))
        await here.expect(event("room-join", by=">", room=room))
        assert (await here.ask("room-say", {"room": room, "content": "x"}))["errorcode"] == 1


async def test_leaving_is_told_at_once_and_ends_all_tabs(shared_server: ParleyServer) -> None:
    room, (_, bob), (here, there) = await gather(shared_server, "ann", "bob")
    second, _ = await join(bob, room)
    push = await there.ask("room-leave", {"room": room})
    assert {"event": "room-leave", "by": ">", "room": room}.items() <= push["data"].items()
    await second.expect(event("room-leave", by=">", room=room))
    left = await went(here, bob)
    assert left["count"] == 1
    for tab in (there, second):
        assert (await tab.ask("room-say", {"room": room, "content": "x"}))["errorcode"] == -5
    assert (await bob.useropt("room-chat", room=room))["errorcode"] == -5
    assert (await bob.useropt("rooms", joined=True))["data"]["rooms"] == []
    await enter(there, room)
    await came(here, bob)


async def notices_of(tab: Tab, name: str, people: list[Person], began: float) -> None:
    """Waits until it is told of all of them: in few notices, however slowly they come or go."""
    waited, notices = {person.user_id for person in people}, 0
    while waited:
        push = await tab.expect(event(name, by="<"))
        waited -= users_of(push)
        notices += 1
    # from one to the next it takes so long
    assert notices <= 1 + (time.monotonic() - began) / GATHERING


async def test_a_crowd_that_comes_and_goes_at_once_is_a_few_notices(
    shared_server: ParleyServer,
) -> None:
    (ann,) = await meet(shared_server, "ann")
    room = await opened(ann)
    here, _ = await join(ann, room)
    crowd = await meet(shared_server, *[f"one {number}" for number in range(40)])
    began = time.monotonic()
    tabs = await asyncio.gather(*(join(person, room) for person in crowd))
    await notices_of(here, "room-join", crowd, began)
    assert (await here.ask("room-members", {"room": room}))["data"]["count"] == 41
    began = time.monotonic()
    for tab, _ in tabs:
        await tab.close()
    await notices_of(here, "room-leave", crowd, began)
    assert (await here.ask("room-members", {"room": room}))["data"]["count"] == 1


async def test_a_socket_is_in_a_bounded_number_of_rooms(shared_server: ParleyServer) -> None:
    people = await meet(shared_server, "ann", "bob", "cat")
    rooms = [await opened(people[number % 3]) for number in range(51)]
    tab = await people[0].open()
    for room in rooms[:50]:
        await enter(tab, room)
    push = await tab.ask("room-join", {"room": rooms[50]})
    assert (push["errorcode"], push["data"]["limit"]) == (-7, 50)
    page = await people[0].useropt("room-chat", room=rooms[50])
    assert page["errorcode"] == -5  # no member either
    await enter(tab, rooms[7])  # one that it is in already is no further one
    await tab.ask("room-leave", {"room": rooms[7]})
    await enter(tab, rooms[50])


async def test_a_socket_that_goes_while_it_joins_is_in_no_room(
    shared_server: ParleyServer,
) -> None:
    room, _, (here, _) = await gather(shared_server, "ann", "bob")
    for person in await meet(shared_server, *["gone"] * 10):
        tab = await person.open()
        await tab.send("room-join", {"room": room})
        tab.abort()
        await tab.closed()
    while (await here.ask("room-members", {"room": room}))["data"]["count"] > 2:
        await here.barrier()


async def test_how_many_are_in_stands_in_the_list(shared_server: ParleyServer) -> None:
    room, (ann, _), (_, there) = await gather(shared_server, "ann", "bob")

    async def line() -> dict[str, object]:
        found = (await ann.useropt("rooms", joined=True))["data"]["rooms"]
        return next(dict(one) for one in found if one["room"] == room)

    assert (await line())["count"] == 2
    await there.close()
    while (await line())["count"] != 1:
        continue
