"""Waits, in a test, for what runs in a greenlet."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.messaging.pause import start

Made = TypeVar("Made")
PATIENCE = 20.0


async def in_greenlet(work: Callable[[], Made]) -> Made:
    """What it returns or raises; the loop goes on while it waits."""
    loop = asyncio.get_running_loop()
    made: asyncio.Future[Made] = loop.create_future()

    def run() -> None:
        try:
            made.set_result(work())
        except Exception as error:
            made.set_exception(error)

    start(loop, run)
    async with asyncio.timeout(PATIENCE):
        return await made
