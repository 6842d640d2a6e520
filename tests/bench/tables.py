"""The case of the long table: the same page of the same conversation, from a log that holds
nothing else and from one that holds millions of other people's messages.

Two servers on two databases, asked in turns: what the machine does besides hits both.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from tests.bench.filler import fill_table
from tests.bench.goals import growth_verdict
from tests.bench.history import Cost, Reader, converse
from tests.bench.procstat import cpu_seconds
from tests.bench.stores import Store
from tests.bench.tokens import Minter
from tests.bench.variants import Variant, start
from tests.oracle import read_rows

SIZE = 1000  # messages of the conversation whose page is read
ROUNDS = 9
LOOK_SECONDS = 1.0
RESTING = 0.05  # of one core
REST_DEADLINE = 120.0


@dataclass(frozen=True)
class TableCost:
    """Medians over the rounds; `growth` compares the large with the small in the same round."""

    database: str
    rows: int  # in the large table
    fill_seconds: float
    small: Cost
    large: Cost
    growth: float


def table_cost(variant: Variant, store: Store, minter: Minter, rows: int) -> TableCost:
    with ExitStack() as stack:
        servers = [start(variant, store, minter, stack) for _ in range(2)]
        readers = [Reader(running, minter.token("reader")) for running in servers]
        pages = [reader.page(converse(reader, minter.token("writer"), SIZE)) for reader in readers]
        large = servers[1].database_url
        started = time.perf_counter()
        fill_table(large, rows - SIZE)
        taken = time.perf_counter() - started
        _rest(store.pid)
        found = int(read_rows(large, "SELECT COUNT(*) FROM chatlog")[0][0])
        costs: list[list[Cost]] = [[], []]
        for _ in range(ROUNDS):
            for reader, page, seen in zip(readers, pages, costs, strict=True):
                seen.append(reader.cost(page))
        growth = median(_all(many) / _all(few) for few, many in zip(*costs, strict=True))
        return TableCost(store.name, found, taken, _medians(costs[0]), _medians(costs[1]), growth)


def _rest(pid: int | None) -> None:
    """Until the database has written what it was filled with."""
    deadline = time.monotonic() + REST_DEADLINE
    while pid is not None and time.monotonic() < deadline:
        before = cpu_seconds(pid)
        time.sleep(LOOK_SECONDS)
        if cpu_seconds(pid) - before < RESTING * LOOK_SECONDS:
            return


def _all(cost: Cost) -> float:
    return cost.server + cost.database


def _medians(costs: list[Cost]) -> Cost:
    return Cost(median(cost.server for cost in costs), median(cost.database for cost in costs))


def lines(cost: TableCost) -> list[str]:
    return [
        f"{cost.database:9}page of 50 out of {SIZE:,}: {_shown(cost.small)} with nothing else in "
        f"the table, {_shown(cost.large)} in {cost.rows:,} (filled in {cost.fill_seconds:.0f} s)",
        growth_verdict(
            f"{cost.database:9}a page from {cost.rows:,} in the table to {SIZE:,}", cost.growth
        ),
    ]


def _shown(cost: Cost) -> str:
    return f"{cost.server:.0f} us" + (
        f" + database {cost.database:.0f} us" if cost.database else ""
    )
