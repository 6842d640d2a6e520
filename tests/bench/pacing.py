"""An open loop: messages go out when they are due, whatever the answers do."""

from __future__ import annotations

from typing import Protocol


class Sender(Protocol):
    def room(self) -> int: ...

    def send(self, count: int, due: float) -> None: ...


class Pace:
    """Sends `rate` messages a second, from each sender in turn; the first `burst` are due at once.

    A message that cannot go out when it is due goes out as soon as it can, and its clock has run
    since it was due: neither a server nor a generator that stood still is hidden.
    """

    def __init__(
        self, senders: list[Sender], rate: float, start: float, until: float, burst: int = 1
    ) -> None:
        self.next = start  # when something is due again
        self.number = 0  # messages that were due so far
        self._senders = senders
        self._rate = rate
        self._start = start
        self._until = until
        self._burst = burst
        self._late: list[tuple[Sender, float]] = []

    @property
    def ended(self) -> bool:
        """All that was due before the end is out."""
        return self.next >= self._until and not self._late

    def send(self, now: float) -> None:
        """All that is due."""
        due = self._late
        while self.next <= now and self.next < self._until:
            due.append((self._senders[self.number % len(self._senders)], self.next))
            self.number += 1
            self.next = self._start + max(0, self.number - self._burst + 1) / self._rate
        self._late = [one for one in due if not _sent(*one)]


def _sent(sender: Sender, due: float) -> bool:
    if sender.room() <= 0:
        return False
    sender.send(1, due)
    return True
