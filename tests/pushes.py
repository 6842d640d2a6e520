"""Questions about pushes, for `expect` and `refute`: what a test waits for, in words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

Push = dict[str, Any]


class Somebody(Protocol):
    """Anybody who has a user id."""

    user_id: int


@dataclass(frozen=True)
class Match:
    """A question about one push, with the words that a failure shows."""

    words: str
    holds: Callable[[Push], bool]


def ident(person: Somebody | int) -> int:
    """The user id of a person, or the id itself."""
    return person if isinstance(person, int) else person.user_id


def message(text: str | None = None, *, sender: Somebody | int | None = None) -> Match:
    """A message from the other side."""

    def holds(push: Push) -> bool:
        return (
            push["errorcode"] == 0
            and text in (None, push["data"]["data"][1])
            and (sender is None or push["data"]["user_id"] == ident(sender))
        )

    return Match(f"message {text!r} from {sender}", holds)


def stored(text: str | None = None, *, ref: str | None = None) -> Match:
    """My own message, stored: from whichever of my tabs it was sent."""

    def holds(push: Push) -> bool:
        return (
            push["errorcode"] in (1, 2)
            and text in (None, push["data"]["data"][1])
            and ref in (None, push.get("ref"))
        )

    return Match(f"stored {text!r} ref {ref!r}", holds)


def event(name: str, *, ref: str | None = None, **fields: object) -> Match:
    """An event under errorcode 3 with these fields in its data."""

    def holds(push: Push) -> bool:
        data = push.get("data", {})
        return (
            push["errorcode"] == 3
            and data.get("event") == name
            and ref in (None, push.get("ref"))
            and all(data.get(key) == value for key, value in fields.items())
        )

    return Match(f"event {name!r} {fields or ''}", holds)


def refused(errorcode: int | None = None, *, ref: str | None = None) -> Match:
    """An error, of this code if one is given."""

    def holds(push: Push) -> bool:
        code = push["errorcode"]
        return code < 0 and errorcode in (None, code) and ref in (None, push.get("ref"))

    return Match(f"error {errorcode} ref {ref!r}", holds)


def answer(ref: str) -> Match:
    """Whatever answers the request that carried this ref."""
    return Match(f"answer to {ref!r}", lambda push: push.get("ref") == ref)
