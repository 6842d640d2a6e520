"""How long the server's event loop keeps people waiting, seen from outside.

A process of its own holds one idle socket and pings it every 20 ms; what the round trip takes
beyond microseconds is time in which the loop did something else. It is a process of its own so
that the load, which runs in the test's process, does not count as the server's.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from websockets.asyncio.client import ClientConnection

from tests.client import PATIENCE, Person, guest

EVERY = 0.020  # seconds between two pings
ROOT = Path(__file__).resolve().parents[2]


def percentile(trips: Sequence[float], share: float) -> float:
    """The wait that this share of all moments does not exceed.

    While one ping waits no other is sent, though each would have waited too: so a long trip
    counts once for every ping that it kept back.
    """
    waits = sorted(trip - late for trip in trips for late in _every_until(trip))
    return waits[min(len(waits) - 1, int(len(waits) * share))]


def _every_until(trip: float) -> list[float]:
    return [number * EVERY for number in range(1 + int(trip / EVERY))]


@asynccontextmanager
async def lag_of(base_url: str) -> AsyncIterator[list[float]]:
    """Measure while the block runs; the list holds the round trips when it has ended."""
    person = await guest(base_url)
    prober = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.reliability.lag", base_url, json.dumps(person.cookies)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert prober.stdin
    assert prober.stdout
    trips: list[float] = []
    try:
        async with asyncio.timeout(PATIENCE):
            assert await prober.stdout.readline() == b"pinging\n"
        yield trips
        prober.stdin.close()
        async with asyncio.timeout(PATIENCE):
            trips.extend(json.loads(await prober.stdout.read()))
    finally:
        if prober.returncode is None:
            prober.kill()
        await prober.wait()


async def _probe(person: Person) -> list[float]:
    """Ping until standard input ends."""
    asked_to_stop = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
    socket = await person.connect()
    trips = []
    print("pinging", flush=True)
    while not asked_to_stop.done():
        trips.append(await _round_trip(socket))
        await asyncio.wait([asked_to_stop], timeout=EVERY)
    await socket.close()
    return trips


async def _round_trip(socket: ClientConnection) -> float:
    return await (await socket.ping())


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_probe(Person(sys.argv[1], cookies=json.loads(sys.argv[2]))))))
