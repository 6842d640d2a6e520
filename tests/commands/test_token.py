"""token: signed as told, not signed where it would open nothing, and revoked."""

import asyncio
import json
from pathlib import Path

import jwt
import pytest

from tests.client import bearer
from tests.commands.running import run
from tests.conftest import StartServer
from tests.oracle import read_rows


def test_a_token_says_what_it_was_told(keys: Path) -> None:
    secrets = json.loads(keys.read_text())
    sign = ("token", "--identity-secrets-file", str(keys), "--sub", "bob")
    plain = run(*sign).strip()
    assert jwt.get_unverified_header(plain)["kid"] == "2025", "the first, unless told otherwise"
    full = run(
        *sign, "--kid", "2026", "--name", "Bob B.", "--ttl", "60", "--avatar", "https://x/b.png"
    )
    claims = jwt.decode(full.strip(), secrets["2026"], algorithms=["HS256"], audience="parley")
    assert (claims["sub"], claims["name"], claims["avatar"]) == ("bob", "Bob B.", "https://x/b.png")
    assert claims["exp"] - claims["iat"] == 60


@pytest.mark.parametrize(
    "more",
    [(), ("--identity-secrets-file", "/nowhere"), ("--kid", "2030")],
    ids=["no file", "no such file", "no such kid"],
)
def test_a_token_that_cannot_be_signed_is_one_line(keys: Path, more: tuple[str, ...]) -> None:
    given = ("--identity-secrets-file", str(keys)) if "--kid" in more else ()
    error = run("token", "--sub", "bob", *given, *more, code=2)
    assert error.startswith("parley: ")
    assert len(error.splitlines()) == 1


@pytest.mark.parametrize(
    "more",
    [
        ("--sub", ""),
        ("--sub", "a" * 181),
        ("--sub", "é" * 91),
        ("--sub", "bob", "--ttl", "0"),
        ("--sub", "bob", "--ttl", "-5"),
        ("--sub", "bob", "--ttl", "86401"),
        ("--sub", "bob", "--ttl", "61", "--token-lifetime", "60"),
    ],
    ids=lambda more: " ".join(more)[:24],
)
def test_a_token_that_opens_nothing_is_not_signed(keys: Path, more: tuple[str, ...]) -> None:
    error = run("token", "--identity-secrets-file", str(keys), *more, code=2)
    assert error.startswith("parley: ")
    assert len(error.splitlines()) == 1


def test_the_longest_token_is_signed(keys: Path) -> None:
    sign = ("token", "--identity-secrets-file", str(keys), "--sub", "é" * 90)
    assert run(*sign, "--ttl", "86400")
    assert run(*sign, "--ttl", "86401", "--token-lifetime", "0")


@pytest.mark.parametrize("sub", ["", "a" * 181, "é" * 91], ids=["none", "long", "bytes"])
def test_who_cannot_be_is_not_revoked(
    database: tuple[str, str], database_url: str, sub: str
) -> None:
    run("migrate", *database)
    error = run("token", *database, "--sub", sub, "--revoke", code=2)
    assert error.startswith("parley: sub ")
    assert len(error.splitlines()) == 1
    assert read_rows(database_url, "SELECT COUNT(*) FROM user") == [(0,)]


async def test_a_token_opens_and_a_revoked_one_does_not(
    database: tuple[str, str],
    database_url: str,
    keys: Path,
    start_server: StartServer,
    close_tabs: None,
) -> None:
    sign = ("token", "--identity-secrets-file", str(keys), "--sub", "bob", "--name", "Bob")
    server = start_server(database_url=database_url, identity_secrets_file=keys, watch_interval=0.1)
    token = (await asyncio.to_thread(run, *sign)).strip()
    bob = bearer(server.url, token)
    tab = await bob.open()
    assert (tab.me["username"], tab.me["name"], tab.me["kind"]) == ("bob", "Bob", "embedded")
    revoke = ("token", *database, "--sub", "bob", "--revoke")
    told = await asyncio.to_thread(run, *revoke)
    assert told == "revoked all tokens of bob signed up to now\n"
    assert await tab.closed() == 4401
    reply = await bob.request("GET", "/api/v1/me")
    assert (reply.status, reply.envelope["errorcode"]) == (401, -3)
    # each time in another part of a second
    for _ in range(3):
        await asyncio.to_thread(run, *revoke)
        again = bearer(server.url, (await asyncio.to_thread(run, *sign)).strip())
        assert (await again.request("GET", "/api/v1/me")).status == 200
    stranger = ("token", *database, "--sub", "nobody", "--revoke")
    await asyncio.to_thread(run, *stranger)
