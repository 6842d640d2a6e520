"""What docs/performance.md aims at: as ratios within each round, and as figures of their own."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import NamedTuple

from tests.bench.history import PageCost
from tests.bench.options import Case
from tests.bench.report import per_cpu_second, ratio_to
from tests.bench.runs import FULL, Run
from tests.bench.shapes import IdleResult, LoadResult
from tests.bench.verdict import verdict


class Goal(NamedTuple):
    """`at[window]`: what the median ratio must reach, or stay below."""

    text: str
    reference: str
    rate: Callable[[LoadResult], float]
    at: dict[int, float]
    below: bool = False


GOALS = (
    Goal("messages a second", "node", lambda result: result.per_second, {1: 2, 16: 10}),
    Goal("messages per CPU second", "node", per_cpu_second, {1: 3, 16: 10}),
    Goal(
        "server CPU per message", "echo", lambda result: result.server_us, {1: 0.6}, below=True
    ),
)  # fmt: skip
OURS = "parley"
ALONE = Case(pairs=1, window=1)
ALONE_P50_MS = 0.6
HALF_P99_MS = 5.0
IDLE_KIB = 6.0
PAGE_RATIO = 1.8  # to an empty POST
PAGE_GROWTH = 1.1  # from the smallest conversation to the largest


def lines(runs: list[Run]) -> list[str]:
    """One line for each goal of the load that was measured."""
    return [*_ratios(runs), *_latencies(runs)]


def _ratios(runs: list[Run]) -> list[str]:
    groups: dict[tuple[str, int], list[Run]] = {}
    for run in runs:
        if run.case.pairs == FULL.pairs and not run.case.half:
            groups.setdefault((run.database, run.case.window), []).append(run)
    found = []
    for (database, window), group in groups.items():
        for goal in GOALS:
            ratio = ratio_to(group, OURS, goal.reference, goal.rate)
            if ratio is not None and window in goal.at:
                found.append(f"{database:9}W={window:<3} {_line(goal, ratio, goal.at[window])}")
    return found


def _line(goal: Goal, ratio: float, wanted: float) -> str:
    met = ratio <= wanted if goal.below else ratio >= wanted
    sign = "at most" if goal.below else "at least"
    return verdict(goal.text, f"{ratio:.2f}x {goal.reference}", f"{sign} {wanted:g}x", met)


def _latencies(runs: list[Run]) -> list[str]:
    mine = [run for run in runs if run.variant == OURS]
    found = []
    for database, case in dict.fromkeys((run.database, run.case) for run in mine):
        results = [run.result for run in mine if (run.database, run.case) == (database, case)]
        p50 = median(result.p50_ms for result in results)
        p99 = median(result.p99_ms for result in results)
        if case == ALONE:
            what, wanted = f"{database:9}one pair alone, p50", f"below {ALONE_P50_MS:g} ms"
            found.append(verdict(what, f"{p50:.2f} ms", wanted, p50 < ALONE_P50_MS))
        elif case.half:
            rate = median(result.per_second for result in results)
            what = f"{database:9}half of full load, {rate:,.0f}/s, p50 {p50:.2f} ms; p99"
            wanted = f"at most {HALF_P99_MS:g} ms"
            found.append(verdict(what, f"{p99:.2f} ms", wanted, p99 <= HALF_P99_MS))
    return found


def idle_lines(variant: str, result: IdleResult) -> list[str]:
    if variant != OURS:
        return []
    kib = result.bytes_each / 1024
    what = f"an idle connection, of {result.connections:,}"
    return [verdict(what, f"{kib:.1f} KiB", f"at most {IDLE_KIB:g} KiB", kib <= IDLE_KIB)]


def page_lines(database: str, costs: list[PageCost]) -> list[str]:
    """For one database: a page to an empty POST, and that it does not grow with the history."""
    if not costs:
        return []
    ratio = max(cost.ratio for cost in costs)
    met = ratio <= PAGE_RATIO
    what = f"{database:9}a page of history to an empty POST"
    found = [verdict(what, f"{ratio:.2f}x", f"at most {PAGE_RATIO:g}x", met)]
    if len(costs) > 1:
        small, large = costs[0], costs[-1]
        growth = (large.server_us + large.database_us) / (small.server_us + small.database_us)
        what = f"{database:9}the same from {large.messages:,} messages to {small.messages:,}"
        found.append(growth_verdict(what, growth))
    return found


def growth_verdict(what: str, growth: float) -> str:
    return verdict(what, f"{growth:.2f}x", f"at most {PAGE_GROWTH:g}x", growth <= PAGE_GROWTH)
