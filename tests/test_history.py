"""A page of history: by seq, in both directions, and its cost does not grow with the log."""

import sqlite3
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any, cast

import pytest
from peewee import Database

from models import history, listing, missed, peers, people
from models.base import is_sqlite
from tests.client import Person
from tests.filled import analyze, fill, migrated
from tests.scene import meet, say, write
from tests.services.parley import ParleyServer

PAGE = {
    "me",
    "other",
    "me_id",
    "other_id",
    "me_name",
    "other_name",
    "me_avatar",
    "other_avatar",
    "logs",
    "has_more",
    "last_seq",
    "read_seq",
    "other_read_seq",
    "other_delivered_seq",
    "unread",
    "online",
    "last_seen",
}


async def talk(server: ParleyServer, count: int) -> tuple[Person, Person]:
    """Alice and Bob, with `count` messages from Alice."""
    alice, bob = await meet(server, "alice", "bob")
    here = await alice.open()
    await say(here, bob, *(f"{number}" for number in range(1, count + 1)))
    await alice.leave()
    return alice, bob


def seqs(page: dict[str, Any]) -> list[int]:
    found = [entry[3]["seq"] for entry in page["logs"]]
    assert [entry[1] for entry in page["logs"]] == [f"{seq}" for seq in found]
    return found


async def test_a_page_says_everything_about_the_conversation(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    (said,) = await write(alice, bob, "hi")
    await write(bob, alice, "hello")
    page = await alice.history(bob)
    assert set(page) == PAGE
    assert (page["me"], page["other"]) == (alice.name, bob.name)
    assert (page["me_id"], page["other_id"]) == (alice.user_id, bob.user_id)
    assert page["me_avatar"] == f"/avatar/{alice.user_id}.svg"
    assert page["logs"][0] == said["data"]
    assert [entry[:2] for entry in page["logs"]] == [[">", "hi"], ["<", "hello"]]
    assert "client_id" not in page["logs"][1][3]
    assert (page["last_seq"], page["read_seq"], page["unread"]) == (2, 1, 1)
    assert page["has_more"] is False
    mirrored = await bob.history(alice)
    assert [entry[:2] for entry in mirrored["logs"]] == [["<", "hi"], [">", "hello"]]
    assert "client_id" not in mirrored["logs"][0][3]


async def test_the_same_page_by_useropt(shared_server: ParleyServer) -> None:
    alice, bob = await talk(shared_server, 5)
    for asked in ({}, {"limit": 2}, {"before": 3}, {"after": 2, "limit": 1}):
        envelope = await bob.useropt("realtime-chat", other=alice.user_id, **asked)
        page = await bob.history(alice, **asked)
        for moving in ("online", "last_seen"):  # alice has left, and her grace may end just now
            page[moving] = envelope["data"][moving]
        assert envelope == {"errorcode": 0, "data": page}


async def test_a_pair_that_never_wrote_has_an_empty_page(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    for asked in ({}, {"before": 5}, {"after": 0}):
        page = await alice.history(bob, **asked)
        assert set(page) == PAGE
        assert (page["logs"], page["last_seq"], page["has_more"]) == ([], 0, False)
        assert (page["unread"], page["other_name"]) == (0, bob.name)


@pytest.fixture(scope="module")
def talked(module_server: ParleyServer) -> dict[str, tuple[Person, Person]]:
    """One long conversation for all tests that only read."""
    return {}


EDGES: list[tuple[dict[str, int], list[int], bool]] = [
    ({}, list(range(71, 121)), True),
    ({"limit": 100}, list(range(21, 121)), True),
    ({"limit": 1}, [120], True),
    ({"before": 121}, list(range(71, 121)), True),
    ({"before": 120}, list(range(70, 120)), True),
    ({"before": 2**53 - 1, "limit": 2}, [119, 120], True),
    ({"before": 51}, list(range(1, 51)), False),
    ({"before": 52}, list(range(2, 52)), True),
    ({"before": 2}, [1], False),
    ({"before": 1}, [], False),
    ({"before": 0}, [], False),
    ({"after": 0}, list(range(1, 51)), True),
    ({"after": 70}, list(range(71, 121)), False),
    ({"after": 69}, list(range(70, 120)), True),
    ({"after": 119}, [120], False),
    ({"after": 120}, [], False),
    ({"after": 2**53 - 1}, [], False),
    ({"after": 10, "before": 14}, [11, 12, 13], False),
    ({"after": 10, "before": 80, "limit": 3}, [77, 78, 79], True),
    ({"after": 10, "before": 14, "limit": 3}, [11, 12, 13], False),
    ({"after": 10, "before": 11}, [], False),
    ({"after": 14, "before": 10}, [], False),
    ({"after": 0, "before": 2}, [1], False),
]


@pytest.mark.parametrize(("asked", "expected", "more"), EDGES, ids=[f"{e[0]}" for e in EDGES])
async def test_edges(
    shared_server: ParleyServer,
    talked: dict[str, tuple[Person, Person]],
    asked: dict[str, int],
    expected: list[int],
    more: bool,
) -> None:
    if not talked:
        talked["pair"] = await talk(shared_server, 120)
    alice, bob = talked["pair"]
    page = await bob.history(alice, **asked)
    assert (seqs(page), page["has_more"], page["last_seq"]) == (expected, more, 120)


@pytest.mark.parametrize("limit", [1, 7, 30, 100])
async def test_paging_back_and_forth_meets_every_message_once(
    shared_server: ParleyServer, limit: int
) -> None:
    alice, bob = await talk(shared_server, 30)
    page = await bob.history(alice, limit=limit)
    back = seqs(page)
    while page["has_more"]:
        page = await bob.history(alice, limit=limit, before=back[0])
        back = [*seqs(page), *back]
    assert back == list(range(1, 31))
    forth: list[int] = []
    more = True
    while more:
        page = await bob.history(alice, limit=limit, after=forth[-1] if forth else 0)
        forth += seqs(page)
        more = page["has_more"]
    assert forth == back


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
        ({"limit": -1}, "limit"),
        ({"limit": "5"}, "limit"),
        ({"limit": 5.0}, "limit"),
        ({"limit": True}, "limit"),
        ({"before": -1}, "before"),
        ({"before": "7"}, "before"),
        ({"before": 2**53}, "before"),
        ({"after": -1}, "after"),
        ({"after": []}, "after"),
        ({"after": 10**30}, "after"),
    ],
)
async def test_a_wrong_page_is_malformed(
    shared_server: ParleyServer, asked: dict[str, object], field: str
) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    envelope = await alice.useropt("realtime-chat", other=bob.user_id, **asked)
    assert (envelope["errorcode"], envelope["data"]) == (-2, {"field": field})
    (value,) = asked.values()
    if type(value) is int or value == []:
        path = f"/api/v1/conversations/{bob.user_id}/messages?{field}={value}"
        reply = await alice.request("GET", path)
        assert (reply.status, reply.envelope) == (400, envelope | reply.envelope)


async def test_whose_page(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    assert (await alice.useropt("realtime-chat", other=10**12))["errorcode"] == -4
    assert (await alice.useropt("realtime-chat", other=alice.user_id))["errorcode"] == -5
    assert (await alice.useropt("realtime-chat"))["data"] == {"field": "other"}


async def test_nobody_reads_what_others_wrote(shared_server: ParleyServer) -> None:
    alice, bob = await talk(shared_server, 3)
    (carol,) = await meet(shared_server, "carol")
    for person in (alice, bob):
        assert (await carol.history(person))["logs"] == []
    assert seqs(await bob.history(alice)) == [1, 2, 3]


# -- what a page costs ---------------------------------------------------------------------------

SMALL, LARGE = 200, 5_000


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """A migrated database, open in this thread."""
    with migrated(database_url) as found:
        yield found


def cost(db: Database, work: Callable[[], object]) -> int:
    """What the database does for the work: rows read (MariaDB), steps of its machine (SQLite)."""
    if not is_sqlite(db):
        db.execute_sql("FLUSH STATUS")
        work()
        counters = db.execute_sql("SHOW SESSION STATUS LIKE 'Handler_read%%'").fetchall()
        return sum(int(value) for _, value in counters)
    steps = 0

    def step() -> int:
        nonlocal steps
        steps += 1
        return 0

    connection = cast("sqlite3.Connection", db.connection())
    connection.set_progress_handler(step, 1)
    work()
    connection.set_progress_handler(None, 1)
    return steps


QUESTIONS: dict[str, Callable[[int], object]] = {
    "newest": lambda last: history.read_page(1, 2, None, None, 50),
    "before": lambda last: history.read_page(1, 2, last // 2, None, 50),
    "after": lambda last: history.read_page(1, 2, None, last // 2, 50),
    "both": lambda last: history.read_page(1, 2, last // 2 + 40, last // 2, 50),
    "never wrote": lambda last: history.read_page(3, 4, None, None, 50),
    "are peers": lambda last: peers.are_peers(1, last),
    "somebody's few conversations": lambda last: listing.list_conversations(3, None, 50),
    "what somebody with few missed": lambda last: missed.read_missed(3, {}, 50, missed.Budget()),
    "peers of somebody with few": lambda last: peers.peers_of([3]),
    "a search": lambda last: people.search_people("1", 1, 20),
}


def test_a_page_costs_the_same_however_much_is_stored(db: Database) -> None:
    last = 0
    costs: dict[str, list[int]] = {name: [] for name in QUESTIONS}
    for size in (SMALL, LARGE):
        fill(last + 1, size)
        last = size
        analyze(db)
        for name, question in QUESTIONS.items():
            question(last)  # the first one also reads the schema
            costs[name].append(cost(db, partial(question, last)))
    for name, (small, large) in costs.items():
        assert large <= small * 1.1 + 5, f"{name}: {small} with {SMALL} rows, {large} with {LARGE}"
        assert 0 < large < 2000, f"{name}: {large}"


def test_time_in_a_page_never_goes_back(db: Database) -> None:
    fill(1, SMALL)
    page = history.read_page(1, 2, None, None, 50)
    assert all(one.time <= two.time for one, two in pairwise(page.rows))
