"""Checking a password: throttled before bcrypt, the same answer and time for every failure.

Counted per account and per address. A browser that once signed in holds a device cookie and is
counted for itself, so that a stranger's failures do not lock an owner out of a known device
(OWASP: device cookies).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from app.access.throttle import Window
from app.messaging.errors import too_fast

WINDOW = 15 * 60.0


class SignInThrottle:
    """`check` before bcrypt, `succeeded` after it if it was right."""

    def __init__(self, per_account: int, per_address: int, clock: Callable[[], float]) -> None:
        self._accounts = Window(per_account, WINDOW, clock)
        self._addresses = Window(per_address, WINDOW, clock)

    def check(self, account: bytes, address: str, device: str) -> None:
        """Raises Refused (-6)."""
        wait = max(self._accounts.wait((account, device)), self._addresses.wait(address))
        if wait > 0:
            raise too_fast(wait)
        # counted as failed until it has succeeded: attempts at the same moment count as well
        self._accounts.add((account, device))
        self._addresses.add(address)

    def succeeded(self, account: bytes, address: str, device: str) -> None:
        self._accounts.clear((account, device))
        self._addresses.forgive(address)


def device_cookie(account: bytes, secret: str, nonce: str) -> str:
    """What a browser that signed in keeps: good for this account only."""
    return f"{nonce}.{_mark(account, secret, nonce)}"


def trusted_device(account: bytes, secrets: list[str], cookie: str) -> str:
    """The device's nonce, or nothing for a cookie that is not ours or not this account's."""
    nonce, _, mark = cookie.partition(".")
    for secret in secrets:
        expected = _mark(account, secret, nonce)
        if hmac.compare_digest(expected.encode(), mark.encode("utf-8", "replace")):
            return nonce
    return ""


def _mark(account: bytes, secret: str, nonce: str) -> str:
    text = b"device:" + nonce.encode("utf-8", "replace") + b":" + account
    return hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()
