"""What was answered -8 has not been done, and is not done afterwards: asked again, it is done."""

import asyncio

import pytest

from app.messaging.errors import Errorcode
from tests.client import PASSWORD, Person, guest
from tests.conftest import StartServer
from tests.reliability.test_database_faults import frozen, locked
from tests.services.mariadb import MariaDB


@pytest.mark.parametrize("database", ["sqlite", "mariadb"])
async def test_names_that_were_asked_for_in_vain_are_free(
    database: str, sqlite_url: str, request: pytest.FixtureRequest, start_server: StartServer
) -> None:
    """The storage comes back when the three have been refused, and their work waits in it still."""
    url, outage = sqlite_url, locked(sqlite_url)
    if database == "mariadb":
        mariadb: MariaDB = request.getfixturevalue("own_mariadb")
        url, outage = mariadb.create_database(), frozen(mariadb)
    server = start_server(database_url=url, guests=True, write_timeout=1)
    server.allow("storage away")
    ann = await guest(server.url, "ann")

    async def ask() -> list[int]:
        found = await asyncio.gather(
            ann.request("POST", "/useropt", {"opt": "room-open", "data": {"room": "A garden"}}),
            Person(server.url).request("POST", "/api/v1/guests", {"nickname": "zoe"}),
            Person(server.url).request(
                "POST", "/api/v1/users", {"username": "max", "password": PASSWORD}
            ),
        )
        return [one.envelope["errorcode"] for one in found]

    async with outage():
        assert await ask() == [Errorcode.NOT_NOW] * 3
    assert await ask() == [Errorcode.OK] * 3
