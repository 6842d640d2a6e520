"""A line to the server that one client keeps up, whatever happens to the server."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from tests.client import Person, Push
from tests.oracle import Oracle

Pause = Callable[[int], Awaitable[None]]  # waits before attempt n, with full jitter


@dataclass
class Line:
    """One socket after another, as long as the person wants to be there.

    What is said over it is a subclass's matter: `_greet` on each new socket, `_take` for each
    push, `_lose` when the socket has gone.
    """

    person: Person
    oracle: Oracle
    pause: Pause
    closes: list[int | None] = field(default_factory=list)  # the close code of each lost socket
    refusals: Counter[int] = field(default_factory=Counter)
    acks: int = 0
    gaps_filled: int = 0
    epochs: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.moved = asyncio.Event()  # set at every change that somebody may wait for
        self._there = asyncio.Event()  # cleared while the person has closed the tab
        self._there.set()
        self._socket: ClientConnection | None = None
        self._left: ClientConnection | None = None  # what the person closed, and did not lose
        self._synced = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.create_task(self._stay())

    @property
    def live(self) -> bool:
        """Connected, and caught up with what happened while it was not."""
        return self._synced

    def check(self) -> None:
        """Fail if the client itself, or a task of its, has broken."""
        for task in (self._loop, *self._tasks):
            if task.done() and not task.cancelled():
                task.result()

    async def stop(self) -> None:
        """Leave for good."""
        tasks = (self._loop, *self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._socket:
            await self._socket.close()

    async def close_tab(self) -> None:
        """Go, until come_back."""
        self._there.clear()
        self._left = self._socket
        if self._socket:
            await self._socket.close()

    def come_back(self) -> None:
        self._there.set()

    async def _stay(self) -> None:
        attempt = 0
        while True:
            await self._there.wait()
            try:
                self._socket = await self.person.connect()
            except (OSError, InvalidHandshake, EOFError, TimeoutError):
                attempt += 1
                await self.pause(attempt)
                continue
            attempt = 0
            with contextlib.suppress(ConnectionClosed):
                await self._converse(self._socket)
            self._synced = False
            self._lose()
            # whoever is back already may be quicker than the end of the socket that they closed
            if self._there.is_set() and self._socket is not self._left:
                self.closes.append(self._socket.close_code)
            self.moved.set()
            await self.pause(0)

    async def _converse(self, socket: ClientConnection) -> None:
        await self._greet()
        async for frame in socket:
            await self._take(json.loads(frame))
            self.moved.set()

    async def _greet(self) -> None:
        raise NotImplementedError

    async def _take(self, push: Push) -> None:
        raise NotImplementedError

    def _lose(self) -> None:
        """The socket has gone."""

    async def _send(self, request: dict[str, Any]) -> None:
        assert self._socket
        # The reader sees a lost socket too, and what was not sent is still in the outbox.
        with contextlib.suppress(ConnectionClosed):
            await self._socket.send(json.dumps(request))

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """Forget a task that went well; check() wants to see the others."""
        if task.cancelled() or task.exception() is None:
            self._tasks.discard(task)
        self.moved.set()
