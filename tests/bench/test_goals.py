"""Which goals count as met."""

import pytest

from tests.bench import goals
from tests.bench.history import PageCost
from tests.bench.options import Case
from tests.bench.runs import Run
from tests.bench.shapes import IdleResult, Integrity, LoadResult
from tests.bench.startup import Startup
from tests.bench.startup import lines as startup_lines

NOTHING = Integrity(0, 0, 0)


def run(case: Case, p50: float, p99: float, variant: str = "parley", number: int = 1) -> Run:
    result = LoadResult(100, p50, p99, p99, 1, 1, 0, 0, 0, 0, 0, 1, NOTHING, [])
    return Run(number, "sqlite", case, variant, True, result)


@pytest.mark.parametrize(("p50", "met"), [(0.59, True), (0.6, False)])
def test_one_pair_alone(p50: float, met: bool) -> None:
    [line] = goals.lines([run(Case(1, 1), p50, 9.0), run(Case(1, 1), 0.1, 0.1, "naive")])
    assert line.endswith("not met") is not met


@pytest.mark.parametrize(("p99", "met"), [(5.0, True), (5.1, False)])
def test_half_of_full_load(p99: float, met: bool) -> None:
    """The median over the rounds; full load itself is no part of it."""
    half = Case(50, 64, half=True, rate=700.0)
    runs = [run(half, 1.0, late, number=n) for n, late in enumerate((0.1, p99, 50.0))]
    [line] = goals.lines([*runs, run(Case(50, 1), 1.0, 1.0)])
    assert "half of full load, 100/s" in line
    assert line.endswith("not met") is not met


def page(messages: int, server: float, ratio: float) -> PageCost:
    return PageCost(messages, server, 0.0, 100.0, 100.0, ratio)


def test_a_page_of_history() -> None:
    shown = goals.page_lines("sqlite", [page(1000, 100.0, 1.8), page(10**6, 110.0, 1.7)])
    assert not any(line.endswith("not met") for line in shown)
    shown = goals.page_lines("sqlite", [page(1000, 100.0, 1.7), page(10**6, 111.0, 1.9)])
    assert all(line.endswith("not met") for line in shown)
    assert goals.page_lines("sqlite", []) == []


def test_an_idle_connection() -> None:
    [line] = goals.idle_lines("parley", IdleResult(10, 6 * 1024, 1.0))
    assert not line.endswith("not met")
    [line] = goals.idle_lines("parley", IdleResult(10, 6.2 * 1024, 1.0))
    assert line.endswith("not met")
    assert goals.idle_lines("naive", IdleResult(10, 1.0, 1.0)) == []


def test_a_start() -> None:
    [line] = startup_lines(Startup("sqlite", [0.2, 0.9, 1.5]))
    assert not line.endswith("not met")
    [line] = startup_lines(Startup("sqlite", [0.2, 1.1, 1.5]))
    assert line.endswith("not met")
