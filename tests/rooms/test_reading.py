"""What somebody who comes late is shown, older messages, the list, unread, and sync."""

from typing import Any

import orjson

from tests.client import Person, Tab, answer, event
from tests.rooms.scene import enter, gather, join, new_room, opened, say, texts
from tests.scene import change, meet
from tests.services.parley import ParleyServer


async def talk(person: Person, room: str, first: int, last: int) -> None:
    for number in range(first, last + 1):
        envelope = await person.useropt("room-say", room=room, content=str(number))
        assert envelope["errorcode"] in (1, 2)


async def test_the_latest_messages_for_who_comes_late(shared_server: ParleyServer) -> None:
    ann, late = await meet(shared_server, "ann", "late")
    room = await opened(ann)
    tab, _ = await join(ann, room)
    for number in range(1, 206):
        await tab.send("room-say", {"room": room, "content": str(number)}, ref=str(number))
    await say(tab, room, "206")
    there, shown = await join(late, room)
    assert texts(shown["logs"]) == [str(number) for number in range(7, 207)]
    assert (shown["has_more"], shown["last_seq"], shown["unread"]) == (True, 206, 0)
    assert {entry[0] for entry in shown["logs"]} == {"<"}
    assert shown["logs"][0][3]["user"]["name"] == ann.name
    older = (await late.useropt("room-chat", room=room, before=7))["data"]
    assert texts(older["logs"]) == [str(number) for number in range(1, 7)]
    assert older["has_more"] is False
    after = (await late.useropt("room-chat", room=room, after=204, limit=1))["data"]
    assert (texts(after["logs"]), after["has_more"]) == (["205"], True)
    await there.barrier()


async def test_a_room_full_of_long_messages_can_be_joined(shared_server: ParleyServer) -> None:
    """The answer is one push: more than may wait for a slow reader would throw its reader out."""
    ann, late = await meet(shared_server, "ann", "late")
    room = await opened(ann)
    tab, _ = await join(ann, room)
    long = "😀" * 8192
    for _ in range(40):  # 32 KiB each
        await say(tab, room, long)
    there, shown = await join(late, room)
    seqs = [entry[3]["seq"] for entry in shown["logs"]]
    assert 10 <= len(seqs) < 40
    assert seqs == list(range(41 - len(seqs), 41))
    assert (shown["has_more"], shown["last_seq"]) == (True, 40)
    await there.barrier()


async def test_a_page_is_for_members(shared_server: ParleyServer) -> None:
    ann, bob = await meet(shared_server, "ann", "bob")
    room = await opened(ann)
    await talk(ann, room, 1, 1)
    for opt in ("room-chat", "room-members"):
        assert (await bob.useropt(opt, room=room))["errorcode"] == -5
    path = f"/api/v1/rooms/{room.replace(' ', '%20')}/messages"
    assert (await bob.request("GET", path)).status == 403
    (line,) = [one for one in (await bob.useropt("rooms"))["data"]["rooms"] if one["room"] == room]
    assert (line["joined"], line["last"], line["unread"]) == (False, None, 0)
    assert (await bob.useropt("room-join", room=room))["data"]["last_seq"] == 1
    assert texts((await bob.useropt("room-chat", room=room))["data"]["logs"]) == ["1"]


async def test_the_list_is_in_order_and_paged(shared_server: ParleyServer) -> None:
    (ann,) = await meet(shared_server, "ann")
    rooms = [await opened(ann) for _ in range(5)]
    for room in (rooms[3], rooms[0], rooms[4]):
        await talk(ann, room, 1, 1)
    found: list[str] = []
    more: dict[str, str] = {}
    while len(found) < len(rooms):
        page = (await ann.useropt("rooms", limit=2, joined=True, **more))["data"]
        assert 0 < len(page["rooms"]) <= 2
        found += [one["room"] for one in page["rooms"]]
        more = {"before": page["next"]}
    assert more == {"before": None}
    assert found[:3] == [rooms[4], rooms[0], rooms[3]]
    assert sorted(found) == sorted(rooms)


async def test_unread_counts_what_others_said(shared_server: ParleyServer) -> None:
    room, (ann, bob), (here, there) = await gather(shared_server, "ann", "bob")
    second = (await join(bob, room))[0]
    for text in ("1", "2", "3"):
        await say(here, room, text)

    async def unread(person: Person) -> int:
        (line,) = (await person.useropt("rooms", joined=True))["data"]["rooms"]
        return int(line["unread"])

    assert (await unread(ann), await unread(bob)) == (0, 3)
    push = await there.ask("room-read", {"room": room, "seq": 2})
    assert push["data"] == {"event": "room-read", "room": room, "seq": 2}
    await second.expect(event("room-read", room=room, seq=2))
    await here.refute(event("room-read"))
    assert await unread(bob) == 1
    for seq, stands in ((1, 2), (99, 3)):  # never back, never past the end
        answer = await bob.useropt("room-read", room=room, seq=seq)
        assert answer["data"] == {"room": room, "read_seq": stands}
    assert await unread(bob) == 0


async def test_a_sync_tells_of_rooms_that_moved(shared_server: ParleyServer) -> None:
    ann, bob = await meet(shared_server, "ann", "bob")
    rooms = [await opened(ann) for _ in range(3)]
    for room in rooms:
        await bob.useropt("room-join", room=room)
    await talk(ann, rooms[0], 1, 3)
    await talk(ann, rooms[1], 1, 101)
    tab = await bob.open()
    assert "rooms" not in await tab.sync({})
    held = {rooms[0].upper(): 1, rooms[1]: 0}
    push = await tab.ask("sync", {"seqs": {}, "rooms": held})
    first, second = sorted(push["data"]["rooms"], key=lambda one: int(one["last_seq"]))
    assert (first["room"], texts(first["logs"]), first["reset"]) == (rooms[0], ["2", "3"], False)
    assert (second["room"], second["reset"], second["last_seq"]) == (rooms[1], True, 101)
    assert texts(second["logs"]) == [str(number) for number in range(52, 102)]
    bad_ones: list[Any] = [[], {"": 1}, {"x": -1}, {"x": "1"}, {str(n): 1 for n in range(1001)}]
    for bad in bad_ones:
        push = await tab.ask("sync", {"seqs": {}, "rooms": bad})
        assert (push["errorcode"], push["data"]["field"]) in ((-2, "rooms"), (-2, "room"))


async def test_a_sync_with_rooms_fits_into_one_push(shared_server: ParleyServer) -> None:
    """Of an author with a long name and picture, beside conversations that fill it nearly."""
    ann, bob, *people = await meet(shared_server, "ann", "bob", "cat", "dan")
    rooms = [await opened(ann) for _ in range(3)]
    tab = await ann.open()
    for room in rooms:
        await bob.useropt("room-join", room=room)
        await enter(tab, room)
        for number in range(100):
            said = {"room": room, "content": str(number), "client_id": f"{room}.{number}".rjust(64)}
            await tab.send("room-say", said, ref=str(number))
        await tab.expect(answer("99"))
    picture = "https://pictures.example/" + "大" * 480
    who = f"WHERE id = {ann.user_id}"
    change(shared_server.database_url, f"UPDATE user SET avatar = '{picture}' {who}")
    change(shared_server.database_url, f"UPDATE user SET nickname = '{'名' * 64}' {who}")
    for person in people:
        await conversation(await person.open(), bob, "x" * 1500)
    there = await bob.open()
    found = (await there.ask("sync", {"seqs": {}, "rooms": {}}))["data"]
    assert 400_000 < len(orjson.dumps(found)) <= 524_288
    assert [len(one["logs"]) for one in found["conversations"]] == [100, 100]
    moved = {one["room"]: one for one in found["rooms"]}
    assert set(moved) == set(rooms)
    kept = [len(one["logs"]) for one in moved.values()]
    assert 0 < sum(kept) < 300
    for one in moved.values():
        numbers = [str(number) for number in range(100 - len(one["logs"]), 100)]
        assert (one["reset"], one["last_seq"]) == (len(numbers) < 100, 100)
        assert texts(one["logs"]) == numbers
    small = await there.ask("sync", {"seqs": {str(p.user_id): 100 for p in people}, "rooms": {}})
    assert sum(len(one["logs"]) for one in small["data"]["rooms"]) > sum(kept)
    _, shown = await join(bob, rooms[0])
    assert (len(shown["logs"]), shown["has_more"]) == (100, False)


async def conversation(tab: Tab, other: Person, text: str) -> None:
    for number in range(100):
        await tab.send("chat-to", {"other": other.user_id, "content": text}, ref=str(number))
    await tab.expect(answer("99"))


async def test_coming_back_shows_what_was_missed(shared_server: ParleyServer) -> None:
    """However it is joined and pushed: what is on the screen has no gap and no repeat."""
    room, (_, bob), (here, there) = await gather(shared_server, "ann", "bob")
    shown: dict[int, str] = {}
    for round_ in range(10):
        await there.close()
        for number in range(5):
            await here.send("room-say", {"room": room, "content": f"{round_}.{number}"}, ref="r")
        there, page = await join(bob, room)
        shown |= {entry[3]["seq"]: entry[1] for entry in page["logs"]}
    last = (await say(here, room, "last"))["data"]["data"][3]["seq"]
    while last not in shown:
        entry = (await there.expect(event("room-message")))["data"]["data"]
        shown[entry[3]["seq"]] = entry[1]
    page = (await bob.useropt("room-chat", room=room, limit=200))["data"]
    assert [shown[seq] for seq in range(1, last + 1)] == texts(page["logs"])


async def test_the_lobby_is_there_for_everybody(shared_server: ParleyServer) -> None:
    (ann,) = await meet(shared_server, "ann")
    (lobby,) = [
        one for one in (await ann.useropt("rooms"))["data"]["rooms"] if one["room"] == "Lobby"
    ]
    assert (lobby["fixed"], lobby["owner"]) == (True, None)
    tab = await ann.open()
    shown = await enter(tab, "lobby")
    assert (shown["room"], shown["owner"], shown["moderator"]) == ("Lobby", None, False)


async def test_conversations_and_rooms_do_not_mix(shared_server: ParleyServer) -> None:
    room, (ann, bob), (here, there) = await gather(shared_server, "ann", "bob")
    await say(here, room, "in the room")
    listed = (await bob.useropt("recent-users"))["data"]["conversations"]
    assert listed == []
    assert (await there.sync({}))["conversations"] == []
    assert (await bob.history(ann))["last_seq"] == 0
    await here.chat(bob, "to bob")
    assert (await bob.history(ann))["last_seq"] == 1
    assert (await bob.useropt("room-chat", room=room))["data"]["last_seq"] == 1


async def test_a_room_that_nobody_opened(shared_server: ParleyServer) -> None:
    (ann,) = await meet(shared_server, "ann")
    tab = await ann.open()
    assert (await tab.ask("room-join", {"room": new_room()}))["errorcode"] == -4
