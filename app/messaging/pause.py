"""Code that waits, on the event loop: it runs in a greenlet, and the loop goes on meanwhile.

A greenlet has a stack of its own; switching to another one and back costs less than a microsecond
(https://greenlet.readthedocs.io). Threads would cost two wake-ups and the GIL.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from greenlet import getcurrent, greenlet

Made = TypeVar("Made")
# later than every time of the loop
NEVER = float("inf")


def start(loop: asyncio.AbstractEventLoop, run: Callable[[], None]) -> None:
    """Runs it from the loop's next turn on. What it raises, the loop logs."""
    loop.call_soon(greenlet(run).switch)


def check_may_wait() -> greenlet:
    """Whom a wait leaves the thread to. Raises RuntimeError on the loop itself, which must not."""
    others = getcurrent().parent
    if others is None:
        raise RuntimeError("nobody may wait on the event loop itself")
    return others


class Pause:
    """Where one greenlet waits. `wait` is the greenlet's, all else the loop's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: greenlet | None = None
        self._due = 0.0  # when its time is over, of a wait with a timeout
        self._timer: asyncio.TimerHandle | None = None  # goes on from one wait to the next

    @property
    def is_on(self) -> bool:
        return self._waiting is not None

    def wait(self, timeout: float | None = None) -> bool:
        """Until wake(); False after so many seconds without. Raises RuntimeError on the loop."""
        others = check_may_wait()
        self._due = NEVER if timeout is None else self._loop.time() + timeout
        if self._due < NEVER:
            self._wake_by(self._due)
        self._waiting = getcurrent()
        try:
            return bool(others.switch())
        finally:
            self._waiting = None

    def wake(self) -> None:
        self._go_on(True)

    def _wake_by(self, due: float) -> None:
        """Mostly the timer of an earlier wait does: one for each costs more than all the rest."""
        if self._timer is not None:
            if self._timer.when() <= due:
                return
            self._timer.cancel()
        self._timer = self._loop.call_at(due, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._waiting is None or self._due == NEVER:
            return
        if self._loop.time() < self._due:
            self._wake_by(self._due)
        else:
            self._go_on(False)

    def _go_on(self, woken: bool) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.switch(woken)


def in_thread(loop: asyncio.AbstractEventLoop, work: Callable[[], Made]) -> Made:
    """For what cannot wait in this way: a name to be looked up, a TLS handshake."""
    check_may_wait()
    made: Future[Made] = Future()
    pause = Pause(loop)

    def run() -> None:
        try:
            made.set_result(work())
        except BaseException as error:
            made.set_exception(error)
        try:
            loop.call_soon_threadsafe(pause.wake)
        except RuntimeError:  # the loop is closed: nobody waits
            return

    # daemon: it must not keep a stopping process alive
    threading.Thread(target=run, name="aside", daemon=True).start()
    pause.wait()
    return made.result()
