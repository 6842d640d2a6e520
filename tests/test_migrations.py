"""The schema goes forward and back with data in it, and is what the models say."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from peewee import Database, Field, Model

from models import base, schema
from models.base import is_sqlite
from models.chatlog import ChatLog
from models.conversation import Conversation, Participant, Room
from models.session import Session
from models.storage import Storage
from models.user import User
from tests.filled import fill, fill_room
from tests.oracle import read_rows
from tests.services.parley import ROOT, run_parley

MODELS: tuple[type[Model], ...] = (
    User,
    Session,
    Conversation,
    Participant,
    ChatLog,
    Room,
    Storage,
)
TABLES = {model._meta.table_name for model in MODELS}
NAMES = sorted(path.stem for path in (ROOT / "migrations").glob("[0-9]*.py"))
MADE_BY_MIGRATIONS = "schema_migration"


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An empty database."""
    found = base.connect(database_url)
    yield found
    if not found.is_closed():
        found.close()


def tables(db: Database) -> set[str]:
    with db.connection_context():
        return set(db.get_tables()) - {MADE_BY_MIGRATIONS}


def contents(url: str) -> dict[str, list[Any]]:
    """Every row of every table."""
    return {table: sorted(read_rows(url, f"SELECT * FROM {table}"), key=repr) for table in TABLES}


def test_files_are_numbered_without_a_gap() -> None:
    assert [int(name[:4]) for name in NAMES] == list(range(1, len(NAMES) + 1))


def test_forward_is_all_of_them_once(db: Database) -> None:
    assert schema.pending(db) == NAMES
    assert schema.migrate(db) == NAMES
    assert schema.pending(db) == []
    assert schema.migrate(db) == []
    assert tables(db) == TABLES


def test_each_step_back_and_forward_again(db: Database) -> None:
    schema.migrate(db)
    for name in reversed(NAMES):
        assert schema.migrate_back(db) == [name]
        assert name in schema.pending(db)
    assert tables(db) == set()
    assert schema.migrate_back(db) == []
    for name in NAMES:
        assert schema.migrate(db, name) == [name]
    assert tables(db) == TABLES


def test_back_through_the_first_is_all_back(db: Database) -> None:
    schema.migrate(db)
    assert schema.migrate_back(db, NAMES[0]) == NAMES[::-1]
    assert schema.pending(db) == NAMES


def fill_people() -> None:
    fill(1, 50)
    Session.insert(key=b"k", user=1, created=1, expires=2, ended=0).execute()
    User.update(nickname="😀", username="名").where(User.id == 7).execute()


def test_every_step_keeps_the_data(db: Database, database_url: str) -> None:
    """What the newest but one schema held is there after each step forward and back again."""
    schema.migrate(db)
    with db.connection_context():
        fill_people()
    whole = contents(database_url)
    empty = {table for table, rows in whole.items() if not rows}
    assert empty == {"room"}, "a table without a row proves nothing"
    for name in NAMES[:0:-1]:
        schema.migrate_back(db, name)
        schema.migrate(db)
        assert contents(database_url) == whole
    schema.migrate_back(db, NAMES[0], drop_data=True)
    assert tables(db) == set()
    schema.migrate(db)
    emptied = contents(database_url)
    assert {table for table, rows in emptied.items() if rows} == {"storage"}
    assert emptied["storage"] != whole["storage"], "another storage is another epoch"


def test_before_rooms_nothing_of_a_room_is_left(db: Database, database_url: str) -> None:
    schema.migrate(db)
    with db.connection_context():
        fill_people()
    whole = contents(database_url)
    with db.connection_context():
        fill_room(1000, "大厅", owner=1, people=range(1, 20))
    assert len(contents(database_url)["room"]) == 1
    schema.migrate_back(db, "0002_rooms", drop_data=True)
    schema.migrate(db)
    assert contents(database_url) == whole


def test_what_people_said_is_not_deleted_unless_that_is_asked_for(
    db: Database, database_url: str
) -> None:
    schema.migrate(db)
    with db.connection_context():
        fill_people()
        fill_room(1000, "大厅", owner=1, people=range(1, 20))
    whole = contents(database_url)
    for target, lost in (("0002_rooms", "1 room"), ("0001_first_tables", "1 room")):
        with pytest.raises(ValueError, match=rf"{lost}.*--drop-data"):
            schema.migrate_back(db, target)
        assert (schema.pending(db), contents(database_url)) == ([], whole)
    schema.migrate_back(db, "0002_rooms", drop_data=True)
    with pytest.raises(ValueError, match=r"50 user.*--drop-data"):
        schema.migrate_back(db)
    assert schema.migrate_back(db, drop_data=True) == ["0001_first_tables"]


def test_what_people_wrote_counts_as_read_before_and_after(db: Database, database_url: str) -> None:
    """Before the fourth step that stood with the participants, and goes back there."""
    schema.migrate(db)
    with db.connection_context():
        fill(1, 3)
        db.execute_sql("UPDATE conversation SET low_seq = 2, high_seq = 3 WHERE id = 2")
        db.execute_sql("UPDATE participant SET read_seq = 1, delivered_seq = 3")
    assert schema.migrate_back(db, "0004_own_seqs")[-1] == "0004_own_seqs"
    found = read_rows(
        database_url,
        "SELECT conversation_id, user_id, read_seq, delivered_seq FROM participant ORDER BY 1, 2",
    )
    assert [tuple(row) for row in found] == [(2, 1, 2, 3), (2, 2, 3, 3), (3, 1, 1, 3), (3, 3, 1, 3)]
    schema.migrate(db)
    assert [tuple(row) for row in read_rows(database_url, "SELECT low_seq FROM conversation")] == [
        (0,),
        (0,),
    ]


def test_migrations_import_no_models() -> None:
    """They are frozen: what models/ becomes later must not change what they did."""
    for path in (ROOT / "migrations").glob("[0-9]*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"^\s*(?:from|import) (?:app|models|handlers)", text, re.M), path


# -- models and migrations say the same ----------------------------------------------------------


def declared(db: Database, field: Field[Any]) -> str:
    """The field's type as DDL, in lower case."""
    text, _ = db.get_sql_context().sql(field.ddl_datatype(db.get_sql_context())).query()
    return str(text).lower()


def found_types(db: Database, table: str) -> dict[str, str]:
    """column -> type as the database has it."""
    if is_sqlite(db):
        rows = db.execute_sql(f'PRAGMA table_info("{table}")').fetchall()
        return {row[1]: row[2].lower() for row in rows}
    query = (
        "SELECT column_name, column_type FROM information_schema.columns"
        " WHERE table_schema = DATABASE() AND table_name = %s"
    )
    rows = db.execute_sql(query, (table,)).fetchall()
    return {name: str(kind).lower() for name, kind in rows}


def same_type(wanted: str, found: str) -> bool:
    """`bigint` is bigint(20) in MariaDB, and `bigint auto_increment` is a bigint."""

    def plain(text: str) -> str:
        word = re.sub(r"^(bigint|int|integer)\(\d+\)", r"\1", text.split()[0])
        return "int" if word == "integer" else word

    return plain(wanted) == plain(found)


@pytest.mark.parametrize("model", MODELS, ids=[model.__name__ for model in MODELS])
def test_models_describe_what_migrations_made(db: Database, model: type[Model]) -> None:
    schema.migrate(db)
    meta = model._meta
    with db.connection_context():
        columns = {column.name: column for column in db.get_columns(meta.table_name)}
        fields = {field.column_name: field for field in meta.sorted_fields}
        assert list(columns) == list(fields)
        types = found_types(db, meta.table_name)
        keys = {field.column_name for field in meta.get_primary_keys()}
        for name, field in fields.items():
            assert columns[name].null == field.null, name
            assert columns[name].primary_key == (name in keys), name
            wanted = declared(db, field)
            assert same_type(wanted, types[name]), (name, wanted, types[name])
        made = {
            (tuple(index.columns), index.unique)
            for index in db.get_indexes(meta.table_name)
            if index.name != "PRIMARY" and not index.name.startswith("sqlite_autoindex")
        }
        wanted_indexes = {
            (tuple(field.column_name for field in index._expressions), bool(index._unique))
            for index in meta.fields_to_index()
        }
        # MariaDB makes an index of its own for a foreign key that has none
        extra = {((field.column_name,), False) for field in meta.refs if not is_sqlite(db)}
        assert wanted_indexes <= made
        assert made - wanted_indexes <= extra
        foreign = {
            (key.column, key.dest_table, key.dest_column)
            for key in db.get_foreign_keys(meta.table_name)
        }
        assert foreign == {
            (field.column_name, field.rel_model._meta.table_name, field.rel_field.column_name)
            for field in meta.refs
        }


def test_tables_are_utf8mb4_on_a_latin1_server(mariadb_url: str) -> None:
    assert read_rows(mariadb_url, "SELECT @@character_set_database") == [("latin1",)]
    schema.migrate(base.connect(mariadb_url))
    where = f"table_schema = DATABASE() AND table_name <> '{MADE_BY_MIGRATIONS}'"
    engines = read_rows(
        mariadb_url,
        f"SELECT table_name, engine, table_collation FROM information_schema.tables WHERE {where}",
    )
    assert {name for name, _, _ in engines} == TABLES
    assert {(engine, collation) for _, engine, collation in engines} == {("InnoDB", "utf8mb4_bin")}
    texts = read_rows(
        mariadb_url,
        "SELECT character_set_name, collation_name FROM information_schema.columns"
        f" WHERE {where} AND character_set_name IS NOT NULL",
    )
    assert set(texts) == {("utf8mb4", "utf8mb4_bin")}


def test_sqlite_keeps_the_log_by_its_key(sqlite_url: str) -> None:
    """WITHOUT ROWID: the log is clustered by conversation and seq, as it is on MariaDB."""
    schema.migrate(base.connect(sqlite_url))
    (ddl,) = read_rows(sqlite_url, "SELECT sql FROM sqlite_master WHERE name = 'chatlog'")
    assert str(ddl[0]).upper().endswith("WITHOUT ROWID")


def test_sqlite_is_durable(sqlite_url: str, tmp_path: Path) -> None:
    db = base.connect(sqlite_url)
    with db.connection_context():
        settings = {
            name: db.execute_sql(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def test_mariadb_is_strict_and_reads_what_is_committed(mariadb_url: str) -> None:
    db = base.connect(mariadb_url)
    with db.connection_context():
        row = db.execute_sql(
            "SELECT @@sql_mode, @@tx_isolation, @@character_set_connection"
        ).fetchone()
    assert "STRICT_TRANS_TABLES" in row[0]
    assert row[1:] == ("READ-COMMITTED", "utf8mb4")


def test_several_processes_at_once(database_url: str) -> None:
    """A server of two processes starts on a database that is not there yet."""
    with ThreadPoolExecutor(4) as pool:
        ends = list(
            pool.map(lambda _: run_parley("migrate", "--database-url", database_url), "1234")
        )
    assert [end.stderr for end in ends if end.returncode] == []
    assert sum(name in end.stdout for end in ends for name in NAMES) == len(NAMES)


def test_who_waits_too_long_for_another_process_says_so(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "LOCK_WAIT", 0.2)
    folder = os.open(tmp_path, os.O_RDONLY)
    fcntl.flock(folder, fcntl.LOCK_EX)
    with pytest.raises(TimeoutError, match="another process"):
        schema.migrate(base.connect(sqlite_url))
    os.close(folder)
    assert schema.migrate(base.connect(sqlite_url)) == NAMES
