"""Makes up what a peer may send: conversations by the rules, and ways to break them."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from handlers.wire.frames import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT
from tests.wire.both_wires import LIMIT
from tests.wire.peer import masked

ALPHABET = "aé€😀\0\n\u202e中"
MORE = 0x00
Make = Callable[[random.Random], bytes]
SIZES = (0, 1, 5, 124, 125, 126, 127, 130, 400, LIMIT - 1, LIMIT)


@dataclass
class Talk:
    """The bytes; the code with which ours must fail, 0 if it must not; what Tornado lets pass."""

    data: bytes
    code: int = 0
    stricter: bool = False  # only ours refuses this


def talk(dice: random.Random) -> Talk:
    """Some good frames, and then an end of one kind or another; after it comes more."""
    good = b"".join(_good(dice) for _ in range(dice.randrange(6)))
    kind = dice.choice(("none", "close", *FAULTS))
    after = b"".join(_good(dice) for _ in range(dice.randrange(3)))
    if kind == "none":
        return Talk(good + after)
    if kind == "close":
        return Talk(good + masked(CLOSE, _close_payload(dice)) + after)
    return Talk(good + FAULTS[kind](dice) + after, CODES.get(kind, 1002), kind in STRICTER)


def damaged(dice: random.Random) -> bytes:
    """A talk with a few bits turned: whatever it means now."""
    data = bytearray(talk(dice).data or b"\x81\x80abcd")
    for _ in range(dice.randrange(1, 4)):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return bytes(data)


def _text(dice: random.Random) -> bytes:
    size, text = dice.choice(SIZES), b""
    while len(text) < size - 4:
        text += dice.choice(ALPHABET).encode()
    return text + b"x" * (size - len(text))


def _bytes(dice: random.Random) -> bytes:
    return dice.randbytes(dice.choice(SIZES))


def _control(dice: random.Random) -> bytes:
    return masked(dice.choice((PING, PONG)), dice.randbytes(dice.choice((0, 1, 4, 125))))


def _good(dice: random.Random) -> bytes:
    kind = dice.randrange(5)
    if kind == 0:
        return _control(dice)
    opcode = dice.choice((TEXT, BINARY))
    payload = _text(dice) if opcode == TEXT else _bytes(dice)
    return masked(opcode, payload) if kind < 3 else _fragments(dice, opcode, payload)


def _fragments(dice: random.Random, opcode: int, payload: bytes) -> bytes:
    frames, at = b"", 0
    while True:
        size = dice.randrange(len(payload) + 2)
        last = at + size >= len(payload) and dice.random() < 0.7
        piece = payload[at:] if last else payload[at : at + size]
        frames += masked(opcode, piece, first=0x80 if last else MORE)
        at, opcode = at + len(piece), CONTINUATION
        if last:
            return frames
        # Tornado counts a control frame's bytes as the message's: leave it room
        if dice.random() < 0.3 and at < LIMIT - 125:
            frames += _control(dice)


def _close_payload(dice: random.Random) -> bytes:
    code = dice.choice((1000, 1001, 1011, 3000, 4999)).to_bytes(2, "big")
    return dice.choice((b"", code, code + "à bientôt".encode(), code + b"x" * 123))


def _begun(dice: random.Random) -> bytes:
    return masked(TEXT, b"begun", first=MORE)


def _one_of(*codes: int) -> Make:
    return lambda dice: masked(CLOSE, dice.choice(codes).to_bytes(2, "big"))


NOT_UTF_8 = (b"\xff", b"ok\xc3", b"\xed\xa0\x80")
FAULTS: dict[str, Make] = {
    "reserved bits": lambda dice: masked(TEXT, b"x", first=0x80 | dice.choice((64, 32, 16))),
    "reserved opcode": lambda dice: masked(dice.choice((3, 7, 11, 15)), b"x"),
    "long control": lambda dice: masked(dice.choice((PING, PONG, CLOSE)), b"x" * 126),
    "cut control": lambda dice: masked(dice.choice((PING, PONG)), b"x", first=MORE),
    "of nothing": lambda dice: masked(CONTINUATION, b"x", first=dice.choice((0, 128))),
    "interleaved": lambda dice: _begun(dice) + masked(dice.choice((TEXT, BINARY)), b"x"),
    "no UTF-8": lambda dice: masked(TEXT, dice.choice(NOT_UTF_8)),
    "cut UTF-8": lambda dice: _begun(dice) + masked(CONTINUATION, b"\xc3"),
    "reason": lambda dice: masked(CLOSE, b"\x03\xe8\xff"),
    "too big": lambda dice: masked(dice.choice((TEXT, BINARY)), b"x" * (LIMIT + 1)),
    "announced": lambda dice: masked(BINARY, b"x", announced=dice.choice((LIMIT + 1, 1 << 50))),
    "in pieces": lambda dice: _begun(dice) + masked(CONTINUATION, b"x" * LIMIT),
    "unmasked": lambda dice: masked(dice.choice((TEXT, PING)), b"x", mask=b""),
    "written long": lambda dice: masked(TEXT, b"x" * 20, width=dice.choice((2, 8))),
    "half a code": lambda dice: masked(CLOSE, b"\x03"),
    "no such code": _one_of(0, 999, 1004, 1005, 1006, 1015, 2000, 5000),
}
# with which ours must fail; the others are 1002
CODES = dict.fromkeys(("no UTF-8", "cut UTF-8", "reason"), 1007)
CODES |= dict.fromkeys(("too big", "announced", "in pieces"), 1009)
# what Tornado lets pass, or takes for an orderly end
STRICTER = ("unmasked", "written long", "half a code", "no such code", "reason")
