"""What all processes are to be told is bounded: beyond that a session begins anew."""

import asyncio

import pytest
from redis.asyncio import Redis as Client

from app.cluster import redis_session
from app.cluster.arrivals import Arrivals
from app.cluster.elsewhere import Elsewhere
from app.cluster.link import BrokenLink
from app.cluster.outgoing import Outgoing
from app.cluster.redis_session import Session
from app.messaging.counters import Counters
from app.messaging.hub import Hub
from tests.services.redis import Redis

LIMIT = 3


def ignore(*_: object) -> None:
    return


async def published(redis: Redis, count: int) -> None:
    """Tells all so many notices at once, and publishes until there is nothing more to do."""
    wake = asyncio.Event()
    async with Client.from_url(redis.url) as client:
        session = Session(
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
            forgot=ignore,
        )
        for _ in range(count):
            session.tell_all(b"room-moved one 1 1\n")
        assert len(session._notices) == min(count, LIMIT)
        publishing = asyncio.create_task(session._publish())
        while session._notices:
            await asyncio.sleep(0)
        done, _ = await asyncio.wait([publishing], timeout=0.1)
        publishing.cancel()
        for task in done:
            task.result()


async def test_a_session_with_too_much_to_tell_ends(
    redis_server: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_session, "NOTICES", LIMIT)
    await published(redis_server, LIMIT - 1)
    with pytest.raises(BrokenLink):
        await published(redis_server, LIMIT + 2)
