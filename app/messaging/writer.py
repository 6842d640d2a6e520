"""Group commit: one writer, one transaction for all that waits.

While one transaction runs, items queue up; the next takes them all (bounded). One fsync then
serves many messages. The writer knows no model and no socket: it is given `commit(batch)`, which
returns one outcome per item, and `committed(pairs)`, which is called on the loop once per batch,
and before that with those of it that are given up sooner.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from typing import Any

from app.messaging.aside import Aside
from app.messaging.backlog import Backlog, Waiting
from app.messaging.errors import (
    BadBatch,
    InTheWay,
    Partly,
    SetAside,
    StorageFull,
    TryAgain,
    malformed,
    not_now,
)
from app.messaging.pace import Pace
from app.messaging.runners import Runner

log = logging.getLogger("parley.writer")

# A frozen or restarting database is asked again this often (seconds): fast enough to resume
# within two seconds of its return, slow enough to leave it alone.
FIRST_BACKOFF = 0.02
LONGEST_BACKOFF = 0.5
# While something is set aside the storage is asked this often what is free again (seconds).
ASIDE = 0.1
# A storage that nothing is asked of takes the connection away after some seconds, with all locks;
# one that only rests speaks up this often (seconds).
REST = 2.0
# earlier than every time of the clock
NEVER = float("-inf")

Outcome = Any  # what commit returns for an item, or Refused
Commit = Callable[[Sequence[Any]], Sequence[Outcome]]
Pairs = list[tuple[Any, Outcome]]
Committed = Callable[[Pairs], None]
Rest = Callable[[], Collection[Hashable]]


class Writer:
    """The bounded queue in front of the database and what empties it, in its runner."""

    def __init__(
        self,
        commit: Commit,
        committed: Committed,
        loop: asyncio.AbstractEventLoop,
        runner: Runner,
        *,
        queue_size: int,
        batch_size: int,
        patience: float,
        rest: Rest = tuple,
        ended: Callable[[], None] = lambda: None,
        who: Callable[[Any], Hashable] = lambda item: item,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`commit`, `rest` and `ended` are called in the runner; the last when all is stored that
        was accepted. `who` says whose an item is.
        """
        self._commit = commit
        self._ended = ended
        self._committed = committed
        self._who = who
        self._runner = runner
        self._patience = patience
        self._rest = rest  # what of that which is set aside is free again
        self._clock = clock
        self._sleep = runner.sleep
        self._batch_size = batch_size
        self._failed = NEVER  # when the last attempt began that found the storage away
        self._backlog = Backlog(loop, runner.turn, queue_size, batch_size, clock)
        self._aside = Aside(queue_size)
        self._looked = NEVER
        # queueing an item; both raise Refused (-8) when there is no room
        self.submit = self._backlog.submit
        self.submit_latest = self._backlog.submit_latest
        self._drained = asyncio.Event()

    def start(self) -> None:
        self._runner.start(self._run)

    def __len__(self) -> int:
        """How many items wait for a transaction."""
        return len(self._backlog) + len(self._aside)

    async def drain(self, patience: float) -> bool:
        """Takes nothing more, commits all that waits; False when that took too long."""
        self._backlog.close()
        try:
            await asyncio.wait_for(self._drained.wait(), patience)
        except TimeoutError:
            return False
        return True

    def join(self, patience: float) -> None:
        """Waits for the end after drain(); not for a database that never answers."""
        self._runner.join(patience)

    # -- in the runner ------------------------------------------------------------------------

    def _run(self) -> None:
        pace = Pace(self._batch_size, self._who)
        while batch := self._next(pace.wanted, pace.until):
            began = self._clock()
            if self._failed > NEVER:
                batch = self._without_late(batch, self._failed, "no more than before")
            self._hand_over(self._commit_patiently(batch))
            pace.note([item for _, item in batch], began)
        self._on_loop(self._drained.set)
        self._ended()

    def _next(self, wanted: int, until: float) -> list[Waiting]:
        """What had been set aside and is free, or what waits. Empty when closed and done."""
        while True:
            if self._aside:
                self._look_aside()
                if batch := self._aside.take(self._batch_size):
                    return batch
                if self._backlog.is_over:
                    self._sleep(ASIDE)
                    continue
            batch = self._backlog.take(wanted, until, ASIDE if self._aside else REST)
            if batch or self._backlog.is_over:
                if batch or not self._aside:
                    return batch
            elif not self._aside:
                self._rest()

    def _look_aside(self) -> None:
        now = self._clock()
        if now < self._looked + ASIDE:
            return
        self._looked = now
        self._refuse(self._aside.take_late(now - self._patience), "their conversation is locked")
        self._aside.release(self._rest())

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
            except Partly as partly:
                self._failed = NEVER
                return list(self._but_aside(batch, partly.outcomes))
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
        late = [one for one in batch if one[0] <= since]
        if not late:
            return batch
        self._refuse(late, why)
        return [one for one in batch if one[0] > since]

    def _refuse(self, late: list[Waiting], why: object) -> None:
        if late:
            log.warning("storage away: %d not stored (%s)", len(late), why)
            self._hand_over([(item, not_now()) for _, item in late])

    def _but_aside(self, batch: list[Waiting], outcomes: Sequence[Outcome]) -> Iterator[Any]:
        """Item and outcome of those that are done."""
        for one, outcome in zip(batch, outcomes, strict=True):
            if not isinstance(outcome, SetAside):
                yield one[1], outcome
            elif not self._aside.add(outcome.key, one):
                yield one[1], not_now()

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
            self._runner.tell(call, *args)
        except RuntimeError:  # the loop is closed: nobody is left to be told
            log.debug("loop closed before the last batch was handed over")
