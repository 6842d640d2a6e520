"""Everybody connects at once: `python -m tests.bench.storm`, StormPlan in, StormResult out.

All sockets are opened in one go, without waiting for one another: only the kernel and the
server's backlog hold them up. Nothing is tried again, so whatever is refused is counted.
"""

from __future__ import annotations

import dataclasses
import errno
import gc
import json
import select
import socket
import sys
import time
from collections import Counter
from statistics import median

from tests.bench.idle import raise_file_limit
from tests.bench.procstat import cpu_seconds
from tests.bench.questions import questions
from tests.bench.shapes import StormPlan, StormResult
from tests.bench.wire import HANDSHAKE, PATH, PING, PONG, client_frame, hello_user, server_frames

POLL_SECONDS = 0.1
READ = 1 << 14
LOOK_SECONDS = 1.0
RESTING = 0.05  # of one core


class Arrival:
    """One socket on its way to its hello."""

    def __init__(self, upgrade: bytes) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        self.served = False
        self._upgrade = upgrade
        self._data = b""
        self._switched = False

    def connect(self, host: str, port: int) -> str:
        """Begin; what went wrong already, or nothing."""
        code = self.sock.connect_ex((host, port))
        return "" if code in (0, errno.EINPROGRESS) else errno.errorcode[code]

    def connected(self) -> str:
        """The kernel has an answer: ask for the upgrade in the same moment."""
        code = self.sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            return errno.errorcode[code]
        self.sock.send(self._upgrade)
        return ""

    def readable(self) -> str:
        """Takes what has come; what was wrong with it, or nothing."""
        try:
            data = self.sock.recv(READ)
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, "error")
        return self.take(data)

    def take(self, data: bytes) -> str:
        """Bytes of the server, wherever they are cut; an empty read is its end."""
        self._data += data
        if not self._switched:
            head, end, rest = self._data.partition(b"\r\n\r\n")
            if end and b" 101 " not in head.split(b"\r\n")[0]:
                return "HTTP " + head.split(b" ")[1].decode("latin-1")
            if end:
                self._switched, self._data = True, rest
        if not data:
            return "closed"
        return self._frames() if self._switched else ""

    def _frames(self) -> str:
        end = 0
        for frame in server_frames(self._data):
            end = frame.end
            if frame.opcode == PING:
                self.sock.send(client_frame(frame.payload, PONG))
            self.served = self.served or hello_user(frame) is not None
        self._data = self._data[end:]
        return ""


class Storm:
    """All of them, and when each had its hello."""

    def __init__(self, plan: StormPlan) -> None:
        self.plan = plan
        self.failures: Counter[str] = Counter()
        self.hellos: list[float] = []  # seconds since the start
        self._epoll = select.epoll()
        self._under_way: dict[int, Arrival] = {}
        self._open: dict[int, Arrival] = {}
        values = {"path": PATH, "host": plan.host, "port": plan.port}
        self._arrivals = [
            Arrival(HANDSHAKE.format(**values, token=token).encode()) for token in plan.tokens
        ]

    def run(self) -> StormResult:
        before, asked = cpu_seconds(self.plan.server_pid), questions(self.plan.database_url)
        started = time.perf_counter()
        for arrival in self._arrivals:
            self._begin(arrival)
        dialled = time.perf_counter() - started
        while self._under_way and time.perf_counter() - started < self.plan.patience:
            self._turn(started)
        if self._under_way:
            self._give_up()
        spent = cpu_seconds(self.plan.server_pid) - before
        self._settle()
        answered = questions(self.plan.database_url)
        return StormResult(
            members=len(self._arrivals),
            dial_seconds=dialled,
            seconds=max(self.hellos, default=0.0),
            median_seconds=median(self.hellos or [0.0]),
            server_seconds=spent,
            settled_server_seconds=cpu_seconds(self.plan.server_pid) - before,
            queries=None if asked is None or answered is None else answered - asked,
            failures=dict(self.failures),
        )

    def _give_up(self) -> None:
        self.failures[f"without hello in {self.plan.patience:g} s"] = len(self._under_way)
        for fd in self._under_way:
            self._epoll.unregister(fd)
        self._under_way.clear()

    def _turn(self, started: float) -> None:
        for fd, events in self._epoll.poll(POLL_SECONDS, len(self._arrivals)):
            self._look(fd, events, started)

    def _settle(self) -> None:
        """Until the server has nothing left to do; everybody stays, and answers its pings."""
        deadline = time.perf_counter() + self.plan.patience
        busy = True
        while busy and time.perf_counter() < deadline:
            spent, looked = cpu_seconds(self.plan.server_pid), time.perf_counter()
            while time.perf_counter() < looked + LOOK_SECONDS:
                self._turn(looked)
            busy = cpu_seconds(self.plan.server_pid) - spent > RESTING * LOOK_SECONDS

    def _begin(self, arrival: Arrival) -> None:
        wrong = arrival.connect(self.plan.host, self.plan.port)
        if wrong:
            self.failures[wrong] += 1
            return
        self._under_way[arrival.sock.fileno()] = arrival
        self._epoll.register(arrival.sock.fileno(), select.EPOLLOUT)

    def _look(self, fd: int, events: int, started: float) -> None:
        arrival = self._under_way.get(fd) or self._open[fd]
        if events & select.EPOLLOUT:
            wrong = arrival.connected()
            self._epoll.modify(fd, select.EPOLLIN)
        else:
            wrong = arrival.readable()
        if wrong:
            self.failures[wrong] += 1
            self._epoll.unregister(fd)
            (self._under_way if fd in self._under_way else self._open).pop(fd)
        elif arrival.served and fd in self._under_way:
            self.hellos.append(time.perf_counter() - started)
            self._open[fd] = self._under_way.pop(fd)


def main() -> None:
    raise_file_limit()
    storm = Storm(StormPlan(**json.load(sys.stdin)))
    gc.disable()
    print(json.dumps(dataclasses.asdict(storm.run())))


if __name__ == "__main__":
    main()
