"""The sockets of this process: they come, they go, and end with the session they came by."""

from __future__ import annotations

import asyncio
from typing import Protocol

from app.messaging.bus import Bus
from app.messaging.hub import Hub, Socket
from app.messaging.presence import Presence
from app.rooms.house import Rooms
from app.watcher import end


class Connection(Socket, Protocol):
    """A socket as long as its connection lives, in the routing table or not."""

    def abort(self) -> None:
        """Closes without a word."""
        ...


class Sockets:
    def __init__(self, hub: Hub, bus: Bus, presence: Presence, rooms: Rooms) -> None:
        self._hub = hub
        self._bus = bus
        self._presence = presence
        self._rooms = rooms
        self.connections: set[Connection] = set()
        self.stopping = False  # whoever comes now is told so, and gets into no table any more
        self._coming: set[object] = set()  # handshakes that are under way
        self._emptied = asyncio.Event()

    def coming(self, handshake: object) -> None:
        self._coming.add(handshake)

    def came(self, handshake: object) -> None:
        """It is open, or will not be."""
        self._coming.discard(handshake)
        self._tell_if_empty()

    async def opened(self, connection: Connection) -> None:
        """Puts it into the routing table of every process, before its handshake ends."""
        self.connections.add(connection)
        if self._hub.join(connection):
            self._presence.changed(connection.person.user_id)
            await self._bus.arrived(connection.person.user_id)

    def closed(self, connection: Connection) -> None:
        self.connections.discard(connection)
        self.depart(connection)
        self._tell_if_empty()

    def depart(self, socket: Socket) -> None:
        self._rooms.depart(socket)
        if self._hub.leave(socket):
            self._bus.departed(socket.person.user_id)
            self._presence.changed(socket.person.user_id)

    def end_session(self, key: bytes) -> None:
        """Closes the sockets of a session that has ended, in every process."""
        self.end_here(key)
        self._bus.end_session(key)

    def end_here(self, key: bytes) -> None:
        """Closes the sockets of a session in this process."""
        for socket in self._hub:
            if socket.credential.session == key:
                end(socket)

    def _tell_if_empty(self) -> None:
        if not self.connections and not self._coming:
            self._emptied.set()

    async def emptied(self) -> None:
        """Returns when the last connection has gone, and nobody is about to come."""
        self._emptied.clear()
        self._tell_if_empty()
        await self._emptied.wait()
