"""The server in the test's own process, so that a test can hold up its threads where it likes.

Sockets, threads and database are real, and nothing answers differently: a reader thread may lose
the processor anywhere, and here it does so between its read and what comes of it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from app import settings
from app.application import Parley
from app.parts import Parts
from app.rooms.live import Live
from models import base, schema
from models.conversation import room_key
from tests.client import PATIENCE
from tests.services.parley import UNLIMITED


class Inside:
    """Two processes' worth of parts on one database, with no Redis: `here` has the sockets."""

    def __init__(self, here: Parts, there: Parts, port: int) -> None:
        self.here = here
        self.there = there
        self.url = f"http://127.0.0.1:{port}"

    def live(self, room: str) -> Live:
        found = self.here.rooms.roster.find(room_key(room))
        assert found is not None
        return found


@asynccontextmanager
async def serve_inside(folder: Path, database_url: str, **flags: str) -> AsyncIterator[Inside]:
    unlimited = {name: str(value) for name, value in UNLIMITED.items()}
    names = {"data_dir": str(folder), "database_url": database_url, "port": "0", "guests": "on"}
    options = settings.load({**unlimited, **names, **flags}, {})
    db = base.connect(options.database_url)
    schema.migrate(db)
    here, there = Parley(Parts(options, db)), Parts(options, db)
    port = await here.start()
    await there.start()
    try:
        yield Inside(here.parts, there, port)
    finally:
        await there.writer.drain(PATIENCE)
        await there.stop()
        await here.drain()


class Held:
    """One read that has been made and is not told yet."""

    def __init__(self) -> None:
        self._made, self._go = threading.Event(), threading.Event()

    async def made(self) -> None:
        assert await asyncio.to_thread(self._made.wait, PATIENCE), "nobody read"

    def release(self) -> None:
        self._go.set()

    def hold(self) -> None:
        self._made.set()
        self._go.wait(PATIENCE)


@contextmanager
def holding(module: Any, name: str, which: Callable[..., bool] = lambda *_: True) -> Iterator[Held]:
    """The next read by this function of the models, with such arguments, is told late."""
    read, held, waits = getattr(module, name), Held(), [True]

    def read_and_wait(*arguments: Any) -> Any:
        found = read(*arguments)
        if which(*arguments) and waits:
            waits.clear()
            held.hold()
        return found

    setattr(module, name, read_and_wait)
    try:
        yield held
    finally:
        held.release()
        setattr(module, name, read)
