"""Free ports that stay ours while a server is down."""

from __future__ import annotations

import itertools
import os
import socket

# Below the kernel's ephemeral range (32768 and up on Linux). A server that restarts on an ephemeral
# port can find it taken by a client's outgoing connection; a client that keeps reconnecting to a
# closed ephemeral port can even connect to itself.
FIRST, LAST = 20_000, 31_999

# Ports between where one worker of a run begins and the next: more than either of them takes. Two
# that came to the same place would go on side by side, and take each other's ports again and again.
APART = 1_500


def begin(process: int, worker: str = "", run: int = 0) -> int:
    """Where a process begins to look. Runs side by side begin at different places, and so do the
    workers of a run (gw0, gw1, ...), whose own numbers lie close together.
    """
    place = run * 37 + int(worker.removeprefix("gw")) * APART if worker else process * 37
    return place % (LAST - FIRST)


_start = begin(os.getpid(), os.environ.get("PYTEST_XDIST_WORKER", ""), os.getppid())
_candidates = itertools.islice(itertools.cycle(range(FIRST, LAST + 1)), _start, None)


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port on 127.0.0.1 that nobody listens on, never the same twice in a short while."""
    for port in itertools.islice(_candidates, LAST - FIRST):
        if is_free(port):
            return port
    raise RuntimeError(f"no free port between {FIRST} and {LAST}")
