"""Tornado's wire is the older one: what it makes of the same bytes, ours must make, too.

Where the RFC is stricter than Tornado, so are we: unmasked frames, lengths written too long, close
frames with half a code or one that may not be sent. Where Tornado only hangs up, ours says why.
"""

from __future__ import annotations

import random
import time

import pytest

from handlers.wire.frames import CLOSE, Fault, read_close
from handlers.wire.parser import Parser
from tests.bench.wire import server_frames
from tests.wire.both_wires import LIMIT, Seen, ours, tornados
from tests.wire.strange_frames import Talk, damaged, talk

SECONDS = 4.0  # of each test in a short run
LONG = 120.0


def close_code(seen: Seen) -> int | None:
    """With which our side closed; 0 for a close frame without a code."""
    frames = [frame for frame in server_frames(seen.sent) if frame.opcode == CLOSE]
    assert len(frames) < 2
    if not frames:
        return None
    return int.from_bytes(frames[0].payload[:2], "big")


def pongs(seen: Seen) -> list[bytes]:
    return [frame.payload for frame in server_frames(seen.sent) if frame.opcode == 0xA]


def compare(case: Talk, theirs: Seen, mine: Seen) -> None:
    if case.stricter:
        assert mine.events == theirs.events[: len(mine.events)]
        assert close_code(mine) == case.code
        assert mine.close == (None, None)
        return
    assert mine.events == theirs.events
    assert mine.close == theirs.close
    assert pongs(mine) == [data for kind, data in mine.events if kind == "ping"]
    if close_code(theirs) is not None or not case.code:
        assert close_code(mine) == close_code(theirs)
    if case.code:
        assert close_code(mine) == case.code


async def talks(seed: int, seconds: float) -> None:
    until, number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        number += 1
        case = talk(random.Random(f"{seed} {number}"))
        theirs = await tornados(case.data)
        mine = await ours(case.data, random.Random(number))
        try:
            compare(case, theirs, mine)
        except AssertionError as error:
            raise AssertionError(f"seed {seed} {number}: {case.data[:200]!r}") from error
    assert number > 50


async def damaged_talks(seed: int, seconds: float) -> None:
    until, number = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        number += 1
        data = damaged(random.Random(f"{seed} {number}"))
        theirs, mine = await tornados(data), await ours(data, random.Random(number))
        assert no_looser(theirs, mine), f"seed {seed} {number}: {data[:200]!r}"
    assert number > 50


def no_looser(theirs: Seen, mine: Seen) -> bool:
    """Ours hears the same, or refuses earlier, by a rule that Tornado does not know."""
    heard = mine.messages == theirs.messages[: len(mine.messages)]
    match close_code(mine):
        case 1002 | 1009:
            return heard
        case 1007:  # whose reason is no UTF-8 has said a code, to Tornado
            return mine.messages == theirs.messages
    if close_code(theirs) == 1009:  # Tornado counts control frames between fragments as the message
        return theirs.messages == mine.messages[: len(theirs.messages)]
    return mine.messages == theirs.messages and mine.close == theirs.close


async def test_the_same_frames_mean_the_same() -> None:
    await talks(random.randrange(1 << 32), SECONDS)


async def test_damaged_frames_mean_nothing_more() -> None:
    await damaged_talks(random.randrange(1 << 32), SECONDS)


@pytest.mark.reliability
async def test_the_same_frames_mean_the_same_for_long() -> None:
    await talks(random.randrange(1 << 32), LONG)


@pytest.mark.reliability
async def test_damaged_frames_mean_nothing_more_for_long() -> None:
    await damaged_talks(random.randrange(1 << 32), LONG)


def everything(pieces: list[bytes]) -> tuple[list[tuple[int, str | bytes]], Fault | None]:
    parser, events = Parser(LIMIT), []
    for piece in pieces:
        events += parser.feed(piece)
        if parser.fault is not None or (events and events[-1][0] == CLOSE):
            break
    return events, parser.fault


def test_cuts_mean_nothing() -> None:
    """At every single place, and byte by byte."""
    dice = random.Random(random.randrange(1 << 32))
    for _ in range(60):
        data = damaged(dice) if dice.random() < 0.5 else talk(dice).data
        whole = everything([data])
        places = range(len(data)) if len(data) < 300 else dice.sample(range(len(data)), 100)
        for at in places:
            assert everything([data[:at], data[at:]]) == whole, data
        assert everything([data[at : at + 1] for at in range(len(data))]) == whole, data


def test_close_frames_are_read_whatever_they_hold() -> None:
    dice = random.Random(7)
    for _ in range(2000):
        payload = dice.randbytes(dice.randrange(6))
        read = read_close(payload)
        assert isinstance(read, Fault) or not payload or read[0] == int.from_bytes(payload[:2])
