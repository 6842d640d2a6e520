"""What all processes are to be told is bounded: beyond that a session begins anew."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis as Client

from app.cluster import notices, redis_session
from app.cluster.arrivals import Arrivals
from app.cluster.elsewhere import Elsewhere
from app.cluster.link import BrokenLink
from app.cluster.outgoing import Outgoing
from app.cluster.redis_session import Session
from app.messaging.counters import Counters
from app.messaging.hub import Hub
from tests.client import PATIENCE
from tests.services.redis import Redis

LIMIT = 3
FRAME = b"room-moved one 1 1\n"


def ignore(*_: object) -> None:
    return


def session_of(client: Client) -> Session:
    wake = asyncio.Event()
    return Session(
        client,
        "one",
        lambda: "epoch",
        Hub(),
        Elsewhere(ignore),
        Outgoing(1_000, wake, Counters()),
        Arrivals(wake),
        wake,
        {},
        up=ignore,
        gone=ignore,
        met=ignore,
        forgot=ignore,
    )


@pytest.fixture
async def client(redis_server: Redis, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    monkeypatch.setattr(redis_session, "NOTICES", LIMIT)
    async with Client.from_url(redis_server.url) as made:
        yield made


async def test_what_fits_is_told(client: Client) -> None:
    session = session_of(client)
    async with client.pubsub() as listener:
        await listener.subscribe(session.registry.all)
        assert (await listener.get_message(timeout=PATIENCE))["type"] == "subscribe"
        for _ in range(LIMIT - 1):
            session.tell_all(FRAME)
        publishing = asyncio.create_task(session._publish())
        heard = await listener.get_message(timeout=PATIENCE)
        publishing.cancel()
    assert list(notices.unpack(heard["data"])) == [FRAME] * (LIMIT - 1)


async def test_a_session_with_too_much_to_tell_ends(client: Client) -> None:
    session = session_of(client)
    for _ in range(LIMIT + 2):
        session.tell_all(FRAME)
    assert len(session._notices) == LIMIT
    with pytest.raises(BrokenLink):
        await asyncio.wait_for(session._publish(), PATIENCE)
