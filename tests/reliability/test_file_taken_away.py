"""SQLite's file moved, replaced or deleted under a running server: nothing goes into a hole."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.client import Person
from tests.conftest import StartServer
from tests.scene import meet
from tests.services.parley import ParleyServer


def moved(file: Path, aside: Path) -> None:
    file.rename(aside)


def deleted(file: Path, aside: Path) -> None:
    aside.hardlink_to(file)  # so that the test can put it back
    file.unlink()


def replaced(file: Path, aside: Path) -> None:
    copy = file.with_name("copy")
    shutil.copy(file, copy)
    file.rename(aside)
    copy.rename(file)


async def refuses(server: ParleyServer, alice: Person, bob: Person) -> None:
    """Whatever would be stored is answered with -8, and the operator's probe says so."""
    assert (await alice.request("GET", "/readyz")).status == 503
    said = await alice.useropt("chat-to", other=bob.user_id, content="2", client_id="c-2")
    assert said["errorcode"] == -8
    assert (await alice.useropt("room-open", room="new"))["errorcode"] == -8
    newcomer = await Person(server.url).request("POST", "/api/v1/guests", {})
    assert (newcomer.status, newcomer.envelope["errorcode"]) == (503, -8)


@pytest.mark.parametrize("happens", [moved, deleted, replaced])
async def test_nothing_is_acknowledged_into_a_file_without_its_name(
    start_server: StartServer, tmp_path: Path, happens: Callable[[Path, Path], None]
) -> None:
    file, aside = tmp_path / "parley.db", tmp_path / "aside.db"
    server = start_server(database_url=f"sqlite:///{file}", write_timeout=0.5, guests=True)
    alice, bob = await meet(server, "alice", "bob")
    here = await alice.open()
    await here.chat(bob, "1", client_id="c-1")
    happens(file, aside)
    await refuses(server, alice, bob)
    data = {"other": bob.user_id, "content": "2", "client_id": "c-2"}
    assert (await here.ask("chat-to", data))["errorcode"] == -8
    assert file.exists() == (happens is replaced), "none is made in its place"
    assert f"{file} is not the file any more" in server.log
    aside.replace(file)  # the operator's way back
    assert (await alice.request("GET", "/readyz")).status == 200
    assert (await here.chat(bob, "2", client_id="c-2")).seq == 2
    await server.restart_async()
    assert [entry[1] for entry in (await bob.history(alice))["logs"]] == ["1", "2"]
