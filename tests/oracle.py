"""The oracle: what was said, what was promised, and whether the database agrees.

Clients write down what they send and what the server told them is stored; nothing is ever
taken back. Afterwards the database is read with plain SQL, past every line of Parley's own
code, and each difference is a Fault. No faults means:

- every acknowledged message is in the database, where the acknowledgement said it is;
- there is exactly one row per (sender, client_id), and nothing that was not sent;
- seq is 1..n in every conversation, and the conversation's last_seq is n;
- what every person had on the screen is the database's list, in the database's order;
- what every member of a room was shown, from one join to one leave, is a piece of that list
  without a gap, and reaches its end where the member was there to the end.

The receiver of what is said in a room is minus the room's conversation.
"""

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import pymysql

SHOWN_OF_EACH_KIND = 5  # faults come in crowds; the first few tell the story

ROWS = "SELECT conversation_id, seq, me, other, client_id, content FROM chatlog"
HEADS = "SELECT id, last_seq FROM conversation"


class Row(NamedTuple):
    """One message as the database has it."""

    conversation: int
    seq: int
    sender: int
    receiver: int
    client_id: str
    content: str


class Sent(NamedTuple):
    """A message that left a client, whatever became of it."""

    sender: int
    client_id: str
    receiver: int
    content: str


class Acked(NamedTuple):
    """The server's word that a message is stored."""

    sender: int
    client_id: str
    receiver: int
    seq: int


class Shown(NamedTuple):
    """One line on somebody's screen."""

    seq: int
    sender: int
    content: str


class Stay(NamedTuple):
    """What one member of a room was shown, from a join to a leave."""

    viewer: int
    room: int
    shown: tuple[Shown, ...]
    to_the_end: bool


class Fault(NamedTuple):
    """One way in which the database and the logs differ."""

    kind: str
    detail: str


def read_rows(database_url: str, query: str) -> list[tuple[Any, ...]]:
    """Run one SELECT on a database named as Parley's --database-url names it."""
    parts = urlsplit(database_url)
    if parts.scheme == "sqlite":
        with closing(sqlite3.connect(parts.path[1:])) as sqlite:
            return list(sqlite.execute(query))
    mysql = pymysql.connect(
        host=parts.hostname or "127.0.0.1",
        port=parts.port or 3306,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        database=parts.path[1:],
        charset="utf8mb4",
        read_timeout=60,
        write_timeout=60,
    )
    with closing(mysql), mysql.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


@dataclass
class Oracle:
    """Append-only logs of one run, and the comparison with the database at its end."""

    sends: list[Sent] = field(default_factory=list)
    acks: list[Acked] = field(default_factory=list)
    screens: dict[tuple[int, int], list[Shown]] = field(default_factory=dict)
    stays: list[Stay] = field(default_factory=list)

    def sent(self, sender: int, client_id: str, receiver: int, content: str) -> None:
        """Call before the frame leaves, so that nothing stored can be unknown here."""
        self.sends.append(Sent(sender, client_id, receiver, content))

    def acked(self, sender: int, client_id: str, receiver: int, seq: int) -> None:
        """Call for every answer that says stored, a repeated one too."""
        self.acks.append(Acked(sender, client_id, receiver, seq))

    def saw(self, viewer: int, other: int, shown: Sequence[Shown]) -> None:
        """Note what one person has on the screen, from top to bottom, at the end."""
        self.screens[viewer, other] = list(shown)

    def saw_in_room(
        self, viewer: int, room: int, shown: Sequence[Shown], *, to_the_end: bool = False
    ) -> None:
        """Note what somebody had on the screen of a room when they left it, or at the end."""
        self.stays.append(Stay(viewer, room, tuple(shown), to_the_end))

    def check(self, database_url: str) -> list[Fault]:
        """Every fault there is."""
        stored = read_rows(database_url, ROWS)
        rows = [
            Row(conversation, seq, sender, receiver, _text(client_id), _text(content))
            for conversation, seq, sender, receiver, client_id, content in stored
        ]
        heads = {int(key): int(seq) for key, seq in read_rows(database_url, HEADS)}
        return [
            *self._unkept_promises(rows),
            *self._repeated(rows),
            *self._never_sent(rows),
            *_not_dense(rows, heads),
            *_astray(rows),
            *self._wrong_screens(rows),
            *self._wrong_stays(rows),
        ]

    def assert_holds(self, database_url: str) -> None:
        """Fail with the first few faults of each kind."""
        faults = self.check(database_url)
        kinds = Counter(fault.kind for fault in faults)
        story = [
            fault
            for kind in kinds
            for fault in [f for f in faults if f.kind == kind][:SHOWN_OF_EACH_KIND]
        ]
        assert not faults, "\n".join([f"{dict(kinds)}", *(f"{f.kind}: {f.detail}" for f in story)])

    def _unkept_promises(self, rows: Iterable[Row]) -> Iterable[Fault]:
        places = {(row.sender, row.client_id): (row.receiver, row.seq) for row in rows}
        for ack in self.acks:
            place = places.get((ack.sender, ack.client_id))
            if place is None:
                yield Fault("lost", f"{ack} is in no row")
            elif place != (ack.receiver, ack.seq):
                yield Fault("moved", f"{ack} is stored as (receiver, seq) = {place}")

    def _repeated(self, rows: Iterable[Row]) -> Iterable[Fault]:
        for key, times in Counter((row.sender, row.client_id) for row in rows).items():
            if times > 1:
                yield Fault("repeated", f"(sender, client_id) = {key} has {times} rows")

    def _never_sent(self, rows: Iterable[Row]) -> Iterable[Fault]:
        known = set(self.sends)
        for row in rows:
            if Sent(row.sender, row.client_id, row.receiver, row.content) not in known:
                yield Fault("phantom", f"nobody sent {row}")

    def _wrong_screens(self, rows: Iterable[Row]) -> Iterable[Fault]:
        stored: dict[frozenset[int], list[Shown]] = defaultdict(list)
        for row in sorted(rows):
            pair = frozenset((row.sender, row.receiver))
            stored[pair].append(Shown(row.seq, row.sender, row.content))
        for (viewer, other), shown in self.screens.items():
            right = stored[frozenset((viewer, other))]
            if shown != right:
                yield Fault("screen", f"user {viewer} with {other}: {_difference(shown, right)}")

    def _wrong_stays(self, rows: Iterable[Row]) -> Iterable[Fault]:
        stored: dict[int, list[Shown]] = defaultdict(list)
        for row in sorted(rows):
            stored[row.conversation].append(Shown(row.seq, row.sender, row.content))
        for stay in self.stays:
            log = stored[stay.room]
            first = stay.shown[0].seq if stay.shown else len(log) + 1
            right = log[first - 1 :] if stay.to_the_end else log[first - 1 :][: len(stay.shown)]
            if list(stay.shown) != right or (stay.to_the_end and log and not right):
                what = _difference(stay.shown, right)
                yield Fault("stay", f"user {stay.viewer} in room {stay.room}: {what}")


def _astray(rows: Iterable[Row]) -> Iterable[Fault]:
    """What was said in one room has to stand in no other conversation."""
    for row in rows:
        if row.receiver < 0 and row.conversation != -row.receiver:
            yield Fault("astray", f"in conversation {row.conversation} stands {row}")


def _not_dense(rows: Iterable[Row], heads: dict[int, int]) -> Iterable[Fault]:
    seqs: dict[int, list[int]] = defaultdict(list)
    for row in sorted(rows):
        seqs[row.conversation].append(row.seq)
    for conversation in {*seqs, *heads}:
        have = seqs[conversation]
        if have != list(range(1, len(have) + 1)):
            missing = sorted(set(range(1, max(have) + 1)) - set(have))
            yield Fault("gap", f"conversation {conversation}: {len(have)} rows, no {missing[:10]}")
        if heads.get(conversation) != max(have, default=0):
            yield Fault("head", f"conversation {conversation}: last_seq {heads.get(conversation)}")


def _difference(shown: Sequence[Shown], right: Sequence[Shown]) -> str:
    for place, (mine, theirs) in enumerate(zip(shown, right, strict=False)):
        if mine != theirs:
            return f"line {place} shows {mine}, stored is {theirs}"
    return f"{len(shown)} lines shown, {len(right)} stored"
