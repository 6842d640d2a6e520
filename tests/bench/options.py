"""The command line of the benchmark."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from pathlib import Path

SECTIONS = ("load", "rooms", "floods", "storms", "idle", "history", "table", "startup")
DESCRIPTION = "Measure Parley beside a naive design, on real databases."


@dataclass(frozen=True)
class Case:
    """A shape of load: pairs of users, and messages in flight in each pair."""

    pairs: int
    window: int
    half: bool = False  # of the load that these pairs make with one message in flight
    # messages a second over all pairs, in an open loop; 0: all it can
    rate: float = field(default=0.0, compare=False)

    def __str__(self) -> str:
        who = "one pair alone" if self.pairs == 1 else f"{self.pairs} pairs"
        if self.half:
            return f"{who}, half load"
        return f"{who}, W={self.window}"


@dataclass(frozen=True)
class Options:
    cases: list[Case]
    seconds: float
    warmup: float
    rounds: int
    rate: float
    databases: list[str]
    variants: list[str]
    idle: int
    history: list[int]
    rooms: bool
    flood: int
    storm: int
    table: int
    only: list[str]
    json: Path | None


def parse(arguments: list[str] | None = None) -> Options:
    """Options from the command line."""
    given = _parser().parse_args(arguments)
    cases = given.cases
    if given.pairs or given.window:
        cases = [Case(p, w) for p in given.pairs or [50] for w in given.window or [1]]
    return Options(
        cases=cases,
        seconds=given.seconds,
        warmup=given.warmup,
        rounds=given.rounds,
        rate=given.rate,
        databases=given.databases,
        variants=given.variants,
        idle=given.idle,
        rooms=not given.no_rooms,
        flood=given.flood,
        storm=given.storm,
        table=given.table,
        only=given.only,
        history=[] if given.no_history else given.history,
        json=given.json,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=DESCRIPTION)
    add = parser.add_argument
    add("--cases", type=_cases, default="50x1,50x16,1x1", help="PAIRSxWINDOW, ... (%(default)s)")
    add("--pairs", type=_numbers, help="instead of --cases: numbers of pairs, with commas")
    add("--window", type=_numbers, help="instead of --cases: messages in flight in each pair")
    add("--seconds", type=float, default=2, help="measured in each run (%(default)s)")
    add("--warmup", type=float, default=1, help="before that, not measured (%(default)s)")
    add("--rounds", type=int, default=3, help="of all variants, interleaved (%(default)s)")
    add("--rate", type=float, default=0, help="messages a second over all pairs; 0: all it can")
    add("--databases", type=_names, default="sqlite,mariadb", help="(%(default)s)")
    add("--variants", type=_names, default="naive,node,echo,parley", help="(%(default)s)")
    add("--idle", type=int, default=9900, help="idle connections to weigh; 0: none (%(default)s)")
    add(
        "--history",
        type=_numbers,
        default="1000,1000000",
        help="sizes of the conversations whose newest page is read (%(default)s)",
    )
    add("--no-history", action="store_true", help="leave that out: loading takes a while")
    add("--no-rooms", action="store_true", help="leave the rooms out")
    add(
        "--flood", type=int, default=200, help="pairs beside one that floods; 0: none (%(default)s)"
    )
    add("--storm", type=int, default=10000, help="who connect at once; 0: nobody (%(default)s)")
    add("--table", type=int, default=0, help="read a page from so many rows, too; 0: not")
    add("--only", type=_sections, default=",".join(SECTIONS), help="of these parts: %(default)s")
    add("--json", type=Path, help="write every single figure to this file, too")
    return parser


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _sections(text: str) -> list[str]:
    names = _names(text)
    if unknown := set(names) - set(SECTIONS):
        raise argparse.ArgumentTypeError(f"no such part: {', '.join(sorted(unknown))}")
    return names


def _numbers(text: str) -> list[int]:
    return [int(name) for name in _names(text)]


def _cases(text: str) -> list[Case]:
    shapes = [name.split("x") for name in _names(text)]
    return [Case(int(pairs), int(window)) for pairs, window in shapes]
