"""The load beside a flood: `python -m tests.bench.flood_load`, FloodPlan in, FloodResult out.

All sockets are open before the first period and stay open, so that the periods differ by the
flood alone.
"""

from __future__ import annotations

import dataclasses
import gc
import json
import sys
import time
from collections import Counter

from tests.bench.load import Generator
from tests.bench.pacing import Pace
from tests.bench.percentiles import percentile
from tests.bench.shapes import Flood, FloodPlan, FloodResult, Period
from tests.bench.streams import RING, Pair, Stream
from tests.bench.wire import TEXT, connect, server_frames


class Flooder(Pair):
    """Does not wait for anything: what is refused is part of it."""

    def __init__(self, name: str, sender: Stream, recipient: Stream, flood: Flood) -> None:
        super().__init__(name, sender, recipient, RING, flood.size)
        self.flood = flood

    def room(self) -> int:
        return 1

    def pace(self, start: float, until: float) -> Pace:
        return Pace([self], self.flood.rate, start, until, self.flood.burst)

    def answers(self) -> dict[str, int]:
        """What the server said to each of its frames; by errorcode."""
        frames = server_frames(b"".join(self.sender.raw or ()))
        codes = Counter(json.loads(f.payload)["errorcode"] for f in frames if f.opcode == TEXT)
        return {str(code): count for code, count in sorted(codes.items()) if code != 3}


class FloodGenerator(Generator):
    """The pairs of the plan, and the flooders one after the other."""

    def __init__(self, plan: FloodPlan) -> None:
        super().__init__(plan)
        self.flood_plan = plan
        kinds = plan.floods * plan.rounds
        self._flooders = [self._flooder(number, flood) for number, flood in enumerate(kinds)]

    def _flooder(self, number: int, flood: Flood) -> Flooder:
        plan = self.flood_plan
        sender, recipient = (
            Stream(connect(plan.host, plan.port, token), True, self.troubled)
            for token in plan.flooders[2 * number : 2 * number + 2]
        )
        flooder = Flooder(f"{plan.name}-flood{number}", sender, recipient, flood)
        self.watch(sender, flooder.on_answers, flooder)
        self.watch(recipient, flooder.on_pushes, flooder)
        return flooder

    def run_periods(self) -> FloodResult:
        now = time.perf_counter()
        self.keep_pace(now + self.plan.warmup, self.pace(now, now + self.plan.warmup))
        before, started = self.usage(), time.perf_counter()
        periods = [
            self._period(number, flooder)
            for number in range(1, self.flood_plan.rounds + 1)
            for flooder in self._turns(number)
        ]
        others = self.usage().since(before).others(time.perf_counter() - started)
        integrity = self.integrity()
        integrity.problems += [
            f"{flooder.flood.name}: {stream.closed}"
            for flooder in self._flooders
            for stream in (flooder.sender, flooder.recipient)
            if stream.closed
        ]
        sent = sum(pair.sent for pair in self.pairs)
        return FloodResult(periods, others, sent, integrity, self.users())

    def _turns(self, number: int) -> list[Flooder | None]:
        """Without a flood and beside each; who comes first is another one in each round."""
        each = len(self.flood_plan.floods)
        turns = [None, *self._flooders[(number - 1) * each : number * each]]
        first = number % len(turns)
        return turns[first:] + turns[:first]

    def _period(self, number: int, flooder: Flooder | None) -> Period:
        self.forget_latencies()
        start = time.perf_counter()
        until = start + self.plan.seconds
        flood = [flooder.pace(start, until)] if flooder else []
        self.keep_pace(until, self.pace(start, until), *flood)
        self.drain()
        latencies = self.latencies()
        return Period(
            round=number,
            flood=flooder.flood.name if flooder else "",
            messages=len(latencies),
            p50_ms=percentile(latencies, 0.50),
            p99_ms=percentile(latencies, 0.99),
            answers=flooder.answers() if flooder else {},
        )


def main() -> None:
    generator = FloodGenerator(FloodPlan(**json.load(sys.stdin)))
    gc.disable()
    print(json.dumps(dataclasses.asdict(generator.run_periods())))


if __name__ == "__main__":
    main()
