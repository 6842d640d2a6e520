"""The hand-written statements name what the models have, and the databases run them by index."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from peewee import Database, Model

from models.base import is_sqlite
from models.chatlog import ChatLog
from models.conversation import Conversation, Participant, Room
from models.log_sql import PARTICIPANT_COLUMNS, LogSql
from models.user import User
from tests.filled import filled_database

PEOPLE = 2000
MODELS: tuple[type[Model], ...] = (User, Conversation, Participant, ChatLog, Room)
COUNTS = (1, 2, 20)

# statement -> arguments for a count, in the types in which they are given
ARGUMENTS: dict[str, Any] = {
    "find": lambda n: [b"1:%d" % (number + 10) for number in range(n)],
    "users": lambda n: list(range(10, 10 + n)),
    "lock": lambda n: list(range(10, 10 + n)),
    "free": lambda n: list(range(10, 10 + n)),
    "repeats": lambda n: [1, *(b"%d" % (number + 10) for number in range(n))],
    "standings": lambda n: [value for number in range(n) for value in (number + 10, 1)],
    "positions": lambda n: [value for number in range(n) for value in (number + 10, 1)],
}
ONCE: dict[str, list[Any]] = {"create": [b"0:0"], "join": [5, 7, 8, 0, 0]}

# either index begins with half of a pair and ends with the other half
PAIR = "participant_user_id_conversation_id"
# the index by which each must find its rows: (MariaDB's name of it, a part of SQLite's plan)
INDEX = {
    "find": ("conversation_conversation_key", "conversation_conversation_key"),
    "users": ("PRIMARY", "INTEGER PRIMARY KEY"),
    "lock": ("PRIMARY", "INTEGER PRIMARY KEY"),
    "free": ("PRIMARY", "INTEGER PRIMARY KEY"),
    "repeats": ("chatlog_me_client_id", "chatlog_me_client_id"),
    "standings": (PAIR, f"{PAIR} (user_id=? AND conversation_id=?)"),
    "positions": (PAIR, f"{PAIR} (user_id=? AND conversation_id=?)"),
}


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    yield from filled_database(request, tmp_path_factory.mktemp("filled"), PEOPLE)


@pytest.fixture
def sql(filled: Database) -> LogSql:
    return LogSql(is_sqlite(filled))


def statement(sql: LogSql, name: str, count: int) -> tuple[str, list[Any]]:
    if name in ONCE:
        return getattr(sql, name)(), ONCE[name]
    return getattr(sql, name)(count), ARGUMENTS[name](count)


def columns_of(model: type[Model]) -> list[str]:
    return [field.column_name for field in model._meta.sorted_fields]


def test_the_columns_are_those_of_the_models() -> None:
    known = columns_of(Participant)
    assert PARTICIPANT_COLUMNS.split(", ") == known[:5]
    assert known[5:] == ["standing", "address"], "columns with a default in the schema"


@pytest.mark.parametrize("sqlite", [True, False])
def test_every_word_is_a_table_a_column_or_sql(sqlite: bool) -> None:
    """A renamed column leaves its old name here, and that is then no word any more."""
    known = {model._meta.table_name for model in MODELS}
    known |= {name for model in MODELS for name in columns_of(model)}
    known |= {"p", "c", "r", "v", "column", "excluded", "s", "d"}  # aliases; letters of %s and %d
    made = LogSql(sqlite)
    for name in (*ARGUMENTS, *ONCE):
        text = statement(made, name, 2)[0]
        words = {word for word in re.findall(r"[A-Za-z_]+", text) if word != word.upper()}
        assert words <= known, (name, words - known)


def test_every_statement_is_tested_here() -> None:
    made = {name for name in dir(LogSql) if not name.startswith("_")}
    assert made == {*ARGUMENTS, *ONCE, "run"}


@pytest.mark.parametrize("name", [*ARGUMENTS, *ONCE])
def test_every_statement_runs(filled: Database, sql: LogSql, name: str) -> None:
    """For real, and rolled back."""
    for count in COUNTS:
        text, arguments = statement(sql, name, count)
        cursor = filled.cursor()
        cursor.execute("BEGIN")
        try:
            sql.run(cursor, text, arguments)
            found = cursor.fetchall() if text.startswith("SELECT") else None
        finally:
            cursor.execute("ROLLBACK")
        if found is not None:
            assert len(found) == count, name


@pytest.mark.parametrize("name", INDEX)
def test_rows_are_found_by_index(filled: Database, sql: LogSql, name: str) -> None:
    for count in COUNTS:
        text, arguments = statement(sql, name, count)
        mariadb_index, sqlite_plan = INDEX[name]
        if is_sqlite(filled):
            plan = [row[3] for row in _run(filled, sql, f"EXPLAIN QUERY PLAN {text}", arguments)]
            given = ("SCAN v", f"SCAN {count} CONSTANT ROW", "SCAN CONSTANT ROW")  # the pairs
            scans = [step for step in plan if step.startswith("SCAN")]
            assert not [step for step in scans if not step.startswith(given)], (name, plan)
            assert any(sqlite_plan in step for step in plan), (name, plan)
            continue
        for row in _run(filled, sql, f"EXPLAIN {text}", arguments):
            table, kind, key, rows = row[2], row[3], row[5], row[8]
            assert kind not in ("ALL", "index"), (name, row)
            either = (mariadb_index, "PRIMARY" if mariadb_index == PAIR else mariadb_index)
            assert key in either or (table, key) in (("c", "PRIMARY"), ("r", "PRIMARY")), (
                name,
                row,
            )
            assert int(rows) <= 4 * count, (name, row)


def _run(db: Database, sql: LogSql, text: str, arguments: list[Any]) -> list[Any]:
    cursor = db.cursor()
    sql.run(cursor, text, arguments)
    return list(cursor.fetchall())


def test_a_text_is_made_once(sql: LogSql) -> None:
    for name in ARGUMENTS:
        make = getattr(sql, name)
        assert make(3) is make(3)
        assert make(3) != make(4)


def test_only_a_number_stands_where_numbers_stand() -> None:
    made = LogSql(sqlite=False)
    statement = made.lock(1)
    with pytest.raises(TypeError):
        made.run(SimpleNamespace(execute=print), statement, ["1 OR 1=1"])
