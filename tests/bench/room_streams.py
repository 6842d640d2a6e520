"""One room of the load: who writes, who reads, and what each has seen."""

from __future__ import annotations

import json
import time
from array import array
from collections.abc import Iterator
from typing import Any

from tests.bench.audit import EXAMPLES
from tests.bench.streams import RING, Stream, text
from tests.bench.wire import (
    TEXT,
    Connection,
    HandshakeRefusedError,
    client_frame,
    connect,
    server_frames,
)

WAVE = 50  # sockets that ask to join at once: more would fill the server's queue of reads
JOIN_SECONDS = 30.0


class Seat:
    """One socket in the room. A writer's seat waits for the answers."""

    def __init__(self, stream: Stream, writes: bool) -> None:
        self.stream = stream
        self.writes = writes


class RoomLoad:
    """Writes into one room and keeps `window` messages in flight."""

    def __init__(
        self, room: str, writer: Stream, readers: list[Stream], window: int, size: int
    ) -> None:
        self.seats = [Seat(writer, True), *(Seat(reader, False) for reader in readers)]
        self.window = window
        self.sent = 0
        self.latencies = array("d")
        self.waiting: dict[int, int] = {}  # message -> sockets that have not got it
        self._writer = writer
        self._sent_at = array("d", bytes(8 * RING))
        self._template = _template(room, size)

    def fill(self, limit: int | None = None) -> None:
        """Send as many as the window has room for, in one write."""
        count = self.window - len(self.waiting)
        if limit is not None:
            count = min(count, limit - self.sent)
        if count <= 0:
            return
        frames, now = [], time.perf_counter()
        for number in range(self.sent + 1, self.sent + count + 1):
            self._sent_at[number % RING] = now
            self.waiting[number] = len(self.seats)
            frames.append(self._template % (number, number))
        self.sent += count
        self._writer.write(b"".join(frames))

    def take(self, seat: Seat) -> None:
        """What has come for one of the sockets."""
        numbers = seat.stream.read()
        now, waiting = time.perf_counter(), self.waiting
        for number in map(int, numbers):
            seat.stream.tally.add(number)
            left = waiting.get(number, 0) - 1
            if left > 0:
                waiting[number] = left
            else:
                waiting.pop(number, None)
            if not seat.writes:
                self.latencies.append(now - self._sent_at[number % RING])

    def audit(self) -> list[str]:
        """What is wrong in the frames of the readers that were kept whole."""
        return [
            problem
            for seat in self.seats
            for problem in _audit(seat.stream)
            if seat.stream.raw is not None
        ][:EXAMPLES]


def enter(host: str, port: int, tokens: list[str], room: str) -> list[Connection]:
    """A socket for each token, all in the room."""
    inside = []
    for start in range(0, len(tokens), WAVE):
        wave = [connect(host, port, token) for token in tokens[start : start + WAVE]]
        for connection in wave:
            connection.sock.sendall(client_frame(_request("room-join", {"room": room}, "join")))
        inside += [_joined(connection) for connection in wave]
    return inside


def _joined(connection: Connection) -> Connection:
    """Reads up to the answer. Other pushes that come before it are of no interest."""
    sock, data = connection.sock, connection.rest
    sock.settimeout(JOIN_SECONDS)
    while True:
        end = 0
        for frame in server_frames(data):
            end = frame.end
            push = json.loads(frame.payload) if frame.opcode == TEXT else {}
            if push.get("ref") != "join":
                continue
            if push["errorcode"] != 3:
                raise HandshakeRefusedError(str(push))
            sock.setblocking(False)
            return connection._replace(rest=data[end:])
        data, more = data[end:], sock.recv(1 << 16)
        if not more:
            raise HandshakeRefusedError("closed while it joined a room")
        data += more


def _request(opt: str, data: dict[str, Any], ref: str | None = None) -> bytes:
    request = {"opt": opt, "data": data, **({"ref": ref} if ref else {})}
    return json.dumps(request, separators=(",", ":")).encode()


def _template(room: str, size: int) -> bytes:
    data = {"room": room, "content": text(0, size), "client_id": f"{room}-{0:08d}"}
    frame = client_frame(_request("room-say", data)).replace(b"%", b"%%")
    head, middle, tail = frame.split(b"0" * 8)
    return head + b"%08d" + middle + b"%08d" + tail


def _audit(stream: Stream) -> Iterator[str]:
    """Message n has to be entry n, of somebody else."""
    for frame in server_frames(b"".join(stream.raw or [])):
        push = json.loads(frame.payload) if frame.opcode == TEXT else {}
        data = push.get("data", {})
        if data.get("event") == "room-message":
            side, content, _, more = data["data"]
            if side != "<" or int(content[2:10]) != more["seq"]:
                yield f"message {content[:11]} came as {side} {more['seq']}"
