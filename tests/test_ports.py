"""Ports of the tests' servers: nobody takes what another worker of the same run is about to use."""

from tests.services.ports import APART, FIRST, LAST, begin, free_port

WORKERS = 8


def test_workers_of_a_run_begin_far_from_each_other() -> None:
    for run in range(1, 40_000, 7):
        places = sorted(begin(run + 1 + n, f"gw{n}", run) for n in range(WORKERS))
        ends = [*places[1:], places[0] + LAST - FIRST]
        gaps = [end - place for place, end in zip(places, ends, strict=True)]
        assert min(gaps) >= APART - 1, run


def test_runs_begin_at_different_places() -> None:
    assert len({begin(run) for run in range(1000, 1300)}) == 300
    assert len({begin(0, "gw0", run) for run in range(1000, 1300)}) == 300


def test_no_port_is_given_twice() -> None:
    ports = [free_port() for _ in range(20)]
    assert len(set(ports)) == 20
    assert all(FIRST <= port <= LAST for port in ports)
