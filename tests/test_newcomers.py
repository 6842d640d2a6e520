"""Members of a host site at first sight: made once, however many tabs and members come at once."""

import asyncio
import json
from pathlib import Path

import pytest
from peewee import Database

from app import newcomers
from app.messaging.errors import Errorcode, Refused
from app.newcomers import Newcomers
from models import accounts, base, schema
from models.accounts import Newcomer
from models.reader import Reader
from tests.client import bearer
from tests.conftest import StartServer
from tests.oracle import read_rows
from tests.security.site import SECRETS, token

CROWD = 150
TABS = 3


async def test_a_crowd_at_first_sight(
    database_url: str, start_server: StartServer, tmp_path: Path
) -> None:
    keys = tmp_path / "identity.json"
    keys.write_text(json.dumps(SECRETS))
    server = start_server(database_url=database_url, identity_secrets_file=keys)
    people = [bearer(server.url, token(f"member {n}")) for n in range(CROWD) for _ in range(TABS)]
    tabs = await asyncio.gather(*(person.open() for person in people))
    ids = {tab.me["username"]: tab.me["user_id"] for tab in tabs}
    assert len(ids) == len(set(ids.values())) == CROWD
    assert [tab.me["user_id"] for tab in tabs] == [ids[tab.me["username"]] for tab in tabs]
    rows = read_rows(database_url, "SELECT COUNT(*) FROM user WHERE kind = 'embedded'")
    assert rows == [(CROWD,)]


async def test_who_is_too_many_to_wait_is_refused(
    monkeypatch: pytest.MonkeyPatch, database_url: str
) -> None:
    """And those who wait are served all the same."""
    monkeypatch.setattr(newcomers, "WAITING", 3)
    found = base.connect(database_url)
    schema.migrate(found)
    reader = Reader(found, threads=1, queue_size=0, timeout=10)
    crowd = Newcomers(reader)
    waiting = [asyncio.create_task(crowd.add(Newcomer(sub))) for sub in "abc"]
    late = asyncio.create_task(crowd.add(Newcomer("d")))
    with pytest.raises(Refused) as refused:
        await late
    assert refused.value.code is Errorcode.NOT_NOW
    await asyncio.gather(*waiting)
    await crowd.add(Newcomer("d"))
    reader.close()
    names = read_rows(database_url, "SELECT nickname FROM user ORDER BY nickname")
    assert names == [("a",), ("b",), ("c",), ("d",)]


@pytest.fixture
def db(database_url: str) -> Database:
    found = base.connect(database_url)
    schema.migrate(found)
    return found


def test_some_are_known_already(db: Database) -> None:
    """By another process, in the moment between looking and making: the others are made."""
    with db.connection_context():
        accounts.add_embedded([Newcomer("a", "Ann")])
        accounts.add_embedded(
            [Newcomer("b"), Newcomer("a", "Not Ann"), Newcomer("b"), Newcomer("c")]
        )
        found = {sub: accounts.meet_embedded(Newcomer(sub), 1) for sub in "abcd"}
    names = {sub: person.name if person else None for sub, person in found.items()}
    assert names == {"a": "Ann", "b": "b", "c": "c", "d": None}
