"""Items that wait for their conversation, which somebody else holds; all others go on meanwhile."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable

from app.messaging.backlog import Waiting


class Aside:
    """In order for each conversation, at most `size` in all (0: any number). For one thread."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._held: dict[Hashable, list[Waiting]] = {}
        self._free: deque[Waiting] = deque()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, key: Hashable, item: Waiting) -> bool:
        """Behind those of the same conversation; False where there is no room."""
        if 0 < self._size <= self._count:
            return False
        self._held.setdefault(key, []).append(item)
        self._count += 1
        return True

    def release(self, keys: Collection[Hashable]) -> None:
        """Nobody holds these conversations any more."""
        for key in keys:
            self._free.extend(self._held.pop(key, ()))

    def take(self, count: int) -> list[Waiting]:
        """Up to so many of what is free now."""
        taken = [self._free.popleft() for _ in range(min(count, len(self._free)))]
        self._count -= len(taken)
        return taken

    def take_late(self, since: float) -> list[Waiting]:
        """Those that wait since then or longer."""
        late = [one for held in self._held.values() for one in held if one[0] <= since]
        kept = {key: [one for one in held if one[0] > since] for key, held in self._held.items()}
        self._held = {key: held for key, held in kept.items() if held}
        self._count -= len(late)
        return late
