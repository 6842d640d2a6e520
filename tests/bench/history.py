"""What a page of history costs: CPU per newest page of 50, against an empty POST.

One connection asks one thing after the other; the empty POST, an unknown operation and the
conversations take turns, so that each ratio compares neighbours in time. An empty POST is
refused before anybody asks who sent it; an unknown operation is refused after that.
"""

from __future__ import annotations

import http.client
import json
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Any

from tests.bench.bulk import fill_conversation
from tests.bench.procstat import cpu_seconds
from tests.bench.stores import Store
from tests.bench.tokens import Minter
from tests.bench.variants import Running, Variant, start
from tests.bench.wire import connect

PAGE = 50
REQUESTS = 1000
ROUNDS = 5
EMPTY = "{}"
UNKNOWN = '{"opt": "nothing", "data": {}}'


@dataclass(frozen=True)
class Cost:
    """CPU microseconds of one request."""

    server: float
    database: float


@dataclass(frozen=True)
class PageCost:
    """The newest page of a conversation of `messages`: medians over the rounds."""

    messages: int
    server_us: float
    database_us: float
    empty_us: float
    signed_in_us: float  # of a request that signs in and then asks for nothing
    ratio: float  # server's CPU to that of the empty POST of the same round


class Reader:
    """One signed-in person with one kept-alive connection to /useropt."""

    def __init__(self, running: Running, token: str) -> None:
        self.running = running
        self.token = token
        self.http = http.client.HTTPConnection(running.server.host, running.server.port, 30)
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def post(self, body: str) -> Any:
        self.http.request("POST", "/useropt", body, self.headers)
        return json.loads(self.http.getresponse().read())

    def page(self, other: int) -> str:
        return json.dumps({"opt": "realtime-chat", "data": {"other": other, "limit": PAGE}})

    def cost(self, body: str) -> Cost:
        """CPU per request of many like this one."""
        server, store = self.running.server.pid, self.running.store.pid
        before, database = cpu_seconds(server), cpu_seconds(store) if store else 0.0
        for _ in range(REQUESTS):
            self.http.request("POST", "/useropt", body, self.headers)
            self.http.getresponse().read()
        each = 1e6 / REQUESTS
        spent = (cpu_seconds(store) if store else 0.0) - database
        return Cost((cpu_seconds(server) - before) * each, spent * each)


def page_costs(variant: Variant, store: Store, minter: Minter, sizes: list[int]) -> list[PageCost]:
    """One conversation per size, all with the same reader, on a fresh server."""
    with ExitStack() as stack:
        running = start(variant, store, minter, stack)
        reader = Reader(running, minter.token("reader"))
        others = [converse(reader, minter.token(f"writer-{size}"), size) for size in sizes]
        return _compare(reader, sizes, others)


def converse(reader: Reader, token: str, size: int) -> int:
    """The reader and the token's user get a conversation of `size` messages; the user's id."""
    running = reader.running
    mine, other = _user(running, reader.token), _user(running, token)
    chat = {"opt": "chat-to", "data": {"other": other, "content": "the first one"}}
    assert reader.post(json.dumps(chat))["errorcode"] == 2
    fill_conversation(running.database_url, mine, other, size)
    check_page(reader, other, size)
    return other


def _user(running: Running, token: str) -> int:
    """The user id of a token: the server makes the user when it first sees one."""
    connection = connect(running.server.host, running.server.port, token)
    connection.sock.close()
    return connection.user_id


def check_page(reader: Reader, other: int, size: int) -> None:
    data = reader.post(reader.page(other))["data"]
    seqs = [entry[3]["seq"] for entry in data["logs"]]
    assert data["last_seq"] == size, data["last_seq"]
    assert seqs == list(range(max(size - PAGE, 0) + 1, size + 1)), seqs


def _compare(reader: Reader, sizes: list[int], others: list[int]) -> list[PageCost]:
    empty: list[Cost] = []
    signed_in: list[Cost] = []
    pages: list[list[Cost]] = [[] for _ in sizes]
    for _ in range(ROUNDS):
        empty.append(reader.cost(EMPTY))
        signed_in.append(reader.cost(UNKNOWN))
        for costs, other in zip(pages, others, strict=True):
            costs.append(reader.cost(reader.page(other)))
    return [
        PageCost(
            messages=size,
            server_us=median(cost.server for cost in costs),
            database_us=median(cost.database for cost in costs),
            empty_us=median(cost.server for cost in empty),
            signed_in_us=median(cost.server for cost in signed_in),
            ratio=median(
                page.server / max(nothing.server, 1.0)
                for page, nothing in zip(costs, empty, strict=True)
            ),
        )
        for size, costs in zip(sizes, pages, strict=True)
    ]
