"""The two small values that say who is asking and by what right."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """A user as the live parts of the server know one."""

    user_id: int
    username: str
    name: str
    avatar: str
    kind: str
    locale: str
    last_seen: int

    @property
    def is_guest(self) -> bool:
        return self.kind == "guest"


@dataclass(frozen=True, slots=True)
class Credential:
    """How somebody is signed in. `issued` and `expires` are epoch seconds.

    A cookie has a `session`, an identity token has a `kid`; exactly one of the two is set.
    """

    issued: int
    expires: int
    session: bytes | None = None
    kid: str | None = None
