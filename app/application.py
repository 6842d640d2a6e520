"""Builds the server from its parts, starts it, and drains it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from peewee import Database
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from app.access.passwords import Passwords
from app.access.secret_file import load_secrets
from app.access.sign_in import WINDOW, SignInThrottle
from app.access.throttle import Buckets, Window
from app.access.tokens import Tokens
from app.messaging.bus import Bus, LocalBus
from app.messaging.chat import Chat
from app.messaging.counters import Counters
from app.messaging.dispatch import Dispatch
from app.messaging.errors import CloseCode
from app.messaging.hub import Hub, Socket
from app.messaging.presence import Presence
from app.messaging.reading import Reading
from app.messaging.shapes import Shapes
from app.messaging.typing_notice import Typing
from app.messaging.writer import Commit, Writer
from app.routes import STATIC, TEMPLATES, routes
from app.settings import Settings
from app.watcher import Watcher, end
from handlers.base import MissingHandler
from handlers.chat import WebsocketChatHandler
from handlers.identity import Identities
from handlers.pages import AssetHandler
from models.log_writer import LogWriter
from models.reader import Reader

log = logging.getLogger("parley")

# seconds the sockets get to answer the close frame of a stop
FAREWELL = 1.0
# bodies beyond the frame limit get their errorcode, those beyond this are not read at all
LARGEST_BODY = 1_048_576

MakeCommit = Callable[[Database], Commit]


def make_commit(db: Database) -> Commit:
    """The function that the writer thread stores batches with."""
    return LogWriter(db).commit


class Parley(Application):
    """The server: its parts by name, and what two of them have to do together."""

    def __init__(
        self, options: Settings, db: Database, make_commit: MakeCommit = make_commit
    ) -> None:
        self.options = options
        self.secrets = load_secrets(secret_path(options))
        super().__init__(
            routes(),
            default_handler_class=MissingHandler,
            template_path=str(TEMPLATES),
            static_path=str(STATIC),
            static_handler_class=AssetHandler,
            cookie_secret={_version(secret): secret for secret in self.secrets},
            key_version=_version(self.secrets[0]),
            cross_origin_protection=True,
            websocket_ping_interval=options.ping_interval,
            websocket_ping_timeout=min(options.ping_timeout, options.ping_interval),
            websocket_max_message_size=options.frame_limit,
            log_function=_log_request,
        )
        self._build_access()
        self._build_messaging(db, make_commit)
        self._server: HTTPServer | None = None
        self.tasks: set[asyncio.Task[Any]] = set()
        self.connections: set[WebsocketChatHandler] = set()
        self._emptied = asyncio.Event()

    def _build_access(self) -> None:
        options = self.options
        self.passwords = Passwords()
        self.tokens = Tokens(options.identity_secrets_file, options.token_lifetime, time.time)
        self.sign_ins = SignInThrottle(
            options.login_attempts, options.login_attempts_per_address, time.monotonic
        )
        self.signups = Window(options.signups_per_address, WINDOW, time.monotonic)

    def _build_messaging(self, db: Database, make_commit: MakeCommit) -> None:
        options = self.options
        self.counters = Counters()
        self.hub = Hub()
        self.bus: Bus = LocalBus(self.hub)
        self.reader = Reader(
            db,
            threads=options.reader_threads,
            queue_size=options.reader_queue,
            timeout=options.write_timeout,
        )
        self.identities = Identities(self.reader, self.tokens, options)
        self.presence = Presence(self.hub, self.bus, self.reader, options.presence_grace)
        self.shapes = Shapes(ZoneInfo(options.timezone), self.presence.is_online)
        self.reading = Reading(self.reader, self.shapes)
        self.typing = Typing(self.bus, self.reader)
        self.writer = Writer(
            make_commit(db),
            lambda pairs: self.chat.committed(pairs),
            asyncio.get_running_loop(),
            queue_size=options.queue_size,
            batch_size=options.batch_size,
            patience=options.write_timeout,
        )
        self.chat = Chat(
            self.hub,
            self.bus,
            self.writer,
            self.shapes,
            self.counters,
            Buckets(options.message_rate, options.message_burst, time.monotonic),
            content_limit=options.content_limit,
            in_flight=options.in_flight,
        )
        self.watcher = Watcher(
            self.hub, self.reader, self.tokens, self.typing, self.counters, options.watch_interval
        )
        self.dispatch = Dispatch(
            self.chat, self.writer, self.typing, self.reading, lambda: self.epoch
        )

    @property
    def epoch(self) -> str:
        return self.watcher.epoch

    # -- sockets and sessions -----------------------------------------------------------------

    def opened(self, connection: WebsocketChatHandler) -> None:
        self.connections.add(connection)
        self.arrive(connection)

    def closed(self, connection: WebsocketChatHandler) -> None:
        self.connections.discard(connection)
        self.depart(connection)
        if not self.connections:
            self._emptied.set()

    def arrive(self, socket: Socket) -> None:
        if self.hub.join(socket):
            self.presence.changed(socket.person)

    def depart(self, socket: Socket) -> None:
        if self.hub.leave(socket):
            self.presence.changed(socket.person)

    def end_session(self, key: bytes) -> None:
        """Closes the sockets of a session that has ended."""
        for socket in self.hub:
            if socket.credential.session == key:
                end(socket)

    # -- life ---------------------------------------------------------------------------------

    async def start(self) -> int:
        """Serves; the port."""
        await self.watcher.start()
        await self.bus.start()
        self.writer.start()
        sockets = bind_sockets(self.options.port, self.options.address, reuse_port=False)
        self._server = HTTPServer(
            self, xheaders=self.options.trust_proxy, max_body_size=LARGEST_BODY
        )
        self._server.add_sockets(sockets)
        port: int = sockets[0].getsockname()[1]
        return port

    async def drain(self) -> bool:
        """Takes nothing new, commits what was accepted, says goodbye; False if that took too long.

        Acknowledgements go out before the close frames: they are pushed by the same loop first.
        """
        if self._server is not None:
            self._server.stop()
        drained = await self.writer.drain(self.options.drain_timeout)
        await self._say_goodbye()
        await self._stop_parts()
        return drained

    async def _say_goodbye(self) -> None:
        for connection in list(self.connections):
            connection.shut(CloseCode.RESTART, "restart")
        if self.connections:
            self._emptied = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), FAREWELL)
        for connection in list(self.connections):
            connection.abort()
        if self._server is not None:
            await self._server.close_all_connections()

    async def _stop_parts(self) -> None:
        self.watcher.stop()
        self.presence.stop()
        for task in list(self.tasks):
            task.cancel()
        await self.bus.stop()
        self.reader.close()
        self.passwords.close()


def secret_path(options: Settings) -> Path:
    return Path(options.secret_file or Path(options.data_dir) / "secret")


def _version(secret: str) -> int:
    """A key version that stays with the secret, wherever in the file it stands."""
    return int.from_bytes(sha256(secret.encode()).digest()[:4]) >> 1


def _log_request(handler: Any) -> None:
    """One line a request, without query, body or cookie."""
    request = handler.request
    level = logging.ERROR if handler.get_status() >= 500 else logging.INFO
    took = 1000 * request.request_time()
    log.log(level, "%s %s %d %.1fms", request.method, request.path, handler.get_status(), took)
