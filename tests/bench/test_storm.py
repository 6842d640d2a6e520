"""Everybody at once: what one socket makes of the bytes it is sent, and a small storm."""

import dataclasses
import json
import resource
import socket
from collections.abc import Iterator

import pytest

from tests.bench.idle import most_sockets
from tests.bench.runs import run_generator
from tests.bench.shapes import StormPlan, StormResult
from tests.bench.storm import Arrival
from tests.bench.storms import StormRun, lines
from tests.bench.tokens import Minter
from tests.bench.wire import client_frame
from tests.conftest import StartServer

SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
CROWD = 60
LEAST_QUERIES = 5  # they are looked for, made in a transaction, and noted to be here


def hello() -> bytes:
    body = {"errorcode": 3, "data": {"event": "hello", "user": {"user_id": 7}}}
    payload = json.dumps(body).encode()
    assert len(payload) < 126
    return b"\x81" + bytes((len(payload),)) + payload


@pytest.fixture
def arrival() -> Iterator[Arrival]:
    made = Arrival(b"")
    yield made
    made.sock.close()


@pytest.mark.parametrize("cut", [1, 20, len(SWITCHED) - 1, len(SWITCHED), len(SWITCHED) + 9])
def test_a_hello_is_seen_wherever_the_bytes_are_cut(arrival: Arrival, cut: int) -> None:
    data = SWITCHED + hello()
    assert arrival.take(data[:cut]) == ""
    assert not arrival.served
    assert arrival.take(data[cut:]) == ""
    assert arrival.served


def test_a_refusal_is_named_and_never_a_hello(arrival: Arrival) -> None:
    body = b"HTTP/1.1 503 Service Unavailable\r\n\r\n" + hello()
    assert arrival.take(body) == "HTTP 503"
    assert not arrival.served


@pytest.mark.parametrize("before", [b"", SWITCHED, SWITCHED + hello()])
def test_an_end_is_a_failure_at_any_time(arrival: Arrival, before: bytes) -> None:
    if before:
        assert arrival.take(before) == ""
    assert arrival.take(b"") == "closed"


def test_who_is_in_answers_pings(arrival: Arrival) -> None:
    arrival.sock.close()
    arrival.sock, far = socket.socketpair()
    arrival.take(SWITCHED + hello() + b"\x89\x02hi")
    assert far.recv(100) == client_frame(b"hi", opcode=10)
    far.close()


def test_a_refused_connection_is_named(arrival: Arrival) -> None:
    with socket.socket() as nobody:  # bound, and does not listen
        nobody.bind(("127.0.0.1", 0))
        wrong = arrival.connect(*nobody.getsockname())
        assert (wrong or arrival.connected()) == "ECONNREFUSED"


def test_a_small_storm(database_url: str, start_server: StartServer, minter: Minter) -> None:
    """Nobody fails, and it is seen what the database was asked."""
    server = start_server(database_url=database_url, identity_secrets_file=minter.file)
    mariadb = database_url.startswith("mysql")
    plan = StormPlan(
        host=server.host,
        port=server.port,
        tokens=minter.tokens("storm", CROWD),
        server_pid=server.pid,
        database_url=database_url if mariadb else "",
    )
    result = StormResult(**run_generator("tests.bench.storm", dataclasses.asdict(plan)))
    assert result.failures == {}
    assert 0 < result.median_seconds <= result.seconds
    assert (result.queries or 0) >= (LEAST_QUERIES if mariadb else 0)


def test_a_failure_or_a_password_is_no_success() -> None:
    good = StormResult(10, 0.1, 5.0, 2.0, 3.0, 4.0, 1)
    bad = dataclasses.replace(good, failures={"HTTP 503": 2})
    cases = ((good, False, True), (bad, False, False), (good, True, False))
    for result, bcrypt, met in cases:
        _, served, asked = lines(StormRun("mariadb", "at first sight", result, bcrypt))
        assert served.endswith("not met") is not met
        assert asked.endswith(") met")
    late = StormRun("sqlite", "at first sight", dataclasses.replace(good, seconds=31), False)
    assert lines(late)[1].endswith("not met")


def test_there_are_no_more_sockets_than_a_process_may_have() -> None:
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert most_sockets(10) == 10
    assert 0 < most_sockets(10 * allowed) < allowed
