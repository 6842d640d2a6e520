"""Of latencies."""

from collections.abc import Sequence


def percentile(ordered: Sequence[float], share: float) -> float:
    """In milliseconds; of an ordered list of seconds."""
    if not ordered:
        return 0.0
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] * 1000
