"""While several people write, a transaction waits a moment for the others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

# A transaction waits for as many items as the last ones had, but not longer than this after the
# last one began (seconds; on the event loop, which counts in whole milliseconds, up to one more):
# the fixed cost of one is that of thirty messages, and what is answered to the last one comes in
# this moment.
PACE = 0.002
# what is left of that number with each transaction that has less: one that was cut short, because
# somebody was late, must not make the next ones short, too
LATELY = 0.9
# people who write in one transaction: for fewer, waiting costs them more than it saves, and one who
# writes a lot at once will not go on so
SEVERAL = 16


class Pace:
    """What the next transaction waits for: `wanted` items, `until` a time of the clock."""

    def __init__(self, batch_size: int, who: Callable[[Any], Hashable]) -> None:
        self.wanted, self.until = 1, 0.0
        self._batch_size = batch_size
        self._who = who
        self._lately = self._people = 0

    def note(self, batch: Sequence[Any], began: float) -> None:
        """One had these items."""
        self._lately = max(len(batch), int(self._lately * LATELY))
        self._people = max(len(set(map(self._who, batch))), int(self._people * LATELY))
        several = self._people >= SEVERAL
        self.wanted = min(self._lately, self._batch_size) if several else 1
        self.until = began + PACE
