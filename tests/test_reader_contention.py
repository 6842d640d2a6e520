"""Transactions that were in each other's way: the reader begins the rolled back one again."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, nullcontext

import pymysql
import pytest

from app.messaging.errors import Errorcode, Refused
from models import base, schema
from models.base import database
from models.people import embedded_key
from models.reader import ATTEMPTS, Reader
from models.user import EMBEDDED, User
from tests.oracle import read_rows
from tests.services.mariadb import MariaDB

SECONDS = 10
ONE, TWO = "one", "two"
HOLD = "SELECT id FROM user WHERE name_key = %s FOR UPDATE"


@pytest.fixture
def url(mariadb_url: str) -> str:
    """A database with two users, whose `last_seen` is counted up here."""
    found = base.connect(mariadb_url)
    schema.migrate(found)
    with found.connection_context():
        for name in (ONE, TWO):
            User.insert(
                username=name,
                name_key=embedded_key(name),
                kind=EMBEDDED,
                nickname=name,
                nickname_key=b"",
                created=0,
            ).execute()
    return mariadb_url


@pytest.fixture
async def reader(url: str) -> AsyncIterator[Reader]:
    found = Reader(database, threads=2, queue_size=0, timeout=SECONDS)
    yield found
    found.close()


@pytest.fixture
def holder(url: str, mariadb: MariaDB) -> Iterator[pymysql.Connection]:
    """Another client, which holds the second user's row until it rolls back."""
    with closing(mariadb.connect(url)) as connection:
        connection.begin()
        # by a unique key: without one all rows that are looked at would be held
        connection.cursor().execute(HOLD, (embedded_key(TWO),))
        yield connection


def count_up(name: str) -> None:
    User.update(last_seen=User.last_seen + 1).where(User.name_key == embedded_key(name)).execute()


def counted(url: str) -> list[int]:
    return [row[0] for row in read_rows(url, "SELECT last_seen FROM user ORDER BY id")]


@pytest.mark.parametrize("savepoint", [False, True])
async def test_a_deadlocks_victim_is_begun_again(url: str, reader: Reader, savepoint: bool) -> None:
    """Also where the victim's savepoint has gone, and leaving it is what fails."""
    both = threading.Barrier(2, timeout=SECONDS)
    begun: list[str] = []

    def crosswise(first: str, then: str) -> Callable[[], None]:
        def work() -> None:
            begun.append(first)
            with database.atomic():
                count_up(first)
                if begun.count(first) == 1:
                    both.wait()
                with database.atomic() if savepoint else nullcontext():
                    count_up(then)

        return work

    await asyncio.gather(reader.run(crosswise(ONE, TWO)), reader.run(crosswise(TWO, ONE)))
    assert sorted((begun.count(ONE), begun.count(TWO))) == [1, 2]
    assert counted(url) == [2, 2]


def impatient(seconds: int) -> None:
    database.execute_sql(f"SET SESSION innodb_lock_wait_timeout = {seconds}")


@pytest.mark.parametrize("left_open", [False, True])
async def test_what_waited_too_long_for_a_lock_is_begun_again(
    url: str, reader: Reader, holder: pymysql.Connection, left_open: bool
) -> None:
    """A lock timeout ends one statement: what the transaction did before must not be done twice."""
    begun: list[int] = []

    def work() -> None:
        begun.append(1)
        if len(begun) == 2:
            holder.rollback()
        impatient(0)
        if left_open:
            database.begin()
        with nullcontext() if left_open else database.atomic():
            count_up(ONE)
            count_up(TWO)
        if left_open:
            database.commit()

    await reader.run(work)
    assert len(begun) == 2
    assert counted(url) == [1, 1]


async def test_it_gives_up_at_last(
    url: str, reader: Reader, holder: pymysql.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    begun: list[int] = []

    def work() -> None:
        begun.append(1)
        impatient(0)
        with database.atomic():
            count_up(ONE)
            count_up(TWO)

    with pytest.raises(Refused) as refused:
        await reader.run(work)
    assert refused.value.code is Errorcode.NOT_NOW
    assert len(begun) == ATTEMPTS
    assert "storage away" in caplog.text
    holder.rollback()
    assert counted(url) == [0, 0]


async def test_nobody_waits_longer_than_the_timeout_says(
    url: str, holder: pymysql.Connection
) -> None:
    """And what nobody waits for any more is not begun again."""
    reader = Reader(database, threads=1, queue_size=0, timeout=1.5)
    begun: list[int] = []

    def work() -> None:
        begun.append(1)
        impatient(1)
        count_up(TWO)

    loop = asyncio.get_running_loop()
    started = loop.time()
    with pytest.raises(Refused):
        await reader.run(work)
    assert 1.5 <= loop.time() - started < ATTEMPTS
    assert await reader.run(lambda: len(begun)) <= 2  # when its only thread is free again
    reader.close()
    holder.rollback()
    assert counted(url) == [0, 0]


async def test_what_is_no_contention_is_not_begun_again(url: str, reader: Reader) -> None:
    begun: list[int] = []

    def work() -> None:
        begun.append(1)
        database.execute_sql("SELECT nothing FROM nowhere")

    with pytest.raises(Refused):
        await reader.run(work)
    assert begun == [1]
