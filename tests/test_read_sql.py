"""The hand-written questions name what the models have, and are answered by index."""

import re
from collections.abc import Iterator

import pytest
from peewee import Database, Model

from models import read_sql
from models.base import is_sqlite
from models.chatlog import ChatLog
from models.conversation import Conversation, Participant, pair_key
from models.people import PERSON, embedded_key
from models.read_sql import STATEMENTS, written
from models.session import Session
from models.user import EMBEDDED, User
from tests.filled import AT_ONCE, analyze, filled_database

PEOPLE = 2000
MODELS: tuple[type[Model], ...] = (User, Session, Conversation, Participant, ChatLog)
ARGUMENTS: dict[str, tuple[int | bytes, ...]] = {
    "PAGE_HEAD": (pair_key(1, 2), 1, 2),
    "LOG_DOWN": (2, 0, 2**62, 50),
    "LOG_UP": (2, 1000, 2**62, 50),
    "EMBEDDED": (embedded_key("member"),),
    "SESSION": (b"k", 0),
}


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    for db in filled_database(request, tmp_path_factory.mktemp("filled"), PEOPLE):
        User.update(kind=EMBEDDED, name_key=embedded_key("member")).where(User.id == 7).execute()
        keys = [b"k", *(b"%d" % number for number in range(PEOPLE))]
        for start in range(0, len(keys), AT_ONCE):
            Session.insert_many(
                {"key": key, "user": 1, "created": 1, "expires": 2, "ended": 0}
                for key in keys[start : start + AT_ONCE]
            ).execute()
        analyze(db)
        yield db


def test_every_statement_is_tested_here() -> None:
    assert [getattr(read_sql, name) for name in ARGUMENTS] == list(STATEMENTS)


def test_every_word_is_a_table_a_column_or_sql() -> None:
    """A renamed column leaves its old name here, and that is then no word any more."""
    known = {model._meta.table_name for model in MODELS}
    known |= {field.column_name for model in MODELS for field in model._meta.sorted_fields}
    known |= {"u", "c", "m", "o", "s", EMBEDDED}  # aliases, and a value
    for statement in STATEMENTS:
        words = {word for word in re.findall(r"[A-Za-z_]+", statement) if word != word.upper()}
        assert words <= known, words - known


def test_a_person_has_the_columns_of_a_person() -> None:
    named = ", ".join(f"u.{field.column_name}" for field in PERSON)
    for statement in (read_sql.PAGE_HEAD, read_sql.EMBEDDED, read_sql.SESSION):
        assert statement.startswith(f"SELECT {named}, ")


@pytest.mark.parametrize("name", ARGUMENTS)
def test_rows_are_found_by_index(filled: Database, name: str) -> None:
    statement, arguments = getattr(read_sql, name), ARGUMENTS[name]
    found = read_sql.fetch(statement, arguments)
    assert len(found) == (50 if name.startswith("LOG") else 1)
    text = written(statement, is_sqlite(filled))
    explain = "EXPLAIN QUERY PLAN " if is_sqlite(filled) else "EXPLAIN "
    plan = filled.execute_sql(explain + text, arguments).fetchall()
    if is_sqlite(filled):
        assert not [row for row in plan if row[3].startswith("SCAN") or "TEMP B-TREE" in row[3]]
        return
    for row in plan:
        assert row[3] not in ("ALL", "index"), (name, row)
        assert "filesort" not in (row[9] or ""), (name, row)
