"""Group commit: one thread, one transaction for all that waits.

While one transaction runs, items queue up; the next takes them all (bounded). One fsync then
serves many messages. The writer knows no model and no socket: it is given `commit(batch)`, which
returns one outcome per item, and `committed(pairs)`, which is called on the loop once per batch.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from app.messaging.backlog import Backlog
from app.messaging.errors import BadBatch, StorageFull, TryAgain, malformed, not_now

log = logging.getLogger("parley.writer")

# A frozen or restarting database is asked again this often (seconds): fast enough to resume
# within two seconds of its return, slow enough to leave it alone.
FIRST_BACKOFF = 0.02
LONGEST_BACKOFF = 0.5
# While several people write, a transaction waits for as many items as the last ones had, but not
# longer than this after the last one began (seconds): the fixed cost of one is that of thirty
# messages, and what is answered to the last one comes in this moment.
PACE = 0.002
# what is left of that number with each transaction that has less: one that was cut short, because
# somebody was late, must not make the next ones short, too
LATELY = 0.9
# items in a batch that mean several people: for fewer, waiting costs them more than it saves
SEVERAL = 16

Outcome = Any  # what commit returns for an item, or Refused
Commit = Callable[[Sequence[Any]], Sequence[Outcome]]
Committed = Callable[[list[tuple[Any, Outcome]]], None]


class Writer:
    """The bounded queue in front of the database and the thread behind it."""

    def __init__(
        self,
        commit: Commit,
        committed: Committed,
        loop: asyncio.AbstractEventLoop,
        *,
        queue_size: int,
        batch_size: int,
        patience: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._commit = commit
        self._committed = committed
        self._loop = loop
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._batch_size = batch_size
        self._backlog = Backlog(loop, queue_size, batch_size, clock)
        # queueing an item; both raise Refused (-8) when there is no room
        self.submit = self._backlog.submit
        self.submit_latest = self._backlog.submit_latest
        self._drained = asyncio.Event()
        # daemon: a database that never answers must not keep a stopping process alive
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def __len__(self) -> int:
        """How many items wait for a transaction."""
        return len(self._backlog)

    async def drain(self, patience: float) -> bool:
        """Takes nothing more, commits all that waits; False when that took too long."""
        self._backlog.close()
        try:
            await asyncio.wait_for(self._drained.wait(), patience)
        except TimeoutError:
            return False
        return True

    # -- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        wanted, until = 1, 0.0
        while batch := self._backlog.take(wanted, until):
            began = self._clock()
            since = min(taken for taken, _ in batch)
            items = [item for _, item in batch]
            outcomes = self._commit_patiently(items, since + self._patience)
            self._on_loop(self._committed, list(zip(items, outcomes, strict=True)))
            wanted = self._as_many_as_lately(len(batch), wanted)
            until = began + PACE
        self._on_loop(self._drained.set)

    def _as_many_as_lately(self, had: int, before: int) -> int:
        lately = max(had, int(before * LATELY))
        return min(lately, self._batch_size) if lately >= SEVERAL else 1

    def _commit_patiently(self, items: list[Any], deadline: float) -> Sequence[Outcome]:
        """Commits, again and again while the storage is away, until the deadline."""
        backoff = FIRST_BACKOFF
        while True:
            try:
                return self._commit(items)
            except TryAgain as error:
                if self._clock() >= deadline:
                    log.warning("storage away: %d not stored (%s)", len(items), error)
                    return [not_now() for _ in items]
                self._sleep(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)
            except BadBatch as error:
                return self._bisect(items, deadline, error)
            except StorageFull as error:
                log.error("storage full: %d not stored (%s)", len(items), error)
                return [not_now() for _ in items]
            except Exception:
                log.exception("commit failed for a batch of %d", len(items))
                return [not_now() for _ in items]

    def _bisect(self, items: list[Any], deadline: float, error: BadBatch) -> Sequence[Outcome]:
        """One item that cannot be stored must fail alone."""
        if len(items) == 1:
            log.error("a message could not be stored: %s", error)
            return [malformed("", "this message cannot be stored.")]  # repeating would not help
        middle = len(items) // 2
        return [
            *self._commit_patiently(items[:middle], deadline),
            *self._commit_patiently(items[middle:], deadline),
        ]

    def _on_loop(self, call: Callable[..., None], *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *args)
        except RuntimeError:  # the loop is closed: nobody is left to be told
            log.debug("loop closed before the last batch was handed over")
