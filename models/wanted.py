"""Whether somebody still waits for what a reader's thread is about to commit.

Whoever was answered -8 asks again. What was done behind that answer would be refused then, and for
good: the name is taken, the room exists.
"""

from __future__ import annotations

import threading
from collections.abc import Callable


class NobodyWaits(Exception):
    """Who asked has been answered -8: what was written is rolled back."""


class _Here(threading.local):
    """What the reader says of the work in this thread; outside of a reader everything is wanted."""

    claim: Callable[[], bool] | None = None


here = _Here()


def claim() -> None:
    """To be called right before a COMMIT, whose end the reader waits for. Raises NobodyWaits."""
    if here.claim is not None and not here.claim():
        raise NobodyWaits
