"""One non-blocking socket: what comes is handed on, what the kernel does not take waits.

It takes the socket over from Tornado's stream, with all that was read or not yet written there.
"""

from __future__ import annotations

import socket
from contextlib import suppress

from tornado.iostream import IOStream, StreamBufferFullError, StreamClosedError

from handlers.wire import poller
from handlers.wire.poller import Poller

# Bytes taken from one socket before the others have their turn: some hundred small messages.
READ = 16384


def can_be_taken(stream: IOStream) -> bool:
    """TLS lives in its stream, and what is closed is for Tornado to notice."""
    return poller.WORKS_HERE and type(stream) is IOStream and not stream.closed()


class Channel:
    """`received(bytes)` and `lost()` are for the class on top of it."""

    __slots__ = ("__weakref__", "_fd", "_out", "_poller", "_sock", "limit")

    def __init__(self, stream: IOStream, watching: Poller) -> None:
        """`limit`: bytes that may wait for the peer to read; None: any number."""
        self.limit: int | None = None
        self._poller = watching
        self._out: bytearray | None = None
        self._sock: socket.socket | None = stream.socket
        self._fd = stream.socket.fileno()
        # as IOStream.start_tls does it
        stream.io_loop.remove_handler(stream.socket)
        stream.socket = None  # type: ignore[assignment]
        stream._closed = True
        unsent = stream._write_buffer
        while len(unsent):
            self._out = (self._out or bytearray()) + unsent.peek(READ)
            unsent.advance(min(READ, len(unsent)))

    def start(self, before: bytes = b"") -> None:
        """From now on what comes is received; first of all what had come `before`."""
        if before:
            self.received(before)
        if self._sock is not None:
            self._poller.watch(self._fd, self)
            if self._out is not None:
                self._poller.want(self._fd, writing=True)

    @property
    def closed(self) -> bool:
        return self._sock is None

    @property
    def waiting(self) -> int:
        """Bytes that the kernel has not taken."""
        return 0 if self._out is None else len(self._out)

    def received(self, data: bytes) -> None:
        raise NotImplementedError

    def lost(self) -> None:
        """The peer has gone, or cannot be reached."""
        raise NotImplementedError

    def abort(self) -> None:
        raise NotImplementedError

    # -- in -----------------------------------------------------------------------------------

    def readable(self) -> None:
        if self._sock is None:
            return
        try:
            data = self._sock.recv(READ)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        if data:
            self.received(data)
        else:
            self.lost()

    # -- out ----------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Raises StreamBufferFullError where too much waits, StreamClosedError where it is over."""
        if self._sock is None:
            raise StreamClosedError
        if self._out is None:
            self._send(data)
        elif self.limit is not None and len(self._out) + len(data) > self.limit:
            raise StreamBufferFullError("Reached maximum write buffer size")
        else:
            self._out += data

    def _send(self, data: bytes) -> None:
        assert self._sock is not None  # noqa: S101 - asked by write
        try:
            sent = self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            # the poller sees it as well: whoever writes is in the middle of something else
            raise StreamClosedError(error) from error
        if sent < len(data):
            self._out = bytearray(memoryview(data)[sent:])
            self._poller.want(self._fd, writing=True)

    def writable(self) -> None:
        if self._sock is None or self._out is None:
            return
        try:
            sent = self._sock.send(self._out)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.lost()
            return
        del self._out[:sent]
        if not self._out:
            self._out = None
            self._poller.want(self._fd, writing=False)
            self.flushed()

    def flushed(self) -> None:
        """All that waited has gone out."""

    def set_nodelay(self, value: bool) -> None:
        if self._sock is not None:
            with suppress(OSError):  # a peer that has just gone, or no TCP
                self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, value)

    def shut_down(self) -> None:
        """Nothing more goes out (the peer sees the end), what still comes can be read."""
        if self._sock is not None:
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_WR)

    def end(self) -> None:
        """At once, whatever waits."""
        sock, self._sock, self._out = self._sock, None, None
        if sock is not None:
            self._poller.forget(self._fd)
            sock.close()
