"""Older messages by scrolling up, days, and where the eye stays."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import Person, bubble, expect_connected, item, texts

FIRST_IN_VIEW = """(log) => {
    const top = log.getBoundingClientRect().top;
    const rows = [...log.querySelectorAll('.parley-row')];
    const row = rows.find((node) => node.getBoundingClientRect().bottom > top);
    return {key: row.dataset.key, top: row.getBoundingClientRect().top};
}"""
PLACE_OF = """(log, key) =>
    log.querySelector(`[data-key="${key}"]`).getBoundingClientRect().top"""


def fill(alice: Person, bob: Person, count: int) -> None:
    for number in range(1, count + 1):
        sender, other = (alice, bob) if number % 3 else (bob, alice)
        sender.post(other, f"message {number}" + " and more of it" * (number % 7))


def test_scrolling_up_loads_older_messages_without_a_jump(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    fill(alice, bob, 130)
    page = alice.page(bob)
    expect(page.locator(".parley-row")).to_have_count(50)
    assert _is_at_end(page)
    for loaded in (100, 130):
        before = _scroll_up(page)
        expect(page.locator(".parley-row")).to_have_count(loaded)
        now = page.locator(".parley-log").evaluate(PLACE_OF, before["key"])
        assert abs(now - before["top"]) < 3, f"it jumped by {now - before['top']} pixels"
    shown = [int(text.split()[1]) for text in texts(page)]
    assert shown == list(range(1, 131))
    expect(page.locator(".parley-spinner")).to_have_count(0)


def test_a_new_message_does_not_pull_the_reader_down(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    fill(alice, bob, 60)
    page = alice.page(bob)
    expect(page.locator(".parley-row")).to_have_count(50)
    before = _scroll_up(page)
    expect(page.locator(".parley-row")).to_have_count(60)
    bob.post(alice, "news")
    expect(page.locator(".parley-jump .parley-badge")).to_have_text("1")
    assert abs(page.locator(".parley-log").evaluate(PLACE_OF, before["key"]) - before["top"]) < 3
    page.locator(".parley-jump").click()
    expect(bubble(page, "news")).to_be_in_viewport()
    expect(page.locator(".parley-jump")).to_be_hidden()


def test_the_end_is_shown_when_one_is_at_the_end(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    fill(alice, bob, 40)
    page = alice.page(bob)
    expect(
        bubble(page, texts(page)[-1]) if texts(page) else page.locator(".parley-row").last
    ).to_be_visible()
    bob.post(alice, "and one more")
    expect(bubble(page, "and one more")).to_be_in_viewport()


def test_who_it_is_may_be_learned_after_what_they_wrote(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob Brandt")
    page = alice.context.new_page()
    page.route("**/users/*", lambda route: None)
    page.route(
        "**/useropt",
        lambda route: (
            route.abort()
            if "recent-users" in (route.request.post_data or "")
            else route.continue_()
        ),
    )
    page.goto(f"{alice.url}/#with={bob.user_id}")
    expect_connected(page)
    bob.post(alice, "hi")
    expect(bubble(page, "hi")).to_be_visible()
    picture = page.locator(".parley-row--theirs .parley-avatar")
    expect(picture).to_have_text(str(bob.user_id))
    log, field = page.get_by_role("log"), page.locator(".parley-input")
    expect(log).to_have_accessible_name(f"Messages with {bob.user_id}")
    learn = "(facts) => { const {messenger} = $('#chat').parley('instance');"
    learn += "messenger.opened.learn(facts); messenger.emit('change', messenger.opened); }"
    page.evaluate(learn, {"user_id": bob.user_id, "username": "bob", "name": "Bob Brandt"})
    expect(picture).to_have_text("BB")
    expect(page.locator(".parley-row--theirs .parley-hidden").first).to_have_text("Bob Brandt")
    expect(log).to_have_accessible_name("Messages with Bob Brandt")
    expect(field).to_have_accessible_name("Write a message to Bob Brandt")


def _scroll_up(page: Page) -> dict[str, Any]:
    """To the top; what is in view there before anything older came."""
    script = f"(log) => {{ log.scrollTop = 300; return ({FIRST_IN_VIEW})(log); }}"
    return dict(page.locator(".parley-log").evaluate(script))


def _is_at_end(page: Page) -> bool:
    script = "(log) => log.scrollHeight - log.scrollTop - log.clientHeight < 2"
    return bool(page.locator(".parley-log").evaluate(script))


def test_nothing_can_push_the_widget_out_of_its_frame(person: MakePerson) -> None:
    """What is positioned inside the list of messages must not make the widget itself scroll."""
    alice, bob = person("alice"), person("bob")
    fill(alice, bob, 40)
    page = alice.page(bob)
    expect(page.locator(".parley-row")).to_have_count(40)
    widget = page.locator(".parley")
    assert widget.evaluate("(node) => node.scrollHeight - node.clientHeight") == 0
    widget.evaluate("(node) => node.scrollTo(0, 500)")
    assert widget.evaluate("(node) => node.scrollTop") == 0


def test_a_thread_begins_where_the_unread_part_begins(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    alice.post(bob, "asked before")
    for number in range(1, 131):
        bob.post(alice, f"unread {number}")
    page = alice.connected_page()
    item(page, "Bob").click()
    expect(bubble(page, "unread 1")).to_be_in_viewport()
    line = page.locator(".parley-new")
    expect(line).to_be_in_viewport()
    first = line.evaluate(
        "(node) => node.nextElementSibling.querySelector('.parley-text').textContent"
    )
    assert first == "unread 1"
    unread = int(page.locator(".parley-jump .parley-badge").inner_text())
    assert unread > 100, f"only {unread} are left unread, though one screen was looked at"
    page.locator(".parley-log").press("End")
    expect(bubble(page, "unread 130")).to_be_in_viewport()
    expect(page.locator(".parley-jump")).to_be_hidden()
