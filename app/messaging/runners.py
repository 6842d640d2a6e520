"""Where the writer runs: in a thread of its own, or in a greenlet on the event loop.

A thread for a database that works inside this process (SQLite); on the loop for one that is asked
over a socket, where nothing but waiting is to be done.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, Self

from app.messaging.pause import Pause, start


class Turn(Protocol):
    """A threading.Condition, as far as the queue in front of the writer needs one."""

    def __enter__(self) -> Any: ...

    def __exit__(self, *failure: Any) -> None: ...

    def wait(self, timeout: float | None = None) -> bool: ...

    def notify(self) -> None: ...


class Runner(Protocol):
    """`sleep` is for what it runs, all else for the loop."""

    turn: Turn

    def start(self, run: Callable[[], None]) -> None: ...

    def join(self, patience: float) -> None: ...

    def sleep(self, seconds: float) -> None: ...

    def tell(self, call: Callable[..., None], *args: Any) -> object:
        """On the loop, in order. Raises RuntimeError when that is closed."""
        ...


class InThread:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.turn: Turn = threading.Condition()
        self.sleep = time.sleep
        self.tell = loop.call_soon_threadsafe
        self._thread: threading.Thread | None = None

    def start(self, run: Callable[[], None]) -> None:
        # daemon: a database that never answers must not keep a stopping process alive
        self._thread = threading.Thread(target=run, name="writer", daemon=True)
        self._thread.start()

    def join(self, patience: float) -> None:
        """Waits for the end; not for a thread that is stuck."""
        if self._thread is not None:
            self._thread.join(max(0.0, patience))


class OnLoop:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.turn: Turn = LoopTurn(loop)
        self.tell = loop.call_soon
        self._loop = loop
        self._resting = Pause(loop)

    def start(self, run: Callable[[], None]) -> None:
        start(self._loop, run)

    def join(self, patience: float) -> None:
        """Nothing: what has not ended by then waits for the loop."""

    def sleep(self, seconds: float) -> None:
        self._resting.wait(seconds)


class LoopTurn:
    """Nobody else runs between two waits, so there is nothing to lock."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._pause = Pause(loop)
        self.wait = self._pause.wait

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: Any) -> None:
        return

    def notify(self) -> None:
        # not at once: whoever tells has something left to do, and may be a task
        self._loop.call_soon(self._pause.wake)
