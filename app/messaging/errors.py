"""The one table of errorcodes, and the exception that carries one to whoever asked."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from enum import IntEnum
from typing import Any, NamedTuple


class Errorcode(IntEnum):
    """Every errorcode that leaves the server (docs/protocol.md has the same table)."""

    OK = 0
    STORED_ONLINE = 1
    STORED_OFFLINE = 2
    EVENT = 3
    UNSUPPORTED = -1
    MALFORMED = -2
    NOT_SIGNED_IN = -3
    NOT_FOUND = -4
    NOT_ALLOWED = -5
    TOO_FAST = -6
    TOO_LARGE = -7
    NOT_NOW = -8


# The REST API answers with these; /useropt always says 200, as its clients expect.
HTTP_STATUS = {
    Errorcode.OK: 200,
    Errorcode.STORED_ONLINE: 200,
    Errorcode.STORED_OFFLINE: 200,
    Errorcode.UNSUPPORTED: 400,
    Errorcode.MALFORMED: 400,
    Errorcode.NOT_SIGNED_IN: 401,
    Errorcode.NOT_ALLOWED: 403,
    Errorcode.NOT_FOUND: 404,
    Errorcode.TOO_LARGE: 413,
    Errorcode.TOO_FAST: 429,
    Errorcode.NOT_NOW: 503,
}


class CloseCode(IntEnum):
    """Every code with which the server closes a socket."""

    GOING_AWAY = 1001
    TOO_BIG = 1009
    RESTART = 1012
    IDENTITY_ENDED = 4401
    READS_TOO_SLOWLY = 4408
    TOO_MANY_SOCKETS = 4409
    TOO_FAST = 4429
    STORAGE_REPLACED = 4503


class Refused(Exception):
    """A request that is answered with an errorcode. `txt` is one English sentence."""

    def __init__(self, code: Errorcode, txt: str, **data: Any) -> None:
        super().__init__(txt)
        self.code = code
        self.txt = txt
        self.data = data
        self.ref: str | None = None  # set where the request's ref was already known


class TryAgain(Exception):
    """The storage could not commit now, and whether it did is unknown or no: run it again."""


class InTheWay(TryAgain):
    """The storage is there: what stood in the way of this batch says nothing about others."""


class SetAside(NamedTuple):
    """In place of an item's outcome: it waits for who holds its conversation, and comes again."""

    key: Hashable


class Partly(Exception):
    """A batch is committed but for what was set aside; `outcomes` has one for each item."""

    def __init__(self, outcomes: Sequence[Any]) -> None:
        super().__init__()
        self.outcomes = outcomes


class BadBatch(Exception):
    """Something in the batch cannot be stored: halve it until the bad one stands alone."""


class StorageFull(Exception):
    """No space is left: waiting will not help soon, so say so at once."""


def malformed(field: str, txt: str) -> Refused:
    return Refused(Errorcode.MALFORMED, txt, **({"field": field} if field else {}))


def not_signed_in() -> Refused:
    return Refused(Errorcode.NOT_SIGNED_IN, "login failed.")


def not_found(what: str) -> Refused:
    return Refused(Errorcode.NOT_FOUND, f"no such {what}.")


def not_allowed(txt: str) -> Refused:
    return Refused(Errorcode.NOT_ALLOWED, txt)


def too_fast(retry_after: float) -> Refused:
    return Refused(
        Errorcode.TOO_FAST, "too fast, wait a moment.", retry_after=max(0.1, round(retry_after, 1))
    )


def too_large(limit: int) -> Refused:
    return Refused(Errorcode.TOO_LARGE, "too long or too large.", limit=limit)


def not_now() -> Refused:
    return Refused(Errorcode.NOT_NOW, "not now; try again with the same client_id.")
