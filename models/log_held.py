"""Conversations that somebody else holds: what is written there waits, and nothing else does.

A process that was stopped between its lock and its COMMIT holds the rows of that transaction until
the database takes them away (WRITER_REST in log_writer.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.messaging.errors import SetAside
from app.messaging.items import Message, Receipt
from models.log_conversations import Ask, stored_key
from models.log_memory import Key, key_of
from models.log_sql import LogSql

Item = Message | Receipt


class Held:
    """Those that the writer met, until it is told that they are free."""

    def __init__(self, sql: LogSql) -> None:
        self._sql = sql
        self._keys: set[Key] = set()

    def __bool__(self) -> bool:
        return bool(self._keys)

    def find(self, ask: Ask, batch: Sequence[Item]) -> bool:
        """Whether any of the batch's conversations is held. Its locks end with the transaction."""
        held = self._held_of(ask, {key_of(item) for item in batch})
        self._keys |= held
        return bool(held)

    def freed(self, ask: Ask) -> list[Key]:
        """Which of them nobody holds any more; they are forgotten here."""
        freed = self._keys - self._held_of(ask, self._keys)
        self._keys -= freed
        return list(freed)

    def _held_of(self, ask: Ask, keys: set[Key]) -> set[Key]:
        """As the table has them now: one that is not there is held by nobody."""
        stored = {stored_key(key): key for key in keys}
        rows = ask(self._sql.find(len(stored)), list(stored)) if stored else []
        found = {row[1]: stored[bytes(row[0])] for row in rows}
        free = ask(self._sql.free(len(found)), sorted(found)) if found else []
        return set(found.values()) - {found[row[0]] for row in free}

    def split(self, batch: Sequence[Item]) -> tuple[list[Item], list[Key | None]]:
        """What can be written now, and for each item where it waits: None, or its conversation."""
        waits = [key if (key := key_of(item)) in self._keys else None for item in batch]
        return [item for item, key in zip(batch, waits, strict=True) if key is None], waits


def joined(stored: Sequence[Any], waits: Sequence[Key | None]) -> list[Any]:
    """The outcomes of all of a batch that was split."""
    told = iter(stored)
    return [next(told) if key is None else SetAside(key) for key in waits]
