"""Group commit: one thread, one transaction for all that waits.

While one transaction runs, items queue up; the next takes them all (bounded). One fsync then
serves many messages. The writer knows no model and no socket: it is given `commit(batch)`, which
returns one outcome per item, and `committed(pairs)`, which is called on the loop once per batch,
and before that with those of it that are given up sooner.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from app.messaging.backlog import Backlog, Waiting
from app.messaging.errors import BadBatch, InTheWay, StorageFull, TryAgain, malformed, not_now

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
# earlier than every time of the clock
NEVER = float("-inf")

Outcome = Any  # what commit returns for an item, or Refused
Commit = Callable[[Sequence[Any]], Sequence[Outcome]]
Pairs = list[tuple[Any, Outcome]]
Committed = Callable[[Pairs], None]


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
        ended: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`ended` is called in the thread, when all is stored that was accepted."""
        self._commit = commit
        self._ended = ended
        self._committed = committed
        self._loop = loop
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._batch_size = batch_size
        self._failed = NEVER  # when the last attempt began that found the storage away
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

    def join(self, patience: float) -> None:
        """Waits for the end of the thread after drain(); not for one that is stuck."""
        self._thread.join(max(0.0, patience))

    # -- the thread ---------------------------------------------------------------------------

    def _run(self) -> None:
        wanted, until = 1, 0.0
        while batch := self._backlog.take(wanted, until):
            began = self._clock()
            if self._failed > NEVER:
                batch = self._without_late(batch, self._failed, "no more than before")
            self._hand_over(self._commit_patiently(batch))
            wanted = self._as_many_as_lately(len(batch), wanted)
            until = began + PACE
        self._on_loop(self._drained.set)
        self._ended()

    def _as_many_as_lately(self, had: int, before: int) -> int:
        lately = max(had, int(before * LATELY))
        return min(lately, self._batch_size) if lately >= SEVERAL else 1

    def _commit_patiently(self, batch: list[Waiting]) -> Pairs:
        """Commits, again and again while the storage is away, until nobody is patient any more."""
        backoff = FIRST_BACKOFF
        while batch:
            began = self._clock()
            items = [item for _, item in batch]
            try:
                pairs = list(zip(items, self._commit(items), strict=True))
                self._failed = NEVER
                return pairs
            except TryAgain as error:
                self._failed = NEVER if isinstance(error, InTheWay) else began
                if batch := self._without_late(batch, self._clock(), error):
                    self._sleep(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF)
            except BadBatch as error:
                return self._bisect(batch, error)
            except StorageFull as error:
                log.error("storage full: %d not stored (%s)", len(items), error)
                return [(item, not_now()) for item in items]
            except Exception:
                log.exception("commit failed for a batch of %d", len(items))
                return [(item, not_now()) for item in items]
        return []

    def _without_late(self, batch: list[Waiting], tried: float, why: object) -> list[Waiting]:
        """Refuses those whose patience had ended when the storage was `tried` in vain.

        With others than these it counts when that began: it may have come back meanwhile.
        """
        since = tried - self._patience
        late = [(item, not_now()) for taken, item in batch if taken <= since]
        if not late:
            return batch
        log.warning("storage away: %d not stored (%s)", len(late), why)
        self._hand_over(late)
        return [one for one in batch if one[0] > since]

    def _bisect(self, batch: list[Waiting], error: BadBatch) -> Pairs:
        """One item that cannot be stored must fail alone."""
        if len(batch) == 1:
            log.error("a message could not be stored: %s", error)
            # repeating would not help
            return [(batch[0][1], malformed("", "this message cannot be stored."))]
        middle = len(batch) // 2
        return [
            *self._commit_patiently(batch[:middle]),
            *self._commit_patiently(batch[middle:]),
        ]

    def _hand_over(self, pairs: Pairs) -> None:
        if pairs:
            self._on_loop(self._committed, pairs)

    def _on_loop(self, call: Callable[..., None], *args: Any) -> None:
        try:
            self._loop.call_soon_threadsafe(call, *args)
        except RuntimeError:  # the loop is closed: nobody is left to be told
            log.debug("loop closed before the last batch was handed over")
