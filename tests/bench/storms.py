"""The case of everybody at once: members nobody has seen, then the same after a restart."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from dataclasses import dataclass

from tests.bench.procstat import has_nice_thread
from tests.bench.runs import run_generator
from tests.bench.shapes import StormPlan, StormResult
from tests.bench.stores import Store
from tests.bench.tokens import Minter
from tests.bench.variants import Variant, start
from tests.bench.verdict import verdict

MOST_SECONDS = 30.0
# for each member: looked for and told of, and at first sight made, always with many others
MOST_QUERIES = {"at first sight": 0.5, "all known, after a restart": 0.5}


@dataclass
class StormRun:
    database: str
    when: str
    result: StormResult
    bcrypt: bool  # whether a password was looked at


def storm_runs(variant: Variant, store: Store, minter: Minter, members: int) -> list[StormRun]:
    """Both storms on one database. The server that starts again remembers nobody."""
    found: list[StormRun] = []
    tokens = minter.tokens("storm", members)
    with ExitStack() as stack:
        running = start(variant, store, minter, stack)
        for when in MOST_QUERIES:
            if found:
                running.server.restart()
            plan = StormPlan(
                host=running.server.host,
                port=running.server.port,
                tokens=tokens,
                server_pid=running.server.pid,
                database_url=running.database_url if store.pid else "",
            )
            answer = run_generator("tests.bench.storm", dataclasses.asdict(plan))
            bcrypt = has_nice_thread(running.server.pid)  # those of app/access/passwords.py
            found.append(StormRun(store.name, when, StormResult(**answer), bcrypt))
    return found


def lines(run: StormRun) -> list[str]:
    """What happened, and the goals."""
    result, head = run.result, f"{run.database:9}{run.result.members:,} at once, {run.when}"
    wrong = [f"{count} {why}" for why, count in result.failures.items()]
    wrong += ["bcrypt"] if run.bcrypt else []
    shown = [
        f"{head}: half of them served after {result.median_seconds:.1f} s; "
        f"{result.server_seconds:.1f} s of the server's CPU until the last hello, "
        f"{result.settled_server_seconds:.1f} s until it rests",
        verdict(
            f"{head}: the last hello after",
            f"{result.seconds:.1f} s; refused or failed: {', '.join(wrong) or 'none'}",
            f"at most {MOST_SECONDS:g} s, none, no bcrypt",
            result.seconds <= MOST_SECONDS and not wrong,
        ),
    ]
    if result.queries is not None:
        each, most = result.queries / result.members, MOST_QUERIES[run.when]
        what = f"{head}: queries for each, until the server rests"
        shown.append(verdict(what, f"{each:.2f}", f"at most {most:g}", each <= most))
    return shown
