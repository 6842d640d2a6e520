"""The Tornado application: starts to serve, and drains."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress
from hashlib import sha256
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPConnection, HTTPMessageDelegate
from tornado.netutil import bind_sockets
from tornado.web import Application

from app.large_bodies import LARGEST_READ, KeepsLittle
from app.messaging.errors import CloseCode
from app.parts import Parts
from app.routes import STATIC, TEMPLATES, routes
from app.settings import SettingError
from handlers.base import MissingHandler
from handlers.pages import AssetHandler

log = logging.getLogger("parley")

# seconds the sockets get to answer the close frame of a stop
FAREWELL = 1.0
# connections that may wait for the loop to take them: after a restart everybody comes at once, and
# the kernel lets who finds no room knock again after 1, 3, 7, 15 s; it has a bound of its own, too
BACKLOG = 4096


class Parley(Application):
    """The server around its parts."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        options = parts.options
        super().__init__(
            routes(),
            default_handler_class=MissingHandler,
            template_path=str(TEMPLATES),
            static_path=str(STATIC),
            static_handler_class=AssetHandler,
            cookie_secret={_version(secret): secret for secret in parts.secrets},
            key_version=_version(parts.secrets[0]),
            cross_origin_protection=True,
            websocket_ping_interval=options.ping_interval,
            websocket_ping_timeout=min(options.ping_timeout, options.ping_interval),
            websocket_max_message_size=options.frame_limit,
            log_function=_log_request,
            parts=parts,
        )
        patience = options.http_timeout or None
        self._server = HTTPServer(
            self,
            xheaders=options.trust_proxy,
            max_body_size=LARGEST_READ,
            idle_connection_timeout=patience,
            body_timeout=patience,
        )

    def start_request(
        self, server_conn: object, request_conn: HTTPConnection
    ) -> HTTPMessageDelegate:
        return KeepsLittle(super().start_request(server_conn, request_conn))

    async def start(self) -> int:
        """Serves; the port."""
        await self.parts.start()
        options = self.parts.options
        try:
            sockets = bind_sockets(options.port, options.address, backlog=BACKLOG)
        except OSError as error:
            where = f"port {options.port} of address {options.address!r}"
            raise SettingError(f"{where} cannot be listened on: {error.strerror}") from error
        self._server.add_sockets(sockets)
        port: int = sockets[0].getsockname()[1]
        return port

    async def drain(self) -> bool:
        """Takes nothing new, commits what was accepted, says goodbye; False if that took too long.

        Acknowledgements go out before the close frames: they are pushed by the same loop first.
        """
        patience = self.parts.options.drain_timeout
        due = time.monotonic() + patience
        self._server.stop()
        drained = await self.parts.writer.drain(patience)
        await self._say_goodbye()
        await self.parts.stop(due)
        return drained

    async def _say_goodbye(self) -> None:
        self.parts.sockets.stopping = True
        for connection in list(self.parts.sockets.connections):
            connection.shut(CloseCode.RESTART, "restart")
        with suppress(TimeoutError):
            await asyncio.wait_for(self.parts.sockets.emptied(), FAREWELL)
        for connection in list(self.parts.sockets.connections):
            connection.abort()
        await self._server.close_all_connections()


def _version(secret: str) -> int:
    """A key version that stays with the secret, wherever in the file it stands."""
    return int.from_bytes(sha256(secret.encode()).digest()[:4]) >> 1


def _log_request(handler: Any) -> None:
    """One line a request, without query, body or cookie."""
    request = handler.request
    # 503 is said in order: too much to do, or no database, which has a line of its own
    level = logging.ERROR if handler.get_status() == 500 else logging.INFO
    took = 1000 * request.request_time()
    log.log(level, "%s %s %d %.1fms", request.method, request.path, handler.get_status(), took)
