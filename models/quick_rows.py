"""MySQL: rows that are one value each, read at once instead of value by value.

PyMySQL makes an object of each packet and reads it byte by byte in Python: for a page of history
that costs more than everything else. Here the answer to one question is cut up where it lies. Of
the connection three private names are used; PyMySQL is pinned, and tests/test_quick_rows.py fails
when one of them changes.
"""

from __future__ import annotations

import logging
from typing import Any, NoReturn

from pymysql import err
from pymysql.constants import COMMAND, CR

# where peewee notes its questions: ours are counted with them
log = logging.getLogger("peewee")

# bytes asked for at once
CHUNK = 65_536
HEADER = 4
# a packet of this length goes on in the next one
LONGEST = 0xFFFFFF
# first bytes of packets that are no row
ERROR, END, FILE, OK = 0xFF, 0xFE, 0xFB, 0x00
# lengths of values: up to 250 in the byte itself; NULL; or in so many bytes after it
NULL = 0xFB
WIDTHS = {0xFC: 2, 0xFD: 3, 0xFE: 8}


def ask(connection: Any, statement: str) -> list[bytes]:
    """The first column of all rows, as bytes. Raises pymysql's errors, as its cursors do."""
    log.debug(statement)
    connection._execute_command(COMMAND.COM_QUERY, statement)
    answer = Answer(connection)
    columns = answer.next()
    if columns[0] in (OK, FILE):
        answer.fail("a question without rows")
    for _ in range(columns[0] + 1):  # their descriptions, and the end of these
        answer.next()
    return answer.rows()


class Answer:
    """The packets of one answer."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._data = b""
        self._at = 0
        self._number = 1  # of the next packet; they are counted so that none is lost unseen

    def next(self) -> bytes:
        """One packet's content."""
        whole = b""
        while True:
            self._need(HEADER)
            data, at = self._data, self._at
            size = data[at] | data[at + 1] << 8 | data[at + 2] << 16
            if data[at + 3] != self._number & 255:
                self.fail("packets out of order")
            self._number += 1
            self._need(HEADER + size)
            content = self._data[self._at + HEADER : self._at + HEADER + size]
            self._at += HEADER + size
            if size < LONGEST:
                break
            whole += content
        whole += content
        if whole[0] == ERROR:
            err.raise_mysql_exception(whole)
        return whole

    def rows(self) -> list[bytes]:
        found: list[bytes] = []
        while True:
            row = self.next()
            first = row[0]
            if first < NULL:
                found.append(row[1 : first + 1])
            elif first == NULL:
                self.fail("NULL where a value was asked for")
            elif first == END and len(row) < 9:
                if self._at < len(self._data):
                    self.fail("more than an answer")
                return found
            else:
                start = 1 + WIDTHS[first]
                found.append(row[start : start + int.from_bytes(row[1:start], "little")])

    def fail(self, why: str) -> NoReturn:
        self._connection._force_close()
        raise err.OperationalError(CR.CR_SERVER_LOST, why)

    def _need(self, size: int) -> None:
        """Reads until so many bytes lie behind the place."""
        if len(self._data) - self._at >= size:
            return
        parts = [self._data[self._at :]]
        left = size - len(parts[0])
        while left > 0:
            part = self._read()
            parts.append(part)
            left -= len(part)
        self._data, self._at = b"".join(parts), 0

    def _read(self) -> bytes:
        try:
            part: bytes = self._connection._rfile.read1(CHUNK)
        except OSError as error:
            self.fail(f"lost while reading: {error}")
        if not part:
            self.fail("lost while reading")
        return part
