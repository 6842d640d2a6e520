"""The log writer's connection to MySQL: asked on the event loop, which goes on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from peewee import Database

from app.messaging.pause import in_thread
from models.base import MariaDatabase
from models.loop_socket import LoopSocket


class MariaOnLoop(MariaDatabase):
    """To be used in greenlets alone (app/messaging/pause.py)."""

    def _opened(self, connect: Callable[[], Any]) -> Any:
        loop = asyncio.get_running_loop()
        made = in_thread(loop, connect)
        # The driver's own names: its connect(sock) would take a socket of ours, but could not
        # wrap it in TLS.
        made._sock = LoopSocket(made._sock, loop)
        made._rfile = made._sock.makefile("rb")
        made._current_timeout = None  # of the new one it has set none yet
        return made


def on_loop(db: Database) -> MariaOnLoop:
    """The same database, with connections of its own: nobody else's question may get into a
    transaction that waits.
    """
    real: Any = getattr(db, "obj", db)
    return MariaOnLoop(real.database, autoconnect=False, **real.connect_params)
