"""Draws where the server's time goes: `python -m tests.bench.picture`, with py-spy beside a load.

py-spy reads the process from outside; nothing in the server changes.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.bench.options import Case, parse
from tests.bench.runs import measure
from tests.bench.stores import open_stores
from tests.bench.tokens import Minter
from tests.bench.variants import VARIANTS, start

# --nonblocking: its own pauses would be seen at every small system call
RECORD = ("record", "--nonblocking", "--gil", "--threads", "--rate", "500")
CONNECTING = 1.0  # seconds of the picture, about, in which the load is not there yet


def main() -> None:
    given = _arguments()
    given.output.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="parley-bench-"))
        minter = Minter(Path(folder))
        [store] = open_stores([given.database], stack)
        running = start(VARIANTS["parley"], store, minter, stack)
        seconds = ("--duration", str(given.seconds), "--output", str(given.output))
        # ends by itself, and with the server at the latest
        spy = subprocess.Popen([given.py_spy, *RECORD, *seconds, "--pid", str(running.server.pid)])
        options = parse(["--seconds", str(given.seconds + CONNECTING), "--warmup", "0"])
        result = measure(running, Case(given.pairs, given.window), options, minter)
        if spy.wait():
            raise SystemExit(f"py-spy: exit code {spy.returncode}")
    print(f"{given.output}: {result.per_second:,.0f} messages a second while it was drawn")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.picture", description=__doc__)
    add = parser.add_argument
    add("--output", type=Path, default=Path("build/profile.svg"), help="(%(default)s)")
    add("--py-spy", default="py-spy", help="where it is (%(default)s)")
    add("--database", choices=["mariadb", "sqlite"], default="mariadb", help="(%(default)s)")
    add("--pairs", type=int, default=50, help="(%(default)s)")
    add("--window", type=int, default=1, help="messages in flight in each pair (%(default)s)")
    add("--seconds", type=int, default=20, help="(%(default)s)")
    return parser.parse_args()


if __name__ == "__main__":
    main()
