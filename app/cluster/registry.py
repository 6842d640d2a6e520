"""What one process keeps in Redis: that it is alive, and who is at its sockets.

    parley:<epoch>:processes         set of the processes that registered
    parley:<epoch>:alive:<process>   expires unless the process goes on beating
    parley:<epoch>:here:<process>    hash of its users, with their locales
    parley:<epoch>:all               channel of all processes
    parley:<epoch>:to:<process>      channel of one

The storage's epoch is in every name: installations that share a Redis do not meet, and a storage
that was replaced begins anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

import orjson
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from app.cluster import notices
from app.cluster.elsewhere import Users

# users written in one command
CHUNK = 1_000


class Registry:
    """The commands. All raise what redis raises."""

    def __init__(self, redis: Redis, epoch: str, process: str, expiry: float) -> None:
        self._redis = redis
        self._process = process
        self._expiry = int(1000 * expiry)
        self._prefix = f"parley:{epoch}:"
        self._processes = self._prefix + "processes"
        self.all = self._prefix + "all"

    def channel(self, process: str) -> str:
        return f"{self._prefix}to:{process}"

    def _alive(self, process: str) -> str:
        return f"{self._prefix}alive:{process}"

    def _here(self, process: str) -> str:
        return f"{self._prefix}here:{process}"

    # -- this process -------------------------------------------------------------------------

    async def register(self, users: Users) -> None:
        """Puts this process and its users in place of whatever is there of it."""
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.delete(self._here(self._process))
            self._add(pipe, users)
            pipe.sadd(self._processes, self._process)
            pipe.set(self._alive(self._process), 1, px=self._expiry)
            self.tell_all(pipe, notices.frame("hello", self._process))
            await pipe.execute()

    def change(self, pipe: Pipeline, came: Users, went: Iterable[int]) -> None:
        """First sockets that came and last ones that went, to Redis and to all processes."""
        gone = list(went)
        if came:
            self._add(pipe, came)
            body = orjson.dumps({str(user_id): locale for user_id, locale in came.items()})
            self.tell_all(pipe, notices.frame("came", self._process, body=body))
        if gone:
            pipe.hdel(self._here(self._process), *map(str, gone))
            self.tell_all(pipe, notices.frame("went", self._process, *gone))

    def tell_all(self, pipe: Pipeline, *frames: bytes) -> None:
        for publication in notices.pack(frames):
            pipe.publish(self.all, publication)

    def _add(self, pipe: Pipeline, users: Users) -> None:
        items = iter(users.items())
        while chunk := dict(islice(items, CHUNK)):
            fields: dict[Any, Any] = {str(user_id): locale for user_id, locale in chunk.items()}
            pipe.hset(self._here(self._process), mapping=fields)

    async def beat(self) -> dict[str, bool]:
        """Says that this process lives, to Redis and to itself; who else is there, and alive."""
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.set(self._alive(self._process), 1, px=self._expiry)
            pipe.publish(self.channel(self._process), b"")
            pipe.smembers(self._processes)
            members = sorted(name.decode() for name in (await pipe.execute())[2])
            for name in members:
                pipe.exists(self._alive(name))
            alive = await pipe.execute() if members else []
        return {name: bool(lives) for name, lives in zip(members, alive, strict=True)}

    async def leave(self, frames: Iterable[bytes], to: Iterable[tuple[str, bytes]]) -> None:
        """With what is still to be told, to all and as (process, publication)."""
        async with self._redis.pipeline(transaction=True) as pipe:
            self.tell_all(pipe, *frames)
            for process, publication in to:
                pipe.publish(self.channel(process), publication)
            self._remove(pipe, self._process)
            await pipe.execute()

    # -- others -------------------------------------------------------------------------------

    async def users_of(self, process: str) -> Users:
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hgetall(self._here(process))
            found = (await pipe.execute())[0]
        return {int(user_id): locale.decode() for user_id, locale in found.items()}

    async def bury(self, process: str) -> list[int]:
        """Takes a dead process out; its users, where nobody else did it first.

        It may have told nobody what it stored last: so everybody looks.
        """
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hkeys(self._here(process))
            self._remove(pipe, process)
            self.tell_all(pipe, notices.frame("check", "*"), notices.frame("room-check", process))
            users, removed, *_ = await pipe.execute()
        return [int(user_id) for user_id in users] if removed else []

    def _remove(self, pipe: Pipeline, process: str) -> None:
        pipe.srem(self._processes, process)
        pipe.delete(self._here(process), self._alive(process))
        self.tell_all(pipe, notices.frame("bye", process))
