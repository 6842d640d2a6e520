"""Frames on their way to other processes: bounded, never waited for.

What does not fit, or was on its way when Redis went, is not kept: the users it was for are, and
their process is told to look into the database for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from app.cluster import notices
from app.messaging.counters import Counters

# users remembered per process; beyond that all of its users are looked at
REMEMBERED = 5_000

Queue = list[tuple[int, bytes]]


class Outgoing:
    """`put` on the message path, `take` and `done` by the one task that publishes."""

    def __init__(self, limit: int, wake: asyncio.Event, counters: Counters) -> None:
        self._limit = limit
        self._counters = counters
        self._wake = wake
        self._size = 0
        self._open = False
        self._waiting: dict[str, Queue] = {}
        self._under_way: dict[str, Queue] = {}
        self._missed: dict[str, set[int]] = {}
        self._asked: dict[str, set[int]] = {}  # the missed ones whose check is on its way

    def open(self) -> None:
        """Redis is there."""
        self._open = True
        self._wake.set()

    def close(self) -> None:
        """Redis has gone: what waited or was on its way may not arrive."""
        self._open = False
        for queues in (self._under_way, self._waiting):
            for process, queue in queues.items():
                for user_id, _ in queue:
                    self._miss(process, user_id)
            queues.clear()
        for process, user_ids in self._asked.items():
            self._missed.setdefault(process, set()).update(user_ids)
        self._asked = {}
        self._size = 0

    def put(self, process: str, frame: bytes, user_id: int = 0) -> bool:
        """Queues a frame; without a user it is one that may be lost."""
        if not self._open or self._size + len(frame) > self._limit:
            self._counters.hints_dropped += self._open
            self._miss(process, user_id)
            return False
        self._size += len(frame)
        self._waiting.setdefault(process, []).append((user_id, frame))
        self._wake.set()
        return True

    def check(self, process: str, user_ids: set[int]) -> None:
        """Asks a process to look into the database for these users of its."""
        for user_id in user_ids:
            self._miss(process, user_id)
        if user_ids:
            self._wake.set()

    def take(self) -> Iterator[tuple[str, bytes]]:
        """All that waits, as (process, publication); on its way until `done`."""
        self._under_way, self._waiting, self._size = self._waiting, {}, 0
        self._asked, self._missed = self._missed, {}
        for process, asked in self._asked.items():
            users = sorted(asked) if len(asked) < REMEMBERED else ["*"]
            queue = self._under_way.setdefault(process, [])
            queue.append((0, notices.frame("check", *users)))
        for process, queue in self._under_way.items():
            for publication in notices.pack(frame for _, frame in queue):
                yield process, publication

    def done(self) -> None:
        self._under_way.clear()
        self._asked.clear()

    def forget(self, process: str) -> None:
        """The process has gone: nobody is left to be told."""
        self._size -= sum(len(frame) for _, frame in self._waiting.pop(process, ()))
        self._missed.pop(process, None)

    def _miss(self, process: str, user_id: int) -> None:
        if user_id:
            missed = self._missed.setdefault(process, set())
            if len(missed) < REMEMBERED:
                missed.add(user_id)
