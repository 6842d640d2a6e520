"""The secrets that sign cookies: made at first start, several at a time so that they can rotate."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

SHORTEST = 32


def load_secrets(path: Path) -> list[str]:
    """The secrets, newest first, one a line. Makes the file (mode 0600) where there is none.

    Raises ValueError for an empty file: an empty secret signs happily.
    """
    if not path.exists():
        _make(path)
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    found = [line for line in lines if line]
    if not found:
        raise ValueError(f"{path} holds no secret")
    return found


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # a name of its own (mode 0600): in a container the pid is the one of a start that was killed
    descriptor, temporary = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    try:
        os.link(temporary, path)  # fails where another process was first: then its secret counts
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)


def weak(found: list[str]) -> list[str]:
    """The secrets that production refuses."""
    return [secret for secret in found if len(secret) < SHORTEST or len(set(secret)) < 8]
