"""What a connection tells its handler."""

from __future__ import annotations

from typing import Any, Protocol


class Delegate(Protocol):
    """What is used of the handler: Tornado's WebSocketHandler, and `on_full`."""

    ws_connection: Any

    def on_message(self, message: str | bytes) -> object: ...

    def on_ping(self, data: bytes) -> None: ...

    def on_pong(self, data: bytes) -> None: ...

    def on_full(self) -> None:
        """The peer does not read: more waits for it than it may."""
        ...

    def on_ws_connection_close(
        self, close_code: int | None = None, close_reason: str | None = None
    ) -> None: ...
