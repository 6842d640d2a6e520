"""Makes the passwords with which Parley and MySQL know each other, once, for docker-compose.yml.

MySQL reads its two from one folder; Parley gets the URL of the database in another, so that it
never holds the root password. What exists already stays as it is. Uses the standard library only.
"""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path

DATABASE_URL = "mysql://parley:{password}@mysql:3306/parley"


def keep(path: Path, text: str) -> str:
    """What the file says; if there is none, write this text to it, readable by its owner alone."""
    if not path.exists():
        # Complete under another name first: a half-written password would stay for ever.
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(path)
    return path.read_text("utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mysql", type=Path, required=True, help="folder that MySQL reads")
    parser.add_argument("--parley", type=Path, required=True, help="folder that Parley reads")
    folders = parser.parse_args()
    keep(folders.mysql / "mysql_root_password", secrets.token_urlsafe(32))
    password = keep(folders.mysql / "mysql_password", secrets.token_urlsafe(32))
    keep(folders.parley / "database_url", DATABASE_URL.format(password=password))


if __name__ == "__main__":
    main()
