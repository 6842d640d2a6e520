"""The passwords that docker-compose.yml lives on: made once, at random, for their reader alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

from tests.services.parley import ROOT

SCRIPT = ROOT / "tools" / "make_secrets.py"


def make_secrets(folder: Path) -> dict[str, str]:
    """Run it on two folders in here; what all files then hold."""
    for reader in ("mysql", "parley"):
        (folder / reader).mkdir(parents=True, exist_ok=True)
    flags = ["--mysql", str(folder / "mysql"), "--parley", str(folder / "parley")]
    subprocess.run([sys.executable, str(SCRIPT), *flags], check=True)
    return {path.name: path.read_text() for path in folder.glob("*/*")}


def test_the_second_run_changes_nothing(tmp_path: Path) -> None:
    first = make_secrets(tmp_path)
    assert set(first) == {"mysql_root_password", "mysql_password", "database_url"}
    assert make_secrets(tmp_path) == first


def test_every_installation_has_its_own(tmp_path: Path) -> None:
    one, another = make_secrets(tmp_path / "one"), make_secrets(tmp_path / "another")
    assert all(one[name] != another[name] for name in one)


def test_the_url_holds_the_password_of_the_user(tmp_path: Path) -> None:
    made = make_secrets(tmp_path)
    assert urlsplit(made["database_url"]).password == made["mysql_password"]
    assert made["mysql_root_password"] not in made["database_url"]


def test_only_the_owner_reads_them(tmp_path: Path) -> None:
    make_secrets(tmp_path)
    assert {path.stat().st_mode & 0o777 for path in tmp_path.glob("*/*")} == {0o600}
