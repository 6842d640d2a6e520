"""Passwords: bcrypt, in threads of its own, over a digest so that no length is cut.

bcrypt reads 72 bytes and stops at NUL; version 5 refuses longer input. So what it is given is
always the base64 of a SHA-256 (44 bytes, no NUL), the construction that passlib calls
bcrypt_sha256 and that Dropbox described.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

import bcrypt

from app.messaging.errors import malformed, not_now, too_large

Given = TypeVar("Given")
Made = TypeVar("Made")

SHORTEST = 8
LONGEST = 1024
ROUNDS = 12
# two at once: sign-ins must not take both cores from the people who are already talking
THREADS = 2
# by how much they give way to the loop where there are not cores enough for both
NICENESS = 10
# passwords that may wait for a thread: those who are behind them would have gone by then
WAITING = 64


class Passwords:
    """`await hash(text)` and `await check(text, hashed)`; both take a core for about 0.2 s.

    Both raise Refused (-8) when too many wait already.
    """

    def __init__(self, rounds: int = ROUNDS) -> None:
        self._rounds = rounds
        self._pool = ThreadPoolExecutor(THREADS, "bcrypt", initializer=_step_back)
        self._nobody = ""
        self._under_way = 0
        self._closed = False

    async def hash(self, text: str) -> str:
        return await self._run(_hash, text, self._rounds)

    async def check(self, text: str, hashed: str | None) -> bool:
        """False for a wrong password; with no hash (unknown user) false after the same time."""
        if not self._nobody:
            self._nobody = await self._run(_hash, "nobody", self._rounds)
        right = await self._run(_check, text, hashed or self._nobody)
        return right and hashed is not None

    def close(self) -> None:
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[str, Given], Made], text: str, given: Given) -> Made:
        if self._under_way >= WAITING or self._closed:
            raise not_now()
        self._under_way += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, work, text, given)
        except asyncio.CancelledError:
            if self._closed:  # the server stops, and those who still wait are told so
                raise not_now() from None
            raise
        finally:
            self._under_way -= 1


def _step_back() -> None:
    """Lets this thread give way to the loop's. Linux counts niceness by thread."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICENESS)


def check_length(password: str) -> None:
    """Raises Refused (-2, -7)."""
    if len(password) > LONGEST:
        raise too_large(LONGEST)
    if len(password) < SHORTEST:
        raise malformed("password", f"password must have at least {SHORTEST} characters.")


def _digest(text: str) -> bytes:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())


def _hash(text: str, rounds: int) -> str:
    return bcrypt.hashpw(_digest(text), bcrypt.gensalt(rounds)).decode()


def _check(text: str, hashed: str) -> bool:
    try:
        return bcrypt.checkpw(_digest(text), hashed.encode())
    except ValueError:  # a malformed hash in the table opens nothing
        return False
