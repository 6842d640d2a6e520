"""Ends what is over: expired or revoked identities, rotated keys, ended sessions, old epochs.

It looks every few seconds, at all live sockets together: a timer have only those that will expire
before it has surely looked again. What happens in this process is acted on at once; this is for
what another process or the command line did.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from app.access.tokens import Tokens
from app.messaging.counters import Counters
from app.messaging.errors import CloseCode, Refused
from app.messaging.hub import Hub, Socket
from app.messaging.typing_notice import Typing
from models import people, sessions, storage
from models.base import now_ms
from models.reader import Reader

log = logging.getLogger("parley.watcher")

# clocks of processes and database hosts may differ by this much (ms)
OVERLAP = 60_000
# seconds by which a look may be late: it waits for the storage
LATE = 60.0
# how often the loop's lag is measured (seconds)
LAG_INTERVAL = 0.25


class Watcher:
    """Holds the storage's epoch, and closes sockets whose right has ended."""

    def __init__(
        self,
        hub: Hub,
        reader: Reader,
        tokens: Tokens,
        typing: Typing,
        counters: Counters,
        interval: float,
        replaced: Callable[[], None],
    ) -> None:
        """`replaced` is called when the storage is another one, before the sockets close."""
        self._hub = hub
        self._reader = reader
        self._tokens = tokens
        self._typing = typing
        self._counters = counters
        self._interval = interval
        self._replaced = replaced
        self._tasks: list[asyncio.Task[None]] = []
        self._looked = now_ms()
        self._timed: set[Socket] = set()
        self.epoch = ""

    async def start(self) -> None:
        self.epoch = await self._reader.run(storage.read_epoch)
        self._tasks = [
            asyncio.create_task(self._watch()),
            asyncio.create_task(self._measure_lag()),
        ]

    def stop(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            try:
                await self.look()
            except Refused:
                log.debug("storage away: looking again later")
            except Exception:
                log.exception("watcher")

    async def look(self) -> None:
        """One look. Raises Refused (-8) when the storage is away; keys and expiry come first."""
        self._tokens.reload()
        keys = self._tokens.keys
        for socket in self._hub:
            kid = socket.credential.kid
            if kid and kid not in keys:
                end(socket)
            else:
                self.expect(socket)
        looked = now_ms()
        since = self._looked - OVERLAP
        epoch, ended, revoked = await self._reader.run(
            lambda: (
                storage.read_epoch(),
                sessions.ended_since(since),
                people.revoked_since(since),
            )
        )
        self._looked = looked  # not before: what ended while the storage was away must be seen
        self._end_revoked(ended, revoked)
        if epoch != self.epoch:
            self._start_epoch(epoch)

    def expect(self, socket: Socket) -> None:
        """Ends the socket at its identity's end, where that may be before the next look."""
        left = socket.credential.expires - time.time()
        if left <= 0:
            end(socket)
        elif left <= self._interval + LATE and socket not in self._timed:
            self._timed.add(socket)
            asyncio.get_running_loop().call_later(left, self._expect_again, socket)

    def _expect_again(self, socket: Socket) -> None:
        self._timed.discard(socket)
        if self._hub.has(socket):
            self.expect(socket)

    def _end_revoked(self, ended: set[bytes], revoked: dict[int, int]) -> None:
        if not ended and not revoked:
            return
        for socket in self._hub:
            credential, before = socket.credential, revoked.get(socket.person.user_id, 0)
            if credential.session in ended or credential.issued * 1000 < before:
                end(socket)

    def _start_epoch(self, epoch: str) -> None:
        log.warning("storage epoch changed: all sockets are asked to come back")
        self.epoch = epoch
        self._typing.forget()
        self._replaced()
        for socket in self._hub:
            socket.shut(CloseCode.STORAGE_REPLACED, "storage replaced")

    async def _measure_lag(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + LAG_INTERVAL
            await asyncio.sleep(LAG_INTERVAL)
            self._counters.loop_lag = max(self._counters.loop_lag, loop.time() - due)


def end(socket: Socket) -> None:
    socket.shut(CloseCode.IDENTITY_ENDED, "identity ended")
