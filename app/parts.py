"""The parts of a running server, by name.

Handlers reach everything through this object; it knows no handler and no URL.
"""

from __future__ import annotations

import asyncio
import time
from math import inf
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from peewee import Database

from app.access.passwords import Passwords
from app.access.secret_file import load_secrets
from app.access.sign_in import WINDOW, SignInThrottle
from app.access.throttle import Buckets, Window
from app.access.tokens import Tokens
from app.identities import Identities
from app.messaging.bus import Bus, LocalBus
from app.messaging.chat import Chat
from app.messaging.cork import Cork
from app.messaging.counters import Counters
from app.messaging.dispatch import Dispatch
from app.messaging.hub import Hub
from app.messaging.intake import Intake
from app.messaging.items import author_of
from app.messaging.presence import Presence
from app.messaging.reading import Reading
from app.messaging.repeats import Repeats
from app.messaging.runners import InThread, OnLoop, Runner
from app.messaging.shapes import Shapes
from app.messaging.typing_notice import Typing
from app.messaging.writer import Writer
from app.rooms.cluster import SharedBus
from app.rooms.house import Rooms
from app.settings import Settings
from app.sockets import Sockets
from app.watcher import Watcher
from models.base import is_sqlite
from models.log_writer import LogWriter
from models.loop_mysql import on_loop
from models.reader import Reader
from models.same_file import SameFile

# the least number of sockets that a user may open at once
HANDSHAKES_AT_ONCE = 40
# seconds in which the threads close their connections to the database at a stop, if they can
CLOSING = 3.0


def secret_path(options: Settings) -> Path:
    return Path(options.secret_file or Path(options.data_dir) / "secret")


def _log_writer(db: Database, loop: asyncio.AbstractEventLoop) -> tuple[LogWriter, Runner]:
    if is_sqlite(db):  # works inside this process, and would hold up the loop
        return LogWriter(db), InThread(loop)
    return LogWriter(on_loop(db)), OnLoop(loop)


class Parts:
    """Built once, inside the running loop."""

    def __init__(self, options: Settings, db: Database) -> None:
        self.options = options
        self.secrets = load_secrets(secret_path(options))
        self.tasks: set[asyncio.Task[Any]] = set()
        self._build_access()
        self._build_messaging(db)
        self._build_use_cases()

    def _build_access(self) -> None:
        options = self.options
        self.passwords = Passwords()
        self.tokens = Tokens(
            options.identity_secrets_file,
            options.token_lifetime,
            time.time,
            strong=options.production,
        )
        self.sign_ins = SignInThrottle(
            options.login_attempts, options.login_attempts_per_address, time.monotonic
        )
        self.requests = Buckets(options.request_rate, 2 * options.request_rate, time.monotonic)
        # browsers bring all tabs back at once, and more than once
        at_once = max(HANDSHAKES_AT_ONCE, 4 * options.sockets_per_user)
        self.handshakes = Buckets(options.handshake_rate, at_once, time.monotonic)
        self.signups = Window(options.signups_per_address, WINDOW, time.monotonic)

    def _build_messaging(self, db: Database) -> None:
        options = self.options
        loop = asyncio.get_running_loop()
        log, runner = _log_writer(db, loop)
        self.counters = Counters()
        self.cork = Cork()
        self.hub = Hub()
        self.reader = Reader(
            db,
            threads=options.reader_threads,
            queue_size=options.reader_queue,
            timeout=options.write_timeout,
        )
        self.bus, self._shared_bus = self._make_bus()
        self.identities = Identities(self.reader, self.tokens, options)
        self.presence = Presence(self.hub, self.bus.count, self.reader, options.presence_grace)
        self.shapes = Shapes(ZoneInfo(options.timezone), self.presence.is_online)
        self.writer = Writer(
            SameFile(db).keeping(log.commit),
            lambda pairs: self.chat.committed(pairs),
            loop,
            runner,
            queue_size=options.queue_size,
            batch_size=options.batch_size,
            patience=options.write_timeout,
            rest=log.rest,
            ended=log.close,
            who=author_of,
        )

    def _build_use_cases(self) -> None:
        """What people do, on top of what it is done with."""
        self.reading = Reading(self.reader, self.shapes)
        self.typing = Typing(self.bus, self.reader)
        self.watcher = Watcher(
            self.hub,
            self.reader,
            self.tokens,
            self.typing,
            self.counters,
            self.options.watch_interval,
            replaced=lambda: self.rooms.feed.forget(),
        )
        self._build_chat()
        self.sockets = Sockets(self.hub, self.bus, self.presence, self.rooms)
        self.room_questions = self.rooms.questions()
        self.dispatch = Dispatch(
            self.chat,
            self.writer,
            self.typing,
            self.reading,
            lambda: self.epoch,
            self.rooms.operations(),
            self.rooms.listing.missed,
        )

    def _build_chat(self) -> None:
        """Between two and in rooms, by one intake."""
        options = self.options
        intake = Intake(
            self.writer,
            Buckets(options.message_rate, options.message_burst, time.monotonic),
            self.counters,
            content_limit=options.content_limit,
            in_flight=options.in_flight,
        )
        repeats = Repeats(self.bus, self.shapes, lambda *repeat: self.rooms.talk.again(*repeat))
        self.rooms = Rooms(
            options,
            self.hub,
            intake,
            self.writer,
            self.reader,
            self.shapes,
            self.counters,
            self._shared_bus,
            repeats.tell,
        )
        self.chat = Chat(
            self.bus,
            intake,
            self.counters,
            self.cork,
            self.rooms.tells,
            repeats.tell,
        )

    def _make_bus(self) -> tuple[Bus, SharedBus | None]:
        """The bus, and the same again where several processes share it."""
        if not self.options.redis_url:
            return LocalBus(self.hub), None
        from app.cluster.bus_redis import RedisBus  # one process has no use for a Redis client

        bus = RedisBus(
            self.options.redis_url,
            self.hub,
            self.reader,
            self.counters,
            entry=lambda row, reader: self.shapes.entry(row, reader),
            epoch=lambda: self.epoch,
            changed=lambda user_id: self.presence.changed(user_id, here=False),
            ended=lambda key: self.sockets.end_here(key),
        )
        return bus, bus

    @property
    def epoch(self) -> str:
        return self.watcher.epoch

    async def start(self) -> None:
        await self.watcher.start()
        self.presence.start()
        await self.bus.start()
        self.writer.start()
        await self.rooms.start()

    async def stop(self, due: float = inf) -> None:
        """`due` (time.monotonic): from then on nothing is waited for."""
        self.watcher.stop()
        self.rooms.stop()
        await self.presence.stop()
        for task in list(self.tasks):
            task.cancel()
        await self.bus.stop()
        self.reader.close()
        self.passwords.close()
        # nobody is served any more, so the loop may wait. SQLite takes its log away with the last
        # connection: one that stays would be put over a backup that is copied to this place.
        due = min(due, time.monotonic() + CLOSING)
        self.writer.join(due - time.monotonic())
        self.reader.join(due - time.monotonic())
