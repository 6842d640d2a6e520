"""Who is online, and telling their peers: once per change, however many tabs come and go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from app.access.person import Person
from app.messaging import protocol
from app.messaging.bus import Bus
from app.messaging.errors import Refused
from app.messaging.hub import Hub
from models import history, people
from models.base import now_ms
from models.reader import Reader

log = logging.getLogger("parley.presence")

# seconds until a change that could not be told (no database) is tried again
RETRY = 1.0


class Presence:
    """Offline means: the last socket went, and none came within the grace.

    One task per user whose state changes; it ends when what was told is what is so.
    """

    def __init__(self, hub: Hub, bus: Bus, reader: Reader, grace: float) -> None:
        self._hub = hub
        self._bus = bus
        self._reader = reader
        self._grace = grace
        self._told: set[int] = set()
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def is_online(self, user_id: int) -> bool:
        return user_id in self._told or self._hub.count(user_id) > 0

    def changed(self, person: Person) -> None:
        """A first socket came or a last one went."""
        if person.user_id not in self._tasks:
            task = asyncio.get_running_loop().create_task(self._settle(person.user_id))
            self._tasks[person.user_id] = task

    def stop(self) -> None:
        for task in list(self._tasks.values()):
            task.cancel()

    async def _settle(self, user_id: int) -> None:
        try:
            while (online := self._hub.count(user_id) > 0) != (user_id in self._told):
                if not online:
                    await asyncio.sleep(self._grace)
                    if self._hub.count(user_id) > 0:
                        continue
                await self._tell(user_id, online)
        finally:
            del self._tasks[user_id]

    async def _tell(self, user_id: int, online: bool) -> None:
        at = now_ms()
        try:
            peers = await self._reader.run(_note(user_id, at))
        except Refused:
            await asyncio.sleep(RETRY)
            return
        (self._told.add if online else self._told.discard)(user_id)
        data = {"user_id": user_id, "online": online, "last_seen": at}
        push = protocol.event("presence", data)
        for peer in peers:
            self._bus.send(peer, push)


def _note(user_id: int, at: int) -> Callable[[], set[int]]:
    """Work for a reader thread: notes when the user was last here; whom it concerns."""

    def work() -> set[int]:
        people.touch(user_id, at)
        return history.peers_of(user_id)

    return work
