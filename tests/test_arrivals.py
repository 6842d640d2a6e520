"""Members of a host site who come at once: looked up and made together, each in their own right."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from peewee import Database

from app.access.person import Person
from app.arrivals import Arrivals
from app.messaging.errors import Errorcode, Refused
from models import accounts, base, guests, people, schema
from models.accounts import Arrival, Newcomer
from models.base import writing
from models.people import embedded_key
from models.reader import Reader
from models.user import User
from tests.client import bearer
from tests.conftest import StartServer
from tests.oracle import read_rows
from tests.security.site import SECRETS, token

SECONDS = 10
THREADS = 2
CROWD = 150
TABS = 3


async def test_a_crowd_at_first_sight(
    database_url: str, start_server: StartServer, tmp_path: Path
) -> None:
    keys = tmp_path / "identity.json"
    keys.write_text(json.dumps(SECRETS))
    server = start_server(database_url=database_url, identity_secrets_file=keys)
    crowd = [bearer(server.url, token(f"member {n}")) for n in range(CROWD) for _ in range(TABS)]
    tabs = await asyncio.gather(*(person.open() for person in crowd))
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


@pytest.fixture
async def reader(db: Database) -> AsyncIterator[Reader]:
    """The database is open in the test's thread as well."""
    found = Reader(db, threads=THREADS, queue_size=0, timeout=SECONDS)
    with db.connection_context():
        yield found
    found.close()


@pytest.fixture
def arrivals(reader: Reader) -> Arrivals:
    return Arrivals(reader)


def come(arrivals: Arrivals, *crowd: Newcomer, issued: int = 1) -> list["asyncio.Task[Person]"]:
    return [asyncio.ensure_future(arrivals.meet(Arrival(member, issued))) for member in crowd]


async def code_of(coming: "asyncio.Task[Person]") -> Errorcode:
    with pytest.raises(Refused) as refused:
        await coming
    return refused.value.code


def stored(database_url: str) -> dict[str, tuple[str, str, str]]:
    rows = read_rows(database_url, "SELECT username, nickname, avatar, locale FROM user")
    return {row[0].removeprefix("embedded:"): row[1:] for row in rows}


async def test_each_comes_in_their_own_right(arrivals: Arrivals, database_url: str) -> None:
    """Known, changed, new, twice, revoked and impossible ones, all in one moment."""
    for sub in ("known", "changed", "revoked", "both"):
        accounts.add_embedded([Arrival(Newcomer(sub, f"{sub} before", "a.png", "en"), 1)])
    for sub in ("revoked", "both"):
        accounts.revoke_embedded(sub, 100)
    crowd = [
        Newcomer("new", "New", "n.png", "ar"),
        Newcomer("revoked", "Nobody"),
        Newcomer("known"),
        Newcomer("changed", "After", "b.png", "zh-CN"),
        Newcomer("new", "New", "n.png", "ar"),
        Newcomer("new too", "\ud800"),  # nothing that can be stored; no token brings it
        Newcomer("NEW"),
    ]
    coming = come(arrivals, *crowd)
    (allowed,) = come(arrivals, Newcomer("both", "Both"), issued=100)
    (late,) = come(arrivals, Newcomer("both", "Not both"), issued=99)
    assert await code_of(coming.pop(1)) == await code_of(late) == Errorcode.NOT_SIGNED_IN
    with pytest.raises(UnicodeEncodeError):
        await coming.pop(4)
    new, known, changed, again, capitals = [await one for one in coming]
    assert new == again
    assert len({new.user_id, known.user_id, changed.user_id, capitals.user_id}) == 4
    assert (known.name, changed.name, capitals.name) == ("known before", "After", "NEW")
    assert (changed.avatar, changed.locale, (await allowed).name) == ("b.png", "zh-CN", "Both")
    assert stored(database_url) == {
        "new": ("New", "n.png", "ar"),
        "NEW": ("NEW", "", ""),
        "known": ("known before", "a.png", "en"),
        "changed": ("After", "b.png", "zh-CN"),
        "revoked": ("revoked before", "a.png", "en"),
        "both": ("Both", "a.png", "en"),
    }


async def test_what_is_changed_is_found_by_its_new_name(arrivals: Arrivals, db: Database) -> None:
    await asyncio.gather(*come(arrivals, Newcomer("a", "Ann"), Newcomer("b", "Ben")))
    await asyncio.gather(*come(arrivals, Newcomer("a", "Zoe"), Newcomer("b", "Yan")))
    assert [person.name for person in people.search_people("ZO", 0, 9)] == ["Zoe"]
    assert people.search_people("ann", 0, 9) == []
    assert guests.members_like("Z0e").exists()
    assert not guests.members_like("Ann").exists()


async def test_two_tabs_that_disagree_see_what_they_said(
    arrivals: Arrivals, database_url: str
) -> None:
    """At first sight and later. Which of them has the last word nobody can say who asks at once."""
    for names in (("One", "Two"), ("Three", "Two"), ("Two", "Four", "Two")):
        tabs = await asyncio.gather(*come(arrivals, *[Newcomer("a", name) for name in names]))
        assert len({tab.user_id for tab in tabs}) == 1
        assert [tab.name for tab in tabs] == list(names)
        assert stored(database_url)["a"][0] in names


async def test_what_is_revoked_while_they_wait_is_refused(
    arrivals: Arrivals, reader: Reader
) -> None:
    """What is so when they are looked up counts, not what was when they came."""
    await asyncio.gather(*come(arrivals, Newcomer("a"), Newcomer("b")))
    go, busy = threading.Event(), threading.Barrier(THREADS + 1, timeout=SECONDS)

    def keep_busy() -> None:
        busy.wait()
        go.wait(SECONDS)

    held_up = [asyncio.ensure_future(reader.run(keep_busy)) for _ in range(THREADS)]
    await asyncio.to_thread(busy.wait)
    first, second = come(arrivals, Newcomer("a"), Newcomer("b"))
    await asyncio.sleep(0)
    accounts.revoke_embedded("a", 2)
    go.set()
    await asyncio.gather(*held_up)
    assert await code_of(first) == Errorcode.NOT_SIGNED_IN
    assert (await second).name == "b"


async def test_a_crowd_is_a_few_questions(
    arrivals: Arrivals, caplog: pytest.LogCaptureFixture
) -> None:
    crowd = [Newcomer(f"{number}") for number in range(CROWD)]
    found: list[list[Person]] = []
    # the first is answered alone, the rest together; once looked for and looked again, made in a
    # transaction of three statements, and looked for again
    for most in (12, 2, 2):
        with caplog.at_level(logging.DEBUG, "peewee"):
            found.append(await asyncio.gather(*come(arrivals, *crowd)))
        questions = [one for one in caplog.records if "SELECT 1" not in one.getMessage()]
        assert 0 < len(questions) <= most
        caplog.clear()
    assert found[0] == found[1] == found[2]
    assert [person.name for person in found[0]] == [member.sub for member in crowd]


async def test_who_is_known_waits_for_nobodys_writing(
    arrivals: Arrivals, database_url: str
) -> None:
    await asyncio.gather(*come(arrivals, Newcomer("a"), Newcomer("b")))
    with writing():
        User.update(avatar="x.png").where(User.name_key == embedded_key("a")).execute()
        (changed,) = come(arrivals, Newcomer("a", "Ann"))
        (known,) = await asyncio.gather(*come(arrivals, Newcomer("b")))
        assert (known.name, changed.done()) == ("b", False)
    assert (await changed).name == "Ann"
    assert stored(database_url)["a"][:2] == ("Ann", "x.png")


def test_some_are_known_already(db: Database) -> None:
    """By another process, in the moment between looking and making: the others are made."""
    with db.connection_context():
        accounts.add_embedded([Arrival(Newcomer("a", "Ann"), 1)])
        crowd = (Newcomer("b"), Newcomer("a", "Not Ann"), Newcomer("b"), Newcomer("c"))
        accounts.add_embedded([Arrival(member, 1) for member in crowd])
        found = {sub: accounts.meet_embedded(Newcomer(sub), 1) for sub in "abcd"}
    names = {sub: person.name if person else None for sub, person in found.items()}
    assert names == {"a": "Ann", "b": "b", "c": "c", "d": None}
