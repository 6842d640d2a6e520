"""The schema goes forward and back, step by step, and by one process at a time."""

from __future__ import annotations

import fcntl
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from peewee import Database

from models import base, schema
from tests.schema.tables import NAMES, TABLES, tables
from tests.services.parley import ROOT, run_parley


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


def test_migrations_import_no_models() -> None:
    """They are frozen: what models/ becomes later must not change what they did."""
    for path in (ROOT / "migrations").glob("[0-9]*.py"):
        text = path.read_text("utf-8")
        assert not re.search(r"^\s*(?:from|import) (?:app|models|handlers)", text, re.M), path


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
