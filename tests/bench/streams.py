"""One pair of the load: a sender, a recipient, and what each has seen.

A message is in flight until its sender has the answer AND its recipient has the push;
then the pair's next one goes out. Texts carry their number (`m=00000042;`), and only
that number is searched for in what comes back: whole frames are parsed after the run,
for the audited pairs.
"""

from __future__ import annotations

import json
import re
import socket
import time
from array import array

from tests.bench.wire import PONG, Connection, client_frame

NUMBER = re.compile(rb"m=(\d{8});")
MARK = len(b"m=00000000;")
READ = 1 << 16  # Python makes a buffer of this size at every read: four times this is slow
RING = 4096  # more than may ever be in flight in one pair
AUDIT_BYTES = 32 << 20


class Tally:
    """Which numbers of 1, 2, 3, ... came, and what was wrong with them."""

    def __init__(self) -> None:
        self.seen = 0
        self.expected = 1
        self.repeated = 0
        self.out_of_order = 0
        self._missing: set[int] = set()

    def add(self, number: int) -> None:
        if number == self.expected:
            self.expected += 1
            self.seen += 1
        else:
            self._add_unexpected(number)

    def _add_unexpected(self, number: int) -> None:
        if number > self.expected:
            self._missing.update(range(self.expected, number))
            self.expected = number + 1
        elif number in self._missing:
            self._missing.remove(number)
            self.out_of_order += 1
        else:
            self.repeated += 1
            return
        self.seen += 1

    def lost(self, sent: int) -> int:
        return sent - self.seen


class Stream:
    """One non-blocking socket: numbers in, frames out.

    A stream that is closed or could not write all puts itself on the `troubled` list, so
    that nobody has to ask every stream at every turn.
    """

    def __init__(self, connection: Connection, audited: bool, troubled: list[Stream]) -> None:
        self._troubled = troubled
        self.sock: socket.socket = connection.sock
        self.user_id = connection.user_id
        self.tally = Tally()
        self.closed = ""
        self.errors: list[str] = []
        self.raw: list[bytes] | None = [connection.rest] if audited else None
        self._raw_size = 0
        self._tail = b""
        self._unsent = b""

    def read(self) -> list[bytes]:
        """The numbers in what has come; [] when nothing whole has."""
        try:
            data = self.sock.recv(READ)
        except (BlockingIOError, InterruptedError):
            return []
        except OSError as error:
            return self._end(str(error))
        if not data:
            return self._end("closed by the server")
        return self._scan(data)

    def _end(self, why: str) -> list[bytes]:
        self.closed = why
        self._troubled.append(self)
        return []

    def _scan(self, data: bytes) -> list[bytes]:
        if self.raw is not None:
            self._keep(data)
        if b"\x89" in data:
            self._answer_ping(data)
        if b'":-' in data or b'": -' in data:
            self.errors.append(data[:300].decode("latin-1"))
        buffer = self._tail + data
        numbers: list[bytes] = NUMBER.findall(buffer)
        # A number may be cut in two by the read: keep just less than one mark.
        cut = len(buffer) - MARK + 1
        if numbers:
            cut = max(cut, buffer.rfind(numbers[-1]) + 9)
        self._tail = buffer[max(cut, 0) :]
        return numbers

    def _keep(self, data: bytes) -> None:
        assert self.raw is not None
        self._raw_size += len(data)
        if self._raw_size <= AUDIT_BYTES:
            self.raw.append(data)

    def _answer_ping(self, data: bytes) -> None:
        # 0x89 may also be a length byte: then this is an unsolicited pong, which is legal.
        at = data.index(b"\x89")
        size = data[at + 1] if len(data) > at + 1 else 0
        payload = data[at + 2 : at + 2 + size] if size < 126 else b""
        self.write(client_frame(payload, PONG))

    def write(self, data: bytes) -> None:
        """Send now; what the kernel does not take waits for the next write or flush."""
        data = self._unsent + data
        try:
            sent = self.sock.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError as error:
            self._end(str(error))
            sent = len(data)
        self._unsent = data[sent:]
        if self._unsent:
            self._troubled.append(self)


class Pair:
    """Sends from one user to the other and keeps `window` messages in flight."""

    def __init__(
        self, name: str, sender: Stream, recipient: Stream, window: int, size: int
    ) -> None:
        self.sender = sender
        self.recipient = recipient
        self.window = window
        self.sent = 0
        self.latencies = array("d")
        self._sent_at = array("d", bytes(8 * RING))
        self._template = _template(name, recipient.user_id, size)

    def room(self) -> int:
        """How many may go out now."""
        done = min(self.sender.tally.seen, self.recipient.tally.seen)
        return self.window - (self.sent - done)

    def fill(self) -> None:
        """Send as many as the window has room for, in one write."""
        count = self.room()
        if count > 0:
            self.send(count, time.perf_counter())

    def send(self, count: int, due: float) -> None:
        """Send `count` messages whose clock starts at `due`."""
        frames = []
        for number in range(self.sent + 1, self.sent + count + 1):
            self._sent_at[number % RING] = due
            frames.append(self._template % (number, number))
        self.sent += count
        self.sender.write(b"".join(frames))

    def on_answers(self) -> None:
        add = self.sender.tally.add
        for number in self.sender.read():
            add(int(number))

    def on_pushes(self) -> None:
        numbers = self.recipient.read()
        now = time.perf_counter()
        add, late, sent_at = self.recipient.tally.add, self.latencies.append, self._sent_at
        for digits in numbers:
            number = int(digits)
            add(number)
            late(now - sent_at[number % RING])


def text(number: int, size: int) -> str:
    """The content of message `number`."""
    return f"m={number:08d};".ljust(size, "x")


def _template(name: str, other: int, size: int) -> bytes:
    data = {"other": other, "content": text(0, size), "client_id": f"{name}-{0:08d}"}
    payload = json.dumps({"opt": "chat-to", "data": data}, separators=(",", ":"))
    head, middle, tail = client_frame(payload.encode()).replace(b"%", b"%%").split(b"0" * 8)
    return head + b"%08d" + middle + b"%08d" + tail
