"""One session with Redis, from connecting to the first thing that fails.

Four tasks: one listens, one publishes, one reads who is at other processes, one beats. When one
of them fails all end, and the link begins a new session: every session starts from nothing, so
there is no state to repair.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import NoReturn

from redis.asyncio import Redis
from redis.asyncio.client import PubSub

from app.cluster import notices
from app.cluster.arrivals import Arrivals
from app.cluster.elsewhere import Elsewhere
from app.cluster.link import BrokenLink, close, end_tasks
from app.cluster.outgoing import Outgoing
from app.cluster.registry import Registry
from app.messaging.hub import Hub

# seconds between two signs of life, until a silent process counts as dead, and until a silent
# subscription counts as broken
HEARTBEAT = 1.0
EXPIRY = 4.0
SILENCE = 3.0
# notices for all that may wait; a Redis that does not answer is given up after SILENCE, and a busy
# process has far fewer to tell until then
NOTICES = 100_000


class Session:
    """`run` never returns: it raises what broke the session."""

    def __init__(
        self,
        redis: Redis,
        process: str,
        epoch: Callable[[], str],
        hub: Hub,
        elsewhere: Elsewhere,
        outgoing: Outgoing,
        arrivals: Arrivals,
        wake: asyncio.Event,
        handlers: Mapping[bytes, notices.Handler],
        *,
        up: Callable[[], None],
        gone: Callable[[list[int]], None],
        met: Callable[[str], None],
        forgot: Callable[[str], None],
    ) -> None:
        self._redis = redis
        self._process = process
        self._current_epoch = epoch
        self._epoch = epoch()
        self._hub = hub
        self._elsewhere = elsewhere
        self._outgoing = outgoing
        self._arrivals = arrivals
        self._wake = wake
        self._handlers = handlers
        self._up = up
        self._gone = gone
        self._met = met
        self._forgot = forgot
        self._notices: list[bytes] = []
        self._under_way: list[bytes] = []  # of them, until Redis has them
        self._to_read: set[str] = set()
        self._reading = asyncio.Event()
        self._started = asyncio.get_running_loop().time()
        self.registry = Registry(redis, self._epoch, process, EXPIRY)

    async def run(self) -> NoReturn:
        pubsub = self._redis.pubsub()
        try:
            await self._subscribe(pubsub)
            self._arrivals.give_up()  # all who are here are registered now
            await self.registry.register(self._hub.users())
            members = await self.registry.beat()
            self._to_read.update(members.keys() - {self._process})
            await self._work(pubsub)
        finally:
            await close(pubsub)

    async def _work(self, pubsub: PubSub) -> NoReturn:
        work = (self._listen(pubsub), self._read(), self._publish(), self._beat())
        tasks = [asyncio.create_task(one) for one in work]
        try:
            ended, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_tasks(tasks)
        for task in ended:
            task.result()
        raise BrokenLink("a task returned")

    def tell_all(self, frame: bytes) -> None:
        """What does not fit is dropped, and the session with it: a new one tells how all stands."""
        if len(self._notices) < NOTICES:
            self._notices.append(frame)
        self._wake.set()

    def untold(self) -> list[bytes]:
        """What nobody may have been told yet."""
        return [*self._under_way, *self._notices]

    def read(self, process: str) -> None:
        """Who is there has to be read (again)."""
        self._to_read.add(process)
        self._reading.set()

    # -- the tasks ----------------------------------------------------------------------------

    async def _subscribe(self, pubsub: PubSub) -> None:
        """Returns when Redis has confirmed: what is published from here on is heard."""
        channels = (self.registry.channel(self._process), self.registry.all)
        await pubsub.subscribe(*channels)
        confirmed = 0
        while confirmed < len(channels):
            message = await pubsub.get_message(timeout=SILENCE)
            if message is None:
                raise BrokenLink("no subscription")
            confirmed += message["type"] == "subscribe"

    async def _listen(self, pubsub: PubSub) -> None:
        while True:
            message = await pubsub.get_message(timeout=SILENCE)
            if message is None:
                raise BrokenLink("nothing to be heard")
            if message["type"] == "message":
                notices.dispatch(self._handlers, message["data"])

    async def _read(self) -> None:
        while True:
            while self._to_read:
                process = self._to_read.pop()
                self._elsewhere.expect(process)
                found = await self.registry.users_of(process)
                # for who is new to us something may have been stored that we handed to nobody
                self._outgoing.check(process, self._elsewhere.load(process, found))
            self._up()
            self._reading.clear()
            await self._reading.wait()

    async def _publish(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            moved = self._arrivals.take()
            came = {one: self._hub.locale(one) for one in moved if self._hub.count(one)}
            told = self._under_way = self._notices
            self._notices = []
            if len(told) == NOTICES:
                raise BrokenLink("more was to be told than fits")
            async with self._redis.pipeline(transaction=True) as pipe:
                self.registry.change(pipe, came, moved - came.keys())
                self.registry.tell_all(pipe, *told)
                for process, publication in self._outgoing.take():
                    pipe.publish(self.registry.channel(process), publication)
                if len(pipe):
                    await pipe.execute()
            self._under_way = []
            self._outgoing.done()
            self._arrivals.done()

    async def _beat(self) -> None:
        while True:
            known = self._elsewhere.processes()
            members = await self.registry.beat()
            if self._process not in members:
                raise BrokenLink("taken for dead")
            if self._current_epoch() != self._epoch:
                raise BrokenLink("a new epoch")
            await self._judge(known, members)
            await asyncio.sleep(HEARTBEAT)

    async def _judge(self, known: set[str], members: Mapping[str, bool]) -> None:
        """Meets the new, buries the dead. After a return of Redis all get time to register.

        `known` before the members were asked for: who registered since is missing among them.
        """
        for process in members.keys() - self._elsewhere.processes() - {self._process}:
            self.read(process)
            self._met(process)
        if asyncio.get_running_loop().time() - self._started < EXPIRY:
            return
        for process in known - members.keys():
            self.forget(process)
        for process in [name for name, lives in members.items() if not lives]:
            users = await self.registry.bury(process)
            self.forget(process)
            self._gone(users)

    def forget(self, process: str) -> None:
        """It has gone, with all its users."""
        self._to_read.discard(process)
        self._elsewhere.drop(process)
        self._outgoing.forget(process)
        self._forgot(process)
