"""One run of the load against one server, and the rounds of them."""

from __future__ import annotations

import dataclasses
import itertools
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.bench.check import check_rows
from tests.bench.options import Case, Options
from tests.bench.shapes import Integrity, LoadPlan, LoadResult
from tests.bench.tokens import Minter
from tests.bench.variants import IN_FLIGHT, Running
from tests.services.parley import ROOT

FULL = Case(pairs=50, window=1)  # beside which half of it is measured

_numbers = itertools.count(1)


@dataclass
class Run:
    """One run's place in the benchmark and its figures."""

    round: int
    database: str
    case: Case
    variant: str
    ordered: bool
    result: LoadResult

    @property
    def faults(self) -> list[str]:
        """What was wrong; [] is the only good answer. Some designs do not promise any order."""
        wire = self.result.integrity
        names = ("lost", "repeated", *(("out_of_order",) if self.ordered else ()))
        counts = {name: getattr(wire, name) for name in names}
        return [f"{count} {name}" for name, count in counts.items() if count] + wire.problems


def rounds(servers: list[Running], options: Options, minter: Minter) -> Iterator[Run]:
    """All variants in turn, again and again, so that a slow minute of the machine hits all."""
    for number in range(1, options.rounds + 1):
        for case in options.cases:
            for running in servers:
                run = _run(number, running, case, options, minter)
                yield run
                if case == FULL and running.variant.history and not options.rate:
                    rate = run.result.per_second / 2
                    half = Case(case.pairs, IN_FLIGHT, half=True, rate=rate)
                    yield _run(number, running, half, options, minter)


def _run(number: int, running: Running, case: Case, options: Options, minter: Minter) -> Run:
    result = measure(running, case, options, minter)
    variant = running.variant
    return Run(number, running.store.name, case, variant.name, variant.ordered, result)


def measure(running: Running, case: Case, options: Options, minter: Minter) -> LoadResult:
    """One run by users nobody has seen before, and the look into the database after it."""
    name = f"run{next(_numbers)}"
    plan = LoadPlan(
        name=name,
        host=running.server.host,
        port=running.server.port,
        tokens=minter.tokens(name, 2 * case.pairs),
        server_pid=running.server.pid,
        database_pid=running.store.pid,
        window=case.window,
        warmup=options.warmup,
        seconds=options.seconds,
        rate=case.rate or options.rate,
        audited=int(running.variant.stores and running.variant.ordered),
        dense=running.variant.dense,
    )
    answer = run_generator("tests.bench.load", dataclasses.asdict(plan))
    result = LoadResult(**{**answer, "integrity": Integrity(**answer["integrity"])})
    if running.variant.stores:
        result.integrity.problems += check_rows(running, result.users[::2], result.sent)
    return result


def run_generator(module: str, plan: dict[str, Any]) -> dict[str, Any]:
    """Run a generator to its end: the plan goes in as JSON, the result comes out as JSON."""
    done = subprocess.run(
        [sys.executable, "-m", module],
        input=json.dumps(plan),
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
        timeout=600,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
