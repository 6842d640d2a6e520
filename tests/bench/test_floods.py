"""One socket that floods: the comparison, and a short flood against a real server."""

import dataclasses

import pytest

from tests.bench.floods import FLOODS, LIMITS, TOO_FAST, FloodRun, lines
from tests.bench.runs import run_generator
from tests.bench.shapes import FloodPlan, FloodResult, Integrity, Period
from tests.bench.tokens import Minter
from tests.conftest import StartServer

PAIRS = 3


def periods(*rounds: tuple[float, float, float]) -> FloodRun:
    """p99 without, beside texts, beside frames; in each round."""
    found = [
        Period(number, flood, 100, 1.0, p99, {TOO_FAST: 9} if flood == "frames" else {})
        for number, row in enumerate(rounds)
        for flood, p99 in zip(("", "texts", "frames"), row, strict=True)
    ]
    return FloodRun("sqlite", PAIRS, FloodResult(found, 0.1, 1, Integrity(0, 0, 0), []))


def test_neighbours_are_compared() -> None:
    run = periods((1.0, 1.1, 1.3), (10.0, 10.0, 14.0), (2.0, 9.0, 2.4))
    assert run.ratio("texts") == pytest.approx(1.1)
    assert run.ratio("frames") == pytest.approx(1.3)
    assert run.p99("") == 2.0
    assert [line.endswith("not met") for line in lines(run)[1:]] == [False, True]


def test_a_flood_without_a_limit_or_beyond_one_is_a_fault() -> None:
    run = periods((1.0, 1.0, 1.0))
    assert run.faults == []
    run.of("frames")[0].answers.clear()
    run.of("texts")[0].answers[TOO_FAST] = 1
    assert run.faults == ["texts: 1 refused as too fast", "frames: 0 refused as too fast"]
    run.result.integrity.lost = 2
    assert run.faults[0] == "2 lost"


def test_a_short_flood(sqlite_url: str, start_server: StartServer, minter: Minter) -> None:
    """The floods meet the limits of an ordinary server, and nothing is lost beside them."""
    server = start_server(database_url=sqlite_url, identity_secrets_file=minter.file, **LIMITS)
    plan = FloodPlan(
        name="flood",
        host=server.host,
        port=server.port,
        tokens=minter.tokens("pair", 2 * PAIRS),
        server_pid=server.pid,
        database_pid=None,
        window=32,
        warmup=0.1,
        seconds=0.5,
        rate=4.0 * PAIRS,
        rounds=1,
        floods=FLOODS,
        flooders=minter.tokens("flooder", 2 * len(FLOODS)),
    )
    answer = run_generator("tests.bench.flood_load", dataclasses.asdict(plan))
    assert Integrity(**answer["integrity"]) == Integrity(0, 0, 0)
    found = {period["flood"]: Period(**period) for period in answer["periods"]}
    assert set(found) == {"", "texts", "frames"}
    assert all(period.messages >= PAIRS and period.p99_ms > 0 for period in found.values())
    assert found["texts"].answers.get("1", 0) >= FLOODS[0].burst
    assert found["frames"].answers[TOO_FAST] > 0
