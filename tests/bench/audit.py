"""Reads everything an audited pair received, whole, after the run is over."""

import json
from typing import Any

from tests.bench.streams import Pair, Stream, text
from tests.bench.wire import CLOSE, PING, TEXT, server_frames

EXAMPLES = 5


def audit(pair: Pair, size: int, dense: bool) -> list[str]:
    """What is wrong with the frames of this pair; [] is the good answer."""
    answers = _messages(pair.sender)
    pushes = _messages(pair.recipient)
    problems = _check(answers, ">", (1,), pair.recipient.user_id, size, dense)
    problems += _check(pushes, "<", (0,), pair.sender.user_id, size, dense)
    return problems[:EXAMPLES]


def _messages(stream: Stream) -> list[dict[str, Any]]:
    envelopes = []
    for frame in server_frames(b"".join(stream.raw or ())):
        if frame.opcode == TEXT:
            envelopes.append(json.loads(frame.payload))
        elif frame.opcode not in (PING, CLOSE):
            envelopes.append({"errorcode": None, "opcode": frame.opcode})
    return [envelope for envelope in envelopes if envelope["errorcode"] != 3]


def _check(
    envelopes: list[dict[str, Any]],
    by: str,
    codes: tuple[int, ...],
    party: int,
    size: int,
    dense: bool,
) -> list[str]:
    problems = []
    for number, envelope in enumerate(envelopes, 1):
        wrong = _fault(envelope, number, by, codes, party, size, dense)
        if wrong:
            problems.append(f"{wrong}: {json.dumps(envelope)[:200]}")
    return problems


def _fault(
    envelope: dict[str, Any],
    number: int,
    by: str,
    codes: tuple[int, ...],
    party: int,
    size: int,
    dense: bool,
) -> str:
    if envelope["errorcode"] not in codes:
        return f"errorcode is not in {codes}"
    body = envelope["data"]
    side, content, _, extra = body["data"]
    if body["user_id"] != party or side != by:
        return f"not {by} of user {party}"
    if content != text(number, size):
        return f"not the text of message {number}"
    if dense and extra["seq"] != number:
        return f"seq is not {number}"
    return ""
