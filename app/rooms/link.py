"""What the other processes are told about rooms, and what they tell: hints, never the truth."""

from __future__ import annotations

from typing import Any, Protocol


class RoomLink(Protocol):
    def people(self, conversation: int) -> dict[int, dict[str, Any]]:
        """Who is in at other processes, by user id, as RoomShapes.member; a dict of one's own."""
        ...

    def came(self, conversation: int, brief: dict[str, Any]) -> None:
        """Somebody is in here now, or is described anew."""
        ...

    def went(self, conversation: int, user_id: int, at_once: bool) -> None:
        """Nobody of theirs is in here any more; `at_once`: they left or were removed."""
        ...

    def moved(self, conversation: int, seq: int) -> None:
        """A message was stored here."""
        ...

    def deleted(self, conversation: int, seq: int, message: bytes) -> None:
        """A text, and what everybody in the room is told of that."""
        ...

    def muted(self, conversation: int, user_id: int, on: bool, message: bytes) -> None: ...

    def eject(self, conversation: int, user_id: int, message: bytes, removed: bool) -> None: ...


class NoLink:
    """One process: there is nobody to be told."""

    def people(self, conversation: int) -> dict[int, dict[str, Any]]:
        return {}

    def came(self, conversation: int, brief: dict[str, Any]) -> None:
        return

    def went(self, conversation: int, user_id: int, at_once: bool) -> None:
        return

    def moved(self, conversation: int, seq: int) -> None:
        return

    def deleted(self, conversation: int, seq: int, message: bytes) -> None:
        return

    def muted(self, conversation: int, user_id: int, on: bool, message: bytes) -> None:
        return

    def eject(self, conversation: int, user_id: int, message: bytes, removed: bool) -> None:
        return
