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
    """The routing table. All it does goes by user id; `clients` shows the same sets by username.

    A guest goes on under a name that a member has taken since (docs/decisions/0004-names.md). Two
    go by it then: it is the member's, and the guest's sockets stand under a name that nobody has.
    """

    def __init__(self) -> None:
        self.clients: dict[str, set[Socket]] = {}
        self._by_id: dict[int, set[Socket]] = {}

    def __len__(self) -> int:
        return sum(len(sockets) for sockets in self._by_id.values())

    def __iter__(self) -> Iterator[Socket]:
        for sockets in list(self._by_id.values()):
            yield from list(sockets)

    def join(self, socket: Socket) -> bool:
        """Adds a socket; True when it is its user's first."""
        sockets = self._by_id.get(socket.person.user_id)
        if sockets is None:
            sockets = self._by_id[socket.person.user_id] = set()
            self._name(socket.person, sockets)
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
        name = socket.person.username
        own = name if self.clients.get(name) is sockets else _aside(socket.person)
        del self.clients[own]
        return True

    def _name(self, person: Person, sockets: set[Socket]) -> None:
        others = self.clients.get(person.username)
        if others is not None and person.is_guest:
            self.clients[_aside(person)] = sockets
            return
        if others is not None:
            self.clients[_aside(next(iter(others)).person)] = others
        self.clients[person.username] = sockets

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
        if but in sockets and len(sockets) == 1:  # most who write: their only socket asked
            return 0
        taken = 0
        # a push that finds its socket dead takes it out of the set: so iterate over a copy
        for socket in tuple(sockets):
            if socket is not but and socket.push(message):
                taken += 1
        return taken


def _aside(guest: Person) -> str:
    """No name has a NUL."""
    return f"{guest.username}\0{guest.user_id}"
