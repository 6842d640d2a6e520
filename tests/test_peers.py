"""With whom many people have a conversation: one question, an index, and a limit for each."""

import logging
from collections.abc import Iterator

import pytest
from peewee import Database

from models.base import is_sqlite
from models.missed import SYNC_CONVERSATIONS
from models.peers import peers_of, statement_for
from models.read_sql import filled
from tests.filled import fill_room, filled_database

PEOPLE = 2000
LIMIT = 20


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def db(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    for db in filled_database(request, tmp_path_factory.mktemp("filled"), PEOPLE):
        fill_room(900_000, "a room", 1, range(1, 60))
        yield db


def test_each_has_their_own(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    asked = [1, *range(30, 60), 10**9]
    with caplog.at_level(logging.DEBUG, "peewee"):
        found = peers_of(asked)
    assert len(caplog.records) == 1
    assert found[10**9] == set()
    assert [found[user_id] for user_id in range(30, 60)] == [{1}] * 30
    # of the newest SYNC_CONVERSATIONS
    assert found[1] == set(range(PEOPLE - SYNC_CONVERSATIONS + 1, PEOPLE + 1))


def test_the_limit_is_for_each_and_leaves_the_newest(db: Database) -> None:
    found = peers_of([1, 7, 8], LIMIT)
    assert found == {1: set(range(PEOPLE - LIMIT + 1, PEOPLE + 1)), 7: {1}, 8: {1}}


def test_about_nobody_nothing_is_asked(db: Database, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "peewee"):
        assert peers_of([]) == {}
    assert not caplog.records


def test_they_are_found_by_index(db: Database) -> None:
    statement, arguments = statement_for(2), (7, LIMIT, 8, LIMIT)
    if is_sqlite(db):
        plan = db.execute_sql("EXPLAIN QUERY PLAN " + statement.sqlite, arguments).fetchall()
        steps = [row[3] for row in plan if "participant" in row[3]]
        assert len(steps) == 2
        assert all(step.startswith("SEARCH") for step in steps), plan
        assert not [row for row in plan if "TEMP B-TREE" in row[3]], plan
        return
    plan = db.execute_sql("EXPLAIN " + filled(statement.mysql, arguments)).fetchall()
    steps = [row for row in plan if row[2] == "participant"]
    assert len(steps) == 2
    for row in steps:
        assert row[3] not in ("ALL", "index"), plan
        assert "filesort" not in (row[9] or ""), plan
