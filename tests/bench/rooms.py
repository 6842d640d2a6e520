"""The case of rooms: what it costs to tell everybody in a room what one of them said."""

from __future__ import annotations

import dataclasses
import http.client
import itertools
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from tests.bench.room_load import RoomPlan, RoomResult
from tests.bench.runs import run_generator
from tests.bench.shapes import Integrity
from tests.bench.stores import Store
from tests.bench.tokens import Minter
from tests.bench.variants import Running, Variant, start
from tests.oracle import read_rows

_numbers = itertools.count(1)

# In every run one writes in each room, so message n of a room must be its seq n.
PING_SECONDS = 600.0  # nobody answers while 2,000 sockets take their seats one after the other
STORED = """
    SELECT room.name, COUNT(*), COUNT(DISTINCT client_id), MIN(seq), MAX(seq),
           SUM(CASE WHEN CAST(SUBSTR(content, 3, 8) AS DECIMAL) = seq THEN 0 ELSE 1 END)
    FROM chatlog JOIN room ON room.conversation_id = chatlog.conversation_id
    WHERE room.name LIKE '{run} %' GROUP BY room.name
"""


@dataclass(frozen=True)
class RoomCase:
    """So many rooms, so many people in each, and messages in flight in each."""

    rooms: int
    people: int
    window: int

    def __str__(self) -> str:
        if self.rooms == 1:
            return f"1 room, 1 writer, {self.people - 1:,} readers, W={self.window}"
        return f"{self.rooms} rooms of {self.people}, W={self.window}"


CASES = [RoomCase(1, 1001, 1), RoomCase(1, 1001, 16), RoomCase(100, 20, 1)]


@dataclass
class RoomRun:
    round: int
    database: str
    variant: str
    case: RoomCase
    result: RoomResult

    @property
    def faults(self) -> list[str]:
        wire = self.result.integrity
        names = ("lost", "repeated", "out_of_order")
        counts = {name: getattr(wire, name) for name in names}
        return [f"{count} {name}" for name, count in counts.items() if count] + wire.problems


def room_rounds(
    variants: list[Variant], stores: list[Store], minter: Minter, rounds: int, seconds: float
) -> Iterator[RoomRun]:
    """All cases on all databases in turn, again and again; everybody is new only once."""
    tokens = minter.tokens("roomer", max(case.rooms * case.people for case in CASES))
    with ExitStack() as stack:
        servers = [
            start(variant, store, minter, stack, ping_interval=PING_SECONDS)
            for store in stores
            for variant in variants
        ]
        for number in range(1, rounds + 1):
            for case, running in itertools.product(CASES, servers):
                result = _measure(running, case, tokens, seconds)
                yield RoomRun(number, running.store.name, running.variant.name, case, result)


def _measure(running: Running, case: RoomCase, tokens: list[str], seconds: float) -> RoomResult:
    run = f"rooms{next(_numbers)}"
    names = [f"{run} {number}" for number in range(case.rooms)]
    tokens = tokens[: case.rooms * case.people]
    for name, token in zip(names, tokens[:: case.people], strict=True):
        open_room(running.server.host, running.server.port, token, name)
    plan = RoomPlan(
        rooms=names,
        host=running.server.host,
        port=running.server.port,
        tokens=tokens,
        server_pid=running.server.pid,
        database_pid=running.store.pid,
        window=case.window,
        warmup=1.0,
        seconds=seconds,
    )
    answer = run_generator("tests.bench.room_load", dataclasses.asdict(plan))
    result = RoomResult(**{**answer, "integrity": Integrity(**answer["integrity"])})
    result.integrity.problems += _check_rows(running, run, case.rooms)
    return result


def open_room(host: str, port: int, token: str, name: str) -> None:
    connection = http.client.HTTPConnection(host, port, timeout=30)
    body = json.dumps({"opt": "room-open", "data": {"room": name}})
    connection.request("POST", "/useropt", body, {"Authorization": f"Bearer {token}"})
    answer = json.loads(connection.getresponse().read())
    connection.close()
    if answer["errorcode"] != 0:
        raise RuntimeError(f"{name}: {answer}")


def _check_rows(running: Running, run: str, rooms: int) -> list[str]:
    """Whether the database has message 1, 2, 3, ... of every room at seq 1, 2, 3, ..."""
    found = read_rows(running.database_url, STORED.format(run=run))
    problems = [] if len(found) == rooms else [f"{rooms} rooms, {len(found)} with messages"]
    for name, *counts in found:
        count, different, first, last, misplaced = map(int, counts)
        if (different, first, last, misplaced) != (count, 1, count, 0):
            problems.append(f"{name}: seq {first}..{last}, {count} rows, {misplaced} misplaced")
    return problems


COLUMNS = (
    ("database", 10),
    ("variant", 9),
    ("case", 40),
    ("deliveries/s", 13),
    ("msg/s", 8),
    ("p50 ms", 9),
    ("p99 ms", 9),
    ("server us", 11),
    ("db us", 8),
    ("gen CPU", 9),
    ("faults", 8),
)


def line(run: RoomRun) -> str:
    faults = f"  FAULTS: {run.faults}" if run.faults else ""
    return (
        f"round {run.round}  {run.database:8} {run.variant:8} {run.case!s:40}"
        f"{run.result.per_second:9,.0f} deliveries/s  p99 {run.result.p99_ms:.2f} ms{faults}"
    )


def table(runs: list[RoomRun]) -> str:
    """Medians over the rounds."""
    lines = [_row([name for name, _ in COLUMNS])]
    for key in dict.fromkeys((run.database, run.variant, run.case) for run in runs):
        mine = [run for run in runs if (run.database, run.variant, run.case) == key]
        lines.append(_row([str(part) for part in key] + _medians(mine)))
    return "\n".join(lines)


def _medians(runs: list[RoomRun]) -> list[str]:
    def mid(name: str) -> float:
        return float(median(getattr(run.result, name) for run in runs))

    return [
        f"{mid('per_second'):,.0f}",
        f"{mid('messages'):,.0f}",
        f"{mid('p50_ms'):.2f}",
        f"{mid('p99_ms'):.2f}",
        f"{mid('server_us'):.2f}",
        f"{mid('database_us'):.2f}",
        f"{mid('generator_share'):.0%}",
        str(sum(len(run.faults) for run in runs)),
    ]


def _row(cells: list[str]) -> str:
    widths = [width for _, width in COLUMNS]
    texts = [
        cell.ljust(width) if place < 3 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "".join(texts).rstrip()
