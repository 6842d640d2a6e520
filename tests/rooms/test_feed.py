"""Everybody in a room is shown all of it, whichever thread is late."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models import room_log
from tests.client import answer, event, guest
from tests.rooms.inside import Inside, holding, serve_inside
from tests.rooms.scene import enter, opened, texts


@pytest.fixture
async def inside(tmp_path: Path, database_url: str, close_tabs: None) -> AsyncIterator[Inside]:
    async with serve_inside(tmp_path, database_url) as found:
        yield found


async def test_who_is_among_the_first_and_reads_early_misses_nothing(inside: Inside) -> None:
    """Bob's page was read before a message was stored, and Cat's, which is told first, after it."""
    ann, bob, cat = [await guest(inside.url, name) for name in ("ann", "bob", "cat")]
    room = await opened(ann)
    await ann.useropt("room-say", room=room, content="1")
    early, late = await bob.open(), await cat.open()
    with holding(room_log, "read_latest", lambda _, user_id, __: user_id == bob.user_id) as held:
        await early.send("room-join", {"room": room}, "join")
        await held.made()
        await ann.useropt("room-say", room=room, content="2")
        assert texts((await enter(late, room))["logs"]) == ["1", "2"]
        held.release()
        shown = await early.expect(answer("join"))
    assert texts(shown["data"]["logs"]) == ["1", "2"]
    await ann.useropt("room-say", room=room, content="3")
    for tab in (early, late):
        assert (await tab.expect(event("room-message")))["data"]["data"][1] == "3"
