"""A client in a room that never reads: it is dropped, and slows nobody of the 199 others."""

import socket
import time
from array import array
from contextlib import closing
from pathlib import Path

import pytest

from tests.bench.room_load import RoomGenerator, RoomPlan
from tests.bench.room_streams import enter
from tests.bench.rooms import open_room
from tests.bench.shapes import Integrity
from tests.bench.tokens import Minter
from tests.client import PATIENCE, bearer
from tests.conftest import StartServer
from tests.reliability.figures import figures
from tests.reliability.memory import forget_peak, peak, resident
from tests.services.parley import ParleyServer

MIB = 1 << 20
SIZE = 8192
PEOPLE = 200
ROOM = "crowded"
METRICS = "metrics-token-of-the-tests"
# The bound is 1 MiB of pushes; the rest is what the allocator takes, as in test_slow_reader.
GROWTH = 4 * MIB
# Seconds: far more than a busy machine needs, far less than waiting for who does not read.
SLOWER = 1.0


class Room:
    """One writes, 198 read; the last of the 200 may come and never read."""

    def __init__(self, server: ParleyServer, minter: Minter) -> None:
        self.server = server
        *others, self.last = minter.tokens("reader", PEOPLE)
        open_room(server.host, server.port, others[0], ROOM)
        self.person = bearer(server.url, others[0])
        plan = RoomPlan([ROOM], server.host, server.port, others, server.pid, None, 2, 0, 0, SIZE)
        self.generator = RoomGenerator(plan)
        (self.load,) = self.generator.loads

    def push(self, mib: int) -> tuple[int, float]:
        """So much to each socket: how far the server's memory rose, and the p99 on the way."""
        self.load.latencies = array("d")
        forget_peak(self.server.pid)
        before = resident(self.server.pid)
        self.generator.send(self.load.sent + mib * MIB // SIZE)
        self.generator.drain()
        latencies = sorted(self.load.latencies)
        return peak(self.server.pid) - before, latencies[len(latencies) * 99 // 100]

    def let_in_who_never_reads(self) -> socket.socket:
        (stuck,) = enter(self.server.host, self.server.port, [self.last], ROOM)
        stuck.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
        return stuck.sock

    async def others_only(self) -> None:
        """Wait until the room knows that one has gone."""
        deadline = time.monotonic() + PATIENCE
        while (await self.person.useropt("room-members", room=ROOM))["data"]["count"] != PEOPLE - 1:
            assert time.monotonic() < deadline, "still in the room"

    async def dropped(self) -> int:
        """How many slow readers the server says that it has dropped (with 4408)."""
        headers = {"Authorization": f"Bearer {METRICS}"}
        reply = await self.person.request("GET", "/metrics", headers=headers)
        name = "parley_slow_readers_dropped_total "
        (line,) = (one for one in reply.body.decode().splitlines() if one.startswith(name))
        return int(line.removeprefix(name))

    def close(self) -> None:
        for seat in self.load.seats:
            seat.stream.sock.close()


async def push_at_a_room(server: ParleyServer, minter: Minter, mib: int) -> None:
    with closing(Room(server, minter)) as room:
        room.push(1)  # so that the allocator has what it takes
        without, quick = room.push(mib)
        with room.let_in_who_never_reads():
            with_stuck, p99 = room.push(mib)
            await room.others_only()
            dropped = await room.dropped()
        integrity = room.generator.integrity()
    figures(
        "R9 in a room of 200",
        pushed_mib=mib,
        grown_mib=with_stuck / MIB,
        grown_without_mib=without / MIB,
        p99_ms=1000 * p99,
        p99_without_ms=1000 * quick,
    )
    assert dropped == 1
    assert integrity == Integrity(0, 0, 0, [])
    assert with_stuck <= without + GROWTH
    assert p99 < quick + SLOWER


def start(open_server: StartServer, minter: Minter) -> ParleyServer:
    return open_server(identity_secrets_file=minter.file, presence_grace=0.2, metrics_token=METRICS)


# It is about sockets, and takes a minute of every core: one database is enough every day.
@pytest.mark.parametrize(
    "database_url", [pytest.param("sqlite", marks=pytest.mark.slow), "mariadb"], indirect=True
)
async def test_who_never_reads_slows_nobody_in_a_room(
    open_server: StartServer, tmp_path: Path
) -> None:
    """Enough for the kernel's buffers and ours to be full, and some more."""
    minter = Minter(tmp_path)
    await push_at_a_room(start(open_server, minter), minter, mib=8)


@pytest.mark.reliability
async def test_fifty_mib_at_a_room_with_one_who_never_reads(
    open_server: StartServer, tmp_path: Path
) -> None:
    minter = Minter(tmp_path)
    await push_at_a_room(start(open_server, minter), minter, mib=50)
