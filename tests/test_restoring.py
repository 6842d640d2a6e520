"""SQLite: a stop leaves the file alone, and a backup that is put in its place is what is there."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.client import sign_up
from tests.conftest import StartServer
from tests.scene import say
from tests.services.parley import ParleyServer, run_parley

LONG = "x" * 4000  # some pages each


def side_files(server: ParleyServer) -> list[str]:
    return sorted(path.name for path in server.folder.glob("parley.db-*"))


def back_up(server: ParleyServer) -> Path:
    """As `sqlite3 parley.db ".backup copy.db"` does it."""
    copy = server.folder / "copy.db"
    with (
        closing(sqlite3.connect(server.folder / "parley.db")) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


def new_epoch(database_url: str) -> tuple[int, str]:
    done = run_parley("migrate", "--new-epoch", "--database-url", database_url)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("killed", [False, True], ids=["stopped", "killed"])
async def test_what_was_backed_up_is_what_is_there(start_server: StartServer, killed: bool) -> None:
    server = start_server(in_flight=0)
    alice, bob = await sign_up(server.url, "alice"), await sign_up(server.url, "bob")
    tab = await alice.open()
    await say(tab, bob, "1", "2")
    copy = back_up(server)
    await say(tab, bob, *(f"{number} {LONG}" for number in range(3, 100)))
    # all of its readers have a connection
    await asyncio.gather(*(alice.request("GET", "/api/v1/me") for _ in range(20)))
    await asyncio.to_thread(server.kill if killed else server.stop)
    await tab.close()
    assert (side_files(server) == []) is not killed
    for name in side_files(server):
        (server.folder / name).unlink()
    shutil.copyfile(copy, server.folder / "parley.db")
    code, told = await asyncio.to_thread(new_epoch, server.database_url)
    assert (code, told.splitlines()[0]) == (0, "nothing to do")
    await server.start_async()
    page = (await alice.request("GET", f"/api/v1/conversations/{bob.user_id}/messages")).data
    assert [entry[1] for entry in page["logs"]] == ["1", "2"]


def test_a_damaged_file_is_given_no_epoch(tmp_path: Path, sqlite_url: str) -> None:
    run_parley("migrate", "--database-url", sqlite_url)
    path = tmp_path / "parley.db"
    whole = path.read_bytes()
    pages = range(4096, len(whole), 4096)
    for damaged in (
        whole[:4096] + b"\x07" * (len(whole) - 4096),
        whole[: 4096 * (len(pages) // 2)],
    ):
        path.write_bytes(damaged)
        code, told = new_epoch(sqlite_url)
        assert (code, told[:31]) == (2, "parley: the database is damaged")
        assert len(told.splitlines()) == 1
        path.with_name("parley.db-wal").unlink(missing_ok=True)
