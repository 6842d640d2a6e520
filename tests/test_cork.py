"""How often sockets are written to while a batch is told, and when."""

import time
from typing import Any

import pytest

from app.access.throttle import Buckets
from app.messaging.bus import LocalBus
from app.messaging.chat import Chat
from app.messaging.cork import MANY, Cork
from app.messaging.counters import Counters
from app.messaging.hub import Hub
from app.messaging.intake import Intake
from app.messaging.items import Message, Reply, Stored
from tests.test_hub import Pipe
from tests.writer_bench import Bench, bench

__all__ = ["bench"]  # fixture

AT = 1_700_000_000_000
Told = tuple[Any, Any]  # an item, and what became of it


class Corked(Pipe):
    """As a socket of the server: what waits in it goes out in one write."""

    def __init__(self, user_id: int, scene: "Scene") -> None:
        super().__init__(user_id)
        self.scene = scene
        self.waiting = 0
        self.breaks = False

    def push(self, message: bytes) -> bool:
        if not self.waiting:
            self.scene.cork.hold(self)
        self.waiting += 1
        return True

    def release(self) -> None:
        if self.breaks:
            raise RuntimeError("as asked")
        self.scene.writes.append((self.person.user_id, self.waiting))
        self.waiting = 0


class Scene:
    """Person n writes to person -n. Three more things stand in a batch: what everybody is told,
    as in a room, a look at how many writes there were so far, and what cannot be told.
    """

    EVERYBODY: Told = ("told", None)
    LOOK: Told = (0, None)
    BROKEN: Told = (0.0, None)

    def __init__(self, bench: Bench, people: int) -> None:
        self.cork, self.hub, counters = Cork(), Hub(), Counters()
        self.writes: list[tuple[int, int]] = []  # to whom, how many messages
        self.seen: list[int] = []
        self.sockets = {n: Corked(n, self) for n in range(-people, people + 1) if n}
        for socket in self.sockets.values():
            self.hub.join(socket)
        buckets = Buckets(0, 0, time.monotonic)
        intake = Intake(bench.make(), buckets, counters, content_limit=1, in_flight=0)
        bus = LocalBus(self.hub)
        others = {str: self._tell_everybody, int: self._look, float: self._fail}
        self.chat = Chat(bus, intake, counters, self.cork, others, lambda *_: None)

    def _tell_everybody(self, *_: object) -> None:
        for socket in self.sockets.values():
            socket.push(b"")

    def _fail(self, *_: object) -> None:
        raise RuntimeError("as asked")

    def _look(self, *_: object) -> None:
        self.seen.append(len(self.writes))

    def message(self, sender: int, seq: int = 1) -> Told:
        me = self.sockets[sender]
        message = Message(me.person, -sender, "x", f"c{seq}", Reply(me))
        return message, Stored(-sender, "x", seq, AT)


async def test_pairs_hear_while_others_are_still_told(bench: Bench) -> None:
    people = MANY // 2 + 1
    scene = Scene(bench, people)
    pairs = [scene.message(sender) for sender in range(1, people + 1)]
    scene.chat.committed([*pairs[:-1], scene.LOOK, pairs[-1], scene.LOOK])
    assert scene.seen == [0, MANY]
    assert sorted(scene.writes) == [(n, 1) for n in sorted(scene.sockets)]


async def test_what_one_says_in_a_row_is_one_write_to_each(bench: Bench) -> None:
    scene, row = Scene(bench, MANY), range(1, 17)
    batch = [scene.message(sender, seq) for sender in range(1, MANY + 1) for seq in row]
    scene.chat.committed(batch)
    assert sorted(scene.writes) == [(n, len(row)) for n in sorted(scene.sockets)]


async def test_a_room_hears_all_of_a_batch_in_one_write(bench: Bench) -> None:
    """Also where people write in pairs meanwhile."""
    scene = Scene(bench, MANY)
    talk = [one for n in range(1, MANY + 1) for one in (scene.EVERYBODY, scene.message(n))]
    scene.chat.committed([*talk, scene.LOOK])
    assert scene.seen == [0]
    assert sorted(scene.writes) == [(n, MANY + 1) for n in sorted(scene.sockets)]


async def test_what_fails_for_one_costs_the_others_nothing(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    scene = Scene(bench, 3)
    scene.sockets[1].breaks = True
    scene.chat.committed([scene.BROKEN, *(scene.message(n) for n in (1, 2, 3))])
    assert sorted(scene.writes) == [(-3, 1), (-2, 1), (-1, 1), (2, 1), (3, 1)]
    assert [(one.name, one.message) for one in caplog.records] == [
        ("parley.chat", "telling"),
        ("parley.cork", "writing"),
    ]
