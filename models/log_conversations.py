"""Which conversations a batch writes to, how far they go, and who may not write in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.messaging.errors import InTheWay, Refused, not_allowed
from app.messaging.items import Message, RoomMessage
from models.conversation import AWAY, MUTED, REMOVED, pair_key
from models.log_memory import End, Identity, Key, Memory, identity_of
from models.log_sql import LogSql

Ask = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


class StorageReplaced(InTheWay):
    """A conversation ends before a message that this process saw committed."""


class Conversations:
    """In one transaction. `made`: ids that were found or made here."""

    def __init__(self, ask: Ask, sql: LogSql, memory: Memory) -> None:
        self._ask = ask
        self._sql = sql
        self._memory = memory
        self.made: dict[Key, int] = {}

    def id(self, key: Key) -> int | None:
        return self._memory.ids.get(key) or self.made.get(key)

    def ids(self, keys: Sequence[Key]) -> list[int | None]:
        found: list[int | None] = list(map(self._memory.ids.get, keys))
        if None in found and self.made:
            return [self.id(key) for key in keys]
        return found

    def look_up(self, keys: set[Key]) -> None:
        unknown = {stored_key(key): key for key in keys if self.id(key) is None}
        if unknown:
            for stored, found in self._ask(self._sql.find(len(unknown)), list(unknown)):
                self.made[unknown[bytes(stored)]] = found

    def find_or_make(self, messages: Sequence[tuple[Key, Message]]) -> None:
        """Of messages with the same client_id the first that can be stored makes a conversation.

        Rooms are not made by writing to them.
        """
        self.look_up({key for key, _ in messages})
        there = self._people(messages)
        first: dict[Identity, tuple[Key, Message]] = {}
        for key, message in messages:
            if self.id(key) or there.issuperset((message.sender.user_id, message.other)):
                first.setdefault(identity_of(message), (key, message))
        self._make({key: message for key, message in first.values() if self.id(key) is None})

    def _people(self, messages: Sequence[tuple[Key, Message]]) -> set[int]:
        """Who exists of those who write for the first time, and of those they write to."""
        asked = {
            user
            for key, message in messages
            if self.id(key) is None and not isinstance(message, RoomMessage)
            for user in (message.sender.user_id, message.other)
        }
        if not asked:
            return set()
        return {row[0] for row in self._ask(self._sql.users(len(asked)), sorted(asked))}

    def _make(self, first: Mapping[Key, Message]) -> None:
        """`first`: a message of each conversation."""
        for stored in sorted(map(stored_key, first)):
            self._ask(self._sql.create(), (stored,))
        self.look_up(set(first))
        for key, message in first.items():
            me, other = message.sender.user_id, message.other
            for one, two in ((me, other), (other, me)):
                self._ask(self._sql.join(), (self.made[key], one, two, 0, 0))

    def lock(self, keys: Mapping[int, Key]) -> dict[int, End]:
        """The ends of these conversations, which nobody else moves before the commit.

        In id order. Raises StorageReplaced where one is another's now, or ends too early.
        """
        if not keys:
            return {}
        rows = self._ask(self._sql.lock(len(keys)), sorted(keys))
        found = {row[0]: bytes(row[3]) for row in rows}
        ends = {row[0]: (row[1], row[2]) for row in rows}
        for conversation, key in keys.items():
            remembered = self._memory.ends.get(conversation, (0, 0))
            if found.get(conversation) != stored_key(key) or ends[conversation] < remembered:
                raise StorageReplaced(f"conversation {conversation}")
            if (0, 0) < remembered < ends[conversation] and not self._memory.uncertain:
                self._memory.shared.add(conversation)
        return ends

    def barred(self, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Refused]:
        """Of (room, user) pairs those who may not write there, and why.

        Looked up under the lock, so that it is right whoever muted whom in what process.
        """
        if not wanted:
            return {}
        arguments = [value for pair in sorted(wanted) for value in pair]
        rows = self._ask(self._sql.standings(len(wanted)), arguments)
        standing = {(row[0], row[1]): row[2] for row in rows}
        refusals = {pair: refusal_of(standing.get(pair, AWAY)) for pair in wanted}
        return {pair: refused for pair, refused in refusals.items() if refused is not None}


def stored_key(key: Key) -> bytes:
    """As the table has it."""
    return key if isinstance(key, bytes) else pair_key(*key)


def refusal_of(standing: int) -> Refused | None:
    """Why somebody who stands so in a room may not write there."""
    if standing & (AWAY | REMOVED):
        return not_allowed("you are not in this room.")
    return not_allowed("you are muted in this room.") if standing & MUTED else None
