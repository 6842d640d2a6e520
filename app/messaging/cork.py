"""One write per socket and batch: while a batch is told, what is pushed waits in its socket."""

from __future__ import annotations

from typing import Protocol, Self


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

    def __enter__(self) -> Self:
        self.is_in = True
        return self

    def __exit__(self, *_: object) -> None:
        self.is_in = False
        holding, self._holding = self._holding, []
        for socket in holding:
            socket.release()
