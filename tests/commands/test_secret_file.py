"""The cookie secret is made once, whoever is killed or starts at the same time."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from app.access.secret_file import load_secrets
from tests.commands.running import run
from tests.services.parley import ROOT


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
