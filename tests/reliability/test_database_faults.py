"""The database goes away, freezes, or is locked by somebody else, while people talk."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from urllib.parse import urlsplit

import pytest

from tests.conftest import StartServer
from tests.reliability.crowd import Crowd
from tests.reliability.figures import figures
from tests.reliability.lag import lag_of, percentile
from tests.services.mariadb import MariaDB
from tests.services.parley import ParleyServer

RESUMES_WITHIN = 2.0  # seconds from the database's return to the first message stored
LOOP_LAG_P99 = 0.050  # seconds that a ping may take while the database does not answer
# The same where it is no figure to be kept, in short runs and while a database server starts or
# stops beside it: a loop that waits for the database would show seconds, and a busy machine shows
# this much on a server that does nothing.
LOOP_LAG_P99_LOOSE = 0.250
LONG = 10.0  # seconds without a database
SETTLES_WITHIN = 1.0  # seconds in which what was committed before the outage is still reported
GONE_WITHIN = 10.0  # seconds from SIGTERM to the exit, whatever the database does
PATIENCE_OF_A_TEST = 20.0

Outage = Callable[[], AbstractAsyncContextManager[None]]


def stopped(mariadb: MariaDB) -> Outage:
    """The database is shut down."""

    @asynccontextmanager
    async def outage() -> AsyncIterator[None]:
        await asyncio.to_thread(mariadb.stop)
        yield
        await asyncio.to_thread(mariadb.start)

    return outage


def frozen(mariadb: MariaDB) -> Outage:
    """The database keeps its connections and says nothing."""

    @asynccontextmanager
    async def outage() -> AsyncIterator[None]:
        mariadb.pause()
        yield
        mariadb.resume()

    return outage


def locked(database_url: str) -> Outage:
    """Somebody else writes to the SQLite file and does not finish."""

    @asynccontextmanager
    async def outage() -> AsyncIterator[None]:
        path = urlsplit(database_url).path[1:]
        with closing(sqlite3.connect(path, isolation_level=None, timeout=30)) as other:
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")

    return outage


def rows_locked(mariadb: MariaDB, database_url: str) -> Outage:
    """Somebody else holds every conversation, for longer than Parley waits for a lock."""

    @asynccontextmanager
    async def outage() -> AsyncIterator[None]:
        with closing(mariadb.connect(database_url)) as other, other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT id FROM conversation FOR UPDATE")
            yield
            cursor.execute("ROLLBACK")

    return outage


async def suffer(
    name: str, server: ParleyServer, outage: Outage, seconds: float, seed: int
) -> None:
    """Talk, suffer, talk again: nothing is lost, nobody is cut off, and it resumes at once."""
    server.allow(r"\b(WARNING|ERROR)\b")  # outages may be logged, but never as a traceback
    async with Crowd(server.url, seed) as crowd, lag_of(server.url) as lags:
        await crowd.talk_for(0.5)
        async with outage():
            await crowd.talk_for(min(SETTLES_WITHIN, seconds / 2))
            before = crowd.acks
            await crowd.talk_for(seconds - min(SETTLES_WITHIN, seconds / 2))
            assert crowd.acks == before, "acknowledged while the database was away"
        back = time.monotonic()
        await crowd.next_ack(within=PATIENCE_OF_A_TEST)
        resumed = time.monotonic() - back
        await crowd.talk_for(0.5)
        await crowd.hush()
        assert not crowd.closes, "a socket was lost"
    crowd.oracle.assert_holds(server.database_url)
    lag = percentile(lags, 0.99)
    figures(
        name,
        seed=seed,
        acked=crowd.acks,
        resumed_s=resumed,
        lag_p99_s=lag,
        refused=crowd.refusals[-8],
    )
    assert resumed <= RESUMES_WITHIN
    assert lag <= (LOOP_LAG_P99 if seconds >= LONG and name != "R4" else LOOP_LAG_P99_LOOSE)


async def test_a_stopped_database_costs_no_message(
    own_mariadb: MariaDB, start_open: StartServer
) -> None:
    server = start_open(database_url=own_mariadb.create_database())
    await suffer("R4 short", server, stopped(own_mariadb), 2, seed=4)


async def test_a_frozen_database_costs_no_message(
    own_mariadb: MariaDB, start_open: StartServer
) -> None:
    server = start_open(database_url=own_mariadb.create_database())
    await suffer("R5 short", server, frozen(own_mariadb), 2, seed=5)


async def test_a_locked_sqlite_file_costs_no_message(
    sqlite_url: str, start_open: StartServer
) -> None:
    server = start_open(database_url=sqlite_url)
    await suffer("R5 short, SQLite", server, locked(sqlite_url), 2, seed=5)


async def test_locked_rows_cost_no_message(
    mariadb: MariaDB, mariadb_url: str, start_open: StartServer
) -> None:
    server = start_open(database_url=mariadb_url)
    await suffer("R6 lock held for 4 s", server, rows_locked(mariadb, mariadb_url), 4, seed=6)


@pytest.mark.reliability
@pytest.mark.parametrize("fault", [stopped, frozen])
@pytest.mark.parametrize("seed", [40, 41, 42])
async def test_ten_seconds_without_mariadb(
    own_mariadb: MariaDB,
    start_open: StartServer,
    fault: Callable[[MariaDB], Outage],
    seed: int,
) -> None:
    server = start_open(database_url=own_mariadb.create_database())
    name = "R4" if fault is stopped else "R5"
    await suffer(name, server, fault(own_mariadb), LONG, seed)


@pytest.mark.reliability
async def test_ten_seconds_without_sqlite(sqlite_url: str, start_open: StartServer) -> None:
    server = start_open(database_url=sqlite_url)
    await suffer("R5 SQLite", server, locked(sqlite_url), LONG, seed=50)


@pytest.mark.reliability
async def test_sigterm_ends_in_time_although_the_database_is_frozen(
    own_mariadb: MariaDB, start_open: StartServer
) -> None:
    """What was accepted cannot be stored, so the exit code says so, and nobody was told it is."""
    server = start_open(database_url=own_mariadb.create_database())
    server.allow(r"\b(WARNING|ERROR)\b")
    async with Crowd(server.url, seed=14) as crowd:
        await crowd.talk_for(0.5)
        async with frozen(own_mariadb)():
            await crowd.talk_for(1)
            began = time.monotonic()
            exit_code = await server.stop_async()
            took = time.monotonic() - began
        assert crowd.closes == {1012: len(crowd.clients)}
        await server.start_async()
        await crowd.hush()
    crowd.oracle.assert_holds(server.database_url)
    figures("R13 with R5", exit_code=exit_code, exit_s=took)
    assert took <= GONE_WITHIN
