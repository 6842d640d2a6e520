"""A client that never reads must cost the server a bounded amount, and nobody else anything."""

import asyncio
from typing import Any

from tests.client import Person, Tab, guest, message, stored
from tests.conftest import StartServer
from tests.raw_socket import RawSocket
from tests.reliability.figures import figures
from tests.reliability.memory import forget_peak, peak, resident
from tests.services.parley import ParleyServer

MIB = 1 << 20
PUSHED = 50 * MIB
CONTENT = "😀" * 8192  # 32 KiB of UTF-8, the most that one message can be
PIECES = PUSHED // len(CONTENT.encode())
UNDER_WAY = 8
# The bound is 1 MiB of pushes; the rest is what the allocator takes to move 50 MiB through.
GROWTH = 4 * MIB


async def push_all(sender: Tab, receiver: Person, reading: Tab, pieces: int) -> None:
    """Send so many, a few of them under way, each one received on the tab that reads."""
    arrived = asyncio.create_task(read_all(reading, pieces))
    for sent in range(pieces):
        await sender.send("chat-to", {"other": receiver.user_id, "content": CONTENT})
        if sent >= UNDER_WAY:
            await sender.expect(stored())
    for _ in range(UNDER_WAY):
        await sender.expect(stored())
    await arrived


async def read_all(reading: Tab, pieces: int) -> None:
    for _ in range(pieces):
        await reading.expect(message(CONTENT))


async def growth(server: ParleyServer, sender: Tab, receiver: Person, reading: Tab) -> int:
    """How far the server's memory rises over where it stood while 50 MiB go through."""
    forget_peak(server.pid)
    before = resident(server.pid)
    await push_all(sender, receiver, reading, PIECES)
    return peak(server.pid) - before


async def test_a_client_that_never_reads_is_dropped(open_server: StartServer) -> None:
    server = open_server()
    alice, bob = await guest(server.url, "alice"), await guest(server.url, "bob")
    sender, reading = await alice.open(), await bob.open()
    await push_all(sender, bob, reading, PIECES // 5)  # so that the allocator has what it takes
    without = await growth(server, sender, bob, reading)
    stuck = await RawSocket.upgraded(bob, receive_buffer=64 * 1024)
    with_stuck = await growth(server, sender, bob, reading)
    frames = await stuck.read_to_end()
    codes = [frame.close_code for frame in frames if frame.close_code]
    received = sum(len(frame.payload) for frame in frames)
    figures(
        "R9",
        grown_mib=with_stuck / MIB,
        grown_without_mib=without / MIB,
        received_mib=received / MIB,
        code=str(codes),
    )
    assert codes in ([], [4408])
    assert with_stuck <= without + GROWTH
    await alice.leave()
    await bob.leave()


async def test_whoever_was_dropped_comes_back_to_everything(open_server: StartServer) -> None:
    """However much was missed: an answer that somebody asked for is no reason to drop them."""
    server = open_server()
    alice, bob = await guest(server.url, "alice"), await guest(server.url, "bob")
    sender = await alice.open()
    stuck = await RawSocket.upgraded(bob, receive_buffer=16 * 1024)
    while (await sender.chat(bob, CONTENT)).errorcode == 1:
        pass  # until the server has given up on the only socket there is
    assert all(frame.close_code in (None, 4408) for frame in await stuck.read_to_end())
    back = await bob.open()
    moved = (await back.sync({alice.user_id: 0}))["conversations"][0]
    seqs = [entry[3]["seq"] for entry in await whole_history(bob, alice)]
    assert seqs == list(range(1, moved["last_seq"] + 1))
    assert [entry[3]["seq"] for entry in moved["logs"]] == seqs[len(seqs) - len(moved["logs"]) :]
    await alice.leave()
    await bob.leave()


async def whole_history(person: Person, other: Person) -> list[list[Any]]:
    """Every entry of a conversation, page after page."""
    logs: list[list[Any]] = []
    while page := (await person.history(other, after=len(logs), limit=100))["logs"]:
        logs += page
    return logs
