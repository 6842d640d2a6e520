"""The load generator for rooms: `python -m tests.bench.room_load` reads a RoomPlan as JSON from
stdin and prints a RoomResult. In each room one writes and all others read; a message is in
flight until its writer has the answer and every reader has the push.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import select
import sys
import time
from array import array
from dataclasses import dataclass

from tests.bench.idle import raise_file_limit
from tests.bench.percentiles import percentile
from tests.bench.procstat import Usage
from tests.bench.room_streams import RoomLoad, Seat, enter
from tests.bench.shapes import Integrity
from tests.bench.streams import Stream

DRAIN_SECONDS = 20.0
POLL_SECONDS = 0.05
EXAMPLES = 3


@dataclass
class RoomPlan:
    """One run. tokens: all of the first room, its writer first, then all of the second, ..."""

    rooms: list[str]
    host: str
    port: int
    tokens: list[str]
    server_pid: int
    database_pid: int | None
    window: int
    warmup: float
    seconds: float
    size: int = 100

    @property
    def people(self) -> int:
        return len(self.tokens) // len(self.rooms)


@dataclass
class RoomResult:
    """What one run gave. Shares are of one core; microseconds are per delivery to a reader."""

    per_second: float  # deliveries
    messages: float  # a second
    p50_ms: float
    p99_ms: float
    server_us: float
    database_us: float
    generator_share: float
    sent: int  # in each room, the most
    integrity: Integrity


class RoomGenerator:
    """Takes the seats, lets the writers write, and measures in the middle of the run."""

    def __init__(self, plan: RoomPlan) -> None:
        self.plan = plan
        self._troubled: list[Stream] = []
        self.epoll = select.epoll()
        self._seats: dict[int, tuple[RoomLoad, Seat]] = {}
        self.loads = [self._load(number) for number in range(len(plan.rooms))]

    def _load(self, number: int) -> RoomLoad:
        plan, room = self.plan, self.plan.rooms[number]
        tokens = plan.tokens[number * plan.people : (number + 1) * plan.people]
        connections = enter(plan.host, plan.port, tokens, room)
        # one reader of all is kept whole, and every frame of it parsed after the run
        streams = [
            Stream(connection, number == 0 and place == 1, self._troubled)
            for place, connection in enumerate(connections)
        ]
        load = RoomLoad(room, streams[0], streams[1:], plan.window, plan.size)
        for seat in load.seats:
            self._seats[seat.stream.sock.fileno()] = (load, seat)
            self.epoll.register(seat.stream.sock.fileno(), select.EPOLLIN)
        return load

    def run(self) -> RoomResult:
        plan = self.plan
        self.drive(time.perf_counter() + plan.warmup)
        for load in self.loads:
            load.latencies = array("d")
        before, started = self._usage(), time.perf_counter()
        self.drive(started + plan.seconds)
        after, ended = self._usage(), time.perf_counter()
        latencies = sorted(late for load in self.loads for late in load.latencies)
        self.drain()
        return self._result(after.since(before), ended - started, latencies)

    def _usage(self) -> Usage:
        return Usage.read(self.plan.server_pid, self.plan.database_pid)

    def drive(self, until: float) -> None:
        for load in self.loads:
            load.fill()
        while time.perf_counter() < until:
            for load in self._read_ready():
                load.fill()

    def send(self, messages: int) -> None:
        """So many in each room, whatever time that takes."""
        for load in self.loads:
            load.fill(messages)
        while any(load.sent < messages for load in self.loads):
            for load in self._read_ready():
                load.fill(messages)

    def drain(self) -> None:
        deadline = time.perf_counter() + DRAIN_SECONDS
        while any(load.waiting for load in self.loads) and time.perf_counter() < deadline:
            self._read_ready()

    def _read_ready(self) -> set[RoomLoad]:
        moved = set()
        for fd, _ in self.epoll.poll(POLL_SECONDS):
            load, seat = self._seats[fd]
            load.take(seat)
            moved.add(load)
        if self._troubled:
            self._look_after_troubled()
        return moved

    def _look_after_troubled(self) -> None:
        streams = self._troubled[:]
        self._troubled.clear()
        for stream in streams:
            if not stream.closed:
                stream.write(b"")
            elif self._seats.pop(stream.sock.fileno(), None):
                self.epoll.unregister(stream.sock.fileno())

    def _result(self, spent: Usage, seconds: float, latencies: list[float]) -> RoomResult:
        each = 1e6 / max(len(latencies), 1)
        return RoomResult(
            per_second=len(latencies) / seconds,
            messages=len(latencies) / seconds / max(self.plan.people - 1, 1),
            p50_ms=percentile(latencies, 0.50),
            p99_ms=percentile(latencies, 0.99),
            server_us=spent.server * each,
            database_us=spent.database * each,
            generator_share=spent.generator / seconds,
            sent=max(load.sent for load in self.loads),
            integrity=self.integrity(),
        )

    def integrity(self) -> Integrity:
        found = Integrity(0, 0, 0)
        for load in self.loads:
            for seat in load.seats:
                stream = seat.stream
                found.lost += stream.tally.lost(load.sent)
                found.repeated += stream.tally.repeated
                found.out_of_order += stream.tally.out_of_order
                found.problems += [stream.closed] if stream.closed else []
                found.problems += stream.errors[:EXAMPLES]
        found.problems += self.loads[0].audit()
        del found.problems[4 * EXAMPLES :]
        return found


def main() -> None:
    raise_file_limit()
    generator = RoomGenerator(RoomPlan(**json.load(sys.stdin)))
    gc.disable()
    print(json.dumps(dataclasses.asdict(generator.run())))


if __name__ == "__main__":
    main()
