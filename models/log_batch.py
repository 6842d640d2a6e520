"""The steps of the one transaction in which messages and receipts are written.

Their order is what everything else rests on: a conversation's row is locked, or moved on the
condition that it still ends where it was remembered to; seqs are given out under that lock, and it
is held until the commit. So commit order is seq order, dense and the same for everybody, across
all processes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from app.messaging.errors import Refused, not_found
from app.messaging.items import Message, Outcome, Receipt, RoomMessage, Stored
from models.log_conversations import Ask, Conversations, stored_key
from models.log_memory import End, Identity, Key, Memory, identity_of, key_of
from models.log_receipts import Progress, move
from models.log_sql import LogSql
from models.log_writes import Moved, Writes

# later than every time
BEYOND = 2**62

Barred = Mapping[tuple[int, int], Refused]


class BatchSteps:
    """`run` gives the outcomes; what is left to be written then stands in `writes`.

    `trusting`: the ends of conversations may be taken from memory, because whoever writes them
    looks whether they are still right.
    """

    def __init__(
        self, cursor: Any, sql: LogSql, memory: Memory, now: int, *, trusting: bool
    ) -> None:
        # no method of this object: the two would hold each other, and with them the whole batch
        # until the garbage collector came by
        self._ask: Ask = ask_by(cursor, sql)
        self._sql = sql
        self._memory = memory
        self._trusting = trusting
        self._progress: Progress = {}
        self.conversations = Conversations(self._ask, sql, memory)
        self.writes = Writes(now)
        self.ends: dict[int, End] = {}  # of the conversations that were written to
        # originals of unknown fate that came again for somebody else: still told to nobody
        self.elsewhere: set[Identity] = set()
        # the last message of a pair's lower user id in each, and of the higher one
        self._low: dict[int, int] = {}
        self._high: dict[int, int] = {}

    def run(self, batch: Sequence[Message | Receipt], look_for_repeats: bool) -> list[Outcome]:
        messages = [item for item in batch if isinstance(item, Message)]
        receipts = [item for item in batch if not isinstance(item, Message)]
        stored = self._store(messages, look_for_repeats) if messages else []
        moved = self._move(receipts) if receipts else []
        self.writes.progress = [(*who, *far) for who, far in self._progress.items()]
        if not receipts:
            return stored
        told = iter(stored), iter(moved)
        return [next(told[0 if isinstance(item, Message) else 1]) for item in batch]

    def _move(self, receipts: list[Receipt]) -> list[Outcome]:
        reached = {
            found: (end[0], self._low.get(found, 0), self._high.get(found, 0))
            for found, end in self.ends.items()
        }
        return move(
            receipts,
            self.conversations,
            self._ask,
            self._sql,
            self._memory,
            reached,
            self._progress,
        )

    # -- messages -----------------------------------------------------------------------------

    def _store(self, messages: list[Message], look_for_repeats: bool) -> list[Outcome]:
        # looked for first: a repeat makes no conversation, whomever it names this time
        seen = self._repeats(messages) if look_for_repeats else {}
        keys = [key_of(message) for message in messages]
        ids = self.conversations.ids(keys)
        if None in ids:  # rare: conversations that are new, or new to this process
            new = zip(keys, messages, strict=True)
            self.conversations.find_or_make([one for one in new if identity_of(one[1]) not in seen])
            ids = self.conversations.ids(keys)
        known = {found: key for found, key in zip(ids, keys, strict=True) if found}
        in_rooms = _writers_in_rooms(messages, ids)
        ends = self._ends(known, in_rooms)
        barred = self.conversations.barred(in_rooms)
        if not look_for_repeats and (barred or None in ids):
            seen = self._repeats(_not_stored(messages, ids, barred))
        before = dict(ends)
        outcomes = self._place(messages, ids, ends, seen, barred)
        self._note(known, before)
        return outcomes

    def _ends(self, known: Mapping[int, Key], in_rooms: set[tuple[int, int]]) -> dict[int, End]:
        # who may write in a room must not change between looking and the commit
        if self._trusting and not in_rooms and self._memory.knows(known.keys()):
            return {found: self._memory.ends[found] for found in known}
        return self.conversations.lock(known)

    def _place(
        self,
        messages: list[Message],
        ids: list[int | None],
        ends: dict[int, End],
        seen: dict[Identity, Stored],
        barred: Barred,
    ) -> list[Outcome]:
        """Gives each message the next seq of its conversation, unless it is a repeat.

        One loop, and long: all of it is done for every message.
        """
        outcomes: list[Outcome] = []
        placed: dict[Identity, Stored] = {}
        now, log, own_ends = self.writes.now, self.writes.log, self.ends
        for message, conversation in zip(messages, ids, strict=True):
            sender, client_id, other = message.sender.user_id, message.client_id, message.other
            identity = (sender, client_id)
            if identity in seen:
                outcomes.append(self._original(message, seen))
                continue
            if identity in placed:
                outcomes.append(replace(placed[identity], dup=True))
                continue
            if conversation is None or (barred and (conversation, sender) in barred):
                outcomes.append(_refusal(message, conversation, barred))
                continue
            seq, last_time = ends[conversation]
            seq, at = seq + 1, now if now > last_time else last_time  # a clock may be set back
            ends[conversation] = own_ends[conversation] = (seq, at)
            if other:
                (self._low if sender < other else self._high)[conversation] = seq
            else:  # a room
                self._progress[(conversation, sender)] = (None, seq, seq)
            content, whom = message.content, other or -conversation
            log.append((conversation, seq, sender, whom, client_id, content, at))
            placed[identity] = stored = Stored(whom, content, seq, at)
            outcomes.append(stored)
        return outcomes

    def _original(self, message: Message, seen: dict[Identity, Stored]) -> Stored:
        """What stands in the log under a client_id that comes again.

        One of unknown fate is no repeat, once, and only where it was written: elsewhere it would
        show a room what was meant for one person.
        """
        identity = identity_of(message)
        original = seen[identity]
        if original.dup:
            return original
        repeat = replace(original, dup=True)
        # a room's number is not looked up for what was stored before
        room = message.room.conversation if isinstance(message, RoomMessage) else 0
        if original.other != (message.other or -room):
            self.elsewhere.add(identity)
            return repeat
        self.elsewhere.discard(identity)
        seen[identity] = repeat
        return original

    def _note(self, keys: Mapping[int, Key], before: Mapping[int, End]) -> None:
        self.writes.moved = [
            Moved(
                stored_key(keys[found]),
                found,
                before[found],
                end,
                self._low.get(found, 0),
                self._high.get(found, 0),
            )
            for found, end in self.ends.items()
        ]

    def _repeats(self, messages: list[Message]) -> dict[Identity, Stored]:
        wanted: dict[int, set[bytes]] = {}
        for message in messages:
            sender, client_id = identity_of(message)
            wanted.setdefault(sender, set()).add(client_id.encode())
        found = {}
        for sender, client_ids in wanted.items():
            statement = self._sql.repeats(len(client_ids))
            for row in self._ask(statement, [sender, *client_ids]):
                me, client_id, other, content, seq, at, room = row
                identity = (me, bytes(client_id).decode())
                # what is older than the doubt was stored, and told, before
                dup = at < self._memory.uncertain.get(identity, BEYOND)
                found[identity] = Stored(other, content, seq, at, dup, room or "")
        return found


def ask_by(cursor: Any, sql: LogSql) -> Ask:
    return partial(_ask, cursor, sql)


def _ask(
    cursor: Any, sql: LogSql, statement: str, arguments: Sequence[Any]
) -> list[tuple[Any, ...]]:
    sql.run(cursor, statement, arguments)
    return list(cursor.fetchall())


def _writers_in_rooms(
    messages: Sequence[Message], ids: Sequence[int | None]
) -> set[tuple[int, int]]:
    """(room, sender) of what goes to rooms; mostly nothing does."""
    if set(map(type, messages)) == {Message}:
        return set()
    return {
        (found, message.sender.user_id)
        for message, found in zip(messages, ids, strict=True)
        if found and type(message) is not Message
    }


def _not_stored(
    messages: Sequence[Message], ids: Sequence[int | None], barred: Barred
) -> list[Message]:
    """Those that will be refused, and of which nothing else would tell that they are repeats."""
    return [
        message
        for message, found in zip(messages, ids, strict=True)
        if found is None or (found, message.sender.user_id) in barred
    ]


def _refusal(message: Message, conversation: int | None, barred: Barred) -> Refused:
    if conversation is None:
        return not_found("room" if isinstance(message, RoomMessage) else "user")
    return barred[(conversation, message.sender.user_id)]
