"""One cookie for all tabs: somebody else signs in, and the tab of the one before is still open."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import PASSWORD, Person, expect_connected, item, texts


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


def sign_in_elsewhere(person: Person, username: str) -> None:
    """In another tab of this browser."""
    session = f"{person.url}/api/v1/session"
    assert person.context.request.delete(session).ok
    body = {"username": username, "password": PASSWORD}
    assert person.context.request.post(session, data=body).ok


def test_a_tab_without_a_socket_never_shows_the_words_of_who_signed_in_since(
    person: MakePerson,
) -> None:
    alice, bob, carol = person("alice"), person("bob"), person("carol")
    carol.post(alice, "to alice")
    carol.post(bob, "to bob alone")
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
