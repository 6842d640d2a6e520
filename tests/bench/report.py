"""One table a person can read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from tests.bench.history import PageCost
from tests.bench.runs import Run
from tests.bench.shapes import IdleResult, LoadResult

BASELINE = "naive"
DISTURBED = 0.15  # some of it is always there: the kernel's own work for the network
COLUMNS = (
    ("database", 9),
    ("case", 23),
    ("variant", 10),
    ("msg/s", 9),
    ("ratio", 8),
    ("per CPU", 9),
    ("p50 ms", 8),
    ("p99 ms", 8),
    ("server us", 10),
    ("db us", 7),
    ("gen CPU", 8),
    ("others", 7),
    ("lost", 5),
    ("rep.", 5),
    ("ooo", 4),
)


def line(run: Run) -> str:
    """One run, as it happens."""
    result = run.result
    faults = f"  FAULTS: {run.faults}" if run.faults else ""
    return (
        f"round {run.round}  {run.database:8} {run.case!s:23} {run.variant:10}"
        f"{result.per_second:9,.0f} msg/s  p99 {result.p99_ms:.2f} ms{faults}"
    )


def table(runs: list[Run]) -> str:
    """Medians over the rounds; a ratio is the median of each round's ratio to the baseline."""
    rows = [_row([name for name, _ in COLUMNS]), _row(["-" * (width - 1) for _, width in COLUMNS])]
    keys = list(dict.fromkeys((run.database, run.case) for run in runs))
    for database, case in sorted(keys, key=lambda key: key[0]):
        group = [run for run in runs if (run.database, run.case) == (database, case)]
        variants = dict.fromkeys(run.variant for run in group)
        rows.extend(_medians(group, variant) for variant in variants)
    others = median(run.result.machine_others for run in runs)
    if others > DISTURBED:
        rows += ["", f"Other processes took {others:.0%} of the machine: trust only `per CPU`."]
    return "\n".join(rows)


def _medians(group: list[Run], variant: str) -> str:
    mine = [run for run in group if run.variant == variant]
    results = [run.result for run in mine]

    def mid(name: str) -> float:
        return float(median(getattr(result, name) for result in results))

    def total(name: str) -> int:
        return sum(getattr(result.integrity, name) for result in results)

    def compared(rate: Callable[[LoadResult], float]) -> str:
        ratio = ratio_to(group, variant, BASELINE, rate)
        return f"{ratio:.2f}x" if ratio else ""

    return _row(
        [
            mine[0].database,
            str(mine[0].case),
            variant,
            f"{mid('per_second'):,.0f}",
            compared(lambda result: result.per_second),
            compared(per_cpu_second),
            f"{mid('p50_ms'):.2f}",
            f"{mid('p99_ms'):.2f}",
            f"{mid('server_us'):.1f}",
            f"{mid('database_us'):.1f}" if mine[0].database != "sqlite" else "-",
            f"{mid('generator_share'):.0%}",
            f"{mid('machine_others'):.0%}",
            *(str(total(name)) for name in ("lost", "repeated", "out_of_order")),
        ]
    )


def per_cpu_second(result: LoadResult) -> float:
    """Messages for a CPU second, server and database together: others move it least."""
    return 1e6 / max(result.server_us + result.database_us, 1.0)


def ratio_to(
    group: Iterable[Run], variant: str, baseline: str, rate: Callable[[LoadResult], float]
) -> float | None:
    """The median over the rounds of this variant's rate to the baseline's."""
    by_round: dict[int, dict[str, float]] = {}
    for run in group:
        by_round.setdefault(run.round, {})[run.variant] = rate(run.result)
    ratios = [
        rates[variant] / rates[baseline]
        for rates in by_round.values()
        if rates.get(baseline) and variant in rates
    ]
    return median(ratios) if ratios else None


def _row(cells: Sequence[str]) -> str:
    shown = []
    for (_, width), cell, number in zip(COLUMNS, cells, range(len(cells)), strict=True):
        shown.append(cell.ljust(width) if number < 3 else cell.rjust(width))
    return "".join(shown).rstrip()


def idle_line(database: str, variant: str, result: IdleResult) -> str:
    """Memory of idle connections."""
    problems = f"  FAULTS: {result.problems}" if result.problems else ""
    return (
        f"{database:9}{variant:10}{result.connections:,} idle connections: "
        f"{result.bytes_each / 1024:.1f} KiB each, all opened in "
        f"{result.connect_seconds:.1f} s{problems}"
    )


def page_line(database: str, cost: PageCost) -> str:
    """Cost of a page of history."""
    apart = f", database {cost.database_us:.0f} us" if cost.database_us else ""
    return (
        f"{database:9}page of 50 out of {cost.messages:>9,}: {cost.server_us:.0f} us{apart}; "
        f"empty POST {cost.empty_us:.0f} us, ratio {cost.ratio:.2f}; "
        f"signing in alone {cost.signed_in_us:.0f} us"
    )
