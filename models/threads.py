"""Threads that wait for work; who rested shortest is asked first.

Its connection, and what the database keeps for it, are still warm; and handing work over takes
one lock, where an executor makes a future and a work item and wakes whoever waited longest.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections import deque
from collections.abc import Callable

# gives what tells of its result
Work = Callable[[], Callable[[], None]]


class Threads:
    """`submit(work)` runs it in one of `count` threads, in order where all are busy."""

    def __init__(self, count: int, name: str, ends: Callable[[], None]) -> None:
        """`ends` is the last thing that each of them does. It may not raise."""
        self._count = count
        self._name = name
        self.ends = ends
        self._lock = threading.Lock()
        self._all: list[_Worker] = []
        self._resting: list[_Worker] = []
        self._waiting: deque[Work] = deque()
        self._ended = False

    def submit(self, work: Work) -> None:
        """Neither the work nor the telling may raise. After close() nothing is taken.

        Raises RuntimeError where the system gives no thread, and there is none that could do it.
        """
        with self._lock:
            if self._ended:
                return
            worker = self._resting.pop() if self._resting else self._hire()
            if worker is None:
                self._waiting.append(work)
                return
        worker.begin(work)

    def close(self) -> None:
        """What waits is dropped; what is under way is finished, before the process ends as well."""
        with self._lock:
            self._ended = True
            self._waiting.clear()
            resting, self._resting = self._resting, []
        for worker in resting:
            worker.begin(None)
        atexit.register(self.join)

    def next_of(self, worker: _Worker) -> Work | None:
        """What the worker does now; None when it may rest. Called by the worker."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            if not self._ended:
                self._resting.append(worker)
            return None

    @property
    def ended(self) -> bool:
        return self._ended

    def _hire(self) -> _Worker | None:
        """None when there are as many as there may be."""
        if len(self._all) == self._count:
            return None
        worker = _Worker(self, f"{self._name}_{len(self._all)}")
        try:
            worker.start()
        except RuntimeError:
            if not self._all:
                raise
            return None
        self._all.append(worker)
        return worker

    def join(self, patience: float | None = None) -> None:
        """Waits for the end of all, after close(); not for one that is stuck."""
        due = None if patience is None else time.monotonic() + patience
        for worker in self._all:
            worker.join(None if due is None else max(0.0, due - time.monotonic()))


class _Worker(threading.Thread):
    def __init__(self, threads: Threads, name: str) -> None:
        # a server that never came to its close() ends all the same
        super().__init__(name=name, daemon=True)
        self._threads = threads
        self._work: Work | None = None
        self._called = threading.Lock()  # held while there is nothing to do
        self._called.acquire()

    def begin(self, work: Work | None) -> None:
        """Only for one that rests, or is new. None: it ends."""
        self._work = work
        self._called.release()

    def run(self) -> None:
        try:
            self._work_until_told()
        finally:
            self._threads.ends()

    def _work_until_told(self) -> None:
        while True:
            self._called.acquire()
            work, self._work = self._work, None
            if work is None:
                return
            while work is not None:
                tell = work()
                work = self._threads.next_of(self)
                # told last: whoever hears of it and asks again finds this thread at rest
                tell()
            if self._threads.ended:
                return
