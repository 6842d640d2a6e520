"""What waits for the writer: filled on the event loop, emptied by the writer.

Two lanes. `submit` keeps every item in order (messages). `submit_latest` keeps one item per key,
merged with the one that already waits (receipts: only the newest position matters).

What one turn of the loop brings is handed over together at its end: the writer would otherwise run
off with the first message of a turn, and all others of it would wait for that one's transaction.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Hashable
from itertools import islice
from typing import Any, Protocol, Self

from app.messaging.errors import not_now
from app.messaging.runners import Turn


class Mergeable(Protocol):
    def merged_with(self, older: Self) -> Self: ...


# since when it waits, and what
Waiting = tuple[float, Any]


class Backlog:
    """Both lanes bounded by `size` (0: not at all). `take` is the writer's, all else the loop's."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        turn: Turn,
        size: int,
        batch_size: int,
        clock: Callable[[], float],
    ) -> None:
        self._loop = loop
        self._size = size
        self._batch_size = batch_size
        self._clock = clock
        self._coming: list[Any] = []  # items of this turn, as the next one
        self._coming_latest: dict[Hashable, Waiting] = {}
        self._waiting: deque[Waiting] = deque()
        self._latest: dict[Hashable, Waiting] = {}
        self._turn = turn
        self._wanted = 1  # items that wake the writer
        self._handing_over = False
        self._closed = False

    def __len__(self) -> int:
        """How many items wait for a transaction."""
        return len(self._coming) + len(self._coming_latest) + len(self._waiting) + len(self._latest)

    def submit(self, item: Any) -> None:
        """Queues an item behind all others. Raises Refused (-8) when the queue is full."""
        if self._closed or 0 < self._size <= len(self._waiting) + len(self._coming):
            raise not_now()
        self._coming.append(item)
        if not self._handing_over:
            self._at_the_end_of_the_turn()

    def submit_latest(self, key: Hashable, item: Mergeable) -> None:
        """Queues an item, merged with one of the same key that waits. Raises Refused (-8)."""
        with self._turn:  # the writer must not run off with the old one meanwhile
            old = self._coming_latest.get(key) or self._latest.get(key)
            if self._closed or (old is None and self._is_full()):
                raise not_now()
            merged = (self._clock(), item) if old is None else (old[0], item.merged_with(old[1]))
            if key in self._latest:  # keeps its place
                self._latest[key] = merged
                return
            self._coming_latest[key] = merged
        if not self._handing_over:
            self._at_the_end_of_the_turn()

    def _is_full(self) -> bool:
        return 0 < self._size <= len(self._latest) + len(self._coming_latest)

    def _at_the_end_of_the_turn(self) -> None:
        self._handing_over = True
        self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        self._handing_over = False
        now = self._clock()
        with self._turn:
            self._waiting.extend([(now, item) for item in self._coming])
            self._latest.update(self._coming_latest)
            if self._closed or len(self._waiting) + len(self._latest) >= self._wanted:
                self._turn.notify()
        self._coming.clear()
        self._coming_latest.clear()

    def close(self) -> None:
        """Nothing more is let in."""
        self._closed = True
        self._hand_over()

    @property
    def is_over(self) -> bool:
        """Closed and done."""
        return self._closed and not len(self)

    def take(
        self, wanted: int = 1, until: float = 0.0, longest: float | None = None
    ) -> list[Waiting]:
        """All that waits, up to a batch. Empty when closed and done.

        Waits for `wanted` items, and from that time of the clock on for any: empty, too, after so
        many seconds at `longest` without one.
        """
        with self._turn:
            while not self._closed and (rest := self._rest(wanted, until)) != 0:
                self._wanted = 1 if rest is None else wanted
                if not self._turn.wait(longest if rest is None else rest) and rest is None:
                    break
            count = min(len(self._waiting), self._batch_size)
            batch = [self._waiting.popleft() for _ in range(count)]
            keys = list(islice(self._latest, self._batch_size))
            return batch + [self._latest.pop(key) for key in keys]

    def _rest(self, wanted: int, until: float) -> float | None:
        """Seconds in which more may come; None where nothing waits at all."""
        here = len(self._waiting) + len(self._latest)
        if here >= wanted:
            return 0.0
        rest = until - self._clock()
        if rest > 0:
            return rest
        return 0.0 if here else None
