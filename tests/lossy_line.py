"""A TCP line to a database that breaks after a COMMIT has been obeyed and before that is known."""

import contextlib
import select
import socket
import threading
from typing import Self
from urllib.parse import urlsplit

CHUNK = 65_536


class LossyLine:
    """`with LossyLine(url) as line:` line.url leads to the same database; line.armed breaks it."""

    def __init__(self, database_url: str) -> None:
        self._parts = urlsplit(database_url)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.armed = False
        self.broken = 0

    @property
    def url(self) -> str:
        account = self._parts.netloc.rpartition("@")[0]
        port = self._listener.getsockname()[1]
        return self._parts._replace(netloc=f"{account}@127.0.0.1:{port}").geturl()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *failure: object) -> None:
        for end in (self._listener, *self._open):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection((self._parts.hostname, self._parts.port))
                self._open += [client, server]
                threading.Thread(target=self._carry, args=(client, server), daemon=True).start()

    def _carry(self, client: socket.socket, server: socket.socket) -> None:
        with client, server, contextlib.suppress(OSError, ValueError):
            while True:
                readable, _, _ = select.select([client, server], [], [])
                if server in readable:
                    client.sendall(_received(server))
                if client in readable:
                    request = _received(client)
                    server.sendall(request)
                    if self.armed and b"COMMIT" in request:
                        _received(server)  # it is committed, and nobody will be told
                        self.armed = False
                        self.broken += 1
                        return


def _received(end: socket.socket) -> bytes:
    """What has come. Raises OSError at the end of the connection."""
    data = end.recv(CHUNK)
    if not data:
        raise ConnectionResetError
    return data
