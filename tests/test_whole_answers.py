"""The answer to a batch wakes the loop once: what is expected, and what comes if it is shorter."""

import asyncio
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import pytest

from app.messaging.items import Message, Receipt
from models import loop_socket
from models.log_writer import LogWriter
from models.loop_mysql import on_loop
from models.loop_socket import LoopSocket
from tests.batches import DEADLINE, message, prepared, receipt
from tests.in_greenlet import PATIENCE, in_greenlet
from tests.services.mariadb import MariaDB

# bytes of the answer to COMMIT
OK = 11


@contextmanager
def over_tcp() -> Iterator[tuple[LoopSocket, socket.socket]]:
    """Ours and the other one; of others the kernel tells every byte."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        mine = socket.create_connection(server.getsockname())
        other, _ = server.accept()
    ours = LoopSocket(mine, asyncio.get_running_loop())
    with other:
        yield ours, other
    ours.close()


async def turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_an_answer_is_waited_for_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_socket, "WHOLE_WITHIN", PATIENCE)
    with over_tcp() as (ours, other):
        file = ours.makefile("rb")
        ours.expect(6)
        result = asyncio.create_task(in_greenlet(lambda: file.read1(16)))
        await turns()
        other.sendall(b"abcde")
        await turns()
        assert not result.done()
        other.sendall(b"f")
        assert await result == b"abcdef"
        # only this one was expected
        result = asyncio.create_task(in_greenlet(lambda: file.read1(16)))
        await turns()
        other.sendall(b"gh")
        assert await result == b"gh"


async def test_a_shorter_answer_comes_later_and_the_next_ones_as_they_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(loop_socket, "AS_THEY_COME", 1)
    with over_tcp() as (ours, other):
        file = ours.makefile("rb")
        for patience in (loop_socket.WHOLE_WITHIN, PATIENCE):
            monkeypatch.setattr(loop_socket, "WHOLE_WITHIN", patience)
            ours.expect(6)
            other.sendall(b"short")
            assert await in_greenlet(lambda: file.read1(16)) == b"short"
        ours.expect(6)
        result = asyncio.create_task(in_greenlet(lambda: file.read1(16)))
        other.sendall(b"abcde")
        await turns()
        assert not result.done()
        other.sendall(b"f")
        assert await result == b"abcdef"


async def test_an_answer_that_takes_longer_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_socket, "WHOLE_WITHIN", 0.0)
    with over_tcp() as (ours, other):
        ours.settimeout(PATIENCE)
        ours.expect(6)
        result = asyncio.create_task(in_greenlet(lambda: ours.makefile("rb").read(6)))
        await turns()
        other.sendall(b"abcdef")
        assert await result == b"abcdef"


async def test_nobody_is_waited_for_longer_than_the_timeout() -> None:
    with over_tcp() as (ours, _):
        ours.settimeout(loop_socket.WHOLE_WITHIN / 2)
        ours.expect(6)
        with pytest.raises(TimeoutError):
            await in_greenlet(lambda: ours.makefile("rb").read(6))


async def test_the_end_is_told_whatever_was_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_socket, "WHOLE_WITHIN", PATIENCE)
    with over_tcp() as (ours, other):
        ours.expect(6)
        result = asyncio.create_task(in_greenlet(lambda: ours.makefile("rb").read(6)))
        await turns()
        other.sendall(b"ab")
        other.shutdown(socket.SHUT_WR)
        assert await result == b"ab"


class Answers:
    """How many bytes an answer was expected to have, and what the reads gave."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.least, self.came = 0, [0]
        self._expect, self._receive = LoopSocket.expect, LoopSocket.receive
        monkeypatch.setattr(LoopSocket, "expect", lambda *given: self.expect(*given))
        monkeypatch.setattr(LoopSocket, "receive", lambda *given: self.receive(*given))

    def expect(self, sock: LoopSocket, least: int) -> None:
        self.least, self.came = least, []
        self._expect(sock, least)

    def receive(self, sock: LoopSocket, into: memoryview) -> int:
        self.came.append(self._receive(sock, into))
        return self.came[-1]


@pytest.mark.parametrize("pairs", [1, 2, 150])
async def test_the_answer_to_a_batch_is_expected_as_a_whole(
    mariadb_url: str, monkeypatch: pytest.MonkeyPatch, pairs: int
) -> None:
    """Never more than comes: that would be waited for in vain. And not without the last OK: the
    others would wake us for nothing.
    """
    await expect_whole_answers(mariadb_url, monkeypatch, pairs)


async def test_in_other_languages_the_answer_would_be_shorter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with MariaDB("--lc-messages=da_DK") as server:
        await expect_whole_answers(server.create_database(), monkeypatch, pairs=2)


async def expect_whole_answers(url: str, monkeypatch: pytest.MonkeyPatch, pairs: int) -> None:
    answers = Answers(monkeypatch)
    monkeypatch.setattr(loop_socket, "WHOLE_WITHIN", DEADLINE)
    people = [(2 * n + 1, 2 * n + 2) for n in range(pairs)]
    said = [[message(me, other, f"{n}") for me, other in people] for n in range(2)]
    read = [receipt(other, me, read=2) for me, other in people]
    batches: list[Sequence[Message | Receipt]] = [*said, read]
    for db in prepared(url, 2 * pairs):
        writer = LogWriter(on_loop(db))
        for batch in batches:
            await in_greenlet(partial(writer.commit, batch))
            assert answers.least <= sum(answers.came) < answers.least + OK
            assert len(answers.came) == 1
        await in_greenlet(writer.close)
