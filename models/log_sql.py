"""What the message path asks, written out for both databases; log_writes.py has what it writes.

The query builder costs more than the database here, so these two files go around it;
tests/test_log_sql.py and test_log_writes.py hold their tables and columns against the models.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

PARTICIPANT_COLUMNS = "conversation_id, user_id, other_id, delivered_seq, read_seq"

Value = int | str | bytes | None


class LogSql:
    """Statements for `count` rows at once; each text is made once and kept."""

    def __init__(self, sqlite: bool) -> None:
        self._number, self._text = ("?", "?") if sqlite else ("%d", "%s")
        self._lock = "" if sqlite else " FOR UPDATE"
        self._sqlite = sqlite
        for name in (
            "find",
            "users",
            "lock",
            "free",
            "repeats",
            "standings",
            "positions",
        ):
            setattr(self, name, lru_cache(maxsize=1024)(getattr(self, name)))

    def run(self, cursor: Any, statement: str, arguments: Sequence[Value]) -> None:
        """Executes one statement."""
        if self._sqlite:
            cursor.execute(statement, arguments)
            return
        cursor.execute(*_inlined(statement, arguments))

    def _numbers(self, count: int) -> str:
        return ",".join([self._number] * count)

    def _texts(self, count: int) -> str:
        return ",".join([self._text] * count)

    def _of_pairs(self, columns: str, count: int, join: str = "") -> str:
        """Participants `p` by (conversation, user) pairs.

        SQLite would use a half of the key only for a list of pairs, so there they are joined.
        """
        pairs = ",".join([f"({self._number},{self._number})"] * count)
        if self._sqlite:
            on = "p.conversation_id = v.column1 AND p.user_id = v.column2"
            return (
                f"SELECT {columns} FROM (VALUES {pairs}) v CROSS JOIN participant p ON {on}{join}"
            )
        among = f"(p.conversation_id, p.user_id) IN ({pairs})"
        return f"SELECT {columns} FROM participant p{join} WHERE {among}"

    def find(self, count: int) -> str:
        return (
            "SELECT conversation_key, id FROM conversation"
            f" WHERE conversation_key IN ({self._texts(count)})"
        )

    def users(self, count: int) -> str:
        return f"SELECT id FROM user WHERE id IN ({self._numbers(count)})"

    def create(self) -> str:
        return (
            "INSERT INTO conversation (conversation_key, last_seq, last_time)"
            f" VALUES ({self._text}, 0, 0)"
        )

    def join(self) -> str:
        return f"INSERT INTO participant ({PARTICIPANT_COLUMNS}) VALUES ({self._numbers(5)})"

    def lock(self, count: int) -> str:
        """In id order, so that two processes never wait for each other in a ring."""
        return (
            "SELECT id, last_seq, last_time, conversation_key FROM conversation"
            f" WHERE id IN ({self._numbers(count)}) ORDER BY id{self._lock}"
        )

    def free(self, count: int) -> str:
        """Of these conversations those that nobody else holds; asks nobody to wait."""
        skip = "" if self._sqlite else f"{self._lock} SKIP LOCKED"
        return f"SELECT id FROM conversation WHERE id IN ({self._numbers(count)}) ORDER BY id{skip}"

    def repeats(self, count: int) -> str:
        """Arguments: the sender, its client_ids. By the unique index."""
        return (
            "SELECT me, client_id, other, content, seq, time, r.name FROM chatlog"
            " LEFT JOIN room r ON r.conversation_id = chatlog.conversation_id"
            f" WHERE me = {self._number} AND client_id IN ({self._texts(count)})"
        )

    def standings(self, count: int) -> str:
        """Arguments: (conversation, user) pairs."""
        return self._of_pairs("p.conversation_id, p.user_id, p.standing", count)

    def positions(self, count: int) -> str:
        """Arguments: (conversation, user) pairs. With how far each conversation goes, and who in
        it wrote how far.
        """
        return self._of_pairs(
            "p.conversation_id, p.user_id, p.delivered_seq, p.read_seq,"
            " c.last_seq, c.low_seq, c.high_seq",
            count,
            " JOIN conversation c ON c.id = p.conversation_id",
        )


def _inlined(statement: str, arguments: Sequence[Value]) -> tuple[str, list[Value] | None]:
    """MySQL's driver writes values into the text anyway, but escapes each of them, numbers too:
    they are most of what is written here, so that is left out.
    """
    numbers = tuple([value if type(value) is int else "%s" for value in arguments])
    texts = [value for value in arguments if type(value) is not int]
    return statement % numbers, texts or None
