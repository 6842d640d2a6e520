"""The disk under the SQLite file is full: sends are refused, reads go on, and it recovers."""

import asyncio
import os
import resource
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.client import Person, Tab, guest, ident
from tests.conftest import StartServer
from tests.oracle import Oracle
from tests.reliability.figures import figures
from tests.services.parley import ParleyServer

KIB = 1024
TEXT = "words " * 1000
ENOUGH = 2000  # messages that fill whatever room the tests leave
REFUSED_WITHIN = 2.0  # seconds: waiting does not make room, so it is said at once


class Pair:
    """Alice writes to Bob and keeps the oracle's books."""

    def __init__(self, alice: Person, bob: Person, tab: Tab) -> None:
        self.alice, self.bob, self.tab = alice, bob, tab
        self.oracle = Oracle()
        self.count = 0

    async def say(self, again: bool = False) -> int:
        """Send the next message, or the last one once more; the errorcode of the answer."""
        self.count += 0 if again else 1
        client_id = f"a-{self.count}"
        if not again:
            self.oracle.sent(self.alice.user_id, client_id, self.bob.user_id, TEXT)
        data = {"other": ident(self.bob), "content": TEXT, "client_id": client_id}
        push = await self.tab.ask("chat-to", data)
        if push["errorcode"] > 0:
            seq = push["data"]["data"][3]["seq"]
            self.oracle.acked(self.alice.user_id, client_id, self.bob.user_id, seq)
        return int(push["errorcode"])

    async def say_until_refused(self) -> float:
        """Write until there is no room left; the seconds that the refusal took."""
        for _ in range(ENOUGH):
            began = time.monotonic()
            if (code := await self.say()) < 0:
                assert code == -8
                return time.monotonic() - began
        raise AssertionError("the disk is not full")

    async def can_read(self) -> None:
        """The whole history is there for Bob, newest page and all."""
        page = await self.bob.history(self.alice)
        assert page["last_seq"] == self.oracle.acks[-1].seq
        assert page["logs"][-1][1] == TEXT
        assert (await self.bob.useropt("recent-users"))["errorcode"] == 0


async def pair(server: ParleyServer) -> Pair:
    alice, bob = await guest(server.url, "alice"), await guest(server.url, "bob")
    return Pair(alice, bob, await alice.open())


def largest_file(path: Path) -> int:
    """Bytes in the largest of the database's files."""
    return max(item.stat().st_size for item in path.parent.glob(path.name + "*"))


def assert_sound(path: Path) -> None:
    """SQLite itself finds nothing wrong with the file."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


async def fill(people: Pair) -> float:
    """Fill the disk; sends are refused and reads go on. The seconds that the refusal took."""
    refused_after = await people.say_until_refused()
    assert await people.say(again=True) == -8
    await people.can_read()
    assert (await people.alice.request("GET", "/healthz")).status == 200
    return refused_after


async def recovered(server: ParleyServer, people: Pair, path: Path) -> None:
    """There is room again: the refused message goes through, and so do others."""
    assert await people.say(again=True) in (1, 2)
    assert await people.say() in (1, 2)
    await people.can_read()
    people.oracle.assert_holds(server.database_url)
    assert_sound(path)
    await asyncio.to_thread(server.kill)
    assert_sound(path)
    await server.start_async()


async def test_writes_that_fail_are_refused_and_recover(
    start_open: StartServer, tmp_path: Path
) -> None:
    """The file may not grow: the error is another one (EFBIG), and needs no root."""
    path = tmp_path / "small.db"
    server = start_open(database_url=f"sqlite:///{path}")
    server.allow("storage full")
    people = await pair(server)
    await people.say()
    limit = largest_file(path) + 100 * KIB
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    refused_after = await fill(people)
    unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    resource.prlimit(server.pid, resource.RLIMIT_FSIZE, unlimited)
    await recovered(server, people, path)
    figures("R8 file limit", refused_after_s=refused_after, stored=len(people.oracle.acks))
    assert refused_after <= REFUSED_WITHIN


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 4 MiB (mounting it takes root, so sudo is asked if we are not)."""
    folder = tmp_path / "small"
    folder.mkdir()
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    options = f"size=4m,uid={os.geteuid()}"
    subprocess.run(
        [*sudo, "mount", "-t", "tmpfs", "-o", options, "parley-test", folder], check=True
    )
    yield folder
    subprocess.run([*sudo, "umount", "--lazy", folder], check=True)


@pytest.mark.reliability
async def test_a_full_disk_is_refused_and_recovers(
    start_open: StartServer, small_disk: Path
) -> None:
    path = small_disk / "small.db"
    server = start_open(database_url=f"sqlite:///{path}")
    server.allow("storage full")
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2000 * KIB))
    people = await pair(server)
    refused_after = await fill(people)
    ballast.unlink()
    await recovered(server, people, path)
    figures("R8 full disk", refused_after_s=refused_after, stored=len(people.oracle.acks))
    assert refused_after <= REFUSED_WITHIN
