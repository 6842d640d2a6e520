"""Pings for all sockets from one timer.

A wheel whose turn takes one interval: a socket stays in the slot where it came in, is pinged when
the wheel comes by, and is looked at again `timeout` later. Whatever came from it meanwhile is a
sign of life: a pong may wait behind a long upload.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Protocol

SLOTS = 100
SHORTEST_TICK = 0.05
# sockets that are pinged before the event loop has its turn again
TURN = 100


class Pinged(Protocol):
    heard: bool  # since the last ping
    slot: int

    def write_ping(self, data: bytes) -> None: ...

    def expire(self) -> None:
        """Nothing was heard within the timeout."""
        ...


class Pings:
    """An interval of 0 means no pings, a timeout of 0 that nobody is given up.

    The timer runs only while somebody is there.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, interval: float, timeout: float) -> None:
        self._loop = loop
        count = max(1, min(SLOTS, int(interval / SHORTEST_TICK)))
        self._slots: list[set[Pinged]] = [set() for _ in range(count)] if interval > 0 else []
        self._tick = interval / count
        # in ticks: at least one, at most one turn; None: nobody is given up
        patience = min(count, max(1, round(timeout / self._tick))) if self._slots else 0
        self._patience = patience if timeout > 0 else None
        self._now = 0
        self._count = 0
        self._timer: asyncio.TimerHandle | None = None

    def join(self, who: Pinged) -> None:
        if not self._slots:
            return
        who.slot = self._now
        self._slots[self._now].add(who)
        self._count += 1
        if self._timer is None:
            self._timer = self._loop.call_later(self._tick, self._turn)

    def leave(self, who: Pinged) -> None:
        """Leaving twice is harmless."""
        if not self._slots or who not in self._slots[who.slot]:
            return
        self._slots[who.slot].discard(who)
        self._count -= 1
        if self._count == 0 and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _turn(self) -> None:
        """The next tick is counted from now: whoever was pinged late is not looked at early."""
        self._timer = self._loop.call_later(self._tick, self._turn)
        self._now = (self._now + 1) % len(self._slots)
        if self._patience is not None:
            asked = self._slots[(self._now - self._patience) % len(self._slots)]
            for who in [who for who in asked if not who.heard]:
                who.expire()
        self._some(iter(list(self._slots[self._now])), _ping)

    def _some(self, rest: Iterable[Pinged], call: Callable[[Pinged], None]) -> None:
        left = TURN
        for who in rest:
            call(who)
            left -= 1
            if not left:
                self._loop.call_soon(self._some, rest, call)
                return


def _ping(who: Pinged) -> None:
    who.heard = False
    who.write_ping(b"")
