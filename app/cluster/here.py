"""What the sockets of this process are shown, wherever it was stored."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from app.access.person import Person
from app.cluster.catch_up import CatchUp
from app.cluster.positions import LOADED, Places, Push
from app.messaging import protocol
from app.messaging.counters import Counters
from app.messaging.errors import Errorcode
from app.messaging.hub import Hub, Socket
from models.history import Row
from models.positions import positions_of
from models.reader import Reader


class Here:
    """The hub, with every message in its place."""

    def __init__(
        self,
        hub: Hub,
        reader: Reader,
        counters: Counters,
        *,
        entry: Callable[[Row, Person], list[Any]],
        count: Callable[[int], int],
        linked: Callable[[], bool],
    ) -> None:
        self._hub = hub
        self._reader = reader
        self._entry = entry
        self._count = count
        self._places = Places(hub)
        self._catch_up = CatchUp(hub, reader, self._places, self._to_push, counters, linked)

    async def prepare(self, user_id: int) -> None:
        """Notes how far everything is before the first socket joins, so that nothing is missed."""
        if user_id not in self._places:
            found = await self._reader.run(lambda: positions_of(user_id, LOADED))
            self._places.open(user_id, found)

    def departed(self, user_id: int) -> None:
        self._places.close(user_id)

    def stop(self) -> None:
        self._catch_up.stop()

    def event(self, user_id: int, message: bytes) -> int:
        return self._hub.deliver(user_id, message)

    def show(self, user_id: int, other: int, seq: int, push: Push) -> int:
        """A stored message, now or when what precedes it has been shown."""
        place = self._places.find(user_id, other, seq)
        if place is None:  # nobody here; who asked may still wait for the answer
            return 0 if push.asker is None else int(push.asker.push(push.answer))
        taken = self._places.show(user_id, place, seq, push)
        if place.gap is not None:
            self._catch_up.fill(user_id, other, place)
        return taken

    def show_again(self, user_id: int, other: int, seq: int, push: Push) -> None:
        """A message that may have been shown long ago."""
        if self._places.is_known(user_id, other):
            self.show(user_id, other, seq, push)
            return
        self.check([user_id])  # only the database knows whether it is new
        if push.asker is not None:
            push.asker.push(push.answer)

    def move(
        self,
        user_id: int,
        other: int,
        mark: int,
        seq: int,
        message: bytes,
        but: Socket | None = None,
    ) -> int:
        """A position that moved, unless it is known."""
        place = self._places.find(user_id, other, seq + 1)
        if place is None or not self._places.move(place, mark, seq):
            return 0
        return self._hub.deliver(user_id, message, but)

    def check(self, user_ids: Iterable[int]) -> None:
        """Looks into the database for what these users ought to have been shown."""
        self._catch_up.check(user_ids)

    def check_all(self) -> None:
        self._catch_up.check(self._hub.users())

    def _to_push(self, row: Row, user_id: int, other: int) -> Push:
        """A line of the log as its message would have been pushed."""
        person = self._hub.person(user_id)
        data = {"user_id": other, "data": [] if person is None else self._entry(row, person)}
        if row.me == user_id:
            ack = protocol.acknowledgement(self._count(other) > 0, data)
            return Push(True, protocol.encode(ack))
        return Push(False, protocol.result(Errorcode.OK, data))
