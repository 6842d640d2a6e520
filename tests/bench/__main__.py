"""`python -m tests.bench`: see docs/performance.md."""

from __future__ import annotations

import dataclasses
import json
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.bench import floods, goals, machine, report, rooms, startup, storms, tables
from tests.bench.history import page_costs
from tests.bench.idle import most_sockets, raise_file_limit
from tests.bench.memory import weigh_idle
from tests.bench.options import SECTIONS, Options, parse
from tests.bench.runs import Run, rounds
from tests.bench.stores import Store, open_stores
from tests.bench.tokens import Minter
from tests.bench.variants import VARIANTS, Variant, start


class Bench:
    """Runs what the options ask for, and says what it finds on the way."""

    def __init__(self, options: Options, minter: Minter, stores: list[Store]) -> None:
        self.options = options
        self.minter = minter
        self.stores = stores
        self.variants = [VARIANTS[name] for name in options.variants]
        self.faults: list[str] = []
        self.record: dict[str, Any] = {"machine": machine.describe()}

    def run(self) -> None:
        say(", ".join(f"{name} {value}" for name, value in self.record["machine"].items()))
        for section in SECTIONS:
            if section in self.options.only:
                getattr(self, section)()

    def load(self) -> None:
        runs: list[Run] = []
        with ExitStack() as stack:
            servers = [
                start(variant, store, self.minter, stack)
                for store in self.stores
                for variant in self.variants
                if store.name in variant.databases
            ]
            for run in rounds(servers, self.options, self.minter):
                runs.append(run)
                self.faults += run.faults
                say(report.line(run))
        self.record["runs"] = [dataclasses.asdict(run) for run in runs]
        if runs:
            say("", report.table(runs), "", *goals.lines(runs), "")

    def floods(self) -> None:
        found = []
        for variant, store in self._ours(self.options.flood):
            run = floods.flood_run(
                variant,
                store,
                self.minter,
                self.options.flood,
                self.options.rounds,
                self.options.seconds,
            )
            found.append(dataclasses.asdict(run))
            self.faults += run.faults
            say(*floods.lines(run))
        self.record["floods"] = found

    def storms(self) -> None:
        found = []
        for variant, store in self._ours(self.options.storm):
            members = most_sockets(self.options.storm)
            for run in storms.storm_runs(variant, store, self.minter, members):
                found.append(dataclasses.asdict(run))
                say(*storms.lines(run))
        self.record["storms"] = found

    def table(self) -> None:
        found = []
        for variant, store in self._ours(self.options.table):
            cost = tables.table_cost(variant, store, self.minter, self.options.table)
            found.append(dataclasses.asdict(cost))
            say(*tables.lines(cost))
        self.record["table"] = found

    def startup(self) -> None:
        found = []
        for variant, store in self._ours(1):
            took = startup.startup(variant, store, self.minter)
            found.append(dataclasses.asdict(took))
            say(*startup.lines(took))
        self.record["startup"] = found

    def _ours(self, wanted: int) -> list[tuple[Variant, Store]]:
        """Parley on each database, for what is only asked of it; nothing where nobody asks."""
        ours = [variant for variant in self.variants if variant.history]
        return [(variant, store) for variant in ours for store in self.stores if wanted]

    def rooms(self) -> None:
        if not self.options.rooms:
            return
        variants = [variant for variant in self.variants if variant.dense]
        runs = []
        for run in rooms.room_rounds(
            variants, self.stores, self.minter, self.options.rounds, self.options.seconds
        ):
            runs.append(run)
            self.faults += run.faults
            say(rooms.line(run))
        say("", rooms.table(runs), "")
        self.record["rooms"] = [dataclasses.asdict(run) for run in runs]

    def idle(self) -> None:
        if not self.options.idle:
            return
        # Idle connections do not touch the database: the first that will do is enough.
        weighed = {}
        for variant in (variant for variant in self.variants if variant.stores):
            store = next((s for s in self.stores if s.name in variant.databases), None)
            if store is None:
                continue
            result = weigh_idle(variant, store, self.minter, most_sockets(self.options.idle))
            self.faults += result.problems
            weighed[variant.name] = dataclasses.asdict(result)
            say(report.idle_line(store.name, variant.name, result))
            say(*goals.idle_lines(variant.name, result))
        self.record["idle"] = weighed

    def history(self) -> None:
        if not self.options.history:
            return
        pages = []
        for variant in (variant for variant in self.variants if variant.history):
            for store in self.stores:
                costs = page_costs(variant, store, self.minter, self.options.history)
                for cost in costs:
                    pages.append({"database": store.name, **dataclasses.asdict(cost)})
                    say(report.page_line(store.name, cost))
                say(*goals.page_lines(store.name, costs))
        self.record["history"] = pages


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


def main() -> int:
    options = parse()
    raise_file_limit()
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-bench-"))
        bench = Bench(options, Minter(Path(folder)), open_stores(options.databases, stack))
        bench.run()
    if options.json:
        options.json.write_text(json.dumps(bench.record, indent=1), "utf-8")
    if bench.faults:
        say("FAULTS", *bench.faults)
    return 1 if bench.faults else 0


if __name__ == "__main__":
    sys.exit(main())
