"""Which sockets are ready: an epoll of our own, which the event loop sees as one descriptor.

The event loop makes a handle, a selector key and a callback for each socket, and runs through
all three for each event. Here it is one dict and one call.
"""

from __future__ import annotations

import asyncio
import logging
import select
from typing import Protocol

log = logging.getLogger("parley.wire")

# sockets that are looked at before the event loop has its turn again
TURN = 64
# other systems have no epoll: there the wire is Tornado's
WORKS_HERE = hasattr(select, "epoll")


class Pollable(Protocol):
    def readable(self) -> None: ...

    def writable(self) -> None: ...

    def abort(self) -> None: ...


class Poller:
    """Belongs to one event loop; holds no descriptor while there is nothing to watch."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._epoll: select.epoll | None = None
        self._watched: dict[int, Pollable] = {}

    def watch(self, fd: int, who: Pollable) -> None:
        if self._epoll is None:
            self._epoll = select.epoll()
            self._loop.add_reader(self._epoll.fileno(), self._turn)
        self._watched[fd] = who
        self._epoll.register(fd, select.EPOLLIN)

    def want(self, fd: int, *, writing: bool) -> None:
        """Whether it matters, besides what comes, that the kernel has room again."""
        if self._epoll is not None and fd in self._watched:
            self._epoll.modify(fd, select.EPOLLIN | (select.EPOLLOUT if writing else 0))

    def forget(self, fd: int) -> None:
        """Before the descriptor is closed."""
        if self._epoll is None or self._watched.pop(fd, None) is None:
            return
        self._epoll.unregister(fd)
        if not self._watched:
            self._loop.remove_reader(self._epoll.fileno())
            self._epoll.close()
            self._epoll = None

    def _turn(self) -> None:
        """As long as others come: each turn of the event loop costs as much as two messages.

        Who comes by again in it has to wait for the next one.
        """
        served: set[int] = set()
        while self._epoll is not None and len(served) < TURN:
            ready = self._epoll.poll(0, TURN - len(served))
            for fd, events in ready:
                if fd in served:
                    return
                served.add(fd)
                self._serve(fd, events)
            if not ready:
                return

    def _serve(self, fd: int, events: int) -> None:
        who = self._watched.get(fd)
        if who is None:  # ended by one that came before it in this turn
            return
        try:
            if events & select.EPOLLOUT:
                who.writable()
            if events & ~select.EPOLLOUT:  # an error is seen by reading
                who.readable()
        except Exception:
            log.exception("a socket failed")
            who.abort()
