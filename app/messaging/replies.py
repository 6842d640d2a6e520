"""Answering who asked: on the socket, with the ref, or whoever awaits it."""

from __future__ import annotations

from typing import Any

from app.messaging import protocol
from app.messaging.errors import Refused
from app.messaging.items import Reply


def refuse(reply: Reply, refused: Refused) -> None:
    if reply.socket is not None:
        reply.socket.push(protocol.refusal(refused, reply.ref))
    elif reply.future is not None and not reply.future.done():
        reply.future.set_exception(refused)


def settle(reply: Reply, envelope: dict[str, Any]) -> None:
    """The answer to one request, and to nobody else."""
    if reply.socket is not None:
        reply.socket.push(protocol.with_ref(protocol.encode(envelope), reply.ref))
    elif reply.future is not None and not reply.future.done():
        reply.future.set_result(envelope)
