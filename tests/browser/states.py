"""Every state that a person may see, one after the other: for axe and for the pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, expect_connected, item, tick, write
from tests.browser.room_states import RoomStates
from tests.browser.rooms import guest
from tests.browser.words import Words

SOCKET = "**/user/chatwebsocket"
DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
}
DEVICES = {"desktop": DESKTOP, "phone": PHONE}


class States:
    """`each()` gives (name, page), in a browser profile that is Alice's from then on."""

    def __init__(self, person: MakePerson, profile: dict[str, Any], words: Words | None = None):
        self.words = words or Words()
        self.person = person
        self.held: list[Route] = []
        self.visitor = person("visitor", register=False, **profile)
        self.alice = person("alice", name=self.words.alice, **profile)
        self.bob = person("bob", name=self.words.bob)
        self.carol = person("carol", name=self.words.carol)

    def each(self) -> Iterator[tuple[str, Page]]:
        scenes: tuple[Callable[[], Page], ...] = (
            self.gate,
            self.register,
            self.refused,
            self.empty,
            self.listed,
            self.settings,
            self.conversation,
            self.emoji,
            self.loading,
            self.search,
            self.nobody,
            self.toast,
            self.failed,
            self.disconnected,
        )
        for scene in scenes:
            page = scene()
            yield scene.__name__, page
            while self.held:
                self.held.pop().abort()
            page.close()
        people = (self.alice, self.bob, self.carol, guest(self.person, self.words.guest))
        yield from RoomStates(*people, self.words).each()

    def gate(self) -> Page:
        return self.visitor.page()

    def register(self) -> Page:
        page = self.visitor.page()
        page.locator(".page-others button").first.click()
        expect(page.locator(".page-form input")).to_have_count(3)
        return page

    def refused(self) -> Page:
        page = self.visitor.page()
        for name in ("username", "password"):
            page.locator(f"input[name={name}]").fill("nobody")
        page.locator(".page-form button").click()
        expect(page.get_by_role("alert")).not_to_be_empty()
        return page

    def empty(self) -> Page:
        page = self.alice.page()
        expect(page.locator(".parley-empty--list")).to_be_visible()
        return page

    def listed(self) -> Page:
        people = {"alice": (self.alice, self.bob), "bob": (self.bob, self.alice)}
        for who, text in self.words.talk:
            sender, other = people[who]
            sender.post(other, text)
        self.carol.post(self.alice, self.words.news)
        page = self.alice.page()
        expect(item(page, self.words.carol).locator(".parley-badge")).to_contain_text("1")
        return page

    def settings(self) -> Page:
        page = self.alice.page()
        page.locator(".parley-head--me [aria-expanded]").click()
        expect(page.locator(".parley-settings")).to_be_visible()
        return page

    def conversation(self) -> Page:
        """Bob is there, has read, and has written once more."""
        at_bob = self.bob.page(self.alice)
        page = self.alice.page(self.bob)
        write(page, self.words.reply)
        expect(tick(page, self.words.reply)).to_have_attribute("data-state", "read")
        write(at_bob, self.words.missed)
        expect(bubble(page, self.words.missed)).to_be_visible()
        at_bob.close()
        return page

    def emoji(self) -> Page:
        page = self.alice.page(self.bob)
        page.locator(".parley-smile").click()
        expect(page.locator(".parley-emoji").first).to_be_visible()
        return page

    def search(self) -> Page:
        page = self.alice.page()
        page.locator(".parley-search-input").fill("bo")
        expect(page.locator(".parley-item--person")).to_have_count(1)
        return page

    def nobody(self) -> Page:
        page = self.alice.page()
        page.locator(".parley-search-input").fill("zzz")
        expect(page.locator(".parley-search-note")).not_to_be_empty()
        return page

    def toast(self) -> Page:
        page = self.alice.page(self.carol)
        write(page, self.words.reply)
        expect(page.locator(".parley-toast")).to_be_visible()
        return page

    def failed(self) -> Page:
        """A message to somebody who does not exist."""
        page = self.alice.context.new_page()
        page.goto(f"{self.alice.url}/#with=999999")
        expect_connected(page)
        write(page, self.words.reply)
        expect(page.locator(".parley-failed button")).to_have_count(2)
        return page

    def disconnected(self) -> Page:
        page = self.alice.context.new_page()
        page.route_web_socket(SOCKET, lambda socket: socket.close())
        page.goto(f"{self.alice.url}/#with={self.bob.user_id}")
        expect(page.locator(".parley-status")).to_have_attribute("data-state", "waiting")
        expect(page.locator(".parley-status button")).to_be_visible()
        return page

    def loading(self) -> Page:
        """Nothing has come yet."""
        page = self.alice.context.new_page()
        page.route("**/useropt", lambda route: self.held.append(route))
        page.route_web_socket(SOCKET, lambda socket: None)
        page.goto(f"{self.alice.url}/#with={self.carol.user_id}")
        expect(page.locator(".parley-thread .parley-skeleton")).to_be_visible()
        return page


def of(person: MakePerson, device: str, words: Words | None = None, **profile: Any) -> States:
    return States(person, {**DEVICES[device], **profile}, words)
