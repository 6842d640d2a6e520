"""How many statements a MariaDB has been asked."""

from __future__ import annotations

from contextlib import closing

from tests.bench.bulk import open_database


def questions(url: str) -> int | None:
    """By all its clients, since it started; None for no URL."""
    if not url:
        return None
    with closing(open_database(url)) as connection:
        cursor = connection.cursor()
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Questions'")
        row = cursor.fetchone()
        assert row is not None
        return int(row[1])
