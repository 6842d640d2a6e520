"""Members of a host site at first sight: all who come at once are stored in one transaction."""

from __future__ import annotations

import asyncio

from app.messaging.errors import not_now
from models import accounts
from models.accounts import Newcomer
from models.reader import Reader

# members stored in one transaction; the rest waits for the next
BATCH = 200
# members who may wait for theirs; more are refused, and come again
WAITING = 10_000


class Newcomers:
    """`await add(member)` returns when the member is a user."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._waiting: list[tuple[Newcomer, asyncio.Future[None]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, member: Newcomer) -> None:
        """Raises Refused (-8) when the database is away, or too many wait."""
        if len(self._waiting) >= WAITING:
            raise not_now()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._waiting.append((member, future))
        if self._task is None:
            self._task = loop.create_task(self._run())
        await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
                await self._store(batch)
        finally:
            # here, not in a callback: who comes from now on needs a new task
            self._task = None

    async def _store(self, batch: list[tuple[Newcomer, asyncio.Future[None]]]) -> None:
        members = [member for member, _ in batch]
        try:
            await self._reader.run(lambda: accounts.add_embedded(members))
            failed: Exception | None = None
        except Exception as error:
            failed = error
        for _, future in batch:
            if future.done():  # who asked has gone
                continue
            if failed is None:
                future.set_result(None)
            else:
                future.set_exception(failed)
