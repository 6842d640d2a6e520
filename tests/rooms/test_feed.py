"""Everybody in a room is shown all of it, whichever thread is late."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.rooms.live import Live
from models import people, room_log
from models.history import PAGE_LIMIT
from tests.client import PATIENCE, Tab, answer, event, guest
from tests.rooms.inside import Inside, holding, serve_inside
from tests.rooms.scene import enter, opened, say, texts


@pytest.fixture
async def inside(tmp_path: Path, database_url: str, close_tabs: None) -> AsyncIterator[Inside]:
    async with serve_inside(tmp_path, database_url, presence_grace="0.1") as found:
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
        assert await heard(tab) == "3"


async def test_what_is_stored_while_the_room_is_checked_is_shown(inside: Inside) -> None:
    """The check has read, and found nothing, when another process stores a message and says so."""
    room, tab = await alone(inside)
    live, feed = inside.live(room), inside.here.rooms.feed
    with holding(room_log, "entries_after") as held:
        feed.check_all()
        await held.made()
        feed.reached(live, await say_there(inside, tab, room, "2"))
        held.release()
        assert await heard(tab) == "2"


async def test_who_asked_is_not_pushed_its_own_words(inside: Inside) -> None:
    """Also where what another process stored before them is still being read."""
    room, tab = await alone(inside)
    with holding(room_log, "entries_after") as held:
        live, feed = inside.live(room), inside.here.rooms.feed
        feed.reached(live, await say_there(inside, tab, room, "2"))
        await held.made()
        await say(tab, room, "3")
    assert await heard(tab) == "2"
    other = await (await guest(inside.url, "bob")).open()
    await enter(other, room)
    await say(other, room, "4")
    assert await heard(tab) == "4"


async def test_all_that_no_notice_told_of_is_shown(inside: Inside) -> None:
    """Also what is more than one read brings."""
    room, tab = await alone(inside)
    numbers = range(2, 2 * PAGE_LIMIT + 10)
    for number in numbers:
        await say_there(inside, tab, room, f"{number}")
    inside.here.rooms.feed.check_all()
    for number in numbers:
        assert await heard(tab) == f"{number}"


async def test_a_room_that_was_empty_is_shown_though_an_old_read_goes_on(inside: Inside) -> None:
    """A read for those who were in before still waits for the database when others come."""
    room, tab = await alone(inside)
    old, feed = inside.live(room), inside.here.rooms.feed
    with holding(room_log, "entries_after") as held:
        feed.check_all()
        await held.made()
        await tab.close()
        await gone(inside, old)
        again = await (await guest(inside.url, "bob")).open()
        await enter(again, room)
        feed.reached(inside.live(room), await say_there(inside, again, room, "2"))
        assert await heard(again) == "2"


async def test_a_text_that_is_deleted_while_it_is_read_is_shown_to_nobody(inside: Inside) -> None:
    """Neither to who was in, nor to who comes in meanwhile."""
    room, tab = await alone(inside)
    live, feed = inside.live(room), inside.here.rooms.feed
    coming = await (await guest(inside.url, "bob")).open()
    with holding(room_log, "entries_after") as pushed, holding(room_log, "read_latest") as page:
        feed.reached(live, await say_there(inside, tab, room, "a phone number"))
        await pushed.made()
        await coming.send("room-join", {"room": room}, "join")
        await page.made()
        await tab.ask("room-delete", {"room": room, "seq": 2})
        pushed.release()
        page.release()
        assert await heard(tab) == ""
        shown = (await coming.expect(answer("join")))["data"]["logs"]
    assert texts(shown) == ["1", ""]
    assert shown[1][3]["deleted"] is True


async def alone(inside: Inside) -> tuple[str, Tab]:
    """Somebody who is in a room where one message was said."""
    ann = await guest(inside.url, "ann")
    room = await opened(ann)
    tab = await ann.open()
    await enter(tab, room)
    await say(tab, room, "1")
    return room, tab


async def say_there(inside: Inside, tab: Tab, room: str, text: str) -> int:
    """The same person says something at the other process, which tells this one nothing."""
    said = await inside.there.rooms.talk.say_and_wait(
        await inside.here.reader.run(lambda: people.find_person(tab.me["user_id"])),
        {"room": room, "content": text},
    )
    return int(said["data"]["data"][3]["seq"])


async def heard(tab: Tab) -> str:
    return str((await tab.expect(event("room-message")))["data"]["data"][1])


async def gone(inside: Inside, live: Live) -> None:
    """Waits until the room that nobody is in any more is forgotten."""
    async with asyncio.timeout(PATIENCE):
        while live in list(inside.here.rooms.roster):
            await inside.here.reader.run(lambda: None)
