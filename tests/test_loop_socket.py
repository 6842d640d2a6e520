"""A driver's socket on the loop: it waits like a blocking one, and the loop goes on."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from models.loop_socket import LoopSocket
from tests.certificates import make_pem
from tests.in_greenlet import PATIENCE, in_greenlet

# more than the kernel takes at once
MUCH = bytes(range(256)) * 40_000


class Line:
    """Our end, and the other one as asyncio's streams or as a plain socket."""

    def __init__(self) -> None:
        mine, self.other = socket.socketpair()
        self.fd = mine.fileno()
        self.loop = asyncio.get_running_loop()
        self.socket = LoopSocket(mine, self.loop)

    async def streams(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(sock=self.other)

    def is_watched(self) -> bool:
        """By the loop, whose own method tells only when it is taken back."""
        return self.loop.remove_reader(self.fd)

    def close(self) -> None:
        self.socket.close()
        self.other.close()


@pytest.fixture
async def line() -> Line:
    return Line()


@pytest.fixture(autouse=True)
def closing(line: Line) -> Iterator[None]:
    yield
    line.close()


async def test_it_reads_what_comes_in_pieces(line: Line) -> None:
    file = line.socket.makefile("rb")
    result = asyncio.create_task(in_greenlet(lambda: file.read(6)))
    for piece in (b"ab", b"cd", b"efgh"):
        await asyncio.sleep(0)
        line.other.sendall(piece)
    assert await result == b"abcdef"
    assert await in_greenlet(lambda: file.read(2)) == b"gh"


async def test_the_end_of_the_other_side_is_the_end(line: Line) -> None:
    file = line.socket.makefile("rb")
    result = asyncio.create_task(in_greenlet(lambda: file.read(4)))
    await asyncio.sleep(0)
    line.other.sendall(b"ab")
    line.other.shutdown(socket.SHUT_WR)
    assert await result == b"ab"


async def test_it_sends_more_than_fits_at_once(line: Line) -> None:
    reader, writer = await line.streams()
    sent = asyncio.create_task(in_greenlet(lambda: line.socket.sendall(MUCH)))
    async with asyncio.timeout(PATIENCE):
        assert await reader.readexactly(len(MUCH)) == MUCH
    await sent
    writer.close()


async def test_somebody_who_never_answers_is_given_up(line: Line) -> None:
    line.socket.settimeout(0.01)
    with pytest.raises(TimeoutError):
        await in_greenlet(lambda: line.socket.makefile("rb").read(1))


async def test_somebody_who_never_reads_is_given_up(line: Line) -> None:
    line.socket.settimeout(0.01)
    with pytest.raises(TimeoutError):
        await in_greenlet(lambda: line.socket.sendall(MUCH))
    assert not line.loop.remove_writer(line.fd), "the loop does not watch it any more"


async def test_somebody_who_reads_too_slowly_is_given_up(line: Line) -> None:
    """The timeout is for all of it, however often a little gets through."""
    line.socket.settimeout(0.05)
    line.other.setblocking(False)
    sent = asyncio.create_task(in_greenlet(lambda: line.socket.sendall(MUCH)))
    while not sent.done():
        await asyncio.sleep(0.01)
        with suppress(BlockingIOError):
            line.other.recv(4096)
    with pytest.raises(TimeoutError):
        await sent


async def test_it_begins_with_the_timeout_that_the_socket_had() -> None:
    """The driver has set it, and will not set it again."""
    mine, other = socket.socketpair()
    mine.settimeout(0.01)
    ours = LoopSocket(mine, asyncio.get_running_loop())
    with other, pytest.raises(TimeoutError):
        await in_greenlet(lambda: ours.makefile("rb").read(1))
    ours.close()


class Renegotiating(socket.socket):
    """TLS may have to read before it can send, and to send before it can read."""

    wants: type[ssl.SSLError] | None = None

    def _may_want(self) -> None:
        wants, self.wants = self.wants, None
        if wants is not None:
            raise wants

    def send(self, data: Any, flags: int = 0) -> int:
        self._may_want()
        return super().send(data, flags)

    def recv_into(self, into: Any, size: int = 0, flags: int = 0) -> int:
        self._may_want()
        return super().recv_into(into, size, flags)


async def test_what_tls_wants_first_is_waited_for() -> None:
    plain, other = socket.socketpair()
    mine = Renegotiating(fileno=plain.detach())
    ours = LoopSocket(mine, asyncio.get_running_loop())
    mine.wants = ssl.SSLWantReadError
    sent = asyncio.create_task(in_greenlet(lambda: ours.sendall(b"question")))
    other.setblocking(False)
    await asyncio.sleep(0)
    with pytest.raises(BlockingIOError):
        other.recv(16)
    other.sendall(b"answer")
    await sent
    assert other.recv(16) == b"question"
    mine.wants = ssl.SSLWantWriteError  # there is room: it goes on in the next turn
    assert await in_greenlet(lambda: ours.makefile("rb").read(6)) == b"answer"
    ours.close()
    other.close()


async def test_the_end_of_a_connection_that_rests_is_told_once(line: Line) -> None:
    """The kernel would tell it again in every turn, for ever."""
    file = line.socket.makefile("rb")
    line.other.sendall(b"a")
    result = asyncio.create_task(in_greenlet(lambda: file.read(2)))
    await asyncio.sleep(0)
    line.other.sendall(b"b")
    assert await result == b"ab"
    line.other.close()
    for _ in range(3):
        await asyncio.sleep(0)
    assert not line.is_watched()
    assert await in_greenlet(lambda: file.read(1)) == b"", "and to who asks"


async def test_a_closed_one_is_not_watched(line: Line) -> None:
    line.socket.settimeout(0.01)
    with pytest.raises(TimeoutError):
        await in_greenlet(lambda: line.socket.makefile("rb").read(1))
    line.socket.close()
    assert not line.is_watched()


async def test_over_tls_it_does_not_wait_for_what_is_here(tmp_path: Path) -> None:
    """One record is decrypted as a whole: the kernel has nothing more of it to tell."""
    pem = make_pem(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    mine, other = socket.socketpair()
    trusting = ssl.create_default_context(cafile=pem)
    at_work = asyncio.to_thread(context.wrap_socket, other, server_side=True)
    server, wrapped = await asyncio.gather(
        at_work, asyncio.to_thread(trusting.wrap_socket, mine, server_hostname="localhost")
    )
    server.sendall(b"abcdef")
    ours = LoopSocket(wrapped, asyncio.get_running_loop())
    into = bytearray(2)

    def two() -> bytes:
        return bytes(into[: ours.receive(memoryview(into))])

    assert [await in_greenlet(two) for _ in range(3)] == [b"ab", b"cd", b"ef"]
    ours.close()
    server.close()


async def test_over_tls_it_is_the_same(tmp_path: Path) -> None:
    pem = make_pem(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(await reader.readexactly(len(MUCH)))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(echo, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        trusting = ssl.create_default_context(cafile=pem)
        plain = socket.create_connection(("127.0.0.1", port))
        wrapped = await asyncio.to_thread(trusting.wrap_socket, plain, server_hostname="localhost")
        mine = LoopSocket(wrapped, asyncio.get_running_loop())

        def ask() -> bytes:
            mine.sendall(MUCH)
            return mine.makefile("rb").read(len(MUCH))

        assert await in_greenlet(ask) == MUCH
        mine.close()
