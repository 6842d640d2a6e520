"""Delivered and read: two positions per participant that only move forward.

Receipts are coalesced: of all that wait for a transaction, only the furthest position is written.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from app.access.person import Person
from app.messaging import protocol
from app.messaging.bus import Bus
from app.messaging.errors import Refused, not_allowed
from app.messaging.items import Moved, Outcome, Receipt, Reply
from app.messaging.writer import Writer

# the four positions of a conversation as its one side sees them: which event, and who moved
MARKS = (("read", ">"), ("delivered", ">"), ("read", "<"), ("delivered", "<"))


def parse_receipt(me: Person, data: dict[str, Any], opt: str, reply: Reply) -> Receipt:
    """{"other", "seq"} as a Receipt. Raises Refused (-2, -5)."""
    other = protocol.parse_int(data, "other")
    seq = protocol.parse_int(data, "seq", low=0)
    if other == me.user_id:
        raise not_allowed("nobody writes to oneself.")
    asked = reply.future is not None or reply.ref is not None
    read, delivered = (seq, seq) if opt == "read" else (0, seq)
    replies = (replace(reply, opt=opt),) if asked else ()
    return Receipt(me.user_id, other, read, delivered, replies, reply.socket)


def send_receipt(writer: Writer, me: Person, data: dict[str, Any], opt: str, reply: Reply) -> None:
    """Queues the receipt; it is announced after its commit. Raises Refused."""
    receipt = parse_receipt(me, data, opt, reply)
    writer.submit_latest((receipt.user, receipt.other), receipt)


async def send_receipt_and_wait(
    writer: Writer, me: Person, data: dict[str, Any], opt: str
) -> dict[str, Any]:
    """For HTTP: {"user_id", "read_seq", "delivered_seq"} as they stand afterwards."""
    future: asyncio.Future[Moved] = asyncio.get_running_loop().create_future()
    receipt = parse_receipt(me, data, opt, Reply(future=future))
    writer.submit_latest((receipt.user, receipt.other), receipt)
    moved = await future
    return {
        "user_id": receipt.other,
        "read_seq": moved.read,
        "delivered_seq": moved.delivered,
    }


def announce(bus: Bus, receipt: Receipt, outcome: Outcome) -> None:
    """Tells the other side and my other sockets what moved, and those who asked how it stands."""
    if isinstance(outcome, Moved):
        if outcome.delivered_moved:
            _announce(bus, receipt, "delivered", outcome.delivered)
        if outcome.read_moved:
            _announce(bus, receipt, "read", outcome.read)
    elif isinstance(outcome, Refused) and receipt.source is not None and not receipt.replies:
        receipt.source.push(protocol.refusal(outcome))  # errors are told, also without a ref
    for reply in receipt.replies:
        _answer(reply, receipt, outcome)


def _announce(bus: Bus, receipt: Receipt, name: str, seq: int) -> None:
    theirs, mine = MARKS.index((name, "<")), MARKS.index((name, ">"))
    bus.send_receipt(receipt.other, receipt.user, theirs, seq, moved(receipt.user, theirs, seq))
    bus.send_receipt(
        receipt.user, receipt.other, mine, seq, moved(receipt.other, mine, seq), receipt.source
    )


def moved(other: int, mark: int, seq: int) -> bytes:
    """The event that says how far a position is."""
    name, by = MARKS[mark]
    return protocol.event(name, {"user_id": other, "seq": seq, "by": by})


def _answer(reply: Reply, receipt: Receipt, outcome: Outcome) -> None:
    future, socket = reply.future, reply.socket
    if future is not None and not future.done():
        if isinstance(outcome, Refused):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)
    elif socket is not None and isinstance(outcome, Refused):
        socket.push(protocol.refusal(outcome, reply.ref))
    elif socket is not None and isinstance(outcome, Moved):
        seq = outcome.read if reply.opt == "read" else outcome.delivered
        data = {"user_id": receipt.other, "seq": seq, "by": ">"}
        socket.push(protocol.event(reply.opt, data, reply.ref))
