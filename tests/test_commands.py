"""What an operator types, run for real on both databases."""

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import pytest

from app.access.secret_file import load_secrets
from tests.client import Person, bearer, sign_in
from tests.conftest import StartServer
from tests.oracle import read_rows
from tests.scene import change
from tests.services.parley import ROOT, run_parley

PASSWORD = "correct horse battery staple"
FIRST = "0001_first_tables"


def run(*arguments: str, stdin: str = "", code: int = 0) -> str:
    """What it prints; it has to end with this exit code, and without a traceback."""
    done = run_parley(*arguments, stdin=stdin)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout if code in (0, 1) else done.stderr


@pytest.fixture
def database(database_url: str) -> tuple[str, str]:
    return ("--database-url", database_url)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    secrets = {"2025": "first-secret-" + "0123456789abcdef" * 2, "2026": "second-" + "fedcba98" * 5}
    path.write_text(json.dumps(secrets))
    return path


# -- migrate ---------------------------------------------------------------------------------------


def test_migrate_forward_and_back(database: tuple[str, str]) -> None:
    applied = run("migrate", *database).splitlines()
    assert applied[0] == f"applied {FIRST}"
    assert run("migrate", *database) == "nothing to do\n"
    assert run("migrate", *database, "--back").startswith("reverted ")
    assert run("migrate", *database, "--to", FIRST) in (f"applied {FIRST}\n", "nothing to do\n")
    reverted = run("migrate", *database, "--back", "--to", FIRST).splitlines()
    assert reverted[-1] == f"reverted {FIRST}"
    assert run("migrate", *database).splitlines() == applied


def test_migrate_to_nowhere_is_one_line(database: tuple[str, str]) -> None:
    for more in (("--to", "9999_nowhere"), ("--back", "--to", "9999_nowhere")):
        error = run("migrate", *database, *more, code=2)
        assert error.startswith("parley: ")
        assert (len(error.splitlines()), "9999_nowhere" in error) == (1, True)


def test_migrate_makes_a_new_epoch(database: tuple[str, str], database_url: str) -> None:
    run("migrate", *database)
    before = read_rows(database_url, "SELECT epoch FROM storage")
    told = run("migrate", *database, "--new-epoch").splitlines()
    after = read_rows(database_url, "SELECT epoch FROM storage")
    assert told == ["nothing to do", f"epoch {after[0][0]}"]
    assert before != after


def test_two_that_migrate_at_once_do_no_harm(mariadb_url: str) -> None:
    """Two processes of one installation start together on an empty database."""
    database = ("--database-url", mariadb_url)
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: run_parley("migrate", *database), range(2)))
    assert [one.returncode for one in done] == [0, 0], [one.stderr for one in done]
    assert read_rows(mariadb_url, "SELECT COUNT(*) FROM storage") == [(1,)]
    told = [one.stdout for one in done]
    assert "nothing to do\n" in told
    assert any(f"applied {FIRST}" in text for text in told)


def test_serve_without_migrating_says_what_is_missing(
    database: tuple[str, str], tmp_path: Path
) -> None:
    error = run("serve", *database, "--migrate", "off", "--data-dir", str(tmp_path), code=2)
    assert "python -m app migrate" in error
    assert FIRST in error


def test_an_older_version_does_not_start_on_a_newer_schema(
    database: tuple[str, str], database_url: str, tmp_path: Path
) -> None:
    run("migrate", *database)
    row = "VALUES (9999, '9999_later', '2030-01-01 00:00:00')"
    change(database_url, f"INSERT INTO schema_migration (id, name, applied) {row}")
    where = (*database, "--data-dir", str(tmp_path))
    for command in (
        ("serve", *where),
        ("serve", *where, "--migrate", "off"),
        ("migrate", *database),
        ("migrate", *database, "--back"),
    ):
        error = run(*command, code=2)
        assert error.startswith("parley: ")
        assert (len(error.splitlines()), "9999_later" in error) == (1, True)
    assert "a newer version: 9999_later" in run("check", *where, code=1)


def test_a_python_without_the_packages_says_which_one_has_them() -> None:
    done = subprocess.run(
        [sys.executable, "-S", "-m", "app", "check"],  # -S: no site-packages
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("parley: peewee is not installed")
    assert (len(done.stderr.splitlines()), ".venv/bin/python" in done.stderr) == (1, True)


# -- create-user -----------------------------------------------------------------------------------


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


# -- token -----------------------------------------------------------------------------------------


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


# -- check -----------------------------------------------------------------------------------------


def test_check_says_what_is_fine_and_what_is_missing(
    database: tuple[str, str], tmp_path: Path, keys: Path
) -> None:
    check = ("check", *database, "--data-dir", str(tmp_path / "data"))
    assert f"needs migrations: {FIRST}" in run(*check, code=1)
    run("migrate", *database)
    told = run(*check, "--identity-secrets-file", str(keys))
    assert "settings: fine; 1 cookie secret(s)" in told
    assert "database: fine" in told


def test_check_of_a_database_that_is_away(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path))
    told = run("check", *data, "--database-url", "mysql://u:p@127.0.0.1:1/x", code=1)
    assert "database: not reachable" in told


@pytest.mark.parametrize("name", ["a/b", "x" * 51, "a\u202eb"])
def test_a_fixed_room_that_cannot_be_is_one_line(tmp_path: Path, name: str) -> None:
    for command in ("serve", "check"):
        done = run_parley(command, "--rooms", f"Lobby, {name}", "--data-dir", str(tmp_path))
        assert done.returncode == 2
        assert done.stderr.startswith("parley: rooms: ")
        assert len(done.stderr.splitlines()) == 1


def test_check_finds_identity_secrets_that_cannot_be_read(tmp_path: Path) -> None:
    broken = tmp_path / "keys.json"
    url = ("--database-url", f"sqlite:///{tmp_path / 'x.db'}", "--data-dir", str(tmp_path))
    run("migrate", *url)
    for text in ("", "[]", '{"kid": 7}', "{"):
        broken.write_text(text)
        error = run("check", *url, "--identity-secrets-file", str(broken), code=2)
        assert error.startswith(f"parley: identity_secrets_file: {broken} ")
        assert len(error.splitlines()) == 1


@pytest.mark.parametrize("secret", ["short", "a" * 64], ids=["short", "one letter"])
def test_production_refuses_weak_secrets(tmp_path: Path, secret: str) -> None:
    path = tmp_path / "secret"
    path.write_text(secret)
    url = f"sqlite:///{tmp_path / 'x.db'}"
    for command in ("check", "serve"):
        error = run(
            *(command, "--production", "on", "--secret-file", str(path)),
            *("--database-url", url, "--data-dir", str(tmp_path)),
            code=2,
        )
        assert "secret_file" in error


def test_the_cookie_secret_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "data"
    url = ("--database-url", f"sqlite:///{tmp_path / 'x.db'}")
    run("migrate", *url)
    run("check", *url, "--data-dir", str(data))
    secret = data / "secret"
    assert secret.stat().st_mode & 0o777 == 0o600
    made = secret.read_text()
    assert len(made.strip()) >= 32
    run("check", *url, "--data-dir", str(data))
    assert secret.read_text() == made


def test_a_first_start_that_was_killed_is_in_nobodys_way(tmp_path: Path) -> None:
    """It may be killed at any point; in a container the next start has the same pid."""
    killed = (
        "import os, pathlib, sys\n"
        "from app.access.secret_file import load_secrets\n"
        "os.link = lambda *paths: os._exit(9)\n"
        "load_secrets(pathlib.Path(sys.argv[1]))\n"
    )
    secret = tmp_path / "secret"
    done = subprocess.run([sys.executable, "-c", killed, secret], cwd=ROOT, check=False)
    assert done.returncode == 9
    (left,) = tmp_path.iterdir()
    left.rename(tmp_path / f"secret.{os.getpid()}")
    (made,) = load_secrets(secret)
    assert len(made) >= 32
    assert load_secrets(secret) == [made]
    assert secret.stat().st_mode & 0o777 == 0o600


def test_processes_that_start_at_once_agree_on_one_secret(tmp_path: Path) -> None:
    secret = tmp_path / "data" / "secret"
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(load_secrets, [secret] * 8))
    assert len({made for (made,) in found}) == 1
    assert list(secret.parent.iterdir()) == [secret]


async def test_the_ready_line_names_the_port(start_server: StartServer) -> None:
    server = start_server()
    assert server.stdout == [f"Parley is ready on {server.url}"]
    reply = await Person(server.url).request("GET", "/healthz")
    assert (reply.status, reply.envelope) == (200, {"errorcode": 0, "txt": "alive."})
    ready = await Person(server.url).request("GET", "/readyz")
    assert (ready.status, ready.envelope) == (200, {"errorcode": 0, "txt": "ready."})
