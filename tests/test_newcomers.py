"""Members of a host site at first sight: made once, however many tabs and members come at once."""

import asyncio
import json
from pathlib import Path

import pytest
from peewee import Database

from models import accounts, base, schema
from models.accounts import Newcomer
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
