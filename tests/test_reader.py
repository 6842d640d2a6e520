"""The reader's threads: bounded, refused in time, and gone when told to end."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from peewee import Database

from app.messaging.errors import Errorcode, Refused
from models import base
from models.base import make_database
from models.reader import Reader

SECONDS = 10


@pytest.fixture
async def reader(tmp_path: Path) -> AsyncIterator[Reader]:
    """Two threads, and four questions at a time."""
    found = Reader(make_database(f"sqlite:///{tmp_path}/x.db"), threads=2, queue_size=4, timeout=1)
    yield found
    found.close()


async def refused(reader: Reader) -> Errorcode:
    with pytest.raises(Refused) as error:
        await reader.run(lambda: None)
    return error.value.code


async def test_who_rested_shortest_is_asked(reader: Reader) -> None:
    def name() -> str:
        return threading.current_thread().name

    both = threading.Barrier(2, timeout=SECONDS)
    await asyncio.gather(reader.run(both.wait), reader.run(both.wait))
    last = await reader.run(name)
    assert {await reader.run(name) for _ in range(50)} == {last}


async def test_no_more_threads_than_that_and_all_are_answered(reader: Reader) -> None:
    both = threading.Barrier(2, timeout=SECONDS)
    running: set[str] = set()

    def meet() -> int:
        running.add(threading.current_thread().name)
        return both.wait()  # with one thread it would be broken

    met = await asyncio.gather(*(reader.run(meet) for _ in range(4)))
    assert sorted(met) == [0, 0, 1, 1]
    assert running == {"reader_0", "reader_1"}


async def test_where_the_system_gives_no_thread(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused, and not counted for ever; as soon as there is one thread it does all."""

    def no_thread(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_thread)
        assert [await refused(reader) for _ in range(9)] == [Errorcode.NOT_NOW] * 9
    assert await reader.run(lambda: "one") == "one"
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", no_thread)
        answers = await asyncio.gather(*(reader.run(lambda: "one") for _ in range(4)))
    assert answers == ["one"] * 4


async def test_one_more_than_may_wait_is_refused_and_then_taken_again(reader: Reader) -> None:
    go = threading.Event()
    waiting = [asyncio.ensure_future(reader.run(lambda: go.wait(SECONDS))) for _ in range(4)]
    await asyncio.sleep(0)
    assert await refused(reader) == Errorcode.NOT_NOW
    go.set()
    assert await asyncio.gather(*waiting) == [True] * 4
    assert await reader.run(lambda: 7) == 7


async def test_what_takes_too_long_is_refused_each_in_its_time(reader: Reader) -> None:
    go, loop = threading.Event(), asyncio.get_running_loop()
    began = loop.time()
    slow = asyncio.ensure_future(reader.run(lambda: go.wait(SECONDS)))
    assert await reader.run(lambda: 1) == 1
    later = asyncio.ensure_future(reader.run(lambda: go.wait(SECONDS)))
    for one in (slow, later):
        with pytest.raises(Refused) as error:
            await one
        assert error.value.code == Errorcode.NOT_NOW
        assert 1 <= loop.time() - began < SECONDS
    go.set()
    assert await reader.run(lambda: 2) == 2


async def test_they_count_until_their_thread_is_free(reader: Reader) -> None:
    """A database that hangs must not fill the memory with questions nobody waits for."""
    go = threading.Event()
    for one in [asyncio.ensure_future(reader.run(lambda: go.wait(SECONDS))) for _ in range(4)]:
        with pytest.raises(Refused):
            await one
    assert await refused(reader) == Errorcode.NOT_NOW
    go.set()


async def test_who_waits_when_it_closes_is_refused_and_the_threads_end(reader: Reader) -> None:
    go, begun = threading.Event(), threading.Semaphore(0)
    threads: list[threading.Thread] = []

    def work() -> bool:
        threads.append(threading.current_thread())
        begun.release()
        return go.wait(SECONDS)

    waiting = [asyncio.ensure_future(reader.run(work)) for _ in range(4)]
    for _ in range(2):
        assert await asyncio.to_thread(begun.acquire, timeout=SECONDS)
    reader.close()
    for one in waiting:
        with pytest.raises(Refused):
            await one
    assert await refused(reader) == Errorcode.NOT_NOW
    go.set()
    for thread in threads:
        thread.join(SECONDS)
        assert not thread.is_alive()
    assert len(threads) == 2  # what had only waited was not begun


async def test_threads_that_rest_end_when_it_closes(reader: Reader) -> None:
    thread = await reader.run(threading.current_thread)
    reader.close()
    thread.join(SECONDS)
    assert not thread.is_alive()


async def test_what_work_raises_comes_back(reader: Reader) -> None:
    def fail() -> None:
        raise KeyError("that")

    with pytest.raises(KeyError):
        await reader.run(fail)
    assert await reader.run(lambda: 3) == 3


async def test_who_asked_may_go_away(reader: Reader) -> None:
    go = threading.Event()
    waiting = asyncio.ensure_future(reader.run(lambda: go.wait(SECONDS)))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    go.set()
    assert await reader.run(lambda: 4) == 4


async def test_what_nobody_waits_for_when_its_turn_comes_is_not_begun(reader: Reader) -> None:
    go, begun = threading.Event(), []
    held = [asyncio.ensure_future(reader.run(lambda: go.wait(SECONDS))) for _ in range(2)]
    late = asyncio.ensure_future(reader.run(lambda: begun.append("late")))
    for one in (*held, late):
        with pytest.raises(Refused):
            await one
    go.set()
    assert await reader.run(lambda: "next") == "next"
    assert not begun


@pytest.fixture
def table(tmp_path: Path) -> Database:
    """The models' database, with one table."""
    db = base.connect(f"sqlite:///{tmp_path}/y.db")
    with db.connection_context():
        db.execute_sql("CREATE TABLE said (word TEXT)")
    return db


def said(db: Database) -> list[str]:
    return [row[0] for row in db.execute_sql("SELECT word FROM said")]


async def test_what_nobody_waits_for_when_it_is_done_is_not_committed(table: Database) -> None:
    """Also what is within another transaction; and the thread's next work meets none of it."""
    reader, go = Reader(table, threads=1, queue_size=0, timeout=1), threading.Event()

    def work() -> None:
        with base.writing():
            with base.writing():
                table.execute_sql("INSERT INTO said VALUES ('late')")
            go.wait(SECONDS)

    with pytest.raises(Refused):
        await reader.run(work)
    go.set()
    assert await reader.run(lambda: said(table)) == []
    reader.close()


async def test_a_commit_that_was_begun_in_time_is_waited_for(table: Database) -> None:
    """Nobody is told -8 of what is there then."""
    reader, loop = Reader(table, threads=1, queue_size=0, timeout=1), asyncio.get_running_loop()
    began = loop.time()

    def commit_slowly(statement: str) -> None:
        assert statement == "COMMIT"
        threading.Event().wait(began + 1.2 - loop.time())

    def work() -> str:
        with base.writing():
            table.execute_sql("INSERT INTO said VALUES ('slowly')")
            table.connection().set_trace_callback(commit_slowly)
        table.connection().set_trace_callback(None)
        return "done"

    assert await reader.run(work) == "done"
    assert loop.time() - began >= 1.2
    assert await reader.run(lambda: said(table)) == ["slowly"]
    reader.close()


async def test_what_waits_for_locks_leaves_a_thread_to_others(tmp_path: Path) -> None:
    """Also when nobody waits for it any more, and its thread still does."""
    reader = Reader(
        base.make_database(f"sqlite:///{tmp_path}/x.db"), threads=2, queue_size=0, timeout=1
    )
    go = threading.Event()
    for _ in range(2):
        waiting = [
            asyncio.ensure_future(reader.run_waiting(lambda: go.wait(SECONDS))) for _ in range(4)
        ]
        assert await reader.run(lambda: 1) == 1
        for one in waiting:
            with pytest.raises(Refused):
                await one
    assert await reader.run(lambda: 2) == 2
    go.set()
    assert await reader.run_waiting(lambda: 3) == 3
    reader.close()
