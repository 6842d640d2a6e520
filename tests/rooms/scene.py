"""What tests of rooms begin with: a room that nobody else uses, and people in it."""

from itertools import count
from typing import Any

from tests.client import Person, Push, Tab, event
from tests.scene import meet
from tests.services.parley import ParleyServer

_numbers = count(1)


def new_room(name: str = "room") -> str:
    """A name that is new in the whole run."""
    return f"{name} {next(_numbers)}"


async def opened(owner: Person, name: str = "room") -> str:
    """A room that this person has just opened."""
    room = new_room(name)
    envelope = await owner.useropt("room-open", room=room)
    assert envelope["errorcode"] == 0, envelope
    return room


async def join(person: Person, room: str) -> tuple[Tab, dict[str, Any]]:
    """A new tab that is in the room, and what it was shown."""
    tab = await person.open()
    return tab, await enter(tab, room)


async def enter(tab: Tab, room: str) -> dict[str, Any]:
    push = await tab.ask("room-join", {"room": room})
    assert push["errorcode"] == 3, push
    assert (push["data"]["event"], push["data"]["by"]) == ("room-join", ">"), push
    return dict(push["data"])


async def gather(server: ParleyServer, *names: str) -> tuple[str, list[Person], list[Tab]]:
    """These people, all in a new room, everybody told that everybody is in. The first owns it."""
    people = await meet(server, *names)
    room = await opened(people[0])
    tabs = [(await join(person, room))[0] for person in people]
    for tab in tabs:
        await everybody_in(tab, room, people)
    return room, people, tabs


async def everybody_in(tab: Tab, room: str, people: list[Person]) -> None:
    """Waits until the tab has been told that these people came in after it, or with it."""
    wanted = {person.user_id for person in people}
    me = tab.me["user_id"]
    members = (await tab.ask("room-members", {"room": room}))["data"]["members"]
    assert wanted <= {one["user_id"] for one in members}
    while me not in users_of(await tab.expect(event("room-join", by="<", room=room))):
        continue


def users_of(push: Push) -> set[int]:
    return {user["user_id"] for user in push["data"]["users"]}


async def say(tab: Tab, room: str, text: str, client_id: str | None = None) -> Push:
    """Says it in the room; the answer."""
    named = {} if client_id is None else {"client_id": client_id}
    push = await tab.ask("room-say", {"room": room, "content": text, **named})
    assert push["errorcode"] in (1, 2), push
    return push


def texts(logs: list[Any]) -> list[str]:
    return [entry[1] for entry in logs]
