"""Everything without a mouse, and for those who listen."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, expect_connected, item, texts, tick


def test_find_open_write_and_leave_by_keyboard_alone(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    carol = person("carol", name="Carol")
    carol.post(alice, "earlier")
    page = alice.page()
    expect(item(page, "Carol")).to_be_visible()
    keys = page.keyboard
    for _ in range(10):
        keys.press("Tab")
        if page.locator(".parley-search-input").evaluate("(field) => field.matches(':focus')"):
            break
    keys.type("bob")
    expect(page.locator(".parley-item--person")).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(page.locator(".parley-input")).to_be_focused()
    keys.type("first line")
    keys.press("Shift+Enter")
    keys.type("second line")
    keys.press("Enter")
    expect(tick(page, "first line\nsecond line")).to_have_text("Sent")
    assert bob.history(alice) == ["first line\nsecond line"]
    expect(page.locator(".parley-input")).to_be_focused()
    keys.press("Escape")
    expect(item(page, "Bob")).to_be_focused()
    keys.press("ArrowDown")
    expect(item(page, "Carol")).to_be_focused()
    keys.press("Enter")
    expect(bubble(page, "earlier")).to_be_visible()


def test_a_frame_stands_round_the_messages_only_for_who_walked_there(person: MakePerson) -> None:
    """On a phone with a keyboard they get the focus when they are opened."""
    alice, bob = person("alice", has_touch=True, is_mobile=True), person("bob", name="Bob")
    bob.post(alice, "hi")
    page = alice.page()
    item(page, "Bob").focus()
    page.keyboard.press("Enter")
    log = page.locator(".parley-log")
    expect(log).to_be_focused()
    expect(log).to_have_css("outline-style", "none")
    page.keyboard.press("Tab")
    expect(log).not_to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(log).to_be_focused()
    expect(log).to_have_css("outline-style", "solid")


def test_enter_that_ends_a_composition_sends_nothing(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.connected_page(bob)
    field = page.locator(".parley-input")
    field.fill("ni hao")
    enter = {"key": "Enter", "bubbles": True, "cancelable": True}
    field.dispatch_event("keydown", {**enter, "isComposing": True})
    field.dispatch_event("keydown", {**enter, "keyCode": 229})
    expect(field).to_have_value("ni hao")
    field.press("Enter")
    expect(bubble(page, "ni hao")).to_have_count(1)


def test_new_messages_are_read_out_and_old_ones_are_not(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    bob.post(alice, "old")
    page = alice.page(bob)
    expect(bubble(page, "old")).to_be_visible()
    expect_connected(page)
    voice = page.locator("[aria-live=polite]")
    expect(voice).to_have_text("")
    bob.post(alice, "new")
    expect(voice).to_have_text("Bob: new")
    assert texts(page) == ["old", "new"]


def test_messages_that_come_close_together_are_all_read_out(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    page, at_bob = alice.page(bob), bob.page(alice)
    expect_connected(page)
    say = """([id, count]) => Promise.all([...Array(count).keys()].map((content) =>
        fetch(`/api/v1/conversations/${id}/messages`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ content: `no. ${content}` }),
        })))"""
    at_bob.evaluate(say, [alice.user_id, 22])
    lines = page.locator("[aria-live=polite] p")
    expect(lines).to_have_count(20)  # no more at a time
    assert set(lines.all_inner_texts()) <= {f"Bob: no. {number}" for number in range(22)}
    expect(lines).to_have_count(0)  # nor for longer than it takes to hear of them


def test_drafts_stay_with_their_conversation(person: MakePerson) -> None:
    alice, bob, carol = person("alice"), person("bob"), person("carol")
    for other in (bob, carol):
        other.post(alice, "hi")
    page = alice.page()
    field = page.locator(".parley-input")
    item(page, "bob").click()
    field.fill("for bob")
    item(page, "carol").click()
    expect(field).to_have_value("")
    item(page, "bob").click()
    expect(field).to_have_value("for bob")
