"""One write per socket: while a batch is told, what is pushed waits in its socket.

Not to the end of the batch where people write in pairs: who has heard already can answer while the
others are told.
"""

from __future__ import annotations

import logging
from typing import Protocol, Self

log = logging.getLogger("parley.cork")

# sockets that make it worth while to let them go before the batch's end: eight pairs
MANY = 16


class Corked(Protocol):
    def release(self) -> None:
        """Writes all that waited, in one go."""
        ...


class Cork:
    """`with cork:` around the telling of a batch. Sockets that hold something name themselves."""

    def __init__(self) -> None:
        self.is_in = False
        self._holding: list[Corked] = []

    def hold(self, socket: Corked) -> None:
        self._holding.append(socket)

    def ease(self) -> None:
        """Between what different people wrote: lets go of the sockets that hold something.

        Far more of them are those of a room, to whom the batch may have more to tell: they wait.
        """
        if MANY <= len(self._holding) < 2 * MANY:
            self._let_go()

    def __enter__(self) -> Self:
        self.is_in = True
        return self

    def __exit__(self, *_: object) -> None:
        self.is_in = False
        self._let_go()

    def _let_go(self) -> None:
        holding, self._holding = self._holding, []
        for socket in holding:
            try:
                socket.release()
            except Exception:  # of one; the others are written to all the same
                log.exception("writing")
