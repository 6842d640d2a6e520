"""Who is online, and telling their peers: once per change, however many tabs come and go.

Each process tells the people at its own sockets, by what it knows of all processes. So nobody has
to agree on who tells: a viewer's socket is in one process, and that one remembers what it told.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from itertools import islice

from app.messaging import protocol
from app.messaging.errors import Refused
from app.messaging.hub import Hub
from models import people
from models.base import now_ms
from models.peers import peers_of
from models.reader import Reader

log = logging.getLogger("parley.presence")

# seconds until changes that could not be told (no database) are tried again
RETRY = 1.0
# changes that are looked up and told together
BATCH = 50
# people told before everybody else has a turn: some milliseconds
TURN = 500
# seconds that a stop waits for the last notes
LAST_NOTES = 0.5


class Presence:
    """Offline means: the last socket went, and none came within the grace.

    One task tells what is due, many changes at a time. Who came and went before that was told is
    told to have gone all the same: somebody may have seen them here in a page or an answer.
    """

    def __init__(self, hub: Hub, count: Callable[[int], int], reader: Reader, grace: float) -> None:
        self._hub = hub
        self._count = count
        self._reader = reader
        self._grace = grace
        self._told: set[int] = set()
        self._seen: set[int] = set()  # were here since they were last told of
        self._soon: dict[int, None] = {}  # to be looked at now
        self._later: dict[int, float] = {}  # and when: the grace is the same for all, so in order
        self._mine: set[int] = set()  # came or went here: this process notes when
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def is_online(self, user_id: int) -> bool:
        return user_id in self._told or self._count(user_id) > 0

    def changed(self, user_id: int, here: bool = True) -> None:
        """A first socket came or a last one went, in this process or in another."""
        if here:
            self._mine.add(user_id)
        self._soon.pop(user_id, None)
        self._later.pop(user_id, None)
        if self._count(user_id) > 0:
            self._seen.add(user_id)
            self._soon[user_id] = None
        else:
            self._later[user_id] = asyncio.get_running_loop().time() + self._grace
        self._news.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Nobody is left to be told; when those who went were last here is noted."""
        if self._task is not None:
            self._task.cancel()
        mine, at = self._mine, now_ms()
        with suppress(Refused, TimeoutError):
            await asyncio.wait_for(self._reader.run(lambda: people.touch(mine, at)), LAST_NOTES)

    async def _run(self) -> None:
        while True:
            await self._until_due()
            batch = self._take()
            try:
                await self._settle(batch)
                continue
            except Refused:
                log.debug("storage away: telling %d changes later", len(batch))
            except Exception:
                log.exception("presence")
            for user_id in batch:
                if user_id not in self._later:
                    self._soon[user_id] = None
            await asyncio.sleep(RETRY)

    async def _until_due(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._soon:
            due = next(iter(self._later.values()), None)
            if due is not None and due <= loop.time():
                return
            self._news.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout_at(due):
                    await self._news.wait()

    def _take(self) -> list[int]:
        now = asyncio.get_running_loop().time()
        batch: list[int] = []
        for user_id, due in self._later.items():
            if due > now or len(batch) == BATCH:
                break
            batch.append(user_id)
        batch += islice(self._soon, BATCH - len(batch))
        for user_id in batch:
            self._later.pop(user_id, None)
            self._soon.pop(user_id, None)
        return batch

    async def _settle(self, batch: list[int]) -> None:
        """Tells what is not as it was told. Raises Refused (-8) before anything was told."""
        moved = {
            user_id: online
            for user_id in batch
            if (online := self._count(user_id) > 0) != (user_id in self._told)
            or (not online and user_id in self._seen)
        }
        mine = self._mine.intersection(batch)
        at = now_ms()
        peers: dict[int, set[int]] = {}
        if moved and (mine or len(self._hub)):
            peers = await self._reader.run(_note(list(moved), mine.intersection(moved), at))
        self._mine -= mine - self._soon.keys() - self._later.keys()
        await self._tell(moved, peers, at)

    async def _tell(self, moved: dict[int, bool], peers: dict[int, set[int]], at: int) -> None:
        """Who comes or goes meanwhile is in the next batch."""
        told = 0
        for user_id, online in moved.items():
            (self._told.add if online else self._told.discard)(user_id)
            self._seen.discard(user_id)
            data = {"user_id": user_id, "online": online, "last_seen": at}
            push = protocol.event("presence", data)
            concerned = peers.get(user_id, ())
            for peer in concerned:
                self._hub.deliver(peer, push)
            told += len(concerned)
            if told >= TURN:
                told = 0
                await asyncio.sleep(0)


def _note(user_ids: list[int], mine: set[int], at: int) -> Callable[[], dict[int, set[int]]]:
    """Work for a reader thread: notes who was here when; whom it concerns."""

    def work() -> dict[int, set[int]]:
        people.touch(mine, at)
        return peers_of(user_ids)

    return work
