"""The bus of several processes: pushes here, hints to the others through Redis.

Redis is never waited for on the way of a message. What other processes ought to know is queued;
who else has the user's sockets is looked up in a replica; and what Redis loses is read from the
database, because who could not hand a hint over says so as soon as it can, and who could not
listen looks for itself (docs/decisions/0009-several-processes.md).
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.access.person import Person
from app.cluster import notices
from app.cluster.arrivals import Arrivals
from app.cluster.elsewhere import Elsewhere
from app.cluster.hearing import Hearing
from app.cluster.here import Here
from app.cluster.link import Link
from app.cluster.notices import Handler
from app.cluster.outgoing import Outgoing
from app.cluster.positions import Push
from app.cluster.redis_session import EXPIRY, Session
from app.cluster.registry import Registry
from app.messaging.counters import Counters
from app.messaging.errors import Refused
from app.messaging.hub import Hub, Socket
from models import people
from models.base import now_ms
from models.history import Row
from models.reader import Reader

log = logging.getLogger("parley.bus")

# seconds that a handshake may wait until the other processes are told
JOINING = 0.5
# seconds that a start waits for Redis, and a stop
STARTING = 2.0
LEAVING = 0.5
# bytes that may wait for Redis
OUTGOING = 16_777_216


class RedisBus:
    """One of several processes; `changed` and `ended` are told what happens in the others."""

    def __init__(
        self,
        url: str,
        hub: Hub,
        reader: Reader,
        counters: Counters,
        *,
        entry: Callable[[Row, Person], list[Any]],
        epoch: Callable[[], str],
        changed: Callable[[int], None],
        ended: Callable[[bytes], None],
    ) -> None:
        self._process = secrets.token_hex(8)
        self._hub = hub
        self._reader = reader
        self._counters = counters
        self._epoch = epoch
        self._wake = asyncio.Event()
        self._arrivals = Arrivals(self._wake)
        self._outgoing = Outgoing(OUTGOING, self._wake, counters)
        self._elsewhere = Elsewhere(changed)
        self._link = Link(url, f"parley-{self._process}", self._run)
        self._here = Here(
            hub,
            reader,
            counters,
            entry=entry,
            count=self.count,
            linked=lambda: self._link.linked,
        )
        self._hearing = Hearing(self._process, self._here, self._elsewhere, self._outgoing, ended)
        self._session: Session | None = None
        self._notes: set[asyncio.Task[None]] = set()
        self._ups: list[Callable[[], None]] = []
        self._mets: list[Callable[[str], None]] = []
        self._forgets: list[Callable[[str], None]] = []

    # -- what else is told ----------------------------------------------------------------------

    @property
    def process(self) -> str:
        return self._process

    def listen(
        self,
        handlers: Mapping[bytes, Handler],
        up: Callable[[], None],
        met: Callable[[str], None],
        forget: Callable[[str], None],
    ) -> None:
        """Notices of others' making; `up` when Redis is there (again), `met` for a process that
        was found by chance, `forget` for one that has gone.
        """
        self._hearing.handlers.update(handlers)
        self._ups.append(up)
        self._mets.append(met)
        self._forgets.append(forget)

    def tell_all(self, frame: bytes) -> None:
        """To all processes; lost while Redis is away."""
        if self._session is not None:
            self._session.tell_all(frame)

    # -- life ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begins to look for Redis; goes on without it when it does not answer soon."""
        self._link.start()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._link.established.wait(), STARTING)
        if not self._link.linked:
            log.warning("redis: away at start; other processes are not known yet")

    async def stop(self) -> None:
        self._here.stop()
        session, linked = self._session, self._link.linked
        await self._link.stop()
        if linked and session is not None:  # or else this process is taken for dead, as it ought to
            with suppress(RedisError, OSError, TimeoutError):
                await asyncio.wait_for(self._leave(session.untold()), LEAVING)

    async def _leave(self, untold: list[bytes]) -> None:
        async with self._link.make_client() as redis:
            registry = Registry(redis, self._epoch(), self._process, EXPIRY)
            await registry.leave(untold, self._outgoing.take())

    async def _run(self, redis: Redis) -> None:
        """One session, until it breaks."""
        session = self._session = self._hearing.registrar = Session(
            redis,
            self._process,
            self._epoch,
            self._hub,
            self._elsewhere,
            self._outgoing,
            self._arrivals,
            self._wake,
            self._hearing.handlers,
            up=self._up,
            gone=self._gone,
            met=self._meet,
            forgot=self._forget,
        )
        try:
            await session.run()
        finally:
            self._session = self._hearing.registrar = None
            self._counters.redis_linked = 0
            self._outgoing.close()
            self._arrivals.give_up()

    def _up(self) -> None:
        """Everybody elsewhere is known, and knows who is here."""
        if not self._link.linked:
            self._outgoing.open()
            self._link.up()
            self._counters.redis_linked = 1
            self._here.check_all()  # nothing was heard until now
            for up in self._ups:
                up()

    def _meet(self, process: str) -> None:
        if self._link.linked:  # until then all are asked anyway
            for met in self._mets:
                met(process)

    def _forget(self, process: str) -> None:
        for forget in self._forgets:
            forget(process)

    def _gone(self, users: list[int]) -> None:
        """A process died, and nobody else notes that its users were there."""
        task = asyncio.get_running_loop().create_task(self._note(users))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _note(self, users: list[int]) -> None:
        with suppress(Refused):
            await self._reader.run(lambda: people.touch(users, now_ms()))

    # -- who is where -------------------------------------------------------------------------

    def count(self, user_id: int) -> int:
        return self._hub.count(user_id) + len(self._elsewhere.of(user_id))

    def locale(self, user_id: int) -> str:
        person = self._hub.person(user_id)
        return self._elsewhere.locale(user_id) if person is None else person.locale

    async def prepare(self, user_id: int) -> None:
        await self._here.prepare(user_id)

    async def arrived(self, user_id: int) -> None:
        self._arrivals.add(user_id)
        if self._link.linked:
            await self._arrivals.told(JOINING)

    def departed(self, user_id: int) -> None:
        self._here.departed(user_id)
        self._arrivals.add(user_id)

    def end_session(self, key: bytes) -> None:
        self.tell_all(notices.frame("end", key.hex()))

    # -- here and there -----------------------------------------------------------------------

    def send(self, user_id: int, message: bytes) -> int:
        there = self._hand_over("event", user_id, body=message, needed=False)
        return self._here.event(user_id, message) + there

    def send_entry(
        self,
        user_id: int,
        other: int,
        mine: bool,
        seq: int,
        message: bytes,
        asker: Socket | None = None,
        answer: bytes = b"",
    ) -> int:
        there = self._hand_over("entry", user_id, other, int(mine), seq, body=message)
        push = Push(mine, message, asker, answer)
        return self._here.show(user_id, other, seq, push) + there

    def send_again(
        self,
        user_id: int,
        other: int,
        mine: bool,
        seq: int,
        message: bytes,
        asker: Socket | None = None,
        answer: bytes = b"",
    ) -> None:
        self._hand_over("again", user_id, other, int(mine), seq, body=message)
        self._here.show_again(user_id, other, seq, Push(mine, message, asker, answer))

    def send_receipt(
        self,
        user_id: int,
        other: int,
        mark: int,
        seq: int,
        message: bytes,
        but: Socket | None = None,
    ) -> int:
        there = self._hand_over("receipt", user_id, other, mark, seq, body=message)
        return self._here.move(user_id, other, mark, seq, message, but) + there

    def _hand_over(
        self, kind: str, user_id: int, *words: int, body: bytes, needed: bool = True
    ) -> int:
        """To every other process in which the user is; how many those are.

        What is needed and gets lost is read from the database there.
        """
        there = self._elsewhere.of(user_id)
        if there:
            frame = notices.frame(kind, user_id, *words, body=body)
            for process in there:
                self._outgoing.put(process, frame, user_id if needed else 0)
        return len(there)
