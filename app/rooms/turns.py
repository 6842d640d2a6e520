"""What one person asks of one room is done in the order in which it was asked.

Joining and leaving are transactions in reader threads: without turns, whoever leaves and joins
again without waiting could end up outside.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager


class Turns:
    """`async with turns.of(key):` one after the other for each key, first come, first served."""

    def __init__(self) -> None:
        self._locks: dict[Hashable, asyncio.Lock] = {}
        self._takers: dict[Hashable, int] = {}

    @asynccontextmanager
    async def of(self, key: Hashable) -> AsyncIterator[None]:
        lock = self._locks.setdefault(key, asyncio.Lock())
        self._takers[key] = self._takers.get(key, 0) + 1
        try:
            async with lock:
                yield
        finally:
            self._takers[key] -= 1
            if not self._takers[key]:  # nothing is kept for those who ask nothing
                del self._takers[key], self._locks[key]
