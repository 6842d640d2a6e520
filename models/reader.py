"""A small pool of threads for everything that is not the message path.

peewee's connection state belongs to a thread, so each thread keeps one connection open and looks
at it again when it has rested: a database that was restarted meanwhile is then met by a fresh
connection. Work that does not come back in time is answered with -8; the loop never waits. After
that it is not begun, and what it wrote in `writing()` not committed.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

from peewee import Database

from app.messaging.errors import Refused, StorageFull, TryAgain, not_now
from models.base import IO_TIMEOUT
from models.failures import classify, is_away, is_contention
from models.same_file import SameFile
from models.threads import Threads
from models.wanted import here

log = logging.getLogger("parley.reader")

Result = TypeVar("Result")
# how often work is begun that others' transactions get in the way of
ATTEMPTS = 5
# a connection that rested longer (seconds) is asked for a sign of life first
RESTED = 1.0
# how long a COMMIT may take that was begun in time (seconds)
LONGEST_COMMIT = IO_TIMEOUT


def _nothing() -> None:
    """What is to be done after most of the work."""


class Reader:
    """`await reader.run(work)` runs `work()` in a thread with an open connection."""

    def __init__(self, db: Database, *, threads: int, queue_size: int, timeout: float) -> None:
        self._db = db
        self._file = SameFile(db)
        self._threads = Threads(threads, "reader", ends=self._disconnect)
        self._waiting = asyncio.Semaphore(max(1, threads - 1))
        self._queue_size = queue_size
        self.timeout = timeout
        self._under_way = 0
        # that somebody waits for, and until when (the loop's clock): who came first is first
        self._answers: dict[asyncio.Future[Any], float] = {}
        # what is being committed: who is told -8 and what is committed is decided under the lock
        self._claimed: set[asyncio.Future[Any]] = set()
        self._deciding = threading.Lock()
        self._timer: asyncio.TimerHandle | None = None  # one for all
        self._ended = False
        self._local = threading.local()

    async def run_waiting(self, work: Callable[[], Result]) -> Result:
        """As run, for what may have to wait for others' locks: one thread is left to all else."""
        try:
            async with asyncio.timeout(self.timeout):
                await self._waiting.acquire()
                return await self.run(work, after=self._waiting.release)
        except TimeoutError:
            raise not_now() from None

    async def run(
        self, work: Callable[[], Result], after: Callable[[], object] = _nothing
    ) -> Result:
        """The work's result. Raises Refused (-8) when the queue is full or the database away.

        `after` is called when the thread is free again, which may be long after the refusal.

        Work may run several times: it is begun again where the database rolled it back because of
        a deadlock or a lock timeout. So work that writes keeps to one transaction of its own, or
        to changes that may be made twice.
        """
        # ended: a request that was under way when the server was told to stop
        if self._ended or 0 < self._queue_size <= self._under_way:
            after()
            raise not_now()
        loop = asyncio.get_running_loop()
        # run_in_executor, shield and wait_for would make four futures of this one
        answer: asyncio.Future[Result] = loop.create_future()
        try:
            self._threads.submit(partial(self._answer, loop, answer, work, after))
        except RuntimeError as error:  # the system gives no thread
            after()
            raise not_now() from error
        self._under_way += 1
        self._answers[answer] = due = loop.time() + self.timeout
        if self._timer is None:
            self._timer = loop.call_at(due, self._refuse_late, loop)
        try:
            return await answer
        finally:
            del self._answers[answer]

    def close(self) -> None:
        """Who still waits is refused."""
        self._ended = True
        self._threads.close()
        if self._timer is not None:
            self._timer.cancel()
        for answer in self._answers:
            _give_up(answer)

    def join(self, patience: float) -> None:
        """Waits until the threads have closed their connections, after close()."""
        self._threads.join(max(0.0, patience))

    def _refuse_late(self, loop: asyncio.AbstractEventLoop) -> None:
        """Whose time is over; and looks again when that of the next will be."""
        self._timer, now = None, loop.time()
        for answer, due in self._answers.items():
            if due > now:
                self._timer = loop.call_at(due, self._refuse_late, loop)
                return
            with self._deciding:
                if answer in self._claimed:
                    loop.call_later(LONGEST_COMMIT, _give_up, answer)
                else:
                    _give_up(answer)

    def _claim(self, answer: asyncio.Future[Any]) -> bool:
        """In a thread: False where nobody waits any more, and nothing may be committed."""
        with self._deciding:
            if answer.done():
                return False
            self._claimed.add(answer)
            return True

    def _answer(
        self,
        loop: asyncio.AbstractEventLoop,
        answer: asyncio.Future[Result],
        work: Callable[[], Result],
        after: Callable[[], object],
    ) -> Callable[[], None]:
        """In a thread; gives what tells the loop."""
        result: Any = None
        failed: Exception | None = None
        try:
            if not answer.done():  # or its time was over before its turn came
                here.claim = partial(self._claim, answer)
                result = self._work(answer, work)
        except Exception as error:
            failed = error
        here.claim = None
        return partial(_tell, loop, partial(self._finished, answer, result, failed, after))

    def _finished(
        self,
        answer: asyncio.Future[Any],
        result: Any,
        failed: Exception | None,
        after: Callable[[], object],
    ) -> None:
        """Counted until the thread is free again, also when nobody waits for it any more."""
        after()
        self._under_way -= 1
        self._claimed.discard(answer)
        if answer.done():
            return
        if failed is None:
            answer.set_result(result)
        else:
            answer.set_exception(failed)

    def _work(self, answer: asyncio.Future[Result], work: Callable[[], Result]) -> Result:
        try:
            self._file.check()  # before it connects: SQLite would make a file that is not there
            self._wake()
            result = self._attempt(answer, work)
            self._file.check()
            return result
        except Refused:
            raise
        except Exception as error:
            meaning = classify(error)
            if is_away(error):
                self._disconnect()
            if isinstance(meaning, TryAgain | StorageFull):
                log.warning("storage away: %s", error)
                raise not_now() from error
            raise
        finally:
            self._local.used = time.monotonic()

    def _attempt(self, answer: asyncio.Future[Result], work: Callable[[], Result]) -> Result:
        """Again at contention, as long as somebody waits: that ends with the timeout."""
        for _ in range(ATTEMPTS - 1):
            try:
                return work()
            except Exception as error:
                if not is_contention(error) or answer.done():
                    raise
                log.debug("begun again: %s", error)
            self._db.rollback()  # a lock timeout ends the statement, not the transaction
        return work()

    def _wake(self) -> None:
        rested = time.monotonic() - getattr(self._local, "used", 0.0) > RESTED
        if not self._db.is_closed() and rested:
            try:
                self._db.execute_sql("SELECT 1")
            except Exception:
                self._disconnect()
        if self._db.is_closed():
            self._db.connect()

    def _disconnect(self) -> None:
        try:
            self._db.close()
        except Exception as error:
            log.debug("close: %s", error)


def _tell(loop: asyncio.AbstractEventLoop, finished: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(finished)


def _give_up(answer: asyncio.Future[Any]) -> None:
    if not answer.done():
        answer.set_exception(not_now())
