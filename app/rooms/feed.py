"""What is said in a room, to the sockets in it: in the order of seq, encoded once per language.

In one process messages come in order. Of several, each shows what it stored itself when it is
next; what another process stored is read from the database when a hint says that there is more.
"""

from __future__ import annotations

import asyncio
import logging

from app.messaging import protocol
from app.messaging.counters import Counters
from app.messaging.errors import Refused
from app.messaging.hub import Socket
from app.rooms.live import Live
from app.rooms.roster import Roster
from app.rooms.shapes import RoomShapes
from models import room_log
from models.history import PAGE_LIMIT
from models.reader import Reader
from models.room_log import Said

log = logging.getLogger("parley.rooms")

# seconds until a read that the database could not answer is tried again
RETRY = 0.25
# reads that find nothing before it is believed that there is nothing (a storage replaced)
PATIENCE = 20


class Feed:
    def __init__(
        self, roster: Roster, reader: Reader, shapes: RoomShapes, counters: Counters
    ) -> None:
        self._roster = roster
        self._reader = reader
        self._shapes = shapes
        self._counters = counters
        self._tasks: dict[Live, asyncio.Task[None]] = {}

    def stop(self) -> None:
        for task in list(self._tasks.values()):
            task.cancel()

    # -- where a room is ----------------------------------------------------------------------

    def begin(self, live: Live, last_seq: int) -> None:
        """So far the first member was just shown the room; what came meanwhile is pushed now."""
        if live.place is None:
            live.place = last_seq
        self.reached(live, live.wanted)

    def show(self, live: Live, said: Said, asker: Socket | None = None) -> None:
        """A message that was stored here, or came again here: nobody is shown it twice."""
        seq = said[0].seq
        if live.place is not None and seq == live.place + 1:
            self._push(live, said, asker)
        elif live.place is None or seq > live.place:
            if asker is not None:
                live.askers[seq] = asker
            self.reached(live, seq)

    def reached(self, live: Live, seq: int) -> None:
        """The room is known to go that far: so far it is to be shown."""
        live.wanted = max(live.wanted, seq)
        if live.place is not None and live.place < live.wanted:
            live.patience = PATIENCE  # anew: a read that is under way may have begun before this
            self._catch_up(live)

    def check_all(self) -> None:
        """Looks into the database for what no hint may have brought."""
        for live in self._roster:
            if live.place is not None:
                live.wanted = max(live.wanted, live.place + 1)
                live.patience = max(live.patience, 1)
                self._catch_up(live)

    def forget(self) -> None:
        """The log is another one: how far it was shown says nothing of what is to come."""
        for task in self._tasks.values():
            task.cancel()
        self._tasks.clear()
        for live in self._roster:
            live.place, live.wanted = None, 0
            live.askers.clear()

    # -- pushing ------------------------------------------------------------------------------

    def _push(self, live: Live, said: Said, asker: Socket | None = None) -> None:
        row = said[0]
        live.place = row.seq
        asker = live.askers.pop(row.seq, asker)
        mine = live.here.get(row.me, ())
        bodies: dict[tuple[bool, str], bytes] = {}
        # a push that finds its socket dead takes it out of the room: so iterate over a copy
        for socket, locale in tuple(live.sockets.items()):
            if socket is asker:
                continue
            variant = (socket in mine, locale)
            body = bodies.get(variant)
            if body is None:
                body = bodies[variant] = self._encode(live, said, *variant)
            socket.push(body)

    def _encode(self, live: Live, said: Said, mine: bool, locale: str) -> bytes:
        entry = self._shapes.entry(live.room.conversation, said, mine, locale)
        return protocol.event("room-message", {"room": live.room.name, "data": entry})

    # -- reading what is missing --------------------------------------------------------------

    def _catch_up(self, live: Live) -> None:
        if live not in self._tasks:
            self._tasks[live] = asyncio.get_running_loop().create_task(self._run(live))

    async def _run(self, live: Live) -> None:
        try:
            await self._read(live)
        except Exception:
            log.exception("room")
        finally:
            # here, not in a callback: what is reached from now on needs a new task
            if self._tasks.get(live) is asyncio.current_task():
                del self._tasks[live]

    async def _read(self, live: Live) -> None:
        while (
            live.sockets and live.place is not None and live.place < live.wanted and live.patience
        ):
            before = live.place
            found = await self._entries_after(live.room.conversation, before)
            for said in found:
                if said[0].seq == live.place + 1:
                    self._push(live, live.as_it_stands(said))
            if len(found) == PAGE_LIMIT:  # there may be more, whatever is known
                live.wanted = max(live.wanted, live.place + 1)
            if live.place == before:
                live.patience -= 1
                if live.patience:
                    await asyncio.sleep(RETRY)
        if live.place is not None:
            live.wanted = live.place
        live.askers.clear()  # what is not shown by now never will be

    async def _entries_after(self, conversation: int, seq: int) -> list[Said]:
        """What the log has beyond a seq, as soon as the database answers."""
        self._counters.gap_reads += 1
        while True:
            try:
                return await self._reader.run(lambda: room_log.entries_after(conversation, seq))
            except Refused:
                await asyncio.sleep(RETRY)
