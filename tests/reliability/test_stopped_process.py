"""A process is stopped in the middle of a transaction, with a room's row in its hand.

Others who write, join and read elsewhere do not notice; who writes in that room waits for the
database to take the lock away.
"""

import asyncio
import time
from pathlib import Path

from tests.client import answer, guest
from tests.conftest import StartServer
from tests.oracle import read_rows
from tests.reliability.figures import figures
from tests.reliability.test_commit_faults import FAULTY, fault
from tests.rooms.scene import enter, join
from tests.services.parley import ParleyServer
from tests.until import until

ROOM = "Lobby"
DEADLINE = 10.0
# how long what has nothing to do with it may take: once a lock's wait, on a busy machine
UNTOUCHED = 2.0
JOINING = 5  # more than there are threads that read


async def test_who_is_stopped_holds_up_only_his_own_room(
    start_open: StartServer, mariadb_url: str
) -> None:
    stopped = start_open(
        module=FAULTY, env=fault("stopped_before_commit", last=1), database_url=mariadb_url
    )
    awake = start_open(database_url=mariadb_url)
    ann = await guest(stopped.url, "ann")
    bob, cat, dan, *joining = [
        await guest(awake.url, name) for name in ("bob", "cat", "dan", *"efghi"[:JOINING])
    ]
    theirs, (mine, _) = (await join(bob, ROOM))[0], await join(ann, ROOM)
    waiting = [await one.open() for one in joining]
    here = await cat.open()
    await mine.send("room-say", {"room": ROOM, "content": "ann", "client_id": "a"}, "ann")
    await asyncio.to_thread(until, lambda: state_of(stopped) == "T", "it runs")
    began = time.monotonic()
    await theirs.send("room-say", {"room": ROOM, "content": "bob", "client_id": "b"}, "bob")
    said = asyncio.create_task(theirs.expect(answer("bob"), within=DEADLINE))
    joined = asyncio.gather(*(enter(tab, ROOM) for tab in waiting))
    longest = 0.0
    while not said.done():
        asked = time.monotonic()
        await here.chat(dan, "how are you?")
        await cat.history(dan)
        longest = max(longest, time.monotonic() - asked)
    assert (await said)["errorcode"] >= 0
    figures("stopped", room_held_s=time.monotonic() - began, others_longest_s=longest)
    assert longest <= UNTOUCHED
    await joined
    stopped.resume()
    assert (await mine.expect(answer("ann"), within=DEADLINE))["errorcode"] >= 0
    rows = read_rows(mariadb_url, "SELECT content, seq FROM chatlog WHERE other < 0 ORDER BY seq")
    assert rows == [("bob", 1), ("ann", 2)]


def state_of(server: ParleyServer) -> str:
    """As the kernel has it: R (runs), S (sleeps), T (stopped)."""
    return Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()[0]
