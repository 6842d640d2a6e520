"""A stop: everybody is told why, also who is about to come."""

import asyncio
from pathlib import Path

import pytest

from app import application
from app.messaging.bus import Bus
from app.messaging.errors import CloseCode
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


async def meet_the_end(first: RawSocket, coming: asyncio.Task[RawSocket], gate: Gate) -> int | None:
    """The close code of who comes when `first` has heard of the end, and has not answered."""
    async with asyncio.timeout(PATIENCE):
        while (got := await first.read_frame()) is not None and got.close_code is None:
            pass
    assert got is not None
    assert got.close_code == CloseCode.RESTART
    gate.open.set()
    code = await (await coming).close_code()
    first.abort()
    return code


async def test_who_comes_while_all_others_go_is_told_why(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(application, "FAREWELL", PATIENCE)
    async with serve_inside(tmp_path, database_url) as inside:
        ann, bob = await guest(inside.url, "ann"), await guest(inside.url, "bob")
        first = await RawSocket.upgraded(ann)
        gate = Gate(inside.here.bus)
        coming = asyncio.create_task(RawSocket.upgraded(bob))
        await asyncio.wait_for(gate.reached.wait(), PATIENCE)
        ending = asyncio.create_task(meet_the_end(first, coming, gate))
    assert await ending == CloseCode.RESTART
