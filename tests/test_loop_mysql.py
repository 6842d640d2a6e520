"""The log's writer on the event loop: asked there, it holds nobody up, and loses what a thread
would not lose either.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from peewee import Database, OperationalError, ProgrammingError

from app.messaging.errors import TryAgain
from models import base
from models.log_writer import LOCK_WAIT, LogWriter
from models.loop_mysql import MariaOnLoop, on_loop
from models.loop_socket import LoopSocket
from tests.batches import ALICE, BOB, DEADLINE, log_of, message, prepared, seqs
from tests.certificates import make_pem
from tests.in_greenlet import in_greenlet
from tests.lossy_line import LossyLine
from tests.scene import change
from tests.services.mariadb import MariaDB
from tests.until import until

Made = TypeVar("Made")
# seconds after which a database that stands still is given up here
SOON = 0.2


@pytest.fixture
def db(mariadb_url: str) -> Iterator[Database]:
    yield from prepared(mariadb_url)


@contextmanager
def writing(db: MariaOnLoop) -> Iterator[LogWriter]:
    writer = LogWriter(db)
    yield writer
    assert db.is_closed(), "its end has to be waited for, as all else"


async def end(writer: LogWriter) -> None:
    await in_greenlet(writer.close)


def ask(db: Database, question: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = db.execute_sql(question).fetchone()
    return row


def number_of(db: Database) -> int:
    """Of the connection, as the server counts them."""
    return int(ask(db, "SELECT CONNECTION_ID()")[0])


def alone_again(threads: int) -> None:
    """A thread that has told what it made may still be about to end."""
    until(lambda: threading.active_count() == threads, "it needs no thread")


async def while_the_loop_goes_on(work: Callable[[], Made]) -> tuple[Made, int]:
    """What it makes, and how many turns the loop took meanwhile."""
    result, turns = asyncio.create_task(in_greenlet(work)), 0
    while not result.done():
        turns += 1
        await asyncio.sleep(0.001)
    return await result, turns


async def test_it_stores_in_the_loops_own_thread(
    mariadb_url: str, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads, asked = threading.active_count(), []

    def sendall(sock: LoopSocket, data: bytes, send: Any = LoopSocket.sendall) -> None:
        asked.append(threading.current_thread())
        send(sock, data)

    monkeypatch.setattr(LoopSocket, "sendall", sendall)
    with writing(on_loop(db)) as writer:
        batch = [message(ALICE, BOB, "1"), message(BOB, ALICE, "2")]
        outcomes = await in_greenlet(lambda: writer.commit(batch))
        assert seqs(outcomes) == [(1, False), (2, False)]
        assert set(asked) == {threading.main_thread()}
        alone_again(threads)  # connecting took one
        await end(writer)
    assert [row[2] for row in log_of(mariadb_url)] == ["1", "2"]


async def test_the_loop_goes_on_while_somebody_else_holds_a_row(
    mariadb: MariaDB, mariadb_url: str, db: Database
) -> None:
    with writing(on_loop(db)) as writer:
        await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "1")]))
        rival = mariadb.connect(mariadb_url)
        rival.begin()
        rival.cursor().execute("SELECT id FROM user WHERE id = 1 FOR UPDATE")
        rival.cursor().execute("SELECT id FROM conversation FOR UPDATE")

        def commit() -> str:
            try:
                writer.commit([message(ALICE, BOB, "2")])
            except Exception as error:
                return type(error).__name__
            return "stored"

        what, turns = await while_the_loop_goes_on(commit)
        rival.rollback()
        rival.close()
        assert (what, turns > 100 * LOCK_WAIT) == ("Partly", True)
        await end(writer)


async def test_its_transaction_is_nobody_elses(db: Database) -> None:
    """Whatever else is asked in the loop's thread has a connection of its own."""
    own = on_loop(db)
    with db.connection_context(), writing(own) as writer:
        await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "1")]))
        assert await in_greenlet(lambda: number_of(own)) != number_of(db)
        await end(writer)


async def test_on_the_loop_itself_it_may_not_be_asked(db: Database) -> None:
    own, threads = on_loop(db), threading.active_count()
    with writing(own) as writer:
        await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "1")]))
        alone_again(threads)
        for ask_it in (own.connect, own.close, own.cursor):
            with pytest.raises(RuntimeError, match="event loop"):
                ask_it()
        assert threading.active_count() == threads
        await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "2")]))
        await end(writer)


async def test_only_its_connection_may_be_asked_several_things(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it is made, others may make theirs in the same thread."""
    own, begun, go_on = on_loop(db), asyncio.Event(), threading.Event()
    loop, connect = asyncio.get_running_loop(), own._open

    def slowly(*how: Any) -> Any:
        loop.call_soon_threadsafe(begun.set)
        assert go_on.wait(DEADLINE)
        return connect(*how)

    monkeypatch.setattr(own, "_open", slowly)
    with writing(own) as writer:
        storing = asyncio.create_task(
            in_greenlet(lambda: writer.commit([message(ALICE, BOB, "1")]))
        )
        await begun.wait()
        with db.connection_context(), pytest.raises(ProgrammingError, match="syntax"):
            db.execute_sql("SELECT 1; SELECT 2")
        go_on.set()
        assert seqs(await storing) == [(1, False)]
        await end(writer)


async def test_where_nothing_listens_it_says_so(db: Database) -> None:
    own = on_loop(db)
    own.connect_params["port"] = 1
    with pytest.raises(OperationalError, match="Can't connect"):
        await in_greenlet(own.connect)


async def test_a_commit_of_unknown_fate_is_told_once(mariadb_url: str, db: Database) -> None:
    with LossyLine(mariadb_url) as line, writing(on_loop(base.make_database(line.url))) as writer:
        await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "0")]))
        batch, line.armed = [message(ALICE, BOB, "1")], True
        with pytest.raises(TryAgain):
            await in_greenlet(lambda: writer.commit(batch))
        assert line.broken == 1
        assert seqs(await in_greenlet(lambda: writer.commit(batch))) == [(2, False)]
        assert seqs(await in_greenlet(lambda: writer.commit(batch))) == [(2, True)]
        await end(writer)
    assert [row[2] for row in log_of(mariadb_url)] == ["0", "1"]


async def test_a_connection_that_was_taken_away_while_it_rested(
    mariadb_url: str, db: Database
) -> None:
    """The next commit finds that out, and the one after it begins anew."""
    own = on_loop(db)
    with writing(own) as writer:
        await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "1")]))
        change(mariadb_url, f"KILL {await in_greenlet(lambda: number_of(own))}")
        with pytest.raises(TryAgain):
            await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "2")]))
        outcomes = await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "2")]))
        assert seqs(outcomes) == [(2, False)]
        await end(writer)


@pytest.fixture(scope="module")
def tls_mariadb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MariaDB, Path]]:
    """One that knows TLS, and the certificate to trust."""
    pem = make_pem(tmp_path_factory.mktemp("tls"))
    with MariaDB(f"--ssl-cert={pem}", f"--ssl-key={pem}") as server:
        yield server, pem


@pytest.fixture
def tls_url(tls_mariadb: tuple[MariaDB, Path]) -> Iterator[str]:
    server, pem = tls_mariadb
    url = server.create_database()
    for _ in prepared(url):
        yield f"{url}?ssl_ca={pem}"


async def test_over_tls_it_is_the_same(tls_url: str) -> None:
    own = on_loop(base.make_database(tls_url))
    with writing(own) as writer:
        # two answers of the database's: one that fits into a record of TLS, one that does not
        texts = ["x" * 8192 for _ in range(64)]
        batch = [message(ALICE, BOB, f"{number}", text) for number, text in enumerate(texts)]
        outcomes = await in_greenlet(lambda: writer.commit(batch))
        assert seqs(outcomes) == [(number, False) for number in range(1, 65)]
        again = await in_greenlet(lambda: writer.commit(batch))
        assert seqs(again) == [(number, True) for number in range(1, 65)]

        def cipher() -> str:
            return str(ask(own, "SHOW STATUS LIKE 'Ssl_cipher'")[1])

        assert "GCM" in await in_greenlet(cipher) or "CHACHA" in await in_greenlet(cipher)
        await end(writer)


async def test_a_database_that_stands_still_is_given_up(
    tls_mariadb: tuple[MariaDB, Path], tls_url: str
) -> None:
    server, _ = tls_mariadb
    own = on_loop(base.make_database(tls_url))
    with writing(own) as writer:
        await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "1")]))
        driver: Any = own
        assert driver.connection()._sock._timeout == base.IO_TIMEOUT
        driver.connection()._read_timeout = SOON
        server.pause()
        patient = dict(own.connect_params)
        own.connect_params.update(read_timeout=SOON, connect_timeout=1)
        try:
            for _ in range(2):  # the connection that stands still, then a new one
                with pytest.raises(TryAgain):
                    await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "2")]))
                assert own.is_closed()
        finally:
            server.resume()
            own.connect_params.update(patient)
        await asyncio.to_thread(until, server.answers, "it goes on")
        outcomes = await in_greenlet(lambda: writer.commit([message(ALICE, BOB, "2")]))
        assert seqs(outcomes) == [(2, False)]
        await end(writer)
