"""The chat socket on our wire, in a real server."""

import ast
import inspect

from handlers.chat import WebsocketChatHandler
from tests.client import guest
from tests.conftest import StartServer
from tests.raw_socket import PING, PONG, TEXT, RawSocket, frame


async def test_pings_count_as_frames(start_server: StartServer) -> None:
    """What is answered costs something: without end it is too fast for too long."""
    server = start_server(guests=True, frame_rate=5)
    raw = await RawSocket.upgraded(await guest(server.url, "mallory"))
    await raw.send(frame(PING, b"?") * 1000)
    frames = await raw.read_to_end()
    assert frames[-1].close_code == 4429
    assert sum(got.payload == b"?" for got in frames) < 100


async def test_pongs_that_nobody_asked_for_count_as_frames(start_server: StartServer) -> None:
    server = start_server(guests=True, frame_rate=5)
    raw = await RawSocket.upgraded(await guest(server.url, "mallory"))
    await raw.send(frame(PONG, b"!") * 1000)
    assert await raw.close_code() == 4429


async def test_an_answer_to_a_ping_of_the_server_counts_as_none(start_server: StartServer) -> None:
    """With room for a single frame: it is still there after many pongs."""
    server = start_server(guests=True, frame_rate=0.01, ping_interval=0.05)
    raw = await RawSocket.upgraded(await guest(server.url, "ann"))
    for _ in range(30):
        while (got := await raw.read_frame()) is None or got.opcode != PING:
            assert got is not None
            assert got.close_code is None
        await raw.send(frame(PONG, got.payload))
    await raw.send(frame(TEXT, b'{"opt": "ping", "ref": "mine"}'))
    while (got := await raw.read_frame()) is not None and b'"ref":"mine"' not in got.payload:
        assert got.close_code is None
    assert got is not None
    assert b'"pong"' in got.payload
    await raw.send(frame(PONG) * 1000)
    assert await raw.close_code() == 4429


def test_every_attribute_outlives_the_handshake() -> None:
    """Whatever a method sets is named in `kept`; `_farewell` is over when the socket is open."""
    tree = ast.parse(inspect.getsource(WebsocketChatHandler))
    written = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.ctx, ast.Store)
        and ast.unparse(node.value) == "self"
    }
    assert written <= {*WebsocketChatHandler.kept, "_farewell"}
