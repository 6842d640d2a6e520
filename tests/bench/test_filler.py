"""What a long table is filled with, on both databases."""

import pytest

from models import base, schema
from tests.bench import filler
from tests.bench.filler import EACH, fill_table
from tests.oracle import read_rows

ROWS = 2 * EACH + 500


def test_other_peoples_conversations(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    """Whole ones of 1,000 and the rest of the last, in chunks that end within one."""
    monkeypatch.setattr(filler, "CHUNK", 700)
    schema.migrate(base.connect(database_url))
    fill_table(database_url, ROWS)
    found = read_rows(
        database_url,
        "SELECT conversation_id, COUNT(*), MIN(seq), MAX(seq), COUNT(DISTINCT me),"
        " MIN(LENGTH(content)), MAX(LENGTH(content)) FROM chatlog"
        " GROUP BY conversation_id ORDER BY 1",
    )
    counts = [tuple(map(int, row[1:])) for row in found]
    whole, part = (EACH, 1, EACH, 2, 100, 100), (500, 1, 500, 2, 100, 100)
    assert counts == [whole, whole, part]
    same = "SELECT COUNT(*) FROM chatlog WHERE me = other"
    assert read_rows(database_url, same) == [(0,)]


def test_the_databases_durability_is_back(mariadb_url: str) -> None:
    schema.migrate(base.connect(mariadb_url))
    fill_table(mariadb_url, 10)
    kept = "SHOW GLOBAL VARIABLES LIKE 'innodb_flush_log_at_trx_commit'"
    assert read_rows(mariadb_url, kept)[0][1] == "1"
