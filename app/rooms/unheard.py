"""What moderators did, and who left, where no notice said so: looked up in the database."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection
from functools import partial

from app.messaging import protocol
from app.messaging.errors import Refused
from app.rooms.mutes import Mutes
from app.rooms.roster import Roster
from app.rooms.shapes import RoomShapes
from models import room_log, room_members
from models.reader import Reader

log = logging.getLogger("parley.rooms")

# seconds until the database is asked again that had no answer
RETRY = 0.25


class Unheard:
    """One room after the other: however often it is asked for, one question is under way."""

    def __init__(self, roster: Roster, reader: Reader, shapes: RoomShapes, mutes: Mutes) -> None:
        self._roster = roster
        self._mutes = mutes
        self._reader = reader
        self._shapes = shapes
        self._unchecked: set[int] = set()
        self._task: asyncio.Task[None] | None = None
        self._watch_task: asyncio.Task[None] | None = None

    def watch(self, interval: float, linked: Callable[[], bool]) -> None:
        """Looks again and again, for as long as other processes cannot say anything."""
        watching = self._watch(interval, linked)
        self._watch_task = asyncio.get_running_loop().create_task(watching)

    async def _watch(self, interval: float, linked: Callable[[], bool]) -> None:
        while True:
            await asyncio.sleep(interval)
            if not linked():
                self.check_all()

    def stop(self) -> None:
        for task in (self._task, self._watch_task):
            if task is not None:
                task.cancel()

    def check_all(self) -> None:
        """Who was removed elsewhere may still be in here, and a deleted text on a screen."""
        self._unchecked.update(live.room.conversation for live in self._roster)
        if self._task is None and self._unchecked:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def _run(self) -> None:
        try:
            while self._unchecked:
                await self._check(self._unchecked.pop())
        finally:
            self._task = None

    async def _check(self, conversation: int) -> None:
        try:
            await self._look(conversation)
        except Refused:  # nobody stays because the database had no time: it is asked again
            self._unchecked.add(conversation)
            await asyncio.sleep(RETRY)
        except Exception:
            log.exception("room")

    async def _look(self, conversation: int) -> None:
        live = self._roster.live(conversation)
        if live is None or not live.here:
            return
        members, last = dict(live.members), live.place or 0
        outside, muted, deleted = await self._reader.run(
            partial(_read, conversation, members, last)
        )
        for user_id in outside:
            self._roster.eject(conversation, user_id, self._shapes.left(live.room.name))
        for user_id, member in members.items():
            self._mutes.correct(live, member, user_id in muted)
        for seq in sorted(deleted - live.struck):  # by whom is not known any more
            event = {"room": live.room.name, "seq": seq}
            live.strike(seq, protocol.event("room-delete", event))


def _read(
    conversation: int, members: Collection[int], last: int
) -> tuple[set[int], set[int], set[int]]:
    """Who is no member any more, who is muted, and which texts were deleted."""
    outside, muted = room_members.find_standing(conversation, members)
    return outside, muted, room_log.find_deleted(conversation, last)
