"""People in rooms who talk, and come and go all the time: the load of the fault tests of rooms."""

import asyncio
from dataclasses import dataclass, field, replace

from tests.client import Person, guest
from tests.reliability.gathering import LINES, WINDOW, Gathering
from tests.reliability.room_view import RoomView
from tests.reliability.rooms import RoomTab

SETTLED_WITHIN = 20.0  # seconds; a deadline for a loaded machine


@dataclass
class RoomCrowd(Gathering[RoomTab]):
    """Some people, each with one tab or two, every tab in some of the rooms."""

    people: int = 6
    rooms: int = 3
    pace: float = 0.08  # seconds between two messages of one tab, at most
    stir: float = 0.25  # seconds between two comings and goings of one tab, at most
    idents: dict[str, int] = field(default_factory=dict)  # room -> its conversation
    away: int = 0  # tabs that were closed for a while and will come back by themselves

    async def _meet(self) -> None:
        people = [await guest(self.base_url, f"one {number}") for number in range(self.people)]
        for number in range(self.rooms):
            await self._open(people[number % len(people)], f"room {number}")
        for number, person in enumerate(people):
            tabs = 1 + number % 2
            for tab in range(1, tabs + 1):
                self._enter(person, tab, alone=tabs == 1)
        for client in self.clients:
            for room in self.idents:
                await client.join(room)

    async def _open(self, owner: Person, room: str) -> None:
        """The first message, from its owner: the answer says which conversation the room is."""
        await owner.useropt("room-open", room=room)
        said = await owner.useropt("room-say", room=room, content="welcome", client_id=room)
        self.idents[room] = ident = said["data"]["room_id"]
        self.oracle.sent(owner.user_id, room, -ident, "welcome")
        self.oracle.acked(owner.user_id, room, -ident, said["data"]["data"][3]["seq"])

    def _enter(self, person: Person, number: int, alone: bool) -> None:
        views = {name: RoomView(name, ident) for name, ident in self.idents.items()}
        me = self.make_person(person)
        tab = RoomTab(me, self.oracle, self._pause, rooms=views, alone=alone, number=number)
        self.clients.append(tab)
        self._begin(self._talk(tab))
        self._begin(self._wander(tab))

    def make_person(self, person: Person) -> Person:
        """Whoever stands behind the next tab."""
        return replace(person, tabs=[])

    # -- what they do -------------------------------------------------------------------------

    async def _talk(self, tab: RoomTab) -> None:
        while True:
            await self._talking.wait()
            tab.check()
            inside = [view.name for view in tab.rooms.values() if view.inside]
            if inside and len(tab.outbox) < WINDOW:
                await tab.say(self.dice.choice(inside), self.dice.choice(LINES))
            await asyncio.sleep(self.dice.uniform(0, self.pace))

    async def _wander(self, tab: RoomTab) -> None:
        while True:
            await self._talking.wait()
            await asyncio.sleep(self.dice.uniform(0, self.stir))
            if not self._talking.is_set():
                continue
            view = self.dice.choice(list(tab.rooms.values()))
            if view.inside and self.dice.random() < 0.5:
                await tab.leave(view.name)
            elif not view.inside:
                await tab.join(view.name)
            elif self.dice.random() < 0.3:
                await self._close_for_a_while(tab)

    async def _close_for_a_while(self, tab: RoomTab) -> None:
        """Mostly back within the server's grace, sometimes long after it."""
        self.away += 1
        await tab.close_tab()
        await asyncio.sleep(self.dice.uniform(0, 0.3) if self.dice.random() < 0.8 else 1.5)
        tab.come_back()
        self.away -= 1
        tab.moved.set()  # nothing else may tell who waits for the last one

    async def talk_on(self, messages: int) -> None:
        """Let everybody talk until so many more have been said."""
        enough = len(self.oracle.sends) + messages
        while len(self.oracle.sends) < enough:
            await self.talk_for(0.05)

    # -- the end ------------------------------------------------------------------------------

    async def hush(self, within: float = SETTLED_WITHIN) -> None:
        """Stop; wait until everybody is in and shown all, and knows who is in; tell the oracle."""
        self._talking.clear()
        await self._gather(within)
        await self._until(lambda: not any(tab.outbox for tab in self.clients), within)
        await self._until(self._all_shown, within)
        await self._agree(within)
        for tab in self.clients:
            tab.note_stays(to_the_end=True)

    async def _gather(self, within: float) -> None:
        """Back, and in all rooms. A leave that is under way may still end a join: so once more.

        Nobody is away any more either: they would come back to a tab that is closed for good later.
        """
        async with asyncio.timeout(within):
            while self.away or not self._all_inside():
                for tab in self.clients:
                    tab.come_back()
                    for view in tab.rooms.values():
                        if tab.live and not view.inside and not view.asked:
                            await tab.join(view.name)
                await self._any_move()

    def _all_inside(self) -> bool:
        return all(view.inside for tab in self.clients for view in tab.rooms.values())

    def _all_shown(self) -> bool:
        """Whether everybody has been shown as much of each room, and nobody has a gap."""
        stays = [(name, view.stay) for tab in self.clients for name, view in tab.rooms.items()]
        ends = {(name, stay.held) for name, stay in stays}
        return len(ends) == len(self.idents) and not any(stay.gap for _, stay in stays)

    async def _agree(self, within: float) -> None:
        """Wait until whoever is in a room knows exactly who is."""
        try:
            await self._until(lambda: not self._wrong_lists(), within)
        except TimeoutError:
            raise AssertionError(f"wrong lists: {self._wrong_lists()}") from None

    def _wrong_lists(self) -> list[str]:
        return [
            f"user {tab.person.user_id} tab {tab.number} in {name}: {sorted(view.people)}, "
            f"in are {sorted(self._who_is_in(name))}"
            for tab in self.clients
            for name, view in tab.rooms.items()
            if view.inside and view.people != self._who_is_in(name)
        ]

    def _who_is_in(self, room: str) -> set[int]:
        return {tab.person.user_id for tab in self.clients if tab.rooms[room].inside}

    async def disperse(self, within: float = SETTLED_WITHIN) -> None:
        """After hush: every other tab goes, in order or not; who stays learns who is left."""
        for number, tab in enumerate(self.clients):
            if number % 4 == 1:
                await tab.close_tab()
            elif number % 4 == 3:
                for room in tab.rooms:
                    await tab.leave(room)
        try:
            await self._until(lambda: not self._still_here(), within)
        except TimeoutError:
            raise AssertionError(f"still here: {self._still_here()}") from None
        await self._agree(within)

    def _still_here(self) -> list[str]:
        closed, left = self.clients[1::4], self.clients[3::4]
        live = [tab for tab in closed if tab.live]
        inside = [(tab, name) for tab in left for name, view in tab.rooms.items() if view.inside]
        return [f"user {tab.person.user_id} tab {tab.number}, closed" for tab in live] + [
            f"user {tab.person.user_id} tab {tab.number} in {name}, live: {tab.live},"
            f" leaving: {tab.rooms[name].leaving}, wanted: {tab.rooms[name].wanted}"
            for tab, name in inside
        ]
