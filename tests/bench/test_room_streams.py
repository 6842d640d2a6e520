"""The instrument for rooms: it must see what one of many readers lost, or got wrong."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.bench.room_streams import RoomLoad
from tests.bench.streams import Stream, text
from tests.bench.wire import Connection

SIZE = 100


class Ends:
    """A room with one writer and two readers, and the far ends of their sockets."""

    def __init__(self) -> None:
        pairs = [socket.socketpair() for _ in range(3)]
        self.far = [far for _, far in pairs]
        for near, _ in pairs:
            near.setblocking(False)
        streams = [Stream(Connection(near, 1, b""), True, []) for near, _ in pairs]
        self.load = RoomLoad("r", streams[0], streams[1:], window=2, size=SIZE)

    def push(self, place: int, number: int, seq: int | None = None) -> None:
        """What a server sends to one of them; the generator reads it."""
        entry = ["<", text(number, SIZE), "just now", {"seq": seq or number}]
        body = {"errorcode": 3, "data": {"event": "room-message", "room": "r", "data": entry}}
        payload = json.dumps(body).encode()
        self.far[place].sendall(b"\x81\x7e" + len(payload).to_bytes(2, "big") + payload)
        self.load.take(self.load.seats[place])

    def close(self) -> None:
        for seat, far in zip(self.load.seats, self.far, strict=True):
            seat.stream.sock.close()
            far.close()


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    made.close()


def test_a_message_is_in_flight_until_the_last_has_it(ends: Ends) -> None:
    ends.load.fill()
    ends.load.fill()
    assert (ends.load.sent, len(ends.load.waiting)) == (2, 2)  # the window
    for place in (0, 1):
        ends.push(place, 1)
        assert 1 in ends.load.waiting
    ends.push(2, 1)
    assert 1 not in ends.load.waiting
    assert len(ends.load.latencies) == 2  # of the readers, not of the writer's answer
    ends.load.fill(limit=2)
    assert ends.load.sent == 2
    ends.load.fill()
    assert ends.load.sent == 3


def test_what_one_reader_missed_or_had_twice_is_seen(ends: Ends) -> None:
    ends.load.fill()
    for number in (2, 1):
        ends.push(1, number)
    for number in (1, 1):
        ends.push(2, number)
    swapped, repeated = (seat.stream.tally for seat in ends.load.seats[1:])
    assert (swapped.lost(2), swapped.out_of_order, swapped.repeated) == (0, 1, 0)
    assert (repeated.lost(2), repeated.out_of_order, repeated.repeated) == (1, 0, 1)


def test_a_seq_that_is_not_the_number_is_a_problem(ends: Ends) -> None:
    ends.load.fill()
    ends.push(1, 1)
    assert ends.load.audit() == []
    ends.push(1, 2, seq=3)
    assert ends.load.audit() == ["message m=00000002; came as < 3"]


def test_what_is_written_says_its_number(ends: Ends) -> None:
    ends.load.fill()
    sent = ends.far[0].recv(1 << 16)
    assert sent.count(b'"opt":"room-say"') == 2
    assert b"m=00000001;" in sent
    assert b'"client_id":"r-00000002"' in sent
