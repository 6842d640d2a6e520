"""Holds idle connections and weighs the server: `python -m tests.bench.idle`, IdlePlan in,
IdleResult out. The first `base` connections only warm it up and are not weighed.
"""

import dataclasses
import json
import resource
import select
import sys
import time

from tests.bench.procstat import private_bytes
from tests.bench.shapes import IdlePlan, IdleResult
from tests.bench.wire import PING, PONG, Connection, client_frame, connect, server_frames

DEADLINE_SECONDS = 60.0
SPARE = 500  # descriptors for other things than the sockets that are counted
ANSWER_EVERY = 50  # connections made between two looks at the pings of the others


class Crowd:
    """Open sockets that say nothing but pong."""

    def __init__(self, plan: IdlePlan) -> None:
        self.plan = plan
        self.epoll = select.epoll()
        self.sockets: dict[int, Connection] = {}
        self.waiting: set[int] = set()  # not pinged since the last look
        self.problems: list[str] = []

    def grow(self, tokens: list[str]) -> None:
        for number, token in enumerate(tokens, 1):
            connection = connect(self.plan.host, self.plan.port, token)
            fd = connection.sock.fileno()
            self.sockets[fd] = connection
            self.epoll.register(fd, select.EPOLLIN)
            if number % ANSWER_EVERY == 0:
                self.answer(0)

    def settle(self) -> None:
        """Wait until every socket has been pinged (again) and has answered."""
        self.waiting = set(self.sockets)
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.plan.pings and self.waiting and not self.problems:
            if time.monotonic() > deadline:
                self.problems.append(f"{len(self.waiting)} sockets were never pinged")
            self.answer(0.1)

    def answer(self, timeout: float) -> None:
        # all that are ready, not the thousand that poll() gives unasked
        for fd, _ in self.epoll.poll(timeout, max(len(self.sockets), 1)):
            data = self.sockets[fd].sock.recv(65536)
            if not data:
                self.epoll.unregister(fd)
                self.problems.append("an idle connection was closed")
            for frame in server_frames(data):
                if frame.opcode == PING:
                    self.sockets[fd].sock.send(client_frame(frame.payload, PONG))
                    self.waiting.discard(fd)


def weigh(plan: IdlePlan) -> IdleResult:
    """Unique memory of the server before and after the crowd came."""
    crowd = Crowd(plan)
    crowd.grow(plan.tokens[: plan.base])
    crowd.settle()
    before = private_bytes(plan.server_pid)
    started = time.perf_counter()
    crowd.grow(plan.tokens[plan.base :])
    taken = time.perf_counter() - started
    crowd.settle()
    more = len(plan.tokens) - plan.base
    grown = private_bytes(plan.server_pid) - before
    return IdleResult(more, grown / max(more, 1), taken, crowd.problems[:5])


def raise_file_limit() -> None:
    """As many sockets as the machine allows, for this process and those it starts."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def most_sockets(wanted: int) -> int:
    """As many as one process may have here, the server or the generator."""
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return min(wanted, allowed - SPARE)


if __name__ == "__main__":
    raise_file_limit()
    print(json.dumps(dataclasses.asdict(weigh(IdlePlan(**json.load(sys.stdin))))))
