"""A socket ends when its identity does, not only when somebody looks."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from app.access.tokens import Tokens
from app.messaging.bus import LocalBus
from app.messaging.counters import Counters
from app.messaging.errors import Errorcode, Refused
from app.messaging.hub import Hub
from app.messaging.typing_notice import Typing
from app.watcher import Watcher
from models.base import make_database
from models.reader import Reader
from tests.client import PATIENCE
from tests.test_hub import Pipe

HOUR = 3600


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    """Of a storage that is away."""
    found = Reader(make_database(f"sqlite:///{tmp_path}/x.db"), threads=1, queue_size=4, timeout=1)
    (tmp_path / "x.db").unlink()
    (tmp_path / "x.db").mkdir()
    yield found
    found.close()


class Expiring(Pipe):
    """A socket whose identity ends in so many seconds."""

    def __init__(self, user_id: int, seconds: int) -> None:
        super().__init__(user_id)
        self.credential = replace(self.credential, expires=int(time.time()) + seconds)
        self.ended = asyncio.Event()

    def shut(self, code: int, reason: str) -> None:
        self.open = False
        self.ended.set()


async def test_one_look_is_enough_for_all_who_end_before_the_next(reader: Reader) -> None:
    hub = Hub()
    tokens, typing = Tokens("", HOUR, time.time), Typing(LocalBus(hub), reader)
    watcher = Watcher(hub, reader, tokens, typing, Counters(), HOUR, replaced=lambda: None)
    over, soon, gone, later = (Expiring(*what) for what in ((1, 0), (2, 2), (3, 2), (4, 3 * HOUR)))
    for pipe in (over, soon, gone, later):
        hub.join(pipe)
    with pytest.raises(Refused) as refused:
        await watcher.look()
    assert refused.value.code == Errorcode.NOT_NOW
    assert [over.open, soon.open] == [False, True]
    hub.leave(gone)
    await asyncio.wait_for(soon.ended.wait(), PATIENCE)
    assert soon.credential.expires <= time.time()
    assert [gone.open, later.open] == [True, True]
