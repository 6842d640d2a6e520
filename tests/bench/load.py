"""The load generator: `python -m tests.bench.load` reads a LoadPlan as JSON from stdin,
drives the server, and prints a LoadResult as JSON. A process of its own, so that
neither its work nor its garbage is counted as the server's.
"""

import dataclasses
import gc
import json
import os
import select
import sys
import time
from array import array
from collections.abc import Callable

from tests.bench.audit import EXAMPLES, audit
from tests.bench.procstat import Usage
from tests.bench.shapes import Integrity, LoadPlan, LoadResult
from tests.bench.streams import Pair, Stream
from tests.bench.wire import connect

DRAIN_SECONDS = 10.0
POLL_SECONDS = 0.05
CORES = os.cpu_count() or 1


class Generator:
    """Connects the pairs, runs them, and measures in the middle of the run."""

    def __init__(self, plan: LoadPlan) -> None:
        self.plan = plan
        self._troubled: list[Stream] = []
        self.pairs = [self._pair(number) for number in range(plan.pairs)]
        self.epoll = select.epoll()
        self._on_readable: dict[int, tuple[Callable[[], None], Pair]] = {}
        for pair in self.pairs:
            self._watch(pair.sender, pair.on_answers, pair)
            self._watch(pair.recipient, pair.on_pushes, pair)

    def _pair(self, number: int) -> Pair:
        plan = self.plan
        audited = number < plan.audited
        recipient, sender = (
            Stream(connect(plan.host, plan.port, token), audited, self._troubled)
            for token in (plan.tokens[2 * number + 1], plan.tokens[2 * number])
        )
        return Pair(f"{plan.name}-{number}", sender, recipient, plan.window, plan.size)

    def _watch(self, stream: Stream, call: Callable[[], None], pair: Pair) -> None:
        self._on_readable[stream.sock.fileno()] = (call, pair)
        self.epoll.register(stream.sock.fileno(), select.EPOLLIN)

    def run(self) -> LoadResult:
        start = time.perf_counter()
        self._drive(start + self.plan.warmup)
        self._forget_latencies()
        before, started = self._usage(), time.perf_counter()
        self._drive(started + self.plan.seconds)
        after, ended = self._usage(), time.perf_counter()
        latencies = self._latencies()
        self._drain()
        return self._result(before, after, ended - started, latencies)

    def _usage(self) -> Usage:
        return Usage.read(self.plan.server_pid, self.plan.database_pid)

    def _drive(self, until: float) -> None:
        if self.plan.rate:
            self._paced(until)
        else:
            self._closed_loop(until)

    def _closed_loop(self, until: float) -> None:
        poll, ready, now = self.epoll.poll, self._on_readable, time.perf_counter
        for pair in self.pairs:
            pair.fill()
        while now() < until:
            for fd, _ in poll(POLL_SECONDS):
                call, pair = ready[fd]
                call()
                pair.fill()
            if self._troubled:
                self._look_after_troubled()

    def _paced(self, until: float) -> None:
        """A fixed rate, whatever the answers do: a late message counts from when it was due."""
        step = len(self.pairs) / self.plan.rate
        start = time.perf_counter()
        due = [start + step * number / len(self.pairs) for number in range(len(self.pairs))]
        while (now := time.perf_counter()) < until:
            for number, pair in enumerate(self.pairs):
                while due[number] <= now and pair.room() > 0:
                    pair.send(1, due[number])
                    due[number] += step
            self._read_ready(max(0.0, min(due) - time.perf_counter()))

    def _read_ready(self, timeout: float) -> None:
        for fd, _ in self.epoll.poll(timeout):
            self._on_readable[fd][0]()
        if self._troubled:
            self._look_after_troubled()

    def _look_after_troubled(self) -> None:
        streams = self._troubled[:]
        self._troubled.clear()
        for stream in streams:
            if not stream.closed:
                stream.write(b"")
            elif stream.sock.fileno() in self._on_readable:
                del self._on_readable[stream.sock.fileno()]
                self.epoll.unregister(stream.sock.fileno())

    def _forget_latencies(self) -> None:
        for pair in self.pairs:
            pair.latencies = array("d")

    def _latencies(self) -> list[float]:
        return sorted(late for pair in self.pairs for late in pair.latencies)

    def _drain(self) -> None:
        deadline = time.perf_counter() + DRAIN_SECONDS
        while time.perf_counter() < deadline and self._on_readable:
            if all(pair.room() >= pair.window for pair in self.pairs):
                return
            self._read_ready(POLL_SECONDS)

    def _result(
        self, before: Usage, after: Usage, seconds: float, latencies: list[float]
    ) -> LoadResult:
        spent = after.since(before)
        each = 1e6 / max(len(latencies), 1)
        idle = spent.machine_idle / (seconds * CORES)
        ours = (spent.server + spent.database + spent.generator) / (seconds * CORES)
        return LoadResult(
            per_second=len(latencies) / seconds,
            p50_ms=_percentile(latencies, 0.50),
            p99_ms=_percentile(latencies, 0.99),
            max_ms=_percentile(latencies, 1.0),
            server_us=spent.server * each,
            database_us=spent.database * each,
            server_share=spent.server / seconds,
            database_share=spent.database / seconds,
            generator_share=spent.generator / seconds,
            machine_idle=idle,
            machine_others=max(0.0, 1 - idle - ours),
            sent=sum(pair.sent for pair in self.pairs),
            integrity=self._integrity(),
            users=[stream.user_id for stream in self._streams()],
        )

    def _streams(self) -> list[Stream]:
        return [stream for pair in self.pairs for stream in (pair.sender, pair.recipient)]

    def _integrity(self) -> Integrity:
        lost = repeated = out_of_order = 0
        problems = []
        for pair in self.pairs:
            for stream in (pair.sender, pair.recipient):
                lost += stream.tally.lost(pair.sent)
                repeated += stream.tally.repeated
                out_of_order += stream.tally.out_of_order
                problems += [stream.closed] if stream.closed else []
                problems += stream.errors[:EXAMPLES]
        for pair in self.pairs[: self.plan.audited]:
            problems += audit(pair, self.plan.size, self.plan.dense)
        return Integrity(lost, repeated, out_of_order, problems[: 4 * EXAMPLES])


def _percentile(ordered: list[float], share: float) -> float:
    """In milliseconds; of an ordered list."""
    if not ordered:
        return 0.0
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000


def main() -> None:
    """Connect first, and leave nothing for the garbage collector to look at during the run."""
    generator = Generator(LoadPlan(**json.load(sys.stdin)))
    gc.disable()
    print(json.dumps(dataclasses.asdict(generator.run())))


if __name__ == "__main__":
    main()
