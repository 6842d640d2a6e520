"""What other processes say, and what is done about it (notices.py lists the words)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import orjson

from app.cluster.elsewhere import Elsewhere
from app.cluster.here import Here
from app.cluster.notices import Handler
from app.cluster.outgoing import Outgoing
from app.cluster.positions import Push

Words = list[bytes]


class Registrar(Protocol):
    """Who reads the registry in Redis: the session that is under way."""

    def read(self, process: str) -> None: ...

    def forget(self, process: str) -> None: ...


class Hearing:
    """`handlers` by name of the notice."""

    def __init__(
        self,
        process: str,
        here: Here,
        elsewhere: Elsewhere,
        outgoing: Outgoing,
        ended: Callable[[bytes], None],
    ) -> None:
        self._process = process
        self._here = here
        self._elsewhere = elsewhere
        self._outgoing = outgoing
        self._ended = ended
        self.registrar: Registrar | None = None
        self.handlers: dict[bytes, Handler] = {
            b"event": self._on_event,
            b"entry": self._on_entry,
            b"again": self._on_again,
            b"receipt": self._on_receipt,
            b"check": self._on_check,
            b"hello": self._on_hello,
            b"came": self._on_came,
            b"went": self._on_went,
            b"bye": self._on_bye,
            b"end": self._on_end,
        }

    def _on_event(self, words: Words, body: bytes) -> None:
        self._here.event(int(words[0]), body)

    def _on_entry(self, words: Words, body: bytes) -> None:
        user_id, other, mine, seq = map(int, words)
        self._here.show(user_id, other, seq, Push(bool(mine), body))

    def _on_again(self, words: Words, body: bytes) -> None:
        user_id, other, mine, seq = map(int, words)
        self._here.show_again(user_id, other, seq, Push(bool(mine), body))

    def _on_receipt(self, words: Words, body: bytes) -> None:
        user_id, other, mark, seq = map(int, words)
        self._here.move(user_id, other, mark, seq, body)

    def _on_check(self, words: Words, body: bytes) -> None:
        if words == [b"*"]:
            self._here.check_all()
        else:
            self._here.check(map(int, words))

    def _other(self, words: Words) -> str | None:
        """The process that a notice is about, where it is not this one."""
        process = words[0].decode()
        return None if process == self._process else process

    def _on_hello(self, words: Words, body: bytes) -> None:
        process = self._other(words)
        if process is not None and self.registrar is not None:
            self.registrar.read(process)

    def _on_came(self, words: Words, body: bytes) -> None:
        process = self._other(words)
        if process is not None:
            users = {int(user_id): locale for user_id, locale in orjson.loads(body).items()}
            # what was stored for them before this came in was handed to nobody there
            self._outgoing.check(process, self._elsewhere.update(process, users, ()))

    def _on_went(self, words: Words, body: bytes) -> None:
        process = self._other(words)
        if process is not None:
            self._elsewhere.update(process, {}, list(map(int, words[1:])))

    def _on_bye(self, words: Words, body: bytes) -> None:
        process = self._other(words)
        if process is not None and self.registrar is not None:
            self.registrar.forget(process)

    def _on_end(self, words: Words, body: bytes) -> None:
        self._ended(bytes.fromhex(words[0].decode()))
