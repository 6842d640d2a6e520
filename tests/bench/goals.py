"""Parley beside the references, as ratios within each round: what docs/performance.md aims at."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tests.bench.report import per_cpu_second, ratio_to
from tests.bench.runs import Run
from tests.bench.shapes import LoadResult


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
CROWD = 50  # pairs


def lines(runs: list[Run]) -> list[str]:
    """One line for each goal that was measured."""
    groups: dict[tuple[str, int], list[Run]] = {}
    for run in runs:
        if run.case.pairs == CROWD:
            groups.setdefault((run.database, run.case.window), []).append(run)
    found = []
    for (database, window), group in groups.items():
        for goal in GOALS:
            ratio = ratio_to(group, "parley", goal.reference, goal.rate)
            if ratio is not None and window in goal.at:
                found.append(f"{database:9}W={window:<3} {_line(goal, ratio, goal.at[window])}")
    return found


def _line(goal: Goal, ratio: float, wanted: float) -> str:
    met = ratio <= wanted if goal.below else ratio >= wanted
    sign = "at most" if goal.below else "at least"
    verdict = "met" if met else "not met"
    return f"{goal.text}: {ratio:.2f}x {goal.reference} ({sign} {wanted:g}x: {verdict})"
