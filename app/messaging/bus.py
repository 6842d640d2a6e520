"""From "stored" to "pushed": the one way by which anything reaches a user's sockets.

`LocalBus` serves one process, `bus_redis.RedisBus` several; both pass the same tests.
"""

from __future__ import annotations

from typing import Protocol

from app.messaging.hub import Hub, Socket


class Bus(Protocol):
    """Carries hints, never the truth: what it loses is read again from the database.

    The sending methods never wait. They push to the user's sockets in every process and give
    the number of those that were known (a socket here, a process elsewhere).
    """

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def prepare(self, user_id: int) -> None:
        """Before a socket of the user joins the hub. Raises Refused (-8)."""
        ...

    async def arrived(self, user_id: int) -> None:
        """The user's first socket has joined the hub; returns when other processes may know."""
        ...

    def departed(self, user_id: int) -> None:
        """The user's last socket has left the hub."""
        ...

    def count(self, user_id: int) -> int: ...

    def locale(self, user_id: int) -> str:
        """The locale in which a live user reads; en where nobody is here."""
        ...

    def send(self, user_id: int, message: bytes) -> int:
        """An event that nothing depends on: typing."""
        ...

    def send_entry(
        self,
        user_id: int,
        other: int,
        mine: bool,
        seq: int,
        message: bytes,
        asker: Socket | None = None,
        answer: bytes = b"",
    ) -> int:
        """A stored message, in the order of its conversation; the asker gets the answer instead.

        `mine`: the user wrote it. The other way round it is the other side's.
        """
        ...

    def send_again(
        self,
        user_id: int,
        other: int,
        mine: bool,
        seq: int,
        message: bytes,
        asker: Socket | None = None,
        answer: bytes = b"",
    ) -> None:
        """A repeat of what was stored before: to those of the user's sockets that never got it."""
        ...

    def send_receipt(
        self,
        user_id: int,
        other: int,
        mark: int,
        seq: int,
        message: bytes,
        but: Socket | None = None,
    ) -> int:
        """A position that moved forward; `mark` says which (receipts.MARKS)."""
        ...

    def end_session(self, key: bytes) -> None:
        """Tells the other processes that a session has ended."""
        ...


class LocalBus:
    """One process: the hub is all there is, and commits come in order."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.count = hub.count
        self.locale = hub.locale

    async def start(self) -> None:
        return

    async def stop(self) -> None:
        return

    async def prepare(self, user_id: int) -> None:
        return

    async def arrived(self, user_id: int) -> None:
        return

    def departed(self, user_id: int) -> None:
        return

    def send(self, user_id: int, message: bytes) -> int:
        return self._hub.deliver(user_id, message)

    def send_entry(
        self,
        user_id: int,
        other: int,
        mine: bool,
        seq: int,
        message: bytes,
        asker: Socket | None = None,
        answer: bytes = b"",
    ) -> int:
        taken = self._hub.deliver(user_id, message, asker)
        return taken if asker is None else taken + asker.push(answer)

    def send_again(
        self,
        user_id: int,
        other: int,
        mine: bool,
        seq: int,
        message: bytes,
        asker: Socket | None = None,
        answer: bytes = b"",
    ) -> None:
        if asker is not None:  # whoever is here got it when it was stored, here
            asker.push(answer)

    def send_receipt(
        self,
        user_id: int,
        other: int,
        mark: int,
        seq: int,
        message: bytes,
        but: Socket | None = None,
    ) -> int:
        return self._hub.deliver(user_id, message, but)

    def end_session(self, key: bytes) -> None:
        return
