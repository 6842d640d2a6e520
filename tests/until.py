"""Waiting for what can be looked at and tells nobody."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.tab import PATIENCE

LOOK_SECONDS = 0.02


def until(
    seen: Callable[[], object],
    never: str,
    *,
    within: float = PATIENCE,
    every: float = LOOK_SECONDS,
) -> None:
    """Look again and again until it is so; fails when that takes too long."""
    deadline = time.monotonic() + within
    while not seen():
        assert time.monotonic() < deadline, never
        time.sleep(every)
