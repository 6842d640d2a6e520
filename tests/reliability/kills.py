"""kill -9 in the middle of everything, and the return."""

import asyncio
import time
from typing import NamedTuple

from tests.client import PATIENCE
from tests.reliability.gathering import Client, Gathering
from tests.services.parley import ParleyServer


class Return(NamedTuple):
    """Seconds from the start of the new process until it was ready, and until it stored."""

    ready: float
    stored: float


async def kill_and_restart(crowd: Gathering[Client], server: ParleyServer) -> Return:
    """Kill it at a random moment, start it again, wait for the first message stored."""
    await crowd.talk_for(crowd.dice.uniform(0.05, 0.8))
    await asyncio.to_thread(server.kill)
    # What had arrived before the end is read first: it must not count as life after death.
    dead = server.url
    await crowd.everybody(lambda one: not (one.live and one.person.base_url == dead))
    had, began = crowd.acks, time.monotonic()
    await server.start_async()
    ready = time.monotonic() - began
    if crowd.acks == had:
        await crowd.next_ack(within=PATIENCE)
    return Return(ready, time.monotonic() - began)
