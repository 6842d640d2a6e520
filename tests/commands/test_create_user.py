"""create-user: who is made can sign in, who cannot be is one line."""

import asyncio

import pytest

from tests.client import PASSWORD, sign_in
from tests.commands.running import run
from tests.conftest import StartServer
from tests.oracle import read_rows


async def test_a_user_made_here_can_sign_in(
    database: tuple[str, str], database_url: str, start_server: StartServer
) -> None:
    run("migrate", *database)
    make = ("create-user", *database, "Ann Ä", "--nickname", "小安", "--password-stdin")
    made = await asyncio.to_thread(run, *make, stdin=PASSWORD + "\n")
    assert made == "made Ann Ä, user id 1\n"
    server = start_server(database_url=database_url, registration="closed")
    ann = await sign_in(server.url, "ann ä", PASSWORD)
    me = (await ann.request("GET", "/api/v1/me")).data
    assert (me["user_id"], me["username"], me["name"], me["kind"]) == (1, "Ann Ä", "小安", "local")
    taken = await asyncio.to_thread(
        run, "create-user", *database, "ANN Ä", "--password-stdin", stdin=PASSWORD, code=2
    )
    assert taken == "parley: this name is taken.\n"


@pytest.mark.parametrize(
    ("name", "password"),
    [("ann", "short"), ("ann", ""), ("ann", "x" * 1025), ("a:b", PASSWORD), ("", PASSWORD)],
    ids=["short", "empty", "long", "colon", "no name"],
)
def test_a_user_that_cannot_be_is_one_line(
    database: tuple[str, str], database_url: str, name: str, password: str
) -> None:
    run("migrate", *database)
    error = run("create-user", *database, name, "--password-stdin", stdin=password, code=2)
    assert error.startswith("parley: ")
    assert len(error.splitlines()) == 1
    assert read_rows(database_url, "SELECT COUNT(*) FROM user") == [(0,)]


async def test_a_line_end_is_no_part_of_a_password(
    sqlite_url: str, start_server: StartServer
) -> None:
    run("migrate", "--database-url", sqlite_url)
    for name, end in (("ann", "\n"), ("bob", "\r\n"), ("cat", "")):
        make = ("create-user", "--database-url", sqlite_url, name, "--password-stdin")
        await asyncio.to_thread(run, *make, stdin=PASSWORD + end)
    server = start_server(database_url=sqlite_url)
    for name in ("ann", "bob", "cat"):
        assert (await sign_in(server.url, name, PASSWORD)).user_id


def test_without_a_terminal_nobody_is_asked_for_a_password(sqlite_url: str) -> None:
    run("migrate", "--database-url", sqlite_url)
    for given in ("", PASSWORD + "\n"):
        error = run("create-user", "--database-url", sqlite_url, "zed", stdin=given, code=2)
        assert error.startswith("parley: ")
        assert (len(error.splitlines()), "--password-stdin" in error) == (1, True)


def test_a_user_before_the_tables_is_one_line(database: tuple[str, str]) -> None:
    error = run("create-user", *database, "ann", "--password-stdin", stdin=PASSWORD, code=2)
    assert error.startswith("parley: ")
    assert len(error.splitlines()) == 1
