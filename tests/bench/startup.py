"""How long it takes until a server that was started answers that it is ready."""

from __future__ import annotations

import http.client
import time
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from tests.bench.stores import Store
from tests.bench.tokens import Minter
from tests.bench.variants import Variant, start
from tests.bench.verdict import verdict
from tests.services.parley import ParleyServer

STARTS = 5
MOST_SECONDS = 1.0


@dataclass(frozen=True)
class Startup:
    database: str
    seconds: list[float]


def startup(variant: Variant, store: Store, minter: Minter) -> Startup:
    """From the start of the process to /readyz; the first one, which migrates, is not counted."""
    with ExitStack() as stack:
        server = start(variant, store, minter, stack).server
        seconds = []
        for _ in range(STARTS):
            server.stop()
            started = time.perf_counter()
            server.start()
            _ask(server)
            seconds.append(time.perf_counter() - started)
        return Startup(store.name, seconds)


def _ask(server: ParleyServer) -> None:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=10)
    connection.request("GET", "/readyz")
    answer = connection.getresponse()
    assert answer.status == 200, answer.status
    connection.close()


def lines(found: Startup) -> list[str]:
    seconds = median(found.seconds)
    what = f"{found.database:9}ready to serve after"
    met = seconds <= MOST_SECONDS
    return [verdict(what, f"{seconds:.2f} s", f"within {MOST_SECONDS:g} s", met)]
