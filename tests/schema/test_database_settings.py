"""Each database is set as we need it: character sets, keys, durability, isolation."""

from __future__ import annotations

from pathlib import Path

from models import base, schema
from tests.oracle import read_rows
from tests.schema.tables import MADE_BY_MIGRATIONS, TABLES


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
