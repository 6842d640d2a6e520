"""Who opened a room, and the operator, may delete texts, mute and remove people; nobody else."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models import room_log, room_members
from tests.client import Person, Tab, answer, event, guest, sign_up
from tests.oracle import read_rows
from tests.rooms.inside import Inside, holding, serve_inside
from tests.rooms.scene import enter, gather, join, new_room, opened, say, users_of
from tests.scene import meet
from tests.services.parley import ParleyServer

SERVER = {"operators": "The Operator, embedded:7"}


@pytest.fixture
async def inside(tmp_path: Path, database_url: str, close_tabs: None) -> AsyncIterator[Inside]:
    async with serve_inside(tmp_path, database_url) as found:
        yield found


async def log_of(person: Person, room: str) -> list[list[object]]:
    return list((await person.useropt("room-chat", room=room))["data"]["logs"])


async def test_a_deleted_text_is_gone_everywhere(shared_server: ParleyServer) -> None:
    room, (ann, bob, _), (here, there, third) = await gather(shared_server, "ann", "bob", "cat")
    await say(there, room, "rude words", "rude")
    push = await here.ask("room-delete", {"room": room, "seq": 1})
    assert push["data"] == {
        "event": "room-delete",
        "room": room,
        "seq": 1,
        "user_id": ann.user_id,
    }
    for tab in (here, there, third):
        await tab.expect(event("room-delete", room=room, seq=1))
    ((_, content, _, more),) = await log_of(bob, room)
    assert (content, more["deleted"], more["user"]["user_id"]) == ("", True, bob.user_id)  # type: ignore[index]
    again = await say(there, room, "rude words", "rude")
    assert (again["data"]["dup"], again["data"]["data"][1]) == (True, "")
    query = "SELECT COUNT(*) FROM chatlog WHERE content = 'rude words'"
    assert read_rows(shared_server.database_url, query) == [(0,)]
    assert (await here.ask("room-delete", {"room": room, "seq": 2}))["errorcode"] == -4


async def test_who_is_muted_reads_and_is_silent(shared_server: ParleyServer) -> None:
    room, (_, bob, _), (here, there, third) = await gather(shared_server, "ann", "bob", "cat")
    await here.ask("room-mute", {"room": room, "user_id": bob.user_id, "on": True})
    for tab in (there, third):
        await tab.expect(event("room-mute", room=room, user_id=bob.user_id, on=True))
    push = await there.ask("room-say", {"room": room, "content": "but"})
    assert (push["errorcode"], push["txt"]) == (-5, "you are muted in this room.")
    assert (await bob.useropt("room-say", room=room, content="but"))["errorcode"] == -5
    await say(here, room, "quiet now")
    await there.expect(event("room-message"))
    members = (await here.ask("room-members", {"room": room}))["data"]["members"]
    assert [one["user_id"] for one in members if one.get("muted")] == [bob.user_id]
    await there.ask("room-leave", {"room": room})  # leaving and coming back makes nobody heard
    assert (await enter(there, room))["muted"] is True
    assert (await there.ask("room-say", {"room": room, "content": "but"}))["errorcode"] == -5
    await here.ask("room-mute", {"room": room, "user_id": bob.user_id, "on": False})
    await say(there, room, "sorry")
    assert (await enter(there, room))["muted"] is False


async def left(inside: Inside) -> tuple[str, Person, Tab, Tab]:
    """A room, who has left it, a tab of its moderator's who is in, and theirs."""
    ann, bob = [await guest(inside.url, name) for name in ("ann", "bob")]
    room = await opened(ann)
    here, there = await ann.open(), await bob.open()
    for tab in (here, there):
        await enter(tab, room)
    await there.ask("room-leave", {"room": room})
    return room, bob, here, there


async def test_who_is_muted_while_coming_in_is_shown_so(inside: Inside) -> None:
    """The database let them in before they were muted, and who is in learns of them after it."""
    room, bob, here, there = await left(inside)
    with holding(room_members, "join_room") as held:
        await there.send("room-join", {"room": room}, "join")
        await held.made()
        await here.ask("room-mute", {"room": room, "user_id": bob.user_id, "on": True})
        held.release()
        answered = (await there.expect(answer("join")))["data"]
    for members in (answered, (await here.ask("room-members", {"room": room}))["data"]):
        muted = [one["user_id"] for one in members["members"] if one.get("muted")]
        assert muted == [bob.user_id]


async def test_who_is_heard_again_while_coming_in_is_shown_so(inside: Inside) -> None:
    """Muted since they were let in, says the page; and then there was a notice."""
    room, bob, here, there = await left(inside)
    mute = {"room": room, "user_id": bob.user_id}
    with holding(room_members, "join_room") as let_in, holding(room_log, "read_latest") as page:
        await there.send("room-join", {"room": room}, "join")
        await let_in.made()
        await here.ask("room-mute", {**mute, "on": True})
        let_in.release()
        await page.made()
        await here.ask("room-mute", {**mute, "on": False})
        page.release()
        await there.expect(answer("join"))
    members = (await here.ask("room-members", {"room": room}))["data"]["members"]
    assert not [one for one in members if one.get("muted")]


async def test_who_is_removed_stays_out(shared_server: ParleyServer) -> None:
    room, (ann, bob, _), (here, there, third) = await gather(shared_server, "ann", "bob", "cat")
    data = {"room": room, "user_id": bob.user_id}
    answer = await here.ask("room-remove", {**data, "on": True})
    assert answer["data"].pop("time") > 0
    assert answer["data"] == {"event": "room-remove", **data, "on": True}
    told = await there.expect(event("room-leave", by=">", room=room))
    assert told["data"]["removed"] is True
    notice = await third.expect(event("room-leave", by="<", removed=True))
    assert users_of(notice) == {bob.user_id}
    await say(here, room, "better")
    await there.refute(event("room-message"))
    for opt in ("room-join", "room-say"):
        answer = await there.ask(opt, {"room": room, "content": "x"})
        assert answer["errorcode"] == -5
        assert (await bob.useropt(opt, room=room, content="x"))["errorcode"] == -5
    assert (await bob.useropt("room-chat", room=room))["errorcode"] == -5
    assert (await bob.useropt("rooms", joined=True))["data"]["rooms"] == []
    synced = await there.ask("sync", {"seqs": {}, "rooms": {room: 0}})
    assert synced["data"]["rooms"] == []
    answer = await here.ask("room-remove", {**data, "on": False})
    assert answer["data"]["event"] == "room-remove"
    assert answer["data"]["on"] is False
    assert (await bob.useropt("room-chat", room=room))["errorcode"] == -5  # not by itself
    assert (await enter(there, room))["owner"] == ann.user_id


async def test_moderators_see_who_may_not_come_back(shared_server: ParleyServer) -> None:
    room, (ann, bob, cat), (here, _, _) = await gather(shared_server, "ann", "bob", "cat")
    elsewhere = await opened(ann)

    async def removed(where: str = room) -> tuple[list[int], int]:
        push = await here.ask("room-removed", {"room": where})
        assert push["data"]["event"] == "room-removed"
        found = await ann.useropt("room-removed", room=where)
        assert found["data"] == {key: push["data"][key] for key in ("room", "removed", "count")}
        return [one["user_id"] for one in push["data"]["removed"]], push["data"]["count"]

    assert await removed() == ([], 0)
    for person in (cat, bob):
        await ann.useropt("room-remove", room=room, user_id=person.user_id, on=True)
    await ann.useropt("room-mute", room=room, user_id=cat.user_id, on=True)
    assert await removed() == ([bob.user_id, cat.user_id], 2)  # by name
    assert await removed(elsewhere) == ([], 0)
    await ann.useropt("room-remove", room=room, user_id=bob.user_id, on=False)
    assert await removed() == ([cat.user_id], 1)


async def test_nobody_slips_back_in_while_being_removed(shared_server: ParleyServer) -> None:
    """Leaving, coming back, being muted and removed at once: what a moderator said stands."""
    room, (ann, *people), _ = await gather(shared_server, "ann", *["restless"] * 8)

    async def wander(person: Person) -> None:
        for _ in range(5):
            await person.useropt("room-leave", room=room)
            await person.useropt("room-join", room=room)

    async def moderate(person: Person) -> None:
        for opt in ("room-mute", "room-remove"):
            answer = await ann.useropt(opt, room=room, user_id=person.user_id, on=True)
            assert answer["errorcode"] == 0, answer

    await asyncio.gather(*(act(person) for person in people for act in (wander, moderate)))
    for person in people:
        assert (await person.useropt("room-join", room=room))["errorcode"] == -5
        await ann.useropt("room-remove", room=room, user_id=person.user_id, on=False)
        assert (await person.useropt("room-join", room=room))["data"]["muted"] is True


async def test_nobody_else_moderates(shared_server: ParleyServer) -> None:
    room, (ann, _, cat), (_, there, _) = await gather(shared_server, "ann", "bob", "cat")
    (stranger,) = await meet(shared_server, "stranger")
    outside = await stranger.open()
    await say(there, room, "mine")
    for tab in (there, outside):
        for user in (ann, cat):
            on = {"room": room, "user_id": user.user_id, "on": True}
            assert (await tab.ask("room-mute", on))["errorcode"] == -5
            assert (await tab.ask("room-remove", on))["errorcode"] == -5
        assert (await tab.ask("room-delete", {"room": room, "seq": 1}))["errorcode"] == -5
    assert (await log_of(cat, room))[0][1] == "mine"


async def test_nobody_moderates_a_moderator(shared_server: ParleyServer) -> None:
    room, (ann, bob), (here, _) = await gather(shared_server, "ann", "bob")
    operator = await sign_up(shared_server.url, "the operator")
    theirs, shown = await join(operator, room)
    assert shown["moderator"] is True
    for tab, user in ((here, ann), (here, operator), (theirs, ann)):
        data = {"room": room, "user_id": user.user_id, "on": True}
        assert (await tab.ask("room-mute", data))["errorcode"] == -5
        assert (await tab.ask("room-remove", data))["errorcode"] == -5
    unknown = {"room": room, "on": True}
    never_in = (await meet(shared_server, "never in"))[0].user_id
    for user_id in (999_999_999, never_in):
        push = await here.ask("room-mute", {**unknown, "user_id": user_id})
        assert push["errorcode"] == -4
    await _operators_room(theirs, bob)


async def _operators_room(operator: Tab, person: Person) -> None:
    """The operator moderates the fixed rooms too, which nobody opened."""
    tab, _ = await join(person, "Lobby")
    ack = await say(tab, "Lobby", "rude")
    await enter(operator, "Lobby")
    seq = ack["data"]["data"][3]["seq"]
    push = await operator.ask("room-delete", {"room": "Lobby", "seq": seq})
    assert push["errorcode"] == 3


async def test_a_guest_is_no_operator(shared_server: ParleyServer) -> None:
    """Whatever name it finds free; and no local user is a host's member."""
    for name in ("The  Operator ", "embedded"):
        person = await guest(shared_server.url, name.strip().replace("  ", " ") + " x")
        room = (await person.useropt("room-join", room="Lobby"))["data"]
        assert room["moderator"] is False


@pytest.mark.parametrize("data", [{}, {"user_id": 1}, {"user_id": "1", "on": True}, {"on": True}])
async def test_malformed(shared_server: ParleyServer, data: dict[str, object]) -> None:
    (ann,) = await meet(shared_server, "ann")
    room = await opened(ann)
    tab = await ann.open()
    for opt in ("room-mute", "room-remove"):
        assert (await tab.ask(opt, {"room": room, **data}))["errorcode"] == -2
    assert (await tab.ask("room-delete", {"room": room, "seq": "1"}))["errorcode"] == -2
    assert (await tab.ask("room-delete", {"room": new_room(), "seq": 1}))["errorcode"] == -4
