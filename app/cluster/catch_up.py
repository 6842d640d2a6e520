"""Reads from the database what hints did not bring: gaps, and what was missed altogether.

Few reads at a time, so that a long outage of Redis does not become one of the database.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from itertools import islice

from app.cluster.positions import LOADED, Place, Places, Push, marks_of
from app.messaging.counters import Counters
from app.messaging.errors import Refused
from app.messaging.hub import Hub
from models import history
from models.history import Row
from models.positions import Positions, positions_of
from models.reader import Reader

log = logging.getLogger("parley.bus")

# seconds that the hint which would close a gap gets to arrive: mostly it is on its way
HINT = 0.03
# seconds until a read that the database could not answer is tried again
RETRY = 0.25
# reads at the same time, and users in one of them
READS = 4
USERS = 25
# reads that find nothing before it is believed that there is nothing (a storage replaced)
ATTEMPTS = 20

ToPush = Callable[[Row, int, int], Push]


class CatchUp:
    """`fill` closes one gap, `check` looks for gaps; both return at once."""

    def __init__(
        self,
        hub: Hub,
        reader: Reader,
        places: Places,
        to_push: ToPush,
        counters: Counters,
        linked: Callable[[], bool],
    ) -> None:
        self._hub = hub
        self._reader = reader
        self._places = places
        self._to_push = to_push
        self._counters = counters
        self._linked = linked
        self._reads = asyncio.Semaphore(READS)
        self._filling: dict[tuple[int, int], Place] = {}
        self._to_check: dict[int, None] = {}
        self._checking = False
        self._tasks: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        for task in list(self._tasks):
            task.cancel()

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- gaps ---------------------------------------------------------------------------------

    def fill(self, user_id: int, other: int, place: Place) -> None:
        """Shows what is missing of a conversation, unless hints do it first."""
        key = (user_id, other)
        if self._filling.get(key) is place:
            return
        self._filling[key] = place
        self._start(self._fill(user_id, other, place))

    async def _fill(self, user_id: int, other: int, place: Place) -> None:
        try:
            await self._close(user_id, other, place)
        except Exception:
            log.exception("gap")
        finally:
            if self._filling.get((user_id, other)) is place:
                del self._filling[user_id, other]

    async def _close(self, user_id: int, other: int, place: Place) -> None:
        if self._linked():
            await asyncio.sleep(HINT)
        attempts = 0
        while self._is_open(user_id, other, place):
            self._places.fill(user_id, other, place, ())
            if place.gap is None:
                return
            before = place.seq
            found = await self._read(user_id, other, before)
            if found is not None:
                pushes = ((row.seq, self._to_push(row, user_id, other)) for row in found)
                self._places.fill(user_id, other, place, pushes)
                attempts = 0 if place.seq > before else attempts + 1
            if attempts >= ATTEMPTS:
                self._give_up(user_id, other, place)
            elif place.seq == before:
                await asyncio.sleep(RETRY)

    def _is_open(self, user_id: int, other: int, place: Place) -> bool:
        """Whether somebody is still there to be shown it."""
        return user_id in self._places and self._places.find(user_id, other) is place

    async def _read(self, user_id: int, other: int, after: int) -> list[Row] | None:
        """What the log has beyond a seq; None when the database does not answer."""
        self._counters.gap_reads += 1
        async with self._reads:
            try:
                return await self._reader.run(lambda: history.entries_after(user_id, other, after))
            except Refused:
                return None

    def _give_up(self, user_id: int, other: int, place: Place) -> None:
        """The database does not have it: what came after it is shown without."""
        if place.gap is not None:
            log.warning("a gap of conversation %d:%d stays open", user_id, other)
            place.seq = min(place.gap.early, default=place.gap.wanted + 1) - 1
            self._places.fill(user_id, other, place, ())

    # -- checks -------------------------------------------------------------------------------

    def check(self, user_ids: Iterable[int]) -> None:
        """Compares what these users were shown with the database, and shows the rest."""
        self._to_check.update(dict.fromkeys(user_ids))
        if self._to_check and not self._checking:
            self._checking = True
            self._start(self._check())

    async def _check(self) -> None:
        try:
            while self._to_check:
                batch = list(islice(self._to_check, USERS))
                for user_id in batch:
                    del self._to_check[user_id]
                try:
                    found = await self._look([one for one in batch if one in self._places])
                except Refused:
                    self._to_check.update(dict.fromkeys(batch))
                    await asyncio.sleep(RETRY)
                    continue
                for user_id, positions in found.items():
                    self._compare(user_id, positions)
        except Exception:
            log.exception("check")
        finally:
            self._checking = False

    async def _look(self, user_ids: list[int]) -> dict[int, list[Positions]]:
        async with self._reads:
            return await self._reader.run(
                lambda: {one: positions_of(one, LOADED) for one in user_ids}
            )

    def _compare(self, user_id: int, positions: list[Positions]) -> None:
        for one in positions:
            place = self._places.find(user_id, one.other, one.last_seq)
            if place is None:
                return
            if one.last_seq > place.seq or place.gap is not None:
                self._places.want(place, one.last_seq, marks_of(one))
                self.fill(user_id, one.other, place)
            else:
                self._places.mark(user_id, one.other, place, marks_of(one))
