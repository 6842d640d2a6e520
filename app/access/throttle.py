"""How often somebody may try: token buckets and windows of failures. Time is given, not read.

All tables are bounded: an attacker with many names must not fill the memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

# keys one table remembers; the longest unused goes first
REMEMBERED = 50_000


class Bucket:
    """Holds up to `burst` tokens and gains `rate` a second; a rate of 0 means no limit.

    It holds one at least: a token that never fits in would be one that nobody ever gets.
    """

    __slots__ = ("_at", "_tokens", "burst", "rate")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self.rate = rate
        self.burst = self._tokens = max(1.0, burst)
        self._at = now

    def wait(self, now: float) -> float:
        """Takes a token and returns 0, or takes nothing and returns the seconds to wait."""
        if self.rate <= 0:
            return 0.0
        self._refill(now)
        if self._tokens < 1:
            return (1 - self._tokens) / self.rate
        self._tokens -= 1
        return 0.0

    def owe(self, now: float) -> float:
        """Takes a token even where there is none; the seconds' worth of tokens that are owed."""
        if self.rate <= 0:
            return 0.0
        self._refill(now)
        self._tokens -= 1
        return max(0.0, -self._tokens / self.rate)

    def _refill(self, now: float) -> None:
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now


class Buckets:
    """One bucket per key. For any thread."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._table: OrderedDict[Hashable, Bucket] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: Hashable) -> float:
        if self._rate <= 0:
            return 0.0
        with self._lock:
            return self._wait(key)

    def _wait(self, key: Hashable) -> float:
        now = self._clock()
        bucket = self._table.get(key)
        if bucket is None:
            bucket = self._table[key] = Bucket(self._rate, self._burst, now)
            if len(self._table) > REMEMBERED:
                self._table.popitem(last=False)
        else:
            self._table.move_to_end(key)
        return bucket.wait(now)


class Window:
    """At most `limit` events per key in `seconds`, then a wait; a limit of 0 means none."""

    def __init__(self, limit: int, seconds: float, clock: Callable[[], float]) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._table: OrderedDict[Hashable, list[float]] = OrderedDict()

    def wait(self, key: Hashable) -> float:
        """Seconds until the key may try again; 0 when it may now."""
        if self._limit <= 0:
            return 0.0
        events = self._fresh(key)
        if len(events) < self._limit:
            return 0.0
        return events[-self._limit] + self._seconds - self._clock()

    def add(self, key: Hashable) -> None:
        if self._limit <= 0:
            return
        self._table[key] = [*self._fresh(key), self._clock()][-self._limit :]
        self._table.move_to_end(key)
        if len(self._table) > REMEMBERED:
            self._table.popitem(last=False)

    def clear(self, key: Hashable) -> None:
        self._table.pop(key, None)

    def forgive(self, key: Hashable) -> None:
        """Takes the newest event back."""
        if self._table.get(key):
            self._table[key] = self._table[key][:-1]

    def _fresh(self, key: Hashable) -> list[float]:
        since = self._clock() - self._seconds
        return [at for at in self._table.get(key, ()) if at > since]
