"""Processes meet, part, and meet again: who is there is known, and what they told is not lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest

from app.access.person import Credential, Person
from app.cluster.bus_redis import RedisBus
from app.cluster.redis_session import EXPIRY, Session
from app.messaging.items import RoomName
from app.parts import Parts
from models.room_log import Member
from tests.client import PATIENCE
from tests.cluster.test_positions import Recorder
from tests.rooms.inside import Inside, serve_inside
from tests.services.redis import Redis

ROOM = RoomName(5, b"room", "room")
BOB = Person(7, "bob", "Bob", "", "local", "en", 0)


def bus_of(parts: Parts) -> RedisBus:
    assert isinstance(parts.bus, RedisBus)
    return parts.bus


def session_of(parts: Parts) -> Session:
    session = bus_of(parts)._session
    assert session is not None
    return session


async def until(parts: Parts, holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():
            await parts.reader.run(lambda: None)


@pytest.fixture
async def inside(tmp_path: Path, own_redis: Redis) -> AsyncIterator[Inside]:
    """Bob is `there`, and in a room; it is known here."""
    database = f"sqlite:///{tmp_path / 'parley.db'}"
    async with serve_inside(tmp_path, database, redis_url=own_redis.url) as found:
        socket = Recorder(BOB, Credential(0, 0))
        found.there.hub.join(socket)
        await found.there.bus.arrived(BOB.user_id)
        found.there.rooms.roster.enter(ROOM, Member(BOB), socket)
        await until(found.here, lambda: bob_is_known(found))
        yield found


def bob_is_known(inside: Inside) -> bool:
    here = inside.here
    return bool(here.bus.count(BOB.user_id) and here.rooms.roster.people(ROOM.conversation))


async def test_who_registered_since_the_members_were_read_is_not_forgotten(inside: Inside) -> None:
    session = session_of(inside.here)
    session._started -= EXPIRY
    await session._judge(set(), {bus_of(inside.here).process: True})
    assert bob_is_known(inside)


async def test_a_process_that_was_forgotten_by_mistake_is_known_again(inside: Inside) -> None:
    """With who is there, and who is in its rooms."""
    session_of(inside.here).forget(bus_of(inside.there).process)
    assert not inside.here.rooms.roster.people(ROOM.conversation)
    await until(inside.here, lambda: bob_is_known(inside))


async def test_who_leaves_hands_over_what_waits(inside: Inside) -> None:
    """The session ends before it publishes: all are told what it had for all, and look for Bob."""
    here, there = bus_of(inside.here), bus_of(inside.there)
    heard: list[bytes] = []
    for name in (b"check", b"room-check", b"bye"):
        here._hearing.handlers[name] = partial(note, heard, name)
    there._outgoing.close()  # nobody is woken to publish
    there._outgoing.put(here.process, b"entry\n", BOB.user_id)
    session_of(inside.there)._notices.append(b"room-check\n")
    await there.stop()
    await until(inside.here, lambda: b"bye" in heard)
    assert heard == [b"room-check", b"check", b"bye"]


def note(heard: list[bytes], name: bytes, *_: object) -> None:
    heard.append(name)
