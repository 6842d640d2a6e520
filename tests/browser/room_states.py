"""Every state of rooms that a person may see: for axe and for the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import Page, expect

from tests.browser.person import Person, bubble, expect_connected, item
from tests.browser.rooms import enter, notices, open_room, people, removed, useropt
from tests.browser.words import Words


class RoomStates:
    """`each()` gives (name, page): Alice's, of rooms that she and the others are in."""

    def __init__(
        self, alice: Person, bob: Person, carol: Person, visitor: Person, words: Words
    ) -> None:
        self.words = words
        self.people = {"alice": alice, "bob": bob, "carol": carol, "guest": visitor}
        self.alice, self.bob = alice, bob
        self.room, self.other, self.third = words.rooms
        self.open: list[Page] = []

    def each(self) -> Iterator[tuple[str, Page]]:
        self._fill()
        self.open += [enter(self.people[who], self.room) for who in ("bob", "carol")]
        scenes: tuple[Callable[[], Page], ...] = (
            self.rooms,
            self.room_with_people,
            self.room_menu,
            self.room_removed,
            self.inbox_rooms,
            self.inbox_browse,
            self.room_missing,
        )
        for scene in scenes:
            page = scene()
            yield scene.__name__.replace("_", "-"), page
            page.close()
        for page in self.open:
            page.close()

    def rooms(self) -> Page:
        page = self.alice.context.new_page()
        page.goto(f"{self.alice.url}/rooms")
        expect(page.locator(".parley-item", has_text=self.third)).to_be_visible()
        return page

    def room_with_people(self) -> Page:
        """The list of who is in is open; a guest has just come."""
        page = enter(self.alice, self.room)
        if page.locator(".parley-roster").is_hidden():
            page.locator(".parley-thread .parley-head [aria-expanded]").click()
        self.open.append(enter(self.people["guest"], self.room))
        expect(people(page)).to_have_count(len(self.people))
        expect(notices(page)).not_to_have_count(0)
        return page

    def room_menu(self) -> Page:
        """Alice, who opened the room, may remove what somebody wrote."""
        page = enter(self.alice, self.room)
        bubble(page, self.words.chat[1][1]).locator(".parley-copy").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("menu")).to_be_visible()
        return page

    def room_removed(self) -> Page:
        """The guest may not come back until Alice says so."""
        (visitor,) = (
            one["user_id"]
            for one in useropt(self.alice, "room-members", room=self.room)["members"]
            if one["kind"] == "guest"
        )
        useropt(self.alice, "room-remove", room=self.room, user_id=visitor, on=True)
        page = enter(self.alice, self.room)
        if page.locator(".parley-roster").is_hidden():
            page.locator(".parley-thread .parley-head [aria-expanded]").click()
        removed(page).get_by_role("button").click()
        expect(page.get_by_role("menu")).to_be_visible()
        return page

    def inbox_rooms(self) -> Page:
        useropt(self.bob, "room-say", room=self.other, content=self.words.aside)
        page = self.alice.page()
        expect(item(page, self.other).locator(".parley-badge")).to_contain_text("1")
        expect_connected(page)
        return page

    def inbox_browse(self) -> Page:
        page = self.alice.connected_page()
        page.locator(".parley-entry").click()
        expect(page.locator(".parley-rooms .parley-item")).not_to_have_count(0)
        return page

    def room_missing(self) -> Page:
        page = self.alice.context.new_page()
        page.goto(f"{self.alice.url}/#room=Atlantis")
        expect(page.locator(".parley-bar")).to_be_visible()
        expect(page.locator(".parley-thread .parley-skeleton")).to_be_hidden()
        return page

    def _fill(self) -> None:
        for room, owner in zip(self.words.rooms, (self.alice, self.alice, self.bob), strict=True):
            open_room(owner, room)
        for person in self.people.values():
            for room in (self.room, self.other):
                useropt(person, "room-join", room=room)
        for who, text in self.words.chat:
            useropt(self.people[who], "room-say", room=self.room, content=text)
