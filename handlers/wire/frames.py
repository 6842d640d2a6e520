"""Frames of RFC 6455, section 5, as a server sends them, and what close frames say (5.5.1, 7.4)."""

from __future__ import annotations

import struct
from typing import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FINAL = 0x80
LONGEST_CONTROL = 125

PROTOCOL_ERROR, INVALID_TEXT, TOO_BIG, INTERNAL_ERROR = 1002, 1007, 1009, 1011

# the head of a frame by how its length is written
_SHORT, _MEDIUM, _LONG = (struct.Struct(head).pack for head in ("!BB", "!BBH", "!BBQ"))


class Fault(NamedTuple):
    """Why a connection must fail (section 7.1.7): the close code and a word for the peer."""

    code: int
    reason: str


def encode(opcode: int, payload: bytes) -> bytes:
    """One whole frame of a server: unfragmented, unmasked (section 5.1)."""
    length = len(payload)
    if length < 126:
        return _SHORT(FINAL | opcode, length) + payload
    if length < 1 << 16:
        return _MEDIUM(FINAL | opcode, 126, length) + payload
    return _LONG(FINAL | opcode, 127, length) + payload


class Framing:
    """Frames texts. One text goes to many sockets, one after the other: it is framed once."""

    def __init__(self) -> None:
        self._message, self._frame = b"", encode(TEXT, b"")

    def text(self, message: bytes) -> bytes:
        if message is not self._message:
            length = len(message)
            if 125 < length < 1 << 16:  # as most of them: without a call
                frame = b"\x81\x7e" + length.to_bytes(2, "big") + message
            else:
                frame = encode(TEXT, message)
            self._message, self._frame = message, frame
        return self._frame


def encode_close(code: int | None, reason: str | None) -> bytes:
    """A close frame; a reason without a code is a normal closure. A long reason is cut."""
    if code is None and reason is not None:
        code = 1000
    if code is not None and not may_be_sent(code):
        raise ValueError(f"{code} may not be sent")
    text = (reason or "").encode()[: LONGEST_CONTROL - 2].decode(errors="ignore").encode()
    return encode(CLOSE, b"" if code is None else code.to_bytes(2, "big") + text)


def read_close(payload: bytes) -> tuple[int | None, str | None] | Fault:
    """What a peer's close frame says (section 5.5.1); (None, None) where it says nothing."""
    if not payload:
        return None, None
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not may_be_sent(code):
        return Fault(PROTOCOL_ERROR, "no such close code")
    try:
        return code, payload[2:].decode() or None
    except UnicodeDecodeError:
        return Fault(INVALID_TEXT, "not UTF-8")


def may_be_sent(code: int) -> bool:
    """Section 7.4, and the codes that were registered since: 1012 to 1014."""
    return (1000 <= code <= 1014 and code not in (1004, 1005, 1006)) or 3000 <= code <= 4999
