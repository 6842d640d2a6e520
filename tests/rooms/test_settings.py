"""What the operator may say about rooms."""

import asyncio
import json
from contextlib import closing

import pytest

from app.rooms.names import masked
from tests.client import guest, sign_up
from tests.conftest import StartServer
from tests.oracle import read_rows
from tests.rooms.scene import join, new_room, say
from tests.services.mariadb import MariaDB
from tests.services.parley import ParleyServer
from tests.until import until


async def opens(server: ParleyServer, *, member: bool) -> int:
    enter = sign_up if member else guest
    person = await enter(server.url, "ann")
    may = (await person.useropt("rooms"))["data"]["may_open"]
    code = int((await person.useropt("room-open", room=new_room()))["errorcode"])
    assert may is (code == 0)
    return code


@pytest.mark.parametrize(
    ("opening", "for_members", "for_guests"),
    [("everyone", 0, 0), ("members", 0, -5), ("nobody", -5, -5)],
)
async def test_who_may_open_rooms(
    start_server: StartServer, opening: str, for_members: int, for_guests: int
) -> None:
    for member, code in ((True, for_members), (False, for_guests)):
        server = start_server(guests=True, room_opening=opening)
        assert await opens(server, member=member) == code


async def test_operators_always_may(start_server: StartServer) -> None:
    server = start_server(room_opening="nobody", operators="ann")
    assert await opens(server, member=True) == 0


async def test_rooms_of_one_user_are_bounded(start_server: StartServer) -> None:
    server = start_server(rooms_per_user=2)
    person = await sign_up(server.url, "ann")
    codes = [(await person.useropt("room-open", room=new_room()))["errorcode"] for _ in range(3)]
    assert codes == [0, 0, -5]


async def test_rooms_opened_at_once_are_counted_one_by_one(
    mariadb: MariaDB, mariadb_url: str, start_server: StartServer
) -> None:
    """SQLite has one writer anyway."""
    server = start_server(database_url=mariadb_url, rooms_per_user=1)
    person = await sign_up(server.url, "ann")
    with closing(mariadb.connect(mariadb_url)) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT * FROM user FOR UPDATE")  # which a new room's owner is looked up in
        opening = [
            asyncio.create_task(person.useropt("room-open", room=new_room())) for _ in range(2)
        ]
        await asyncio.to_thread(_until_waiting, mariadb_url, len(opening))
        other.rollback()
    codes = [envelope["errorcode"] for envelope in await asyncio.gather(*opening)]
    assert sorted(codes) == [-5, 0]
    assert read_rows(mariadb_url, "SELECT COUNT(*) FROM room WHERE owner_id > 0") == [(1,)]


def _until_waiting(url: str, count: int) -> None:
    """Until so many transactions of this database wait for a lock."""
    query = (
        "SELECT COUNT(*) FROM information_schema.innodb_trx t"
        " JOIN information_schema.processlist p ON p.id = t.trx_mysql_thread_id"
        " WHERE t.trx_state = 'LOCK WAIT' AND p.db = DATABASE()"
    )
    never = f"there are not {count} that wait"
    # who asks within 0.1 seconds again is told the same once more
    until(lambda: read_rows(url, query) == [(count,)], never, every=0.2)


async def test_fixed_rooms_are_opened_once(database_url: str, start_server: StartServer) -> None:
    for rooms in ("Lobby, 大厅", "Lobby,大厅,Garden"):
        server = start_server(database_url=database_url, rooms=rooms, guests=True)
        person = await guest(server.url)
        found = (await person.useropt("rooms"))["data"]["rooms"]
        assert sorted(one["room"] for one in found) == sorted(
            name.strip() for name in rooms.split(",")
        )
        assert all(one["fixed"] for one in found)
        server.stop()


async def test_a_room_that_becomes_fixed_has_no_owner_any_more(
    database_url: str, start_server: StartServer
) -> None:
    """Who was first to a name does not moderate what the operator makes of it."""
    server = start_server(database_url=database_url, guests=True)
    first, other = await guest(server.url, "first"), await guest(server.url, "other")
    assert (await first.useropt("room-open", room="HELP desk"))["data"]["owner"] == first.user_id
    server.settings["rooms"] = "Lobby,Help desk"
    for _ in range(2):
        await server.restart_async()
    told = [line for line in server.log.splitlines() if "'Help desk'" in line]
    assert len(told) == 1, "said once, when it happens"
    [line] = [
        one for one in (await first.useropt("rooms"))["data"]["rooms"] if one["room"] != "Lobby"
    ]
    assert (line["room"], line["fixed"], line["owner"]) == ("HELP desk", True, None)
    assert (await other.useropt("room-join", room="help desk"))["data"]["owner"] is None
    removal = {"room": "help desk", "user_id": other.user_id, "on": True}
    assert (await first.useropt("room-remove", **removal))["errorcode"] == -5


async def test_no_fixed_room(start_server: StartServer) -> None:
    server = start_server(rooms="", guests=True)
    person = await guest(server.url)
    assert (await person.useropt("rooms"))["data"]["rooms"] == []


@pytest.mark.parametrize(("show", "address"), [(False, None), (True, "127.0.*.*")])
async def test_masked_addresses_are_an_option(
    start_server: StartServer, show: bool, address: str | None
) -> None:
    server = start_server(show_addresses=show, guests=True)
    ann, late = await guest(server.url, "ann"), await guest(server.url, "late")
    tab, shown = await join(ann, "Lobby")
    assert shown["members"][0].get("address") == address
    ack = await say(tab, "Lobby", "hello")
    assert ack["data"]["data"][3]["user"].get("address") == address
    await tab.close()
    _, shown = await join(late, "Lobby")  # who wrote has gone: the log still says from where
    assert shown["logs"][0][3]["user"].get("address") == address


async def test_no_address_is_shown_any_more_once_that_is_off(
    database_url: str, start_server: StartServer
) -> None:
    """What was stored while it was on stays in the database, and nobody is shown it."""
    server = start_server(database_url=database_url, show_addresses=True, guests=True)
    ann, late = await guest(server.url, "ann"), await guest(server.url, "late")
    tab, _ = await join(ann, "Lobby")
    await say(tab, "Lobby", "before")
    await tab.close()
    server.stop()
    server.settings["show_addresses"] = False
    server.start()
    assert read_rows(database_url, "SELECT DISTINCT address FROM participant")[0] == ("127.0.*.*",)
    tab, shown = await join(ann, "Lobby")
    ack = await say(tab, "Lobby", "again")
    there, page = await join(late, "Lobby")
    listed = (await late.useropt("rooms"))["data"]["rooms"]
    members = (await there.ask("room-members", {"room": "Lobby"}))["data"]["members"]
    assert "user_id" in page["logs"][0][3]["user"]
    for seen in (shown, ack, page, listed, members):
        assert "address" not in json.dumps(seen)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("1.2.3.4", "1.2.*.*"),
        ("2001:db8::7", "2001:db8:*"),
        ("::ffff:1.2.3.4", "1.2.*.*"),
        ("fe80::1%eth0", "fe80:0:*"),
        ("", ""),
        ("unix", ""),
        (None, ""),
    ],
)
def test_an_address_is_masked(address: str | None, shown: str) -> None:
    assert masked(address) == shown
