"""MySQL: answers read where they lie: rows of one value each, and the OKs of several statements.

PyMySQL makes an object of each packet and reads it byte by byte in Python: for a page of history
that costs more than everything else. Here the answer to one question is cut up where it lies. Of
the connection four private names are used; PyMySQL is pinned, and tests/test_quick_rows.py fails
when one of them changes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, NoReturn

from pymysql import err
from pymysql.constants import COMMAND, CR, SERVER_STATUS

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
    """All rows, each the bytes of its only column. Raises pymysql's errors, as its cursors do."""
    log.debug(statement)
    connection._execute_command(COMMAND.COM_QUERY, statement)
    try:
        return _rows(Answer(connection))
    except err.MySQLError:
        raise  # a whole answer, or the connection is closed already
    except BaseException:  # half of an answer is still to come, and nobody must be given it
        connection._force_close()
        raise


def run(connection: Any, statements: Sequence[str], least: int = 1) -> None:
    """Several in one question, of which none has rows; all in one packet, so below 16 MiB. `least`:
    bytes of their answers, where all goes well.

    Raises pymysql's errors: what comes after a statement that fails was not executed.
    OperationalError, too, where answers are missing.
    """
    connection._execute_command(COMMAND.COM_QUERY, ";".join(statements))
    try:
        if (expect := getattr(connection._sock, "expect", None)) is not None:
            expect(least)  # models/loop_socket.py
        answer = Answer(connection)
        for left in reversed(range(len(statements))):
            answer.done(more=left > 0)
    except err.MySQLError:
        raise
    except BaseException:
        connection._force_close()
        raise


def _rows(answer: Answer) -> list[bytes]:
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
        if not whole:
            self.fail("a packet of nothing")
        if whole[0] == ERROR:
            err.raise_mysql_exception(whole)
        return whole

    def done(self, *, more: bool) -> None:
        """A statement was executed, and `more` tells whether it was not the last."""
        packet = self.next()
        at = _behind(packet, _behind(packet, 1))  # rows that were changed, and the newest id
        if packet[0] != OK or len(packet) < at + 4:  # status, warnings
            self.fail("no OK")
        status = int.from_bytes(packet[at : at + 2], "little")
        if more != bool(status & SERVER_STATUS.SERVER_MORE_RESULTS_EXISTS):
            self.fail("fewer or more answers than statements")
        if not more and self._at < len(self._data):
            # a server that goes away says so unasked: what it has done before that is done
            self._connection._force_close()

    def rows(self) -> list[bytes]:
        found: list[bytes] = []
        while True:
            self._short(found)
            row = self.next()
            start, length = 1, row[0]
            if length == END and len(row) < 9:
                if self._at < len(self._data):
                    self.fail("more than an answer")
                return found
            if length == NULL:
                self.fail("NULL where a value was asked for")
            if length > NULL:
                start += WIDTHS.get(length, 0)
                length = int.from_bytes(row[1:start], "little")
            if start + length != len(row):
                self.fail("a row that is not one value")
            found.append(row[start:])

    def _short(self, found: list[bytes]) -> None:
        """Takes rows as long as they are whole here and their length is in one byte or two more."""
        data, at, number = self._data, self._at, self._number
        end = len(data) - HEADER
        while at < end:
            size = data[at] | data[at + 1] << 8 | data[at + 2] << 16
            stop, length, start = at + HEADER + size, data[at + 4], at + 5
            if data[at + 3] != number & 255 or stop > end + HEADER or size < 1:
                break
            if length == 0xFC and size >= 3:
                length, start = data[at + 5] | data[at + 6] << 8, at + 7
            elif length >= NULL:
                break
            if start + length != stop:
                break
            found.append(data[start:stop])
            at, number = stop, number + 1
        self._at, self._number = at, number

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


def _behind(packet: bytes, at: int) -> int:
    """Where a number that begins there ends, also where the packet ends before it."""
    return at + 1 + WIDTHS.get(packet[at] if at < len(packet) else 0, 0)
