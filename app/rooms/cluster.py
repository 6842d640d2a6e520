"""Rooms at several processes: who is in at the others, and that there is more to be read.

Notices on the channel of all processes; each names the process it is from:

    room-all PROCESS                 body: {conversation: {user id: person}}, all who are in
    room-ask PROCESS [OF]            it wants everybody's room-all, or that of one
    room-came PROCESS CONVERSATION   body: the person
    room-went PROCESS CONVERSATION USER 0|1    1: left or was removed, so told at once
    room-moved PROCESS CONVERSATION SEQ
    room-deleted PROCESS CONVERSATION SEQ      body: what everybody in the room is told
    room-muted PROCESS CONVERSATION USER 0|1   body: likewise
    room-eject PROCESS CONVERSATION USER 0|1   body: what the user is told; 1: was removed
    room-check PROCESS               something of its may have been lost: look

The texts themselves never go this way: who hears that a room moved reads it from the database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

import orjson

from app.cluster import notices
from app.cluster.notices import Handler
from app.rooms.feed import Feed
from app.rooms.live import Brief
from app.rooms.roster import Roster

Words = list[bytes]
People = dict[int, dict[int, Brief]]  # conversation -> user id -> person


class SharedBus(Protocol):
    """What is needed of the bus of several processes."""

    @property
    def process(self) -> str: ...

    def tell_all(self, frame: bytes) -> None: ...

    def listen(
        self,
        handlers: Mapping[bytes, Handler],
        up: Callable[[], None],
        met: Callable[[str], None],
        forget: Callable[[str], None],
    ) -> None: ...


class ClusterLink:
    """The RoomLink of several processes."""

    def __init__(self, bus: SharedBus) -> None:
        self._bus = bus
        self._there: dict[str, People] = {}

    def connect(self, roster: Roster, feed: Feed, check: Callable[[], None]) -> None:
        """Who is told what the others say; `check` looks for what nobody said."""
        self._roster = roster
        self._feed = feed
        self._check = check
        handlers: dict[bytes, Callable[[str, Words, bytes], None]] = {
            b"room-all": self._on_all,
            b"room-ask": self._on_ask,
            b"room-came": self._on_came,
            b"room-went": self._on_went,
            b"room-moved": self._on_moved,
            b"room-deleted": self._on_deleted,
            b"room-muted": self._on_muted,
            b"room-eject": self._on_eject,
            b"room-check": self._on_check,
        }
        heard = {name: self._from_others(handle) for name, handle in handlers.items()}
        self._bus.listen(heard, self._up, self._meet, self._forget)

    def _from_others(self, handle: Callable[[str, Words, bytes], None]) -> Handler:
        def heard(words: Words, body: bytes) -> None:
            process = words[0].decode()
            if process != self._bus.process:
                handle(process, words[1:], body)

        return heard

    def _tell(self, name: str, *words: object, body: bytes = b"") -> None:
        self._bus.tell_all(notices.frame(name, self._bus.process, *words, body=body))

    # -- what is told -------------------------------------------------------------------------

    def people(self, conversation: int) -> dict[int, Brief]:
        found: dict[int, Brief] = {}
        for rooms in self._there.values():
            found |= rooms.get(conversation, {})
        return found

    def came(self, conversation: int, brief: Brief) -> None:
        self._tell("room-came", conversation, body=orjson.dumps(brief))

    def went(self, conversation: int, user_id: int, at_once: bool) -> None:
        self._tell("room-went", conversation, user_id, int(at_once))

    def moved(self, conversation: int, seq: int) -> None:
        self._tell("room-moved", conversation, seq)

    def deleted(self, conversation: int, seq: int, message: bytes) -> None:
        self._tell("room-deleted", conversation, seq, body=message)

    def muted(self, conversation: int, user_id: int, on: bool, message: bytes) -> None:
        self._tell("room-muted", conversation, user_id, int(on), body=message)

    def eject(self, conversation: int, user_id: int, message: bytes, removed: bool) -> None:
        self._tell("room-eject", conversation, user_id, int(removed), body=message)

    def _up(self) -> None:
        """Redis is there (again): nothing was heard until now, and nobody was told anything."""
        self._tell_who_is_here()
        self._tell("room-ask")
        self._tell("room-check")
        self._feed.check_all()
        self._check()

    def _tell_who_is_here(self) -> None:
        here = {str(live.room.conversation): self._roster.here(live) for live in self._roster}
        body = orjson.dumps(here, option=orjson.OPT_NON_STR_KEYS)
        self._tell("room-all", body=body)

    # -- what is heard ------------------------------------------------------------------------

    def _on_all(self, process: str, words: Words, body: bytes) -> None:
        before = self._there.get(process, {})
        now: dict[int, dict[int, Any]] = {
            int(conversation): {int(user_id): brief for user_id, brief in people.items()}
            for conversation, people in orjson.loads(body).items()
        }
        self._there[process] = now
        for conversation in before.keys() | now.keys():
            old, new = before.get(conversation, {}), now.get(conversation, {})
            self._changed(conversation, old.keys() ^ new.keys())

    def _on_ask(self, process: str, words: Words, body: bytes) -> None:
        if words in ([], [self._bus.process.encode()]):
            self._tell_who_is_here()

    def _on_came(self, process: str, words: Words, body: bytes) -> None:
        conversation, brief = int(words[0]), orjson.loads(body)
        rooms = self._there.setdefault(process, {})
        rooms.setdefault(conversation, {})[brief["user_id"]] = brief
        self._changed(conversation, {brief["user_id"]})

    def _on_went(self, process: str, words: Words, body: bytes) -> None:
        conversation, user_id, at_once = map(int, words)
        rooms = self._there.get(process, {})
        people = rooms.get(conversation, {})
        people.pop(user_id, None)
        if not people:
            rooms.pop(conversation, None)
        self._changed(conversation, {user_id}, at_once=bool(at_once))

    def _meet(self, process: str) -> None:
        """Its room-all may have been heard before it was forgotten."""
        self._tell("room-ask", process)

    def _forget(self, process: str) -> None:
        """It has gone, with everybody who was there."""
        for conversation, people in self._there.pop(process, {}).items():
            self._changed(conversation, people)

    def _changed(self, conversation: int, user_ids: Any, at_once: bool = False) -> None:
        live = self._roster.live(conversation)
        if live is not None:
            for user_id in user_ids:
                self._roster.changed(live, user_id, at_once)

    def _on_moved(self, process: str, words: Words, body: bytes) -> None:
        conversation, seq = map(int, words)
        live = self._roster.live(conversation)
        if live is not None:
            self._feed.reached(live, seq)

    def _on_deleted(self, process: str, words: Words, body: bytes) -> None:
        conversation, seq = map(int, words)
        live = self._roster.live(conversation)
        if live is not None:
            live.strike(seq, body)

    def _on_muted(self, process: str, words: Words, body: bytes) -> None:
        conversation, user_id, on = map(int, words)
        self._roster.mute(conversation, user_id, bool(on))
        live = self._roster.live(conversation)
        if live is not None:
            live.push(body)

    def _on_eject(self, process: str, words: Words, body: bytes) -> None:
        conversation, user_id, removed = map(int, words)
        self._roster.eject(conversation, user_id, body, removed=bool(removed))

    def _on_check(self, process: str, words: Words, body: bytes) -> None:
        self._feed.check_all()
        self._check()
