"""Checking a password: throttled before bcrypt, the same answer and time for every failure.

Counted per account and per address. A browser that once signed in, or up, holds a device cookie and
is counted for itself, so that a stranger's failures do not lock an owner out of a known device
(OWASP: device cookies).
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Callable

from app.access.throttle import Window
from app.messaging.errors import too_fast

WINDOW = 15 * 60.0
# bits of an IPv6 address that name somebody's network: the rest one visitor can choose freely
NETWORK_BITS = 64


def network_of(address: str) -> str:
    """What counts as one address."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 4:
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found), NETWORK_BITS), strict=False))


class SignInThrottle:
    """`check` before bcrypt, `succeeded` after it if it was right, `unanswered` if it never ran."""

    def __init__(self, per_account: int, per_address: int, clock: Callable[[], float]) -> None:
        self._accounts = Window(per_account, WINDOW, clock)
        self._addresses = Window(per_address, WINDOW, clock)

    def check(self, account: bytes, address: str, device: str) -> None:
        """Raises Refused (-6)."""
        network = network_of(address)
        wait = self._accounts.wait((account, device))
        if not device:  # neighbours must not lock out a known device either
            wait = max(wait, self._addresses.wait(network))
        if wait > 0:
            raise too_fast(wait)
        # counted as failed until it has succeeded: attempts at the same moment count as well
        self._accounts.add((account, device))
        if not device:
            self._addresses.add(network)

    def unanswered(self, account: bytes, address: str, device: str) -> None:
        """Nobody could look whether it was right: it counts for nothing."""
        self._accounts.forgive((account, device))
        if not device:
            self._addresses.forgive(network_of(address))

    def succeeded(self, account: bytes, address: str, device: str) -> None:
        self._accounts.clear((account, device))
        if not device:
            self._addresses.forgive(network_of(address))


def device_cookie(account: bytes, secret: str, nonce: str) -> str:
    """What a browser that signed in or up keeps: good for this account only."""
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
