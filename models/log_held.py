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
from models.log_memory import Key, Memory, key_of
from models.log_sql import LogSql

Item = Message | Receipt


class Held:
    """Those that the writer met, until it is told that they are free."""

    def __init__(self, sql: LogSql, memory: Memory) -> None:
        self._sql = sql
        self._memory = memory
        self._keys: dict[int, Key] = {}

    def __bool__(self) -> bool:
        return bool(self._keys)

    def find(self, ask: Ask, batch: Sequence[Item]) -> bool:
        """Whether any of the batch's conversations is held. Its locks end with the transaction."""
        keys = {key_of(item) for item in batch}
        found = {self._memory.ids[key]: key for key in keys if key in self._memory.ids}
        if unknown := {stored_key(key): key for key in keys if key not in self._memory.ids}:
            rows = ask(self._sql.find(len(unknown)), list(unknown))
            found |= {row[1]: unknown[bytes(row[0])] for row in rows}
        held = found.keys() - self._free(ask, list(found))
        self._keys |= {one: found[one] for one in held}
        return bool(held)

    def freed(self, ask: Ask) -> list[Key]:
        """Which of them nobody holds any more; they are forgotten here."""
        free = self._free(ask, list(self._keys))
        return [self._keys.pop(one) for one in sorted(free & self._keys.keys())]

    def _free(self, ask: Ask, conversations: list[int]) -> set[int]:
        if not conversations:
            return set()
        statement = self._sql.free(len(conversations))
        return {row[0] for row in ask(statement, sorted(conversations))}

    def split(self, batch: Sequence[Item]) -> tuple[list[Item], list[Key | None]]:
        """What can be written now, and for each item where it waits: None, or its conversation."""
        held = set(self._keys.values())
        waits = [key if (key := key_of(item)) in held else None for item in batch]
        return [item for item, key in zip(batch, waits, strict=True) if key is None], waits


def joined(stored: Sequence[Any], waits: Sequence[Key | None]) -> list[Any]:
    """The outcomes of all of a batch that was split."""
    told = iter(stored)
    return [next(told) if key is None else SetAside(key) for key in waits]
