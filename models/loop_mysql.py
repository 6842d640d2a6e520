"""The log writer's connection to MySQL: asked on the event loop, which goes on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from peewee import Database

from app.messaging.pause import check_may_wait, in_thread
from models.base import MariaDatabase
from models.loop_socket import LoopSocket


class MariaOnLoop(MariaDatabase):
    """One connection, for one greenlet (app/messaging/pause.py); on the loop itself it refuses."""

    def _opened(self, connect: Callable[[], Any]) -> Any:
        loop = asyncio.get_running_loop()
        made = in_thread(loop, connect)
        # The driver's own names: its connect(sock) would take a socket of ours, but could not
        # wrap it in TLS.
        made._sock = LoopSocket(made._sock, loop)
        made._rfile = made._sock.makefile("rb")
        return made

    def connect(self, reuse_if_open: bool = False) -> bool:
        check_may_wait()
        return bool(super().connect(reuse_if_open))

    def close(self) -> bool:
        check_may_wait()
        return bool(super().close())

    def cursor(self, named_cursor: str | None = None) -> Any:
        check_may_wait()
        return super().cursor(named_cursor)  # type: ignore[no-untyped-call]


def on_loop(db: Database) -> MariaOnLoop:
    """The same database, with a connection of its own: nobody else's question may get into a
    transaction that waits.
    """
    real: Any = getattr(db, "obj", db)
    # no lock: one that is held over a wait would stop the thread, and with it the loop
    return MariaOnLoop(real.database, thread_safe=False, autoconnect=False, **real.connect_params)
