"""Keeps a session with Redis going: connects, and begins again when it breaks."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Collection

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

log = logging.getLogger("parley.bus")

# seconds that Redis may take to answer: a frozen one is given up and tried again
PATIENCE = 1.0
# seconds between attempts; with PATIENCE this is how soon its return is noticed
FIRST_BACKOFF = 0.05
LONGEST_BACKOFF = 0.5
# seconds until a task that was cancelled and goes on is cancelled again
AGAIN = 0.1


class BrokenLink(Exception):
    """The session is of no use any more; the text says why."""


class Link:
    """`session(redis)` runs as long as Redis does; `linked` says whether it is under way."""

    def __init__(self, url: str, name: str, session: Callable[[Redis], Awaitable[None]]) -> None:
        self._url = url
        self._name = name
        self._session = session
        self._backoff = FIRST_BACKOFF
        self._over = False
        self._said: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self.linked = False
        self.established = asyncio.Event()

    def make_client(self) -> Redis:
        return Redis.from_url(
            self._url,
            client_name=self._name,
            protocol=2,
            socket_timeout=PATIENCE,
            socket_connect_timeout=PATIENCE,
            # a command that failed is not sent again: the session begins anew instead
            retry=Retry(NoBackoff(), 0),
            driver_info=None,
        )

    def up(self) -> None:
        """To be called by the session when all is in place."""
        log.info("redis: linked as %s", self._name)
        self.linked = True
        self._said.clear()
        self._backoff = FIRST_BACKOFF
        self.established.set()

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        self._over = True
        if self._task is not None:
            await end_tasks([self._task])

    async def _run(self) -> None:
        while not self._over:
            await self._once()
            await asyncio.sleep(random.uniform(0.5, 1) * self._backoff)
            self._backoff = min(2 * self._backoff, LONGEST_BACKOFF)

    def _say(self, reason: str) -> None:
        """A line for each reason why Redis is away, not one for each attempt."""
        if reason not in self._said:
            self._said.add(reason)
            log.warning("redis: away (%s)", reason)

    async def _once(self) -> None:
        redis = self.make_client()
        try:
            await self._session(redis)
        except (RedisError, OSError, TimeoutError, BrokenLink) as error:
            self._say(f"{type(error).__name__}: {error}")
        except Exception:
            log.exception("redis session")
        finally:
            self.linked = False
            await close(redis)


async def end_tasks(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancels them until they have ended: inside a library a cancellation can get lost."""
    left = set(tasks)
    while left:
        for task in left:
            task.cancel()
        done, left = await asyncio.wait(left, timeout=AGAIN)
        for task in done:
            if not task.cancelled():
                task.exception()  # looked at: whoever began them has ended them


async def close(closed: Redis | PubSub) -> None:
    """Closes what may be broken, and does not wait for it for long."""
    try:
        async with asyncio.timeout(PATIENCE):
            await closed.aclose()
    except (RedisError, OSError, TimeoutError) as error:
        log.debug("redis: close: %s", error)
