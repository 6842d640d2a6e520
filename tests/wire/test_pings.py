"""Our wire pings everybody by one timer, and who gives no sign of life goes."""

from __future__ import annotations

import asyncio
from typing import Any

from handlers.wire.frames import BINARY, CLOSE, PING, PONG
from tests.raw_socket import Frame
from tests.wire.open_socket import BYE
from tests.wire.peer import Client, Echo, Server, eventually, masked, serving


async def test_everybody_is_pinged_and_who_is_silent_goes() -> None:
    async with serving(websocket_ping_interval=0.2, websocket_ping_timeout=0.1) as server:
        polite, silent = await Client.to(server), await Client.to(server)
        for _ in range(3):
            assert await polite.read() == Frame(PING, b"")
            await polite.send(masked(PONG))
        await server.until(("close", None, None))
        assert len(Echo.live) == 1
        frames = await silent.rest()
        assert frames == [Frame(PING, b""), Frame(CLOSE, BYE + b"ping timed out")]


async def test_any_sign_of_life_will_do() -> None:
    """A pong may wait behind a long upload."""
    async with serving(websocket_ping_interval=0.2, websocket_ping_timeout=0.1) as server:
        client = await Client.to(server)
        upload = masked(BINARY, bytes(60))
        for at in range(len(upload)):
            await client.send(upload[at : at + 1])
            await asyncio.sleep(0.01)
        assert server.closes == []


async def test_there_is_one_timer_however_many_sockets(server: Server) -> None:
    async with serving(websocket_ping_interval=25, websocket_ping_timeout=10) as pinging:
        before = timers()
        clients = [await Client.to(pinging) for _ in range(20)]
        await eventually(lambda: len(Echo.live) == 20)
        assert timers() - before == 1
        for client in clients:
            client.abort()
        await eventually(lambda: not Echo.live)
        assert timers() == before


def timers() -> int:
    """Pending timers of our wire; asyncio and Tornado have some of their own."""
    loop: Any = asyncio.get_running_loop()
    pending = [timer for timer in loop._scheduled if not timer.cancelled()]
    return sum("handlers/wire" in repr(timer) or "Pings" in repr(timer) for timer in pending)
