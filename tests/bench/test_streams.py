"""The instrument itself: it must see what is lost, repeated or out of order, however cut."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.audit import audit
from tests.bench.streams import Pair, Stream, Tally, text
from tests.bench.wire import Connection, client_frame, server_frames

SIZE = 100


def tallied(*numbers: int) -> Tally:
    tally = Tally()
    for number in numbers:
        tally.add(number)
    return tally


def test_a_tally_in_order_has_nothing_to_say() -> None:
    tally = tallied(1, 2, 3)
    assert (tally.lost(3), tally.repeated, tally.out_of_order) == (0, 0, 0)


def test_a_tally_tells_late_from_lost_from_repeated() -> None:
    tally = tallied(1, 3, 2, 2, 5)
    assert (tally.lost(6), tally.repeated, tally.out_of_order) == (2, 1, 1)


@given(st.permutations(range(1, 9)))
def test_nothing_is_lost_in_any_order(numbers: list[int]) -> None:
    tally = tallied(*numbers)
    assert (tally.lost(8), tally.repeated) == (0, 0)
    assert (tally.out_of_order == 0) == (numbers == sorted(numbers))


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_frames_of_every_length_are_cut_where_they_end(size: int) -> None:
    head = bytes([size]) if size < 126 else b"\x7f" + size.to_bytes(8, "big")
    if 126 <= size < 65536:
        head = b"\x7e" + size.to_bytes(2, "big")
    frame = b"\x81" + head + b"x" * size
    assert [part.payload for part in server_frames(frame + frame)] == [b"x" * size] * 2
    assert list(server_frames(frame[:-1])) == []


class Ends:
    """A pair of streams, and the far ends of their sockets."""

    def __init__(self) -> None:
        ours, self.far_sender = socket.socketpair()
        theirs, self.far_recipient = socket.socketpair()
        troubled: list[Stream] = []
        streams = []
        for user_id, sock in ((1, ours), (2, theirs)):
            sock.setblocking(False)
            streams.append(Stream(Connection(sock, user_id, b""), True, troubled))
        self.pair = Pair("run1-0", streams[0], streams[1], 2, SIZE)
        self.sockets = (ours, theirs, self.far_sender, self.far_recipient)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    for sock in made.sockets:
        sock.close()


def entry(number: int, code: int, by: str, party: int) -> bytes:
    body = [by, text(number, SIZE), "just now", {"seq": number, "time": 1}]
    envelope = {"errorcode": code, "data": {"user_id": party, "data": body}}
    payload = json.dumps(envelope).encode()
    return b"\x81\x7e" + len(payload).to_bytes(2, "big") + payload


def test_the_window_opens_when_both_sides_have_seen_the_message(ends: Ends) -> None:
    ends.pair.fill()
    assert ends.pair.room() == 0
    ends.far_sender.send(entry(1, 1, ">", 2))
    ends.pair.on_answers()
    assert ends.pair.room() == 0
    ends.far_recipient.send(entry(1, 0, "<", 1))
    ends.pair.on_pushes()
    assert ends.pair.room() == 1
    assert len(ends.pair.latencies) == 1


def test_what_is_sent_is_what_the_contract_asks_for(ends: Ends) -> None:
    ends.pair.fill()
    data = ends.far_sender.recv(65536)
    expected = b"".join(
        client_frame(
            json.dumps(
                {
                    "opt": "chat-to",
                    "data": {
                        "other": 2,
                        "content": text(number, SIZE),
                        "client_id": f"run1-0-{number:08d}",
                    },
                },
                separators=(",", ":"),
            ).encode()
        )
        for number in (1, 2)
    )
    assert data == expected


@pytest.mark.parametrize("cut", [1, 5, 57, 60, 64, 70, 200])
def test_a_number_is_found_once_wherever_the_stream_is_cut(ends: Ends, cut: int) -> None:
    stream = b"".join(entry(number, 0, "<", 1) for number in (1, 2, 3))
    for part in (stream[:cut], stream[cut:]):
        ends.far_recipient.send(part)
        ends.pair.on_pushes()
    tally = ends.pair.recipient.tally
    assert (tally.seen, tally.repeated, tally.out_of_order) == (3, 0, 0)


def test_an_error_is_kept_and_a_closed_socket_named(ends: Ends) -> None:
    ends.far_sender.send(b'\x81\x20{"errorcode": -8, "txt": "busy"} ')
    ends.pair.on_answers()
    assert "-8" in ends.pair.sender.errors[0]
    ends.far_sender.close()
    ends.pair.on_answers()
    assert ends.pair.sender.closed


def test_a_ping_is_answered(ends: Ends) -> None:
    ends.far_sender.send(b"\x89\x02hi")
    ends.pair.on_answers()
    assert ends.far_sender.recv(100) == client_frame(b"hi", opcode=10)


@pytest.mark.parametrize(
    ("push", "fault"),
    [
        (entry(1, 0, "<", 1), ""),
        (entry(1, 2, "<", 1), "errorcode"),
        (entry(1, 0, ">", 1), "not <"),
        (entry(1, 0, "<", 7), "not <"),
        (entry(2, 0, "<", 1), "not the text"),
    ],
)
def test_the_audit_reads_whole_frames(ends: Ends, push: bytes, fault: str) -> None:
    ends.far_recipient.send(push)
    ends.pair.on_pushes()
    problems = audit(ends.pair, SIZE, dense=True)
    assert bool(problems) == bool(fault)
    assert all(fault in problem for problem in problems)
