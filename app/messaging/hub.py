"""Who is here: username -> set of live sockets, and one push to all of them.

The hub needs only objects with a `person` and `push(bytes)`; it knows neither the web framework
nor the models. It belongs to the application object and is touched on the event loop only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from app.access.person import Credential, Person


class Socket(Protocol):
    """What the hub needs of a socket."""

    person: Person
    credential: Credential
    address: str  # masked, and empty unless the operator shows it in rooms
    in_flight: int  # messages of this socket that wait for their commit

    def push(self, message: bytes) -> bool:
        """Hands the bytes to the connection; False when it is closed or too slow."""
        ...

    def shut(self, code: int, reason: str) -> None: ...


class Hub:
    """The routing table. `clients` is keyed by username, which is unique for every kind of user."""

    def __init__(self) -> None:
        self.clients: dict[str, set[Socket]] = {}
        # the same sets again under the user id, which is what messages are addressed to
        self._by_id: dict[int, set[Socket]] = {}

    def __len__(self) -> int:
        return sum(len(sockets) for sockets in self.clients.values())

    def __iter__(self) -> Iterator[Socket]:
        for sockets in list(self.clients.values()):
            yield from list(sockets)

    def join(self, socket: Socket) -> bool:
        """Adds a socket; True when it is its user's first."""
        sockets = self._by_id.get(socket.person.user_id)
        if sockets is None:
            sockets = self._by_id[socket.person.user_id] = set()
            self.clients[socket.person.username] = sockets
        sockets.add(socket)
        return len(sockets) == 1

    def leave(self, socket: Socket) -> bool:
        """Takes a socket out; True when it was its user's last. Leaving twice is harmless."""
        sockets = self._by_id.get(socket.person.user_id)
        if sockets is None or socket not in sockets:
            return False
        sockets.discard(socket)
        if sockets:
            return False
        del self._by_id[socket.person.user_id]
        del self.clients[socket.person.username]
        return True

    def has(self, socket: Socket) -> bool:
        return socket in self._by_id.get(socket.person.user_id, ())

    def count(self, user_id: int) -> int:
        return len(self._by_id.get(user_id, ()))

    def person(self, user_id: int) -> Person | None:
        """The user, where one of their sockets is here."""
        for socket in self._by_id.get(user_id, ()):
            return socket.person
        return None

    def locale(self, user_id: int) -> str:
        """The locale in which a live user reads; en where nobody is here."""
        for socket in self._by_id.get(user_id, ()):
            return socket.person.locale
        return "en"

    def users(self) -> dict[int, str]:
        """Everybody who is here, with their locales."""
        return {user_id: self.locale(user_id) for user_id in self._by_id}

    def deliver(self, user_id: int, message: bytes, but: Socket | None = None) -> int:
        """Pushes the same bytes to every socket of the user; how many took them."""
        sockets = self._by_id.get(user_id)
        if not sockets:
            return 0
        taken = 0
        # a push that finds its socket dead takes it out of the set: so iterate over a copy
        for socket in tuple(sockets):
            if socket is not but and socket.push(message):
                taken += 1
        return taken
