"""The load generator: `python -m tests.bench.load` reads a LoadPlan as JSON from stdin,
drives the server, and prints a LoadResult as JSON. A process of its own, so that
neither its work nor its garbage is counted as the server's.
"""

import dataclasses
import gc
import json
import select
import sys
import time
from array import array
from collections.abc import Callable

from tests.bench.audit import EXAMPLES, audit
from tests.bench.pacing import Pace
from tests.bench.percentiles import percentile
from tests.bench.procstat import CORES, Usage
from tests.bench.shapes import Integrity, LoadPlan, LoadResult
from tests.bench.streams import Pair, Stream
from tests.bench.wire import connect

DRAIN_SECONDS = 10.0
POLL_SECONDS = 0.05


class Generator:
    """Connects the pairs, runs them, and measures in the middle of the run."""

    def __init__(self, plan: LoadPlan) -> None:
        self.plan = plan
        self.troubled: list[Stream] = []
        self.epoll = select.epoll()  # first of all: select() knows small descriptors only
        self.pairs = [self._pair(number) for number in range(plan.pairs)]
        self._on_readable: dict[int, tuple[Callable[[], None], Pair]] = {}
        for pair in self.pairs:
            self.watch(pair.sender, pair.on_answers, pair)
            self.watch(pair.recipient, pair.on_pushes, pair)

    def _pair(self, number: int) -> Pair:
        plan = self.plan
        audited = number < plan.audited
        recipient, sender = (
            Stream(connect(plan.host, plan.port, token), audited, self.troubled)
            for token in (plan.tokens[2 * number + 1], plan.tokens[2 * number])
        )
        return Pair(f"{plan.name}-{number}", sender, recipient, plan.window, plan.size)

    def watch(self, stream: Stream, call: Callable[[], None], pair: Pair) -> None:
        self._on_readable[stream.sock.fileno()] = (call, pair)
        self.epoll.register(stream.sock.fileno(), select.EPOLLIN)

    def run(self) -> LoadResult:
        start = time.perf_counter()
        self._drive(start + self.plan.warmup)
        self.forget_latencies()
        before, started = self.usage(), time.perf_counter()
        self._drive(started + self.plan.seconds)
        after, ended = self.usage(), time.perf_counter()
        if self.plan.rate:  # what was due counts, also when it comes late
            self.drain()
        latencies = self.latencies()
        self.drain()
        return self._result(before, after, ended - started, latencies)

    def usage(self) -> Usage:
        return Usage.read(self.plan.server_pid, self.plan.database_pid)

    def _drive(self, until: float) -> None:
        if self.plan.rate:
            self.keep_pace(until, self.pace(time.perf_counter(), until))
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
            if self.troubled:
                self._look_after_troubled()

    def pace(self, start: float, until: float) -> Pace:
        return Pace([*self.pairs], self.plan.rate, start, until)

    def keep_pace(self, until: float, *paces: Pace) -> None:
        """Until the time is over and all that was due is out, or has waited for too long."""
        while (now := time.perf_counter()) < until or not all(pace.ended for pace in paces):
            for pace in paces:
                pace.send(now)
            if now > until + DRAIN_SECONDS:
                return
            self._wait(min(pace.next for pace in paces) - time.perf_counter())
            self._read_ready(0)

    def _wait(self, seconds: float) -> None:
        """Until something comes: select() has microseconds where epoll rounds up to a thousand."""
        select.select([self.epoll], [], [], min(max(0.0, seconds), POLL_SECONDS))

    def _read_ready(self, timeout: float) -> None:
        for fd, _ in self.epoll.poll(timeout):
            self._on_readable[fd][0]()
        if self.troubled:
            self._look_after_troubled()

    def _look_after_troubled(self) -> None:
        streams = self.troubled[:]
        self.troubled.clear()
        for stream in streams:
            if not stream.closed:
                stream.write(b"")
            elif stream.sock.fileno() in self._on_readable:
                del self._on_readable[stream.sock.fileno()]
                self.epoll.unregister(stream.sock.fileno())

    def forget_latencies(self) -> None:
        for pair in self.pairs:
            pair.latencies = array("d")

    def latencies(self) -> list[float]:
        return sorted(late for pair in self.pairs for late in pair.latencies)

    def drain(self) -> None:
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
        return LoadResult(
            per_second=len(latencies) / seconds,
            p50_ms=percentile(latencies, 0.50),
            p99_ms=percentile(latencies, 0.99),
            max_ms=percentile(latencies, 1.0),
            server_us=spent.server * each,
            database_us=spent.database * each,
            server_share=spent.server / seconds,
            database_share=spent.database / seconds,
            generator_share=spent.generator / seconds,
            machine_idle=spent.machine_idle / (seconds * CORES),
            machine_others=spent.others(seconds),
            sent=sum(pair.sent for pair in self.pairs),
            integrity=self.integrity(),
            users=self.users(),
        )

    def users(self) -> list[int]:
        pairs = ((pair.sender, pair.recipient) for pair in self.pairs)
        return [stream.user_id for pair in pairs for stream in pair]

    def integrity(self) -> Integrity:
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


def main() -> None:
    """Connect first, and leave nothing for the garbage collector to look at during the run."""
    generator = Generator(LoadPlan(**json.load(sys.stdin)))
    gc.disable()
    print(json.dumps(dataclasses.asdict(generator.run())))


if __name__ == "__main__":
    main()
