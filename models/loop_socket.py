"""A connected socket for a driver that waits for it, in a greenlet on the event loop."""

from __future__ import annotations

import asyncio
import io
import ssl
from contextlib import suppress
from socket import SO_RCVLOWAT, SOL_SOCKET, socket

from app.messaging.pause import Pause

# what is read from the kernel at once
CHUNK = 65_536
# seconds for which an answer is waited for as a whole: it mostly takes one thousandth; what is
# shorter, an error, is told so much later
WHOLE_WITHIN = 0.01
# after one that was shorter so many are read as they come: whoever answers here may always say less
AS_THEY_COME = 100


class LoopSocket:
    """`makefile("rb")`, `sendall`, `settimeout` and `close` of a socket, TLS or not.

    A call that takes longer than the timeout, which is the socket's, raises TimeoutError.
    """

    def __init__(self, sock: socket, loop: asyncio.AbstractEventLoop) -> None:
        self._timeout = sock.gettimeout()
        sock.setblocking(False)
        self._sock = sock
        self._loop = loop
        self._in, self._out = Pause(loop), Pause(loop)
        self._watched = False
        # what TLS has decrypted already the loop cannot see
        self._may_have_more = isinstance(sock, ssl.SSLSocket)
        self._least = 1  # bytes until which the kernel tells nobody
        self._as_they_come = 0  # answers that will not be waited for as a whole

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self), CHUNK)

    def sendall(self, data: bytes) -> None:
        left, until = memoryview(data), self._until()
        while left:
            try:
                left = left[self._sock.send(left) :]
            except ssl.SSLWantReadError:
                self._wait_to_read(until)
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._wait_to_write(until)

    def expect(self, least: int) -> None:
        """What comes next has so many bytes, or is rare: to be woken for parts of it costs both
        sides more than to read it.
        """
        if self._as_they_come > 0:
            self._as_they_come -= 1
        elif not self._may_have_more:
            self._tell_from(least)

    def receive(self, into: memoryview) -> int:
        until = self._until()
        if self._least > 1:
            return self._receive_whole(into, until)
        if not self._may_have_more:
            # to look first, for what is hardly ever there yet, costs as much as to wait
            self._wait_to_read(until)
        return self._receive(into, until)

    def _receive_whole(self, into: memoryview, until: float | None) -> int:
        soon = self._loop.time() + WHOLE_WITHIN
        with suppress(TimeoutError):
            self._wait_to_read(soon if until is None else min(soon, until))
        least = self._least
        self._tell_from(1)
        received = self._receive(into, until)
        if received < least:
            self._as_they_come = AS_THEY_COME
        return received

    def _receive(self, into: memoryview, until: float | None) -> int:
        while True:
            try:
                return self._sock.recv_into(into)
            except (BlockingIOError, ssl.SSLWantReadError):
                self._wait_to_read(until)
            except ssl.SSLWantWriteError:
                self._wait_to_write(until)

    def close(self) -> None:
        self._unwatch()
        self._sock.close()

    def _tell_from(self, least: int) -> None:
        self._least = least
        self._sock.setsockopt(SOL_SOCKET, SO_RCVLOWAT, least)

    def _until(self) -> float | None:
        return None if self._timeout is None else self._loop.time() + self._timeout

    def _wait_to_write(self, until: float | None) -> None:
        self._loop.add_writer(self._sock.fileno(), self._out.wake)
        try:
            self._wait(self._out, until)
        finally:
            self._loop.remove_writer(self._sock.fileno())

    def _wait_to_read(self, until: float | None) -> None:
        # the loop goes on watching: the next question comes soon
        if not self._watched:
            self._loop.add_reader(self._sock.fileno(), self._readable)
            self._watched = True
        self._wait(self._in, until)

    def _wait(self, pause: Pause, until: float | None) -> None:
        if not pause.wait(None if until is None else until - self._loop.time()):
            raise TimeoutError("timed out")

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
