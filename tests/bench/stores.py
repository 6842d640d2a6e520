"""The databases under test, private and durable: every commit is on the disk."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

from tests.services.mariadb import MariaDB

# The test fixture's MariaDB is as small as can be; this one gets what an operator would give it.
MARIADB_MEMORY = (
    "SET GLOBAL innodb_buffer_pool_size = 1073741824",
    "SET GLOBAL innodb_log_file_size = 268435456",
)


class Store(Protocol):
    """A kind of database: gives out empty databases as URLs."""

    name: str
    pid: int | None  # of its own process; None where it lives in the server's

    def new_url(self) -> str: ...


class SQLiteStore:
    """Files in one folder. Parley and the naive variant both open them with synchronous=FULL."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.pid: int | None = None
        self._folder = folder
        self._count = 0

    def new_url(self) -> str:
        self._count += 1
        return f"sqlite:///{self._folder / f'{self._count}.db'}"


class MariaDBStore:
    """One private server with innodb_flush_log_at_trx_commit=1."""

    name = "mariadb"

    def __init__(self, server: MariaDB) -> None:
        self._server = server
        self.pid: int | None = server.pid
        with server.connect() as connection, connection.cursor() as cursor:
            for statement in MARIADB_MEMORY:
                cursor.execute(statement)

    def new_url(self) -> str:
        return self._server.create_database()


def open_stores(names: list[str], stack: ExitStack) -> list[Store]:
    """The named stores; all of them are gone when the stack is closed."""
    stores: list[Store] = []
    if "sqlite" in names:
        folder = Path(tempfile.mkdtemp(prefix="parley-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        stores.append(SQLiteStore(folder))
    if "mariadb" in names:
        server = MariaDB()
        stack.callback(server.close)
        stores.append(MariaDBStore(server.start()))
    return stores
