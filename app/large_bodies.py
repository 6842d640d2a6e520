"""Bodies beyond all limits are read to their end and not kept.

So who sends one is told what is wrong. An answer before the end, with the connection closed under
a client that still sends, would mostly be lost: the client sees a reset instead.
"""

from __future__ import annotations

from collections.abc import Awaitable

from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, RequestStartLine, ResponseStartLine

from app.settings import LARGEST_BODY

# beyond this nobody is waited for: the connection is closed
LARGEST_READ = 64 * LARGEST_BODY


class KeepsLittle(HTTPMessageDelegate):
    """Hands on as much of a body as shows that it is too large, and no more."""

    def __init__(self, delegate: HTTPMessageDelegate) -> None:
        self._delegate = delegate
        self._room = LARGEST_BODY + 1

    def headers_received(
        self, start_line: RequestStartLine | ResponseStartLine, headers: HTTPHeaders
    ) -> Awaitable[None] | None:
        return self._delegate.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        kept = chunk[: self._room]
        self._room -= len(kept)
        return self._delegate.data_received(kept) if kept else None

    def finish(self) -> None:
        self._delegate.finish()

    def on_connection_close(self) -> None:
        self._delegate.on_connection_close()
