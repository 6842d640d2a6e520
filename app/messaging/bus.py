"""From "stored" to "pushed": the one way by which a message reaches a user's sockets.

`LocalBus` serves one process. A bus for several processes has the same three methods; both pass
the same tests.
"""

from __future__ import annotations

from typing import Protocol

from app.messaging.hub import Hub, Socket


class Bus(Protocol):
    """Carries hints, never the truth: what it loses is read again from the database."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def send(self, user_id: int, message: bytes, but: Socket | None = None) -> int:
        """Pushes the bytes to all sockets of the user, in every process; how many were known."""
        ...


class LocalBus:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    def send(self, user_id: int, message: bytes, but: Socket | None = None) -> int:
        return self._hub.deliver(user_id, message, but)
