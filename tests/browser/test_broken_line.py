"""Servers that die, answers that are lost, pages that are reloaded: nothing lost, nothing twice."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, expect_connected, item, stored_keys, texts, tick, write
from tests.services.parley import ParleyServer

SOCKET = "**/user/chatwebsocket"


def test_a_server_killed_and_restarted_in_the_middle(
    person: MakePerson, parley: ParleyServer
) -> None:
    alice, bob = person("alice"), person("bob")
    at_alice, at_bob = alice.page(bob), bob.page(alice)
    write(at_alice, "before")
    expect(bubble(at_bob, "before")).to_be_visible()
    parley.kill()
    expect(at_alice.locator(".parley-status")).to_contain_text("No connection")
    for text in ("while down 1", "while down 2", "while down 3"):
        write(at_alice, text)
        expect(tick(at_alice, text)).to_have_text("Sending")
    write(at_bob, "me too")
    at_alice.locator(".parley-status button").click()
    parley.start()
    for page in (at_alice, at_bob):
        page.evaluate("() => window.dispatchEvent(new Event('online'))")
        expect_connected(page)
        for text in ("while down 1", "while down 2", "while down 3", "me too"):
            expect(bubble(page, text)).to_have_count(1)
    expect(tick(at_alice, "while down 3")).to_have_text("Read")
    assert texts(at_alice) == texts(at_bob) == alice.history(bob)
    assert len(texts(at_alice)) == 5
    assert [text for text in texts(at_alice) if text.startswith("while")] == [
        "while down 1",
        "while down 2",
        "while down 3",
    ]


def test_it_says_when_it_is_back_and_nothing_is_missing(
    person: MakePerson, parley: ParleyServer
) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.connected_page(bob)
    parley.kill()
    expect(page.locator(".parley-status")).to_contain_text("No connection")
    parley.start()
    bob.post(alice, "meanwhile")
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(page.locator(".parley-toast")).to_have_text("Connected again. Nothing is missing.")
    expect(bubble(page, "meanwhile")).to_be_visible()


def test_it_says_at_once_that_the_network_went(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.connected_page(bob)
    page.clock.install()  # what only an unanswered ping would tell is not told by this clock
    page.clock.pause_at(page.evaluate("() => Date.now() + 1000"))
    alice.context.set_offline(True)
    page.clock.fast_forward(1000)
    expect(page.locator(".parley-status")).to_contain_text("No connection")
    alice.context.set_offline(False)
    page.clock.resume()
    expect_connected(page)


def test_it_comes_back_by_itself(person: MakePerson, parley: ParleyServer) -> None:
    alice, bob = person("alice"), person("bob")
    at_alice = alice.connected_page(bob)
    parley.restart()
    bob.post(alice, "after the restart")
    expect(bubble(at_alice, "after the restart")).to_be_visible()


def test_what_was_missed_is_there_after_a_longer_absence(
    person: MakePerson, parley: ParleyServer
) -> None:
    alice, bob = person("alice"), person("bob")
    bob.post(alice, "first")
    at_alice = alice.page(bob)
    expect(bubble(at_alice, "first")).to_be_visible()
    alice.context.set_offline(True)
    at_alice.evaluate("() => $('#chat').parley('instance').messenger.transport.stop()")
    for number in range(130):
        bob.post(alice, f"missed {number}")
    alice.context.set_offline(False)
    at_alice.evaluate("() => $('#chat').parley('instance').messenger.transport.start()")
    expect(bubble(at_alice, "missed 129")).to_be_visible()
    shown = texts(at_alice)
    assert shown[-50:] == [f"missed {number}" for number in range(80, 130)]
    assert "first" not in shown, "a hole between the old and the new would be hidden"


def test_a_reload_between_write_and_answer_shows_the_message_once(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    at_alice = alice.page(bob)
    deaf = _lose_answers(at_alice)
    at_alice.reload()
    expect_connected(at_alice)
    write(at_alice, "only once")
    expect(tick(at_alice, "only once")).to_have_text("Sending")
    _wait_until_stored(at_alice, lambda: alice.history(bob) == ["only once"])
    deaf.clear()
    at_alice.reload()
    expect(tick(at_alice, "only once")).to_have_text("Sent")
    expect(bubble(at_alice, "only once")).to_have_count(1)
    assert alice.history(bob) == ["only once"]
    assert [key for key in stored_keys(at_alice) if "outbox" in key] == []


def test_what_was_written_without_a_server_survives_the_tab(
    person: MakePerson, parley: ParleyServer
) -> None:
    alice, bob = person("alice"), person("bob")
    at_alice = alice.connected_page(bob)
    parley.kill()
    expect(at_alice.locator(".parley-status")).to_contain_text("No connection")
    write(at_alice, "from the crashed tab")
    at_alice.close()
    parley.start()
    again = alice.page()
    expect(item(again, "bob")).to_contain_text("from the crashed tab")
    _wait_until_stored(again, lambda: alice.history(bob) == ["from the crashed tab"])


def test_what_a_closed_tab_could_not_send_is_sent_by_another(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    at_bob = bob.page(alice)
    stays = alice.context.new_page()
    stays.clock.install()
    stays.goto(alice.url)
    expect_connected(stays)
    stays.clock.fast_forward(20_000)  # what it looks for after connecting, it has looked for
    page = alice.connected_page(bob)
    page.evaluate("() => $('#chat').parley('instance').messenger.transport.stop()")
    write(page, "left behind")
    expect(tick(page, "left behind")).to_have_text("Sending")
    page.close()
    stays.clock.fast_forward(20_000)
    expect(bubble(at_bob, "left behind")).to_be_visible()


def test_the_list_says_what_is_not_sent(person: MakePerson, parley: ParleyServer) -> None:
    alice, bob = person("alice"), person("bob")
    bob.post(alice, "hi")
    page = alice.connected_page(bob)
    mark = page.locator(".parley-item[aria-current] .parley-item-time .parley-tick")
    expect(mark).to_be_empty()
    parley.kill()
    write(page, "on its way")
    expect(mark).to_have_text("Sending")
    parley.start()
    page.evaluate("() => window.dispatchEvent(new Event('online'))")
    expect(tick(page, "on its way")).to_have_text("Sent")
    expect(mark).to_be_empty()
    page.evaluate("() => { location.hash = '#with=999999'; }")  # nobody
    write(page, "anybody?")
    expect(mark).to_have_text("Not sent")
    expect(mark).to_have_attribute("data-state", "failed")


def test_history_is_painted_from_the_cache_before_the_network_answers(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    bob.post(alice, "remember this")
    at_alice = alice.page(bob)
    expect(bubble(at_alice, "remember this")).to_be_visible()
    at_alice.goto(alice.url + "/static/page/icon.svg")
    at_alice.route("**/useropt", lambda route: None)
    at_alice.route_web_socket(SOCKET, lambda socket: None)
    at_alice.goto(f"{alice.url}/#with={bob.user_id}")
    expect(bubble(at_alice, "remember this")).to_be_visible()
    expect(item(at_alice, "Bob")).to_contain_text("remember this")
    expect(at_alice.locator(".parley-status")).to_contain_text("Connecting")


def _lose_answers(page: Page) -> list[bool]:
    """From the next load on, no answer to a message reaches the page, until the list is emptied."""
    deaf = [True]

    def pass_on(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(server.send)

        def back(frame: str | bytes) -> None:
            text = frame if isinstance(frame, str) else frame.decode()
            if not (deaf and _is_answer(text)):
                socket.send(frame)

        server.on_message(back)

    page.route_web_socket(SOCKET, pass_on)
    return deaf


def _is_answer(text: str) -> bool:
    compact = text.replace(" ", "")
    return '"errorcode":1' in compact or '"errorcode":2' in compact


def _wait_until_stored(page: Page, done: Callable[[], bool]) -> None:
    """The server is asked again and again; between two questions the page's own lines flow."""
    for _ in range(200):
        if done():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it was never stored")


def _lose(route: Route, lost: list[Route]) -> None:
    lost.append(route)
    route.abort("connectionfailed")


def _see_it_loaded_again(page: Page, time: int) -> None:
    """For the first, second or third time; it waits as many seconds, by the clock of the page."""
    page.wait_for_function(
        "(time) => sessionStorage.getItem('page/reloads') === time", arg=str(time)
    )
    with page.expect_navigation():
        page.clock.fast_forward(1000 * time)


def test_a_page_of_which_a_file_was_lost_is_loaded_again(person: MakePerson) -> None:
    alice = person("alice")
    page = alice.context.new_page()
    page.clock.install()
    lost: list[Route] = []
    page.route("**/parley/rows.js", lambda route: _lose(route, lost), times=2)
    page.goto(alice.url)
    for time in (1, 2):
        _see_it_loaded_again(page, time)
    expect(page.locator(".parley")).to_be_visible()
    expect(page.locator("#page-broken")).to_be_hidden()
    assert len(lost) == 2
    page.route("**/parley/rows.js", lambda route: _lose(route, lost))
    page.goto(alice.url)
    for time in (1, 2, 3):
        _see_it_loaded_again(page, time)
    expect(page.locator("#page-broken")).to_be_visible()
    assert len(lost) == 2 + 4
