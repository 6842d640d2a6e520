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
from models.read_sql import STATEMENTS, fetch, filled
from models.session import Session
from models.user import EMBEDDED, User
from tests.filled import AT_ONCE, analyze, filled_database

PEOPLE = 2000
MODELS: tuple[type[Model], ...] = (User, Session, Conversation, Participant, ChatLog)
ARGUMENTS: dict[str, tuple[int | bytes, ...]] = {
    "PAGE_HEAD": (pair_key(1, 2), 1, 2),
    "LOG_DOWN": (2, 0, 2**62, 50),
    "LOG_UP": (2, 1000, 2**62, 50),
    "LIST": (3, 2**62, 2**62, 0, 50),
    "EMBEDDED": (embedded_key("member"),),
    "SESSION": (b"k", 0),
}


@pytest.fixture(scope="module", params=["sqlite", "mariadb"])
def db(
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
    known |= {
        "u",
        "c",
        "m",
        "o",
        "s",
        EMBEDDED,
        "x",
        "l",
        "p",
    }  # aliases, a value, and that of 0x00
    for statement in STATEMENTS:
        for text in (statement.sqlite, statement.mysql.replace("%s", "?"), statement.rest):
            words = {word for word in re.findall(r"[A-Za-z_]+", text) if word != word.upper()}
            assert words <= known, words - known


def test_a_person_has_the_columns_of_a_person() -> None:
    named = tuple(f"u.{field.column_name}" for field in PERSON)
    for statement in (read_sql.PAGE_HEAD, read_sql.LIST, read_sql.EMBEDDED, read_sql.SESSION):
        assert tuple(name for name, _ in statement.columns[: len(named)]) == named


@pytest.mark.parametrize("name", ARGUMENTS)
def test_rows_are_found_by_index(db: Database, name: str) -> None:
    statement, arguments = getattr(read_sql, name), ARGUMENTS[name]
    found = fetch(statement, arguments)
    assert len(found) == (50 if name.startswith("LOG") else 1)
    if is_sqlite(db):
        plan = db.execute_sql("EXPLAIN QUERY PLAN " + statement.sqlite, arguments).fetchall()
        steps = [row[3] for row in plan]
        if name == "LIST":  # one's own conversations are sorted, and some gone through
            assert any("conversation_id=? AND seq=?" in step for step in steps), steps
            steps = [step for step in steps if step != "SCAN p" and "TEMP B-TREE" not in step]
        assert not [step for step in steps if step.startswith("SCAN") or "TEMP" in step], steps
        return
    plan = db.execute_sql("EXPLAIN " + filled(statement.mysql, arguments)).fetchall()
    if name == "LIST":
        assert [row[3:5] + row[6:7] for row in plan if row[2] == "l"] == [
            ("eq_ref", "PRIMARY", "16")
        ]
        plan = [row for row in plan if row[2] != "<derived2>"]
    for row in plan:
        assert row[3] not in ("ALL", "index"), (name, row)
        assert "filesort" not in (row[9] or "") or name == "LIST", (name, row)


TEXTS = (
    "",
    "a",
    "\U0001f469\u200d\U0001f680",
    "x" * 250,
    "x" * 251,
    "\u20ac" * 8192,
    "a\\'\"%s?\n",
)
LAST = 2**62


def store(seq: int, content: str) -> None:
    ChatLog.insert(
        conversation=900_000,
        seq=seq,
        me=1,
        other=2,
        client_id=f"\U0001f4a1 {seq}",
        content=content,
        time=LAST,
    ).execute()


def test_rows_are_what_the_models_find(db: Database) -> None:
    with db.atomic() as transaction:
        for seq, text in enumerate(TEXTS, 1):
            store(seq, text)
        found = fetch(read_sql.LOG_UP, (900_000, 0, LAST, 50))
        transaction.rollback()
    wanted = [(n, 1, f"\U0001f4a1 {n}", text, LAST) for n, text in enumerate(TEXTS, 1)]
    assert found == wanted


def test_a_value_with_the_separator_is_read_all_the_same(db: Database) -> None:
    """Nothing that we take has it; what somebody else has stored must not shift the rest."""
    with db.atomic() as transaction:
        store(1, "one")
        store(2, f"two{read_sql.SEPARATOR}1")
        found = fetch(read_sql.LOG_UP, (900_000, 0, LAST, 50))
        transaction.rollback()
    assert [row[2:4] for row in found] == [
        ("\U0001f4a1 1", "one"),
        ("\U0001f4a1 2", f"two{read_sql.SEPARATOR}1"),
    ]


def test_who_never_wrote_has_no_positions(db: Database) -> None:
    (head,) = fetch(read_sql.PAGE_HEAD, (pair_key(3, 4), 3, 4))
    assert head[0] == 4
    assert head[7:] == (None,) * len(read_sql.POSITIONS)
    assert fetch(read_sql.PAGE_HEAD, (pair_key(3, 10**9), 3, 10**9)) == []


def test_only_numbers_and_keys_are_put_into_a_statement() -> None:
    assert filled("%s %s", (7, b"'; DROP")) == "7 X'273b2044524f50'"
    with pytest.raises(ValueError, match="format"):
        filled("%s", ("1 OR 1",))  # type: ignore[arg-type]
