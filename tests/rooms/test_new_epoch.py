"""An operator puts an older state in place: rooms go on from there, whoever comes back when."""

import asyncio

from tests.client import PATIENCE, event
from tests.conftest import StartServer
from tests.rooms.scene import enter, gather, say, texts
from tests.scene import change

LONG = 60  # seconds of grace: all come back while the room still waits for them


async def test_a_room_goes_on_from_the_state_that_was_put_in_place(
    database_url: str, start_server: StartServer
) -> None:
    server = start_server(
        database_url=database_url, guests=True, watch_interval=0.1, presence_grace=LONG
    )
    server.allow("the storage holds less than was committed")
    room, people, tabs = await gather(server, "ann", "bob")
    for number in range(1, 7):
        await say(tabs[0], room, f"{number}")
    await asyncio.to_thread(_restore, database_url, 2)
    new = {"room": room, "content": "new 3", "client_id": "three"}
    await tabs[0].send("room-say", new)
    assert [await tab.closed(PATIENCE) for tab in tabs] == [4503, 4503]
    assert (await people[0].useropt("room-say", **new))["data"]["data"][3]["seq"] == 3
    here, there = [await person.open() for person in people]
    for tab in (here, there):
        assert texts((await enter(tab, room))["logs"]) == ["1", "2", "new 3"]
    for number in range(4, 10):
        assert (await say(here, room, f"new {number}"))["data"]["data"][3]["seq"] == number
        entry = (await there.expect(event("room-message")))["data"]["data"]
        assert (entry[1], entry[3]["seq"]) == (f"new {number}", number)


def _restore(database_url: str, last: int) -> None:
    change(database_url, f"DELETE FROM chatlog WHERE seq > {last}")
    change(database_url, f"UPDATE conversation SET last_seq = {last} WHERE last_seq > {last}")
    change(database_url, f"UPDATE participant SET read_seq = {last} WHERE read_seq > {last}")
