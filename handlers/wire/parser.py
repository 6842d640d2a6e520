"""Frames of RFC 6455, section 5, as a server receives them: bytes in, messages out.

Nothing in here knows a socket. Whatever comes, `feed` raises nothing: what the RFC forbids ends the
parser, and `fault` says with which close code.
"""

from __future__ import annotations

from tornado.util import _websocket_mask as apply_mask  # in C, where Tornado was built with it

from handlers.wire.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FINAL,
    INVALID_TEXT,
    PING,
    PONG,
    PROTOCOL_ERROR,
    TEXT,
    TOO_BIG,
    Fault,
)

MASKED = 0x80
# fragments of one message: a frame without payload costs its sender nothing
MOST_PIECES = 1024
WHOLE_TEXT = FINAL | TEXT
# the first bytes that may begin a frame: every other sets a reserved bit or names no opcode
FIRST_BYTES = frozenset(
    [*(final | opcode for final in (0, FINAL) for opcode in (CONTINUATION, TEXT, BINARY))]
    + [FINAL | opcode for opcode in (CLOSE, PING, PONG)]
)

Event = tuple[int, str | bytes]


class Parser:
    """The receiving half of a server's connection.

    `limit` bounds a message, in one frame or in many. What is announced beyond it is refused by
    its head, before any of it is kept.
    """

    __slots__ = ("_limit", "_message", "_need", "_opcode", "_pieces", "_rest", "fault")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._rest: bytearray | None = None  # the beginning of a frame whose end has not come
        self._need = 0  # how long that frame is, as far as its head says
        self._message: bytearray | None = None  # the fragments of a message so far
        self._opcode = TEXT  # and what they are fragments of
        self._pieces = 0
        self.fault: Fault | None = None

    def feed(self, data: bytes) -> list[Event]:
        """What is whole with these bytes: (opcode, payload), text decoded, fragments joined.

        After a fault, and after a close frame, nothing more is looked at.
        """
        if self._rest is not None:
            self._rest += data
            if len(self._rest) < self._need:
                return []
            data, self._rest = bytes(self._rest), None
        events: list[Event] = []
        at, end = 0, len(data)
        while 0 <= at < end:
            if self._message is None:
                at = _take_texts(data, at, self._limit, events)
            if at < end:
                at = self._take_any(data, at, events)
        return events

    def _take_any(self, data: bytes, at: int, events: list[Event]) -> int:
        """One frame, whatever it is. Where it ends; -1 where it goes no further."""
        start, length = self._head(data, at)
        if start < 0:
            return -1
        stop = start + length
        if stop > len(data):
            self._wait(data, at, stop)
            return -1
        payload = apply_mask(data[start - 4 : start], data[start:stop])
        return stop if self._take(data[at], payload, events) else -1

    def _wait(self, data: bytes, at: int, stop: int) -> None:
        self._rest, self._need = bytearray(memoryview(data)[at:]), stop - at

    def _fail(self, code: int, reason: str) -> tuple[int, int]:
        self.fault = Fault(code, reason)
        return -1, 0

    def _head(self, data: bytes, at: int) -> tuple[int, int]:
        """(where the payload starts, its length) of the frame at `at`; -1 where it goes no further.

        Whatever is wrong is found with the byte that makes it wrong.
        """
        if data[at] not in FIRST_BYTES:
            return self._fail(PROTOCOL_ERROR, "reserved bit or opcode, or a cut control frame")
        size = len(data) - at
        if size < 2:
            self._wait(data, at, at + 2)
            return -1, 0
        length = data[at + 1] - MASKED
        if length < 0:
            return self._fail(PROTOCOL_ERROR, "not masked")
        if length < 126:
            return self._checked(data[at], at + 6, length)
        if data[at] & 0x8:
            return self._fail(PROTOCOL_ERROR, "control frame too long")
        width = 2 if length == 126 else 8
        if size < 2 + width:
            self._wait(data, at, at + 2 + width)
            return -1, 0
        length = int.from_bytes(data[at + 2 : at + 2 + width], "big")
        if length < (126 if width == 2 else 1 << 16) or length >> 63:
            return self._fail(PROTOCOL_ERROR, "length written too long")
        return self._checked(data[at], at + 6 + width, length)

    def _checked(self, first: int, start: int, length: int) -> tuple[int, int]:
        """The same, if a frame like that may come now."""
        if first & 0x8:
            return start, length
        begun = self._message
        if (begun is None) == (first & 0xF == CONTINUATION):
            return self._fail(
                PROTOCOL_ERROR, "nothing to continue" if begun is None else "message not finished"
            )
        self._pieces = 0 if begun is None else self._pieces + 1
        if length + len(begun or b"") > self._limit or self._pieces > MOST_PIECES:
            return self._fail(TOO_BIG, "message too big")
        return start, length

    def _take(self, first: int, payload: bytes, events: list[Event]) -> bool:
        """A whole frame. False when nothing may follow."""
        if first == WHOLE_TEXT:
            return self._text(payload, events)
        opcode = first & 0xF
        if opcode & 0x8:
            events.append((opcode, payload))
            return opcode != CLOSE
        if opcode == CONTINUATION or first < FINAL:
            if self._message is None:
                self._message, self._opcode = bytearray(), opcode
            self._message += payload
            if first < FINAL:
                return True
            payload, self._message, opcode = bytes(self._message), None, self._opcode
        if opcode == BINARY:
            events.append((BINARY, payload))
            return True
        return self._text(payload, events)

    def _text(self, payload: bytes, events: list[Event]) -> bool:
        try:
            events.append((TEXT, payload.decode()))
        except UnicodeDecodeError:
            self._fail(INVALID_TEXT, "not UTF-8")
            return False
        return True


def _take_texts(data: bytes, at: int, limit: int, events: list[Event]) -> int:
    """What nearly all frames are: whole texts that are here as a whole. Where they end.

    A length that is written too long, is not masked or has eight bytes, and what is no UTF-8, is
    for `Parser` to judge.
    """
    end = len(data)
    while at + 8 <= end and data[at] == WHOLE_TEXT:
        start, length = at + 6, data[at + 1] - MASKED
        if length > 125:
            start, size = at + 8, length
            length = data[at + 2] << 8 | data[at + 3]
            if size == 127 or length < 126:
                break
        stop = start + length
        if not 0 <= length <= limit or stop > end:
            break
        try:
            text = apply_mask(data[start - 4 : start], data[start:stop]).decode()
        except UnicodeDecodeError:
            break
        events.append((TEXT, text))
        at = stop
    return at
