"""A small server on our wire, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.wire.peer import Client, Server, serving


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Client]:
    client = await Client.to(server)
    yield client
    client.abort()
