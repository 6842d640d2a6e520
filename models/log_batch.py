"""The steps of the one transaction in which messages and receipts are written.

Their order is what everything else rests on: conversations are locked in id order, seqs are given
out under that lock, and the lock is held until the commit. So commit order is seq order, dense and
the same for everybody, across all processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.messaging.errors import Refused, TryAgain, not_allowed, not_found
from app.messaging.items import Message, Moved, Outcome, Receipt, RoomMessage, RoomReceipt, Stored
from models.conversation import AWAY, MUTED, REMOVED, pair_key
from models.log_memory import Memory, identity_of
from models.log_sql import LogSql, Work


def _key(message: Message) -> bytes:
    if isinstance(message, RoomMessage):
        return message.room.key
    return pair_key(message.sender.user_id, message.other)


def _receipt_key(receipt: Receipt) -> bytes:
    if isinstance(receipt, RoomReceipt):
        return receipt.room.key
    return pair_key(receipt.user, receipt.other)


def refusal_of(standing: int) -> Refused | None:
    """Why somebody who stands so in a room may not write there."""
    if standing & (AWAY | REMOVED):
        return not_allowed("you are not in this room.")
    return not_allowed("you are muted in this room.") if standing & MUTED else None


def _firsts(
    messages: Sequence[Message],
    keys: Sequence[bytes],
    seen: Mapping[tuple[int, bytes], Stored],
) -> dict[bytes, Message]:
    """Whose conversations are needed: of repeats in the batch the first one's alone."""
    first = {
        identity_of(message): (key, message)
        for key, message in zip(reversed(keys), reversed(messages), strict=True)
    }
    return dict(wanted for identity, wanted in first.items() if identity not in seen)


class StorageReplaced(TryAgain):
    """A conversation ends before a message that this process saw committed."""


class BatchSteps:
    """The steps of one transaction, in the order in which they run.

    What needs no answer is left in `writes`, to be executed together with the commit.
    """

    def __init__(self, cursor: Any, sql: LogSql, memory: Memory, now: int) -> None:
        self._cursor = cursor
        self._sql = sql
        self._memory = memory
        self._now = now
        self.made: dict[bytes, int] = {}  # conversations looked up or made here
        self.writes: list[Work] = []  # what is left to be executed before the commit
        self.reached: dict[int, int] = {}  # the last seq of each conversation written to
        self._progress: dict[tuple[int, int], tuple[int | None, int, int]] = {}
        self._placed: dict[tuple[int, bytes], Stored] = {}  # in this batch
        self._barred: dict[tuple[int, int], Refused] = {}  # who may not write in which room

    def run(self, batch: Sequence[Message | Receipt], look_for_repeats: bool) -> list[Outcome]:
        messages = [item for item in batch if isinstance(item, Message)]
        receipts = [item for item in batch if isinstance(item, Receipt)]
        stored = iter(self._store(messages, look_for_repeats) if messages else ())
        moved = iter(self._move(receipts) if receipts else ())
        self._write_progress()
        return [next(stored) if isinstance(item, Message) else next(moved) for item in batch]

    def _run(self, statement: str, arguments: Sequence[Any]) -> None:
        self._sql.run(self._cursor, statement, arguments)

    def _all(self, statement: str, arguments: Sequence[Any]) -> list[tuple[Any, ...]]:
        self._run(statement, arguments)
        return list(self._cursor.fetchall())

    # -- messages -----------------------------------------------------------------------------

    def _store(self, messages: list[Message], look_for_repeats: bool) -> list[Outcome]:
        # looked for first: a repeat makes no conversation, whomever it names this time
        seen = self._repeats(messages) if look_for_repeats else {}
        keys = [_key(message) for message in messages]
        ids = [self._id(key) for key in keys]
        if None in ids:  # rare: conversations that are new, or new to this process
            self._find_or_make(_firsts(messages, keys, seen))
            ids = [self._id(key) for key in keys]
        strangers = [m for m, found in zip(messages, ids, strict=True) if found is None]
        if strangers and not look_for_repeats:  # not stored, so nothing else would tell
            seen = self._repeats(strangers)
        tops = self._lock(sorted({found for found in ids if found}))
        self._find_barred(messages, ids)
        rows: list[Any] = []
        outcomes = [
            self._place(message, found, tops, seen, rows)
            for message, found in zip(messages, ids, strict=True)
        ]
        if rows:
            self._advance(tops)
            self.writes.append((self._sql.append(len(rows) // 7), rows))
        return outcomes

    def _place(
        self,
        message: Message,
        conversation: int | None,
        tops: dict[int, tuple[int, int]],
        seen: dict[tuple[int, bytes], Stored],
        rows: list[Any],
    ) -> Outcome:
        """Gives the message the next seq of its conversation, unless it is a repeat."""
        identity = sender, client_id = identity_of(message)
        if seen and (original := seen.get(identity)) is not None:
            return original
        if (placed := self._placed.get(identity)) is not None:
            return replace(placed, dup=True)
        in_room = isinstance(message, RoomMessage)
        if conversation is None:
            return not_found("room" if in_room else "user")
        if in_room and (barred := self._barred.get((conversation, sender))):
            return barred
        seq, last_time = tops[conversation]
        seq, at = seq + 1, max(last_time, self._now)  # a clock set back must not reorder
        tops[conversation] = (seq, at)
        other = -conversation if in_room else message.other
        rows += (conversation, seq, sender, other, client_id, message.content, at)
        self.reached[conversation] = seq
        self._progress[(conversation, sender)] = (message.other or None, seq, seq)
        stored = self._placed[identity] = Stored(other, message.content, seq, at)
        return stored

    def _id(self, key: bytes) -> int | None:
        return self.made.get(key) or self._memory.ids.get(key)

    def _lookup(self, keys: set[bytes]) -> None:
        unknown = [key for key in keys if key not in self._memory.ids and key not in self.made]
        if unknown:
            for key, found in self._all(self._sql.find(len(unknown)), unknown):
                self.made[bytes(key)] = found

    def _find_or_make(self, first: dict[bytes, Message]) -> None:
        self._lookup(set(first))
        missing = {
            key: message
            for key, message in first.items()
            if self._id(key) is None and not isinstance(message, RoomMessage)  # rooms are opened
        }
        if not missing:
            return
        people = {person for m in missing.values() for person in (m.sender.user_id, m.other)}
        there = {row[0] for row in self._all(self._sql.users(len(people)), sorted(people))}
        welcome = {
            key: message
            for key, message in missing.items()
            if message.sender.user_id in there and message.other in there
        }
        for key in sorted(welcome):
            self._run(self._sql.create(), (key,))
        self._lookup(set(welcome))
        for key, message in sorted(welcome.items()):
            for one, two in (
                (message.sender.user_id, message.other),
                (message.other, message.sender.user_id),
            ):
                self._run(self._sql.join(), (self.made[key], one, two, 0, 0))

    def _lock(self, ids: list[int]) -> dict[int, tuple[int, int]]:
        if not ids:
            return {}
        rows = self._all(self._sql.lock(len(ids)), ids)
        tops = {row[0]: (row[1], row[2]) for row in rows}
        for conversation in ids:
            if tops.get(conversation, (-1, 0))[0] < self._memory.last.get(conversation, 0):
                raise StorageReplaced(f"conversation {conversation}")
            if conversation not in tops:
                raise TryAgain(f"conversation {conversation} is gone")
        return tops

    def _find_barred(self, messages: list[Message], ids: list[int | None]) -> None:
        """Looked up in the transaction, so that it is right whoever muted whom in what process."""
        pairs = {
            (found, message.sender.user_id)
            for message, found in zip(messages, ids, strict=True)
            if found is not None and isinstance(message, RoomMessage)
        }
        if not pairs:
            return
        arguments = [value for pair in sorted(pairs) for value in pair]
        rows = self._all(self._sql.standings(len(pairs)), arguments)
        standing = {(row[0], row[1]): row[2] for row in rows}
        for pair in pairs:
            refused = refusal_of(standing.get(pair, AWAY))
            if refused is not None:
                self._barred[pair] = refused

    def _repeats(self, messages: list[Message]) -> dict[tuple[int, bytes], Stored]:
        wanted: dict[int, set[bytes]] = {}
        for message in messages:
            sender, client_id = identity_of(message)
            wanted.setdefault(sender, set()).add(client_id)
        found = {}
        for sender, client_ids in wanted.items():
            statement = self._sql.repeats(len(client_ids))
            for row in self._all(statement, [sender, *client_ids]):
                me, client_id, other, content, seq, at = row
                identity = (me, bytes(client_id))
                dup = identity not in self._memory.uncertain
                found[identity] = Stored(other, content, seq, at, dup)
        return found

    def _advance(self, tops: dict[int, tuple[int, int]]) -> None:
        moved = sorted(self.reached)
        seqs = [value for found in moved for value in (found, tops[found][0])]
        times = [value for found in moved for value in (found, tops[found][1])]
        self.writes.append((self._sql.advance(len(moved)), [*seqs, *times, *moved]))

    # -- receipts -----------------------------------------------------------------------------

    def _move(self, receipts: list[Receipt]) -> list[Outcome]:
        keys = [_receipt_key(receipt) for receipt in receipts]
        self._lookup(set(keys))
        pairs = {
            (found, receipt.user)
            for key, receipt in zip(keys, receipts, strict=True)
            if (found := self._id(key))
        }
        arguments = [value for pair in sorted(pairs) for value in pair]
        rows = self._all(self._sql.positions(len(pairs)), arguments) if pairs else []
        positions = {(row[0], row[1]): row[2:] for row in rows}
        return [
            self._move_one(receipt, self._id(key), positions)
            for receipt, key in zip(receipts, keys, strict=True)
        ]

    def _move_one(
        self, receipt: Receipt, conversation: int | None, positions: dict[tuple[int, int], Any]
    ) -> Outcome:
        here = positions.get((conversation or 0, receipt.user))
        if conversation is None or here is None:
            return not_found("conversation")
        delivered, read, last_seq = here
        last_seq = max(last_seq, self.reached.get(conversation, 0))  # with what is in this batch
        new_read = max(read, min(receipt.read, last_seq))
        # who has read it has been given it
        new_delivered = max(delivered, new_read, min(receipt.delivered, last_seq))
        if (new_read, new_delivered) != (read, delivered):
            _, sent, sent_read = self._progress.get((conversation, receipt.user), (0, 0, 0))
            self._progress[(conversation, receipt.user)] = (
                receipt.other or None,
                max(new_delivered, sent),
                max(new_read, sent_read),
            )
        return Moved(new_read, new_delivered, new_read > read, new_delivered > delivered)

    def _write_progress(self) -> None:
        if not self._progress:
            return
        rows = [
            value
            for (conversation, user), (other, delivered, read) in sorted(self._progress.items())
            for value in (conversation, user, other, delivered, read)
        ]
        self.writes.append((self._sql.progress(len(self._progress)), rows))
