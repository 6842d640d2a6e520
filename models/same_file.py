"""Whether SQLite's file still has its name: one that was moved, replaced or deleted takes
everything that is written to it, and the next start finds none of that.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from peewee import Database

from app.messaging.errors import TryAgain
from app.service_urls import NO_FILES
from models.base import is_sqlite

Given = TypeVar("Given")
Made = TypeVar("Made")


def path_of(db: Database) -> str:
    """SQLite's file; empty where there is none."""
    real = getattr(db, "obj", db)
    path = str(real.database) if is_sqlite(real) else ""
    return "" if path in NO_FILES else path


class SameFile:
    """Remembers which file the database is now. For any thread; other databases always are."""

    def __init__(self, db: Database) -> None:
        self._path = path_of(db)
        self._opened = self._found()

    def check(self) -> None:
        """Raises TryAgain: once the file is back all goes on, and until then nothing is lost."""
        if self._found() != self._opened:
            raise TryAgain(
                f"{self._path} is not the file any more that this server opened: "
                "put that back, or restart the server"
            )

    def keeping(self, work: Callable[[Given], Made]) -> Callable[[Given], Made]:
        """The work, which fails unless the file is the same before and after it."""

        def kept(given: Given) -> Made:
            self.check()
            made = work(given)
            self.check()
            return made

        return kept

    def _found(self) -> tuple[int, int] | None:
        if not self._path:
            return None
        try:
            status = os.stat(self._path)
        except OSError:
            return None
        return status.st_dev, status.st_ino
