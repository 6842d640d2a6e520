"""The end of a socket on our wire, and that nothing is left of it."""

from __future__ import annotations

import gc
import logging
import weakref
from typing import Any

import pytest

from handlers.wire.frames import CLOSE, TEXT
from handlers.wire.handler import SHARED
from tests.raw_socket import Frame
from tests.wire.open_socket import BYE, echo_of
from tests.wire.peer import Client, Server, eventually, masked, serving


async def test_a_message_that_fails_ends_its_own_socket(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    client, other = await Client.to(server), await Client.to(server)
    await client.send(masked(TEXT, b"fail"), masked(TEXT, b"too late"))
    assert await client.fate() == 1011
    await other.send(masked(TEXT, b"undisturbed"))
    assert await other.read() == Frame(TEXT, b"undisturbed")
    assert server.events == ["fail", ("close", None, None), "undisturbed"]
    assert [(record.name, record.levelno) for record in caplog.records] == [
        ("parley.wire", logging.ERROR)
    ]


async def test_who_does_not_answer_a_close_frame_is_cut_off(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.wire.connection.ANSWER_WITHIN", 0.05)
    client, echo = await echo_of(server)
    echo.close(4000)
    assert await client.read() == Frame(CLOSE, (4000).to_bytes(2, "big"))
    assert await client.read() is None
    assert server.events == [("close", None, None)]


async def test_half_a_connection_is_none(server: Server) -> None:
    """Whoever will send no more is gone: nobody could close in order any more."""
    client, _ = await echo_of(server)
    client.writer.write_eof()
    assert await client.rest() == []
    assert server.events == [("close", None, None)]


# -- what is left -------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["close", "abort", "fault", "server", "ping"])
async def test_nothing_is_left_of_a_closed_socket(end: str) -> None:
    """Without the collector's help: nothing may hold on to it, and there are no rings."""
    settings: dict[str, Any] = {}
    if end == "ping":
        settings = {"websocket_ping_interval": 0.1, "websocket_ping_timeout": 0.05}
    async with serving(**settings) as server:
        client, echo = await echo_of(server)
        gone: list[weakref.ref[Any]] = [weakref.ref(echo), weakref.ref(echo._wire)]
        await client.send(masked(TEXT, b"say"))
        await client.read()
        gc.collect()
        gc.disable()
        try:
            if end == "close":
                await client.send(masked(CLOSE, BYE))
            elif end == "fault":
                await client.send(masked(TEXT, b"\xff"))
            elif end == "server":
                echo.close(4000)
                await client.read()
                await client.send(masked(CLOSE, BYE))
            elif end == "abort":
                echo.abort()
            del echo
            await client.rest()
            await eventually(lambda: all(ref() is None for ref in gone))
        finally:
            gc.enable()


async def test_when_all_have_gone_no_descriptor_is_left(server: Server) -> None:
    client, echo = await echo_of(server)
    shared = echo.application.settings[SHARED]
    assert shared.poller._epoll is not None
    await client.send(masked(CLOSE, BYE))
    await client.rest()
    await eventually(lambda: shared.poller._epoll is None)
    again = await Client.to(server)
    await again.send(masked(TEXT, b"and again"))
    assert await again.read() == Frame(TEXT, b"and again")
