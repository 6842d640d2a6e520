"""A database that has no time for a room's log, which somebody else has locked."""

from contextlib import closing

from tests.client import event
from tests.conftest import StartServer
from tests.rooms.scene import enter, gather, say
from tests.services.mariadb import MariaDB

TIMEOUT = 1.0  # seconds until what the database has no time for is refused


async def test_who_asks_again_for_a_room_stays_in_it(
    start_server: StartServer, mariadb: MariaDB, mariadb_url: str
) -> None:
    """Joining a room one is in shows it again; where that is refused, nothing has changed."""
    server = start_server(database_url=mariadb_url, guests=True, write_timeout=TIMEOUT)
    room, (_, bob), (here, there) = await gather(server, "ann", "bob")
    outside = await bob.open()
    with closing(mariadb.connect(mariadb_url)) as other, other.cursor() as cursor:
        cursor.execute("LOCK TABLES chatlog WRITE")
        for tab in (there, outside):
            assert (await tab.ask("room-join", {"room": room}))["errorcode"] == -8
        cursor.execute("UNLOCK TABLES")
    await say(here, room, "anybody?")
    await there.expect(event("room-message"))
    await outside.refute(event("room-message"))  # its answer said that it is not in
    await here.refute(event("room-leave"))
    await enter(outside, room)
    await say(there, room, "all of us")
    await outside.expect(event("room-message"))
