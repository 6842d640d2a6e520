"""Other people's clients: Python's websockets, Node's ws. Chromium's is in tests/browser."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.client import PATIENCE
from tests.wire.peer import LIMIT, Server

NODE_CLIENT = Path(__file__).with_name("client.mjs")


async def test_python_websockets(server: Server) -> None:
    async with connect(f"ws://127.0.0.1:{server.port}/", max_size=None) as socket:
        assert socket.protocol.extensions == []  # it offers permessage-deflate, we decline
        for said in ("text 😀", b"\x00\xff", "", "x" * LIMIT):
            await socket.send(said)
            assert await socket.recv() == said
        await socket.send(["one ", "two ", "three"])  # in fragments
        assert await socket.recv() == "one two three"
        await asyncio.wait_for(await socket.ping(b"?"), PATIENCE)
        await asyncio.gather(*(socket.send(str(number)) for number in range(500)))
        assert [await socket.recv() for _ in range(500)] == [str(n) for n in range(500)]
        await socket.close(4002, "enough")
    await server.until(("close", 4002, "enough"))


async def test_python_websockets_is_told_why(server: Server) -> None:
    async with connect(f"ws://127.0.0.1:{server.port}/", max_size=None) as socket:
        await socket.send("x" * (LIMIT + 1))
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009


async def test_python_websockets_is_closed(server: Server) -> None:
    async with connect(f"ws://127.0.0.1:{server.port}/") as socket:
        await socket.send("close")
        with pytest.raises(ConnectionClosed) as closed:
            await socket.recv()
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (4000, "as asked")
    await server.until(("close", 4000, "as asked"))


async def test_node_ws(server: Server) -> None:
    node = await asyncio.create_subprocess_exec(
        "node",
        str(NODE_CLIENT),
        f"ws://127.0.0.1:{server.port}/",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, errors = await asyncio.wait_for(node.communicate(), PATIENCE)
    assert node.returncode == 0, errors.decode()
    heard = json.loads(said)
    assert heard[:3] == ["extensions:", "text 😀", "bytes:00fffe"]
    assert heard[3] == "65536:xxxxxxxxxx"
    assert sorted(heard[4:6]) == ["one two three", "pong:between"]
    assert heard[6:506] == [str(number) for number in range(500)]
    assert heard[506:] == ["closed:4000:as asked"]
    assert server.closes == [("close", 4000, "as asked")]
