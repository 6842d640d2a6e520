"""A connected socket for a driver that waits for it, in a greenlet on the event loop."""

from __future__ import annotations

import asyncio
import io
import ssl
from socket import socket

from app.messaging.pause import Pause

WANTS_READING = (BlockingIOError, ssl.SSLWantReadError)
# what is read from the kernel at once
CHUNK = 65_536


class LoopSocket:
    """`makefile("rb")`, `sendall`, `settimeout` and `close` of a socket, TLS or not.

    Whoever waits for longer than the timeout gets a TimeoutError.
    """

    def __init__(self, sock: socket, loop: asyncio.AbstractEventLoop) -> None:
        sock.setblocking(False)
        self._sock = sock
        self._loop = loop
        self._timeout: float | None = None
        self._in, self._out = Pause(loop), Pause(loop)
        self._watched = False

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self), CHUNK)

    def sendall(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[self._sock.send(left) :]
            except WANTS_READING as error:
                self._wait_to(write=isinstance(error, BlockingIOError))
            except ssl.SSLWantWriteError:
                self._wait_to(write=True)

    def receive(self, into: memoryview) -> int:
        while True:
            try:
                return self._sock.recv_into(into)
            except WANTS_READING:
                self._wait_to(write=False)
            except ssl.SSLWantWriteError:
                self._wait_to(write=True)

    def close(self) -> None:
        self._unwatch()
        self._sock.close()

    def _wait_to(self, write: bool) -> None:
        came = self._wait_to_write() if write else self._wait_to_read()
        if not came:
            raise TimeoutError("timed out")

    def _wait_to_write(self) -> bool:
        self._loop.add_writer(self._sock.fileno(), self._out.wake)
        try:
            return self._out.wait(self._timeout)
        finally:
            self._loop.remove_writer(self._sock.fileno())

    def _wait_to_read(self) -> bool:
        # the loop goes on watching: the next question comes soon
        if not self._watched:
            self._loop.add_reader(self._sock.fileno(), self._readable)
            self._watched = True
        return self._in.wait(self._timeout)

    def _readable(self) -> None:
        if self._in.is_on:
            self._in.wake()
        else:  # the end of a connection that rests, which would be told again and again
            self._unwatch()

    def _unwatch(self) -> None:
        if self._watched:
            self._watched = False
            self._loop.remove_reader(self._sock.fileno())


class _Incoming(io.RawIOBase):
    def __init__(self, sock: LoopSocket) -> None:
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, into: memoryview) -> int:  # type: ignore[override]
        return self._sock.receive(into)
