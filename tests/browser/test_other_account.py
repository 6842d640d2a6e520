"""One cookie for all tabs: somebody else signs in, and the tab of the one before is still open."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import (
    PASSWORD,
    Person,
    bubble,
    expect_connected,
    item,
    stored_keys,
    texts,
    tick,
    write,
)


class Line:
    """The sockets of one page, which can be cut and stay so."""

    def __init__(self, page: Page) -> None:
        self.open = True
        self._sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/chatwebsocket", self._route)

    def cut(self, code: int) -> None:
        self.open = False
        self._sockets[-1].close(code=code)

    def _route(self, socket: WebSocketRoute) -> None:
        if not self.open:
            return socket.close(code=1012)
        socket.connect_to_server()
        return self._sockets.append(socket)


def tab(person: Person) -> tuple[Page, Line]:
    page = person.context.new_page()
    line = Line(page)
    page.goto(person.url)
    expect_connected(page)
    return page, line


def sharing_a_browser_with_bob(person: MakePerson) -> Person:
    """Alice; Carol has written to her and to Bob."""
    alice, bob, carol = person("alice"), person("bob"), person("carol")
    carol.post(alice, "to alice alone")
    carol.post(bob, "to bob alone")
    return alice


def sign_in_elsewhere(person: Person, username: str) -> None:
    """In another tab of this browser."""
    session = f"{person.url}/api/v1/session"
    assert person.context.request.delete(session).ok
    body = {"username": username, "password": PASSWORD}
    assert person.context.request.post(session, data=body).ok


def test_a_tab_without_a_socket_never_shows_the_words_of_who_signed_in_since(
    person: MakePerson,
) -> None:
    alice = sharing_a_browser_with_bob(person)
    page, line = tab(alice)
    with page.expect_response("**/api/v1/me"):
        line.cut(4409)
    expect(page.locator(".parley-status")).to_be_visible()
    sign_in_elsewhere(alice, "bob")
    page.evaluate("() => { window.stillAlices = true; }")
    line.open = True
    item(page, "carol").click()
    page.wait_for_function("() => !window.stillAlices")
    expect(page.locator(".parley-head--me")).to_contain_text("bob")
    assert "to bob alone" not in texts(page)


def test_the_tab_of_the_one_before_takes_only_their_own_things_with_it(
    person: MakePerson,
) -> None:
    alice = sharing_a_browser_with_bob(person)
    old, at_alices = tab(alice)
    item(old, "carol").click()
    old.wait_for_function("() => Object.keys(sessionStorage).some((key) => key.includes('/log/'))")
    at_alices.cut(1012)
    sign_in_elsewhere(alice, "bob")
    new, at_bobs = tab(alice)
    item(new, "carol").click()
    at_bobs.cut(1012)
    write(new, "bob's words")
    expect(bubble(new, "bob's words")).to_be_visible()
    new.close()
    at_alices.open = True
    old.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(old.locator(".parley-head--me")).to_contain_text("bob")
    assert not [key for key in stored_keys(old) if key.startswith(f"parley//{alice.user_id}/")]
    item(old, "carol").click()
    expect(tick(old, "bob's words")).to_have_text("Sent")
