"""The case of one socket that floods: what the others notice of it, with the limits on."""

from __future__ import annotations

import dataclasses
import itertools
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from app.settings import Settings
from tests.bench.check import check_rows
from tests.bench.runs import run_generator
from tests.bench.shapes import Flood, FloodPlan, FloodResult, Integrity, Period
from tests.bench.stores import Store
from tests.bench.tokens import Minter
from tests.bench.variants import IN_FLIGHT, Variant, start
from tests.bench.verdict import verdict
from tests.services.parley import UNLIMITED

DEFAULT = Settings()
LIMITS = {name: getattr(DEFAULT, name) for name in (*UNLIMITED, "in_flight")}
EACH = 0.8 * DEFAULT.message_rate  # a second, of each well-behaved pair
# Seconds of a period: until a burst of messages has been earned back. In a shorter one a flood
# would be more burst than the limit allows.
PERIOD = DEFAULT.message_burst / DEFAULT.message_rate
# the longest texts, and all that a limit lets through, from the first moment on
FLOODS = [
    # a little less than the whole burst: a text that comes a moment early is not to be refused
    Flood("texts", DEFAULT.message_rate, DEFAULT.message_burst - 2, DEFAULT.content_limit),
    Flood("frames", DEFAULT.frame_rate, int(2 * DEFAULT.frame_rate), DEFAULT.content_limit),
]
MOST = 1.2  # times the p99 without a flood
TOO_FAST = "-6"

_numbers = itertools.count(1)


@dataclass
class FloodRun:
    """All periods on one database."""

    database: str
    pairs: int
    result: FloodResult

    @property
    def faults(self) -> list[str]:
        wire, faults = self.result.integrity, []
        for name in ("lost", "repeated", "out_of_order"):
            count = getattr(wire, name)
            faults += [f"{count} {name}"] if count else []
        return faults + wire.problems + self._limits()

    def _limits(self) -> list[str]:
        """A flood within the limit is never refused; one beyond it is, or there was no limit."""
        faults = []
        for period in self.result.periods:
            refused = period.answers.get(TOO_FAST, 0)
            if period.flood and bool(refused) != (period.flood == "frames"):
                faults.append(f"{period.flood}: {refused} refused as too fast")
        return faults

    def of(self, flood: str) -> list[Period]:
        return [period for period in self.result.periods if period.flood == flood]

    def ratio(self, flood: str) -> float:
        """The median over the rounds of p99 beside the flood to p99 without it."""
        return median(
            beside.p99_ms / max(without.p99_ms, 1e-6)
            for beside, without in zip(self.of(flood), self.of(""), strict=True)
        )

    def p99(self, flood: str) -> float:
        return median(period.p99_ms for period in self.of(flood))


def flood_run(
    variant: Variant, store: Store, minter: Minter, pairs: int, rounds: int, seconds: float
) -> FloodRun:
    """A server with the limits of every installation, and one generator for all periods."""
    name = f"flood{next(_numbers)}"
    with ExitStack() as stack:
        running = start(variant, store, minter, stack, **LIMITS)
        plan = FloodPlan(
            name=name,
            host=running.server.host,
            port=running.server.port,
            tokens=minter.tokens(name, 2 * pairs),
            server_pid=running.server.pid,
            database_pid=store.pid,
            window=IN_FLIGHT,
            warmup=1.0,
            seconds=max(seconds, PERIOD),
            rate=EACH * pairs,
            rounds=rounds,
            floods=FLOODS,
            flooders=minter.tokens(f"{name}-flooder", 2 * rounds * len(FLOODS)),
        )
        answer = run_generator("tests.bench.flood_load", dataclasses.asdict(plan))
        result = FloodResult(
            **{
                **answer,
                "periods": [Period(**period) for period in answer["periods"]],
                "integrity": Integrity(**answer["integrity"]),
            }
        )
        result.integrity.problems += check_rows(running, result.users[::2], result.sent)
    return FloodRun(store.name, pairs, result)


def lines(run: FloodRun) -> list[str]:
    """What the pairs saw, and the goal for each kind of flood."""
    shown = [
        f"{run.database:9}{run.pairs} pairs, {EACH * run.pairs:g}/s, no flood: "
        f"p50 {median(period.p50_ms for period in run.of('')):.2f} ms, p99 {run.p99(''):.2f} ms; "
        f"others took {run.result.machine_others:.0%} of the machine"
    ]
    for flood in FLOODS:
        what = (
            f"{run.database:9}beside one flood of {flood.name} "
            f"({flood.burst} at once, {flood.rate:g}/s): p99 {run.p99(flood.name):.2f} ms"
        )
        ratio = run.ratio(flood.name)
        shown.append(verdict(what, f"{ratio:.2f}x", f"below {MOST:g}x", ratio < MOST))
    return shown
