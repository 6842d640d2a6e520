"""serve and check: what keeps a server from starting is said; a ready one says where it is."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.client import Person
from tests.commands.running import FIRST, run
from tests.conftest import StartServer
from tests.services.parley import ROOT, run_parley


def test_serve_without_migrating_says_what_is_missing(
    database: tuple[str, str], tmp_path: Path
) -> None:
    error = run("serve", *database, "--migrate", "off", "--data-dir", str(tmp_path), code=2)
    assert "python -m app migrate" in error
    assert FIRST in error


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


@pytest.mark.parametrize("name", ["a/b", "x" * 51, "a\u202eb"])
def test_a_fixed_room_that_cannot_be_is_one_line(tmp_path: Path, name: str) -> None:
    for command in ("serve", "check"):
        done = run_parley(command, "--rooms", f"Lobby, {name}", "--data-dir", str(tmp_path))
        assert done.returncode == 2
        assert done.stderr.startswith("parley: rooms: ")
        assert len(done.stderr.splitlines()) == 1


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


async def test_the_ready_line_names_the_port(start_server: StartServer) -> None:
    server = start_server()
    assert server.stdout == [f"Parley is ready on {server.url}"]
    reply = await Person(server.url).request("GET", "/healthz")
    assert (reply.status, reply.envelope) == (200, {"errorcode": 0, "txt": "alive."})
    ready = await Person(server.url).request("GET", "/readyz")
    assert (ready.status, ready.envelope) == (200, {"errorcode": 0, "txt": "ready."})
