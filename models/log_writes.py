"""What a batch writes, with the commit at its end, written out for both databases.

SQLite is given rows and one statement for each kind. MySQL is given one text with all of it, so
that a batch is one question; it does nothing more after a statement that fails.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from models import quick_rows
from models.escaping import all_escaped
from models.log_memory import End
from models.log_sql import PARTICIPANT_COLUMNS

LOG_COLUMNS = "conversation_id, seq, me, other, client_id, content, time"
_LOG = f"INSERT INTO chatlog ({LOG_COLUMNS}) VALUES "
_PROGRESS = f"INSERT INTO participant ({PARTICIPANT_COLUMNS}) VALUES "

LogRow = tuple[int, int, int, int, str, str, int]
ProgressRow = tuple[int, int, int | None, int, int]


@dataclass(slots=True)
class Moved:
    """A conversation from one end to the next."""

    key: bytes
    conversation: int
    old: End
    new: End
    low: int = 0  # the last message that the lower user id of a pair wrote in this batch, or 0
    high: int = 0


@dataclass
class Writes:
    """Rows as the tables have them: the log, how far it goes, and how far people are."""

    now: int
    moved: list[Moved] = field(default_factory=list)
    log: list[LogRow] = field(default_factory=list)
    progress: list[ProgressRow] = field(default_factory=list)


# -- SQLite -----------------------------------------------------------------------------------

SQLITE_MOVE = (
    "UPDATE conversation SET last_seq = ?, last_time = ?,"
    " low_seq = MAX(low_seq, ?), high_seq = MAX(high_seq, ?) WHERE id = ?"
)
SQLITE_LOG = f"{_LOG}(?,?,?,?,?,?,?)"
# positions only move forward; the rows are there since the conversation began
SQLITE_PROGRESS = (
    f"{_PROGRESS}(?,?,?,?,?) ON CONFLICT (conversation_id, user_id) DO UPDATE SET"
    " delivered_seq = MAX(delivered_seq, excluded.delivered_seq),"
    " read_seq = MAX(read_seq, excluded.read_seq)"
)


def commit_sqlite(cursor: Any, writes: Writes) -> None:
    moved = [(*one.new, one.low, one.high, one.conversation) for one in writes.moved]
    cursor.executemany(SQLITE_MOVE, moved)
    cursor.executemany(SQLITE_LOG, [(*row[:4], row[4].encode(), *row[5:]) for row in writes.log])
    cursor.executemany(SQLITE_PROGRESS, writes.progress)
    cursor.execute("COMMIT")


# -- MySQL ------------------------------------------------------------------------------------

# A conversation that does not end any more where it was remembered to end, or is another one, gets
# a seq that is too large for the column: an error, and nothing after it is executed. Where it must
# still end stands in last_time: that column needs no value of its own for each row.
_MOVE = (
    "INSERT INTO conversation"
    " (id, conversation_key, last_seq, last_time, low_seq, high_seq) VALUES "
)
_TOO_LARGE = 9223372036854775807
_MOVE_IF = (
    " ON DUPLICATE KEY UPDATE"
    " last_seq = VALUES(last_seq) + IF(last_seq = VALUES(last_time) AND id = VALUES(id)"
    f" AND conversation_key = VALUES(conversation_key), 0, {_TOO_LARGE}),"
    " last_time = GREATEST(last_time, %d),"
    " low_seq = GREATEST(low_seq, VALUES(low_seq)),"
    " high_seq = GREATEST(high_seq, VALUES(high_seq))"
)
# A moved row counts two, one that had gone and was put in counts one. Anything else than two for
# each makes the first message's conversation too large in the same way: a statement of its own for
# this would cost both sides a packet and a wake-up.
_ALL_MOVED = f"+IF(ROW_COUNT()=%d,0,{_TOO_LARGE})"
_PROGRESS_FORWARD = (
    " ON DUPLICATE KEY UPDATE"
    " delivered_seq = GREATEST(delivered_seq, VALUES(delivered_seq)),"
    " read_seq = GREATEST(read_seq, VALUES(read_seq))"
)
# Rows are written out by one operation each: `%d` takes nothing but numbers, and costs half of what
# a formatted string with `:d` does.
_MOVED_ROW = "(%d,x'%s',%d,%d,%d,%d)"
_LOG_ROW = "(%d,%d,%d,%d,'%s','%s',%d)"
_PROGRESS_ROW = "(%d,%d,%s,%d,%d)"
_CONVERSATION = attrgetter("conversation")
# an OK in bytes, and what it says besides of several rows, with a byte before it
_OK = 11
_OF_SEVERAL = ".Records: %d  Duplicates: 0  Warnings: 0"


def commit_mysql(cursor: Any, writes: Writes) -> None:
    """Raises OUT_OF_RANGE (models/failures.py) when a conversation does not end at its `old`."""
    quick_rows.run(cursor.connection, statements(writes), least_answer(writes))


def least_answer(writes: Writes) -> int:
    """Bytes of the OKs to `statements`: they cannot be fewer."""
    kinds = [len(rows) for rows in (writes.moved, writes.log, writes.progress) if rows]
    return _OK * (len(kinds) + 1) + sum(len(_OF_SEVERAL % count) for count in kinds if count > 1)


def statements(writes: Writes) -> list[str]:
    texts = ["COMMIT"]
    if writes.progress:
        texts.insert(0, f"{_PROGRESS}{_progress(writes)}{_PROGRESS_FORWARD}")
    if writes.moved:
        texts.insert(0, f"{_LOG}{_log(writes)}")
        texts.insert(0, f"{_MOVE}{_moves(writes)}{_MOVE_IF % writes.now}")
    return texts


def _moves(writes: Writes) -> str:
    # in id order, so that two processes never wait for each other in a ring
    moved = sorted(writes.moved, key=_CONVERSATION)
    return ",".join(
        [
            _MOVED_ROW
            % (one.conversation, one.key.hex(), one.new[0], one.old[0], one.low, one.high)
            for one in moved
        ]
    )


def _log(writes: Writes) -> str:
    # for sessions without NO_BACKSLASH_ESCAPES: models/base.py sets their mode
    count = len(writes.log)
    texts = all_escaped([row[4] for row in writes.log] + [row[5] for row in writes.log])
    rows = [
        _LOG_ROW % (found, seq, me, other, name, content, at)
        for (found, seq, me, other, _, _, at), name, content in zip(
            writes.log, texts[:count], texts[count:], strict=True
        )
    ]
    all_moved = _ALL_MOVED % (2 * len(writes.moved))
    return ",".join(rows).replace(",", f"{all_moved},", 1)  # behind the first number of the first


def _progress(writes: Writes) -> str:
    return ",".join(
        [
            _PROGRESS_ROW % (found, user, _number(other), delivered, read)
            for found, user, other, delivered, read in sorted(writes.progress)
        ]
    )


def _number(value: int | None) -> str:
    return "NULL" if value is None else "%d" % value  # noqa: UP031 - as the rows
