"""What the process counts about itself, for /metrics."""

from __future__ import annotations

from collections import Counter

from app.messaging.errors import Errorcode


class Counters:
    """Plain integers, touched on the event loop only."""

    def __init__(self) -> None:
        self.stored = 0
        self.repeats = 0
        self.batches = 0
        self.dropped_slow = 0
        self.hints_dropped = 0  # for other processes: they look into the database instead
        self.gap_reads = 0  # of what no hint brought
        self.redis_linked = 0
        self.loop_lag = 0.0  # seconds, the worst since the last reading
        self.refused: Counter[Errorcode] = Counter()

    def refuse(self, code: Errorcode) -> None:
        self.refused[code] += 1
