"""First sockets that came and last ones that went, until Redis has been told.

Kept as users, not as events: what is told is how it stands then, however often it changed.
"""

from __future__ import annotations

import asyncio


class Arrivals:
    def __init__(self, wake: asyncio.Event) -> None:
        self._wake = wake
        self._moved: set[int] = set()
        self._waiting: list[asyncio.Future[None]] = []
        self._under_way: list[asyncio.Future[None]] = []

    def add(self, user_id: int) -> None:
        self._moved.add(user_id)
        self._wake.set()

    async def told(self, patience: float) -> None:
        """Returns when what was added before has been told, or after `patience` seconds."""
        known: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(known)
        await asyncio.wait([known], timeout=patience)

    def take(self) -> set[int]:
        """Who moved; told when `done` is called."""
        moved, self._moved = self._moved, set()
        self._under_way += self._waiting
        self._waiting = []
        return moved

    def done(self) -> None:
        for known in self._under_way:
            if not known.done():
                known.set_result(None)
        self._under_way = []

    def give_up(self) -> None:
        """Nobody can be told: nobody waits."""
        self.take()
        self.done()
