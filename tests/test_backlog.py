"""Everybody comes back at once after a restart: the kernel must have room for them."""

import select
import socket
from contextlib import ExitStack
from pathlib import Path

from tests.conftest import StartServer

CROWD = 500
PATIENCE = 5.0
ALLOWED = int(Path("/proc/sys/net/core/somaxconn").read_text())


def test_who_connects_while_the_server_is_busy_need_not_knock_again(
    start_server: StartServer,
) -> None:
    """A server that takes nobody: what gets connected waits in the backlog alone."""
    server = start_server()
    crowd = min(CROWD, ALLOWED)
    server.pause()
    with ExitStack() as stack:
        poll = select.poll()
        for _ in range(crowd):
            sock = stack.enter_context(socket.socket())
            sock.setblocking(False)
            sock.connect_ex((server.host, server.port))
            poll.register(sock, select.POLLOUT)
        connected: set[int] = set()
        while len(connected) < crowd and (found := poll.poll(PATIENCE * 1000)):
            for fd, events in found:
                assert events == select.POLLOUT
                connected.add(fd)
                poll.unregister(fd)
        server.resume()
    assert len(connected) == crowd
