"""A room with sockets in this process: what is known of it while anybody is there."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from app.messaging.hub import Socket
from app.messaging.items import RoomName
from models.room_log import LOOKED_BACK, Member, Said

Brief = dict[str, Any]  # somebody as RoomShapes.member shows them


class Live:
    def __init__(self, room: RoomName) -> None:
        self.room = room
        self.sockets: dict[Socket, str] = {}  # with the locale in which each reads
        self.here: dict[int, set[Socket]] = {}
        self.members: dict[int, Member] = {}
        self.briefs: dict[int, Brief] = {}  # the same people: a list of many is not made anew
        self.told: dict[int, Brief] = {}  # who has been told to be in
        self.listed: dict[int, Brief] = {}  # who stood in a list before that was told
        self.due: dict[int, float] = {}  # who came or went, and when that is to be told
        self.looked = 0.0  # when it was looked last who is to be told of
        self.removed: set[int] = set()  # of those who went: not by themselves
        self.timer: asyncio.TimerHandle | None = None
        self.place: int | None = None  # the last seq shown; None until it has been looked up
        self.wanted = 0  # the last seq known to be stored
        self.askers: dict[int, Socket] = {}  # who said what is stored, but not shown yet
        self.patience = 0  # reads that may find nothing before that is not believed any more
        self.struck: set[int] = set()  # the texts that were told to be deleted

    def strike(self, seq: int, message: bytes) -> None:
        """A text was deleted: everybody is told, and who is shown it from now on sees none."""
        self.struck.add(seq)
        if len(self.struck) > LOOKED_BACK:
            self.struck.remove(min(self.struck))
        self.push(message)

    def as_it_stands(self, said: Said) -> Said:
        """What was read of the log, perhaps before its text was deleted."""
        row, by = said
        return (replace(row, content=""), by) if row.seq in self.struck else said

    def push(self, message: bytes, but: Socket | None = None) -> None:
        # a push that finds its socket dead takes it out of the set: so iterate over a copy
        for socket in tuple(self.sockets):
            if socket is not but:
                socket.push(message)
