"""The case of idle connections: a fresh server, so that earlier load has left nothing in it."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack

from tests.bench.runs import run_generator
from tests.bench.shapes import IdlePlan, IdleResult
from tests.bench.stores import Store
from tests.bench.tokens import Minter
from tests.bench.variants import Variant, start

BASE = 50
PING_SECONDS = 5.0


def weigh_idle(variant: Variant, store: Store, minter: Minter, connections: int) -> IdleResult:
    """Memory of each idle connection, every one of which was pinged and answered."""
    with ExitStack() as stack:
        running = start(variant, store, minter, stack, ping_interval=PING_SECONDS)
        plan = IdlePlan(
            host=running.server.host,
            port=running.server.port,
            tokens=minter.tokens("idle", BASE + connections),
            server_pid=running.server.pid,
            base=BASE,
        )
        return IdleResult(**run_generator("tests.bench.idle", dataclasses.asdict(plan)))
