"""A stop: everybody is told why, also who is about to come."""

import asyncio
from pathlib import Path

import pytest

from app import application
from app.messaging.bus import Bus
from app.messaging.errors import CloseCode
from app.sockets import Sockets
from tests.client import PATIENCE, guest
from tests.raw_socket import RawSocket
from tests.rooms.inside import serve_inside


class Gate:
    """Holds up a handshake where it gets into the routing table, for as long as it is shut."""

    def __init__(self, bus: Bus) -> None:
        self._prepare = bus.prepare
        self.reached, self.open = asyncio.Event(), asyncio.Event()
        bus.prepare = self.wait  # type: ignore[method-assign]

    async def wait(self, user_id: int) -> None:
        self.reached.set()
        await self.open.wait()
        await self._prepare(user_id)


def everybody_is_told(sockets: Sockets) -> asyncio.Event:
    """From then on it is waited for them to go."""
    told, emptied = asyncio.Event(), sockets.emptied

    async def wait() -> None:
        told.set()
        await emptied()

    sockets.emptied = wait  # type: ignore[method-assign]
    return told


@pytest.mark.parametrize("alone", [True, False])
async def test_who_comes_while_all_others_go_is_told_why(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: bool
) -> None:
    monkeypatch.setattr(application, "FAREWELL", PATIENCE)
    async with serve_inside(tmp_path, database_url) as inside:
        ann, bob = await guest(inside.url, "ann"), await guest(inside.url, "bob")
        first = None if alone else await RawSocket.upgraded(ann)
        gate, told = Gate(inside.here.bus), everybody_is_told(inside.here.sockets)
        coming = asyncio.create_task(RawSocket.upgraded(bob))
        await asyncio.wait_for(gate.reached.wait(), PATIENCE)

        async def let_in() -> int | None:
            await asyncio.wait_for(told.wait(), PATIENCE)
            gate.open.set()
            code = await (await coming).close_code()
            if first is not None:
                assert await first.close_code() == CloseCode.RESTART
            return code

        ending = asyncio.create_task(let_in())
    assert await ending == CloseCode.RESTART
