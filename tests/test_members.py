"""A batch of a host's members: found by index, and in one order by all processes."""

import threading
from collections.abc import Iterator

import pytest
from peewee import Database

from app.access.person import Person
from models import accounts, members
from models.accounts import Arrival, Newcomer
from models.base import is_sqlite
from models.people import embedded_key
from models.read_sql import filled
from tests.filled import analyze, filled_database

PEOPLE = 2000
SUBS = [f"member {number}" for number in range(20)]
SECONDS = 30


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def db(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    for db in filled_database(request, tmp_path_factory.mktemp("filled"), PEOPLE):
        members.admit([Arrival(Newcomer(sub), 1) for sub in SUBS])
        analyze(db)
        yield db


def test_they_are_found_by_index(db: Database) -> None:
    statement, keys = members.statement_for(len(SUBS)), [embedded_key(sub) for sub in SUBS]
    if is_sqlite(db):
        plan = db.execute_sql("EXPLAIN QUERY PLAN " + statement.sqlite, keys).fetchall()
        assert [row[3].split(" (")[0] for row in plan] == ["SEARCH u USING INDEX user_name_key"]
        return
    plan = db.execute_sql("EXPLAIN " + filled(statement.mysql, keys)).fetchall()
    assert [(row[3], row[5]) for row in plan] == [("range", "user_name_key")]


def test_of_two_in_one_batch_the_later_is_what_stays(db: Database) -> None:
    said = [Newcomer("disagrees", name) for name in ("One", "Two", "Three")]
    found = members.admit([Arrival(member, 1) for member in said])
    assert [one.name for one in found if isinstance(one, Person)] == ["One", "Two", "Three"]
    (stays,) = members.admit([Arrival(Newcomer("disagrees"), 1)])
    assert isinstance(stays, Person)
    assert stays.name == "Three"


def names(*arrivals: Arrival) -> list[str]:
    return [one.name for one in members.admit(arrivals) if isinstance(one, Person)]


def test_an_older_token_does_not_bring_the_old_name_back(db: Database) -> None:
    """Together with a newer one, in whatever order, and later; also from another process."""
    for sub in ("ages", "comes back"):
        old, new = Arrival(Newcomer(sub, "Old"), 100), Arrival(Newcomer(sub, "New"), 200)
        both = (old, new) if sub == "ages" else (new, old)
        assert names(*both) == ["New", "New"]
        assert names(old) == names(new) == names(old) == ["New"]
        assert members.recognize(both) == members.admit(both)
    row = accounts._find_embedded("ages")
    assert row is not None
    assert names(Arrival(Newcomer("ages", "Newest"), 300)) == ["Newest"]
    accounts.store_said(row, accounts.as_said(row, Newcomer("ages", "Overtaken"), 250))
    assert names(Arrival(Newcomer("ages"), 300)) == ["Newest"]


def test_two_processes_that_meet_the_same_crowd(db: Database) -> None:
    """In other orders, all of them new, then all of them changed: nobody is anybody's victim."""
    found: list[list[Person]] = []
    failed: list[BaseException] = []
    both = threading.Barrier(2, timeout=SECONDS)

    def meet(crowd: list[Arrival]) -> None:
        try:
            with db.connection_context():
                both.wait()
                found.append([one for one in members.admit(crowd) if isinstance(one, Person)])
        except BaseException as error:
            failed.append(error)

    for name in ("Before", "After"):
        crowd = [Arrival(Newcomer(f"of both {n}", f"{name} {n}"), 1) for n in range(200)]
        threads = [threading.Thread(target=meet, args=(one,)) for one in (crowd, crowd[::-1])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(SECONDS)
        assert failed == []
        one, other = found[-2:]
        assert one == other[::-1]
        assert {person.name for person in one} == {f"{name} {n}" for n in range(200)}
