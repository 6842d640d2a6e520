"""The database behind the models: one proxy, `connect(url)`, and the field for exact keys."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import pymysql
from peewee import Database, DatabaseProxy, Field, Model, MySQLDatabase, SqliteDatabase
from pymysql.constants import CLIENT

from models.turns import SqliteInTurn
from models.wanted import claim

database: Database = DatabaseProxy()  # type: ignore[assignment]

# pymysql waits for ever by default: a frozen server would hold a thread as long as it likes
CONNECT_TIMEOUT = 2
IO_TIMEOUT = 5
# READ COMMITTED: no gap locks between conversations, and a repeat sees what was just committed
ISOLATION = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
# Seconds. A lock is waited for less long than an answer, or a statement would be executed that
# nobody waits for. After so much silence the server takes back a connection, and with it the locks
# of a process that was stopped in the middle of a transaction.
LIMITS = "SET SESSION innodb_lock_wait_timeout = 3, wait_timeout = 60"
# refuses what does not fit instead of cutting it, whatever the server's own default is
SQL_MODE = "STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO"
SQLITE_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # an acknowledged message survives a power cut
    "foreign_keys": 1,
    "cache_size": -16000,
}


class BaseModel(Model):
    class Meta:
        database = database


if TYPE_CHECKING:
    BytesField = Field[bytes]
else:  # the class takes no subscript at run time
    BytesField = Field


class BinaryKeyField(BytesField):
    """A key compared byte by byte on both databases: no collation, no padding, no folding."""

    field_type = "VARBINARY"

    def __init__(self, max_length: int = 191, **options: Any) -> None:
        self.max_length = max_length
        super().__init__(**options)

    def get_modifiers(self) -> list[int]:
        return [self.max_length]

    def db_value(self, value: str | bytes | None) -> bytes | None:
        return value.encode() if isinstance(value, str) else value

    def python_value(self, value: bytes | None) -> bytes | None:
        return None if value is None else bytes(value)


# not of the thread: on the event loop others go on while the writer connects
_several = ContextVar("several", default=False)
_patient = ContextVar("patient", default=False)


@contextmanager
def several_statements() -> Iterator[None]:
    """A connection that is made here may be asked several things in one question (MySQL).

    Only the writer's is, whose texts are made in one file: with others a stranger's words that got
    into a statement could not begin a second one.
    """
    before = _several.set(True)
    try:
        yield
    finally:
        _several.reset(before)


@contextmanager
def without_timeout() -> Iterator[None]:
    """A connection that is made here waits as long as its question takes (MySQL).

    A change of the schema may take hours, on a big table or behind somebody's lock. The server goes
    on with it whether or not anybody waits for the answer.
    """
    before = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(before)


class MariaDatabase(MySQLDatabase):
    """MariaDB or MySQL."""

    def _connect(self) -> Any:
        flag = CLIENT.MULTI_STATEMENTS if _several.get() else 0
        return self._opened(partial(self._open, flag, _patient.get()))

    def _opened(self, connect: Callable[[], Any]) -> Any:
        return connect()

    def _open(self, flag: int, patient: bool) -> Any:
        params = dict(self.connect_params)
        if patient:
            params |= {"read_timeout": None, "write_timeout": None}
        made = pymysql.connect(database=self.database, autocommit=True, client_flag=flag, **params)
        if not patient:
            made.query(LIMITS)
        return made


def make_database(url: str) -> Database:
    """A database for `sqlite:///path` or `mysql://user:password@host:port/name?ssl_ca=...`.

    Connections are per thread and opened explicitly (autoconnect is off).
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        path = unquote(parts.path)[1:]
        _make_private(Path(path))
        return SqliteInTurn(path, pragmas=SQLITE_PRAGMAS, timeout=IO_TIMEOUT, autoconnect=False)
    return MariaDatabase(
        unquote(parts.path)[1:],
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or "root"),
        password=unquote(parts.password or ""),
        charset="utf8mb4",
        connect_timeout=CONNECT_TIMEOUT,
        read_timeout=IO_TIMEOUT,
        write_timeout=IO_TIMEOUT,
        sql_mode=SQL_MODE,
        init_command=ISOLATION,
        autoconnect=False,
        **_tls(parts.query),
    )


def _make_private(path: Path) -> None:
    """People's words are not for every user of the machine; SQLite's side files do as the file."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(OSError):  # where it cannot be made, connecting says so
        path.touch(mode=0o600)


def _tls(query: str) -> dict[str, Any]:
    """With ?ssl_ca=FILE the connection is encrypted and the server's certificate verified."""
    authority = parse_qs(query).get("ssl_ca")
    if not authority:
        return {}
    return {"ssl_ca": authority[0], "ssl_verify_cert": True, "ssl_verify_identity": True}


def connect(url: str) -> Database:
    """Points every model at the database of the URL (no connection is opened yet)."""
    real = make_database(url)
    database.initialize(real)  # type: ignore[attr-defined]
    return real


def is_sqlite(db: Database) -> bool:
    return isinstance(getattr(db, "obj", db), SqliteDatabase)


@contextmanager
def writing() -> Iterator[None]:
    """A transaction that will write after it has read: `with writing():`.

    SQLite has to be told before the first read: one that finds out later is refused when somebody
    else has written meanwhile, however long it would wait. What nobody waits for any more is not
    committed. One within another is a part of it.
    """
    real = getattr(database, "obj", database)
    with real.atomic("IMMEDIATE") if is_sqlite(real) else real.atomic():
        yield
        if real.transaction_depth() == 1:
            claim()


def held(query: Any) -> Any:
    """The rows it finds are nobody else's until the transaction ends; SQLite has one writer."""
    return query if is_sqlite(database) else query.for_update()


def rows(query: Any) -> list[tuple[Any, ...]]:
    """The query's rows as plain tuples: what is read often needs no model instances."""
    return list(query.tuples())


def first_row(query: Any) -> tuple[Any, ...] | None:
    row: tuple[Any, ...] | None = query.tuples().first()
    return row


def now_ms() -> int:
    """Epoch milliseconds: integers, because MySQL's datetimes lose fractions and offsets."""
    return time.time_ns() // 1_000_000
