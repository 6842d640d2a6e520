"""Two people talk: messages, ticks, typing, presence, unread, tabs."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, item, texts, tick, write
from tests.browser.rooms import guest


def test_two_people_find_each_other_and_talk(person: MakePerson) -> None:
    alice, bob = person("alice", name="Alice"), person("bob", name="Bob")
    at_alice, at_bob = alice.page(), bob.page()
    at_alice.locator(".parley-search-input").fill("bob")
    at_alice.locator(".parley-item--person", has_text="Bob").click()
    write(at_alice, "hello Bob")
    expect(item(at_bob, "Alice")).to_contain_text("hello Bob")
    item(at_bob, "Alice").click()
    expect(bubble(at_bob, "hello Bob")).to_have_class(re.compile("parley-row--theirs"))
    write(at_bob, "hello Alice\n🙂")
    expect(at_alice.locator(".parley-text").last).to_have_text("hello Alice\n🙂")
    assert texts(at_alice) == texts(at_bob) == ["hello Bob", "hello Alice\n🙂"]


def test_a_newcomer_is_told_what_to_do(person: MakePerson) -> None:
    page = person("alice").page()
    expect(page.locator(".parley-empty--list")).to_be_visible()
    page.get_by_role("button", name="Find a person").click()
    expect(page.locator(".parley-search-input")).to_be_focused()
    page.keyboard.type("nobody at all")
    expect(page.locator(".parley-search-note")).to_have_text("Nobody by that name.")


def test_ticks_say_sent_delivered_and_read(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    at_alice = alice.page(bob)
    write(at_alice, "are you there?")
    expect(tick(at_alice, "are you there?")).to_have_text("Sent")
    at_bob = bob.page()
    expect(tick(at_alice, "are you there?")).to_have_text("Delivered")
    item(at_bob, "alice").click()
    expect(tick(at_alice, "are you there?")).to_have_text("Read")


def test_unread_is_counted_in_list_and_title_until_it_is_seen(person: MakePerson) -> None:
    alice, bob, carol = person("alice"), person("bob"), person("carol")
    at_bob = bob.page(carol)
    for text in ("one", "two", "three"):
        alice.post(bob, text)
    expect(item(at_bob, "alice").locator(".parley-badge")).to_have_text("33 unread messages")
    expect(at_bob).to_have_title("(3) Parley")
    item(at_bob, "alice").click()
    expect(at_bob.locator(".parley-new")).to_be_visible()
    expect(item(at_bob, "alice").locator(".parley-badge")).to_be_hidden()
    expect(at_bob).to_have_title("Parley")


def test_a_page_in_the_background_reads_nothing(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    at_bob = bob.connected_page(alice)
    at_bob.evaluate("() => { document.hasFocus = () => false; }")
    at_alice = alice.page(bob)
    write(at_alice, "nobody looks")
    expect(bubble(at_bob, "nobody looks")).to_be_visible()
    expect(tick(at_alice, "nobody looks")).to_have_text("Delivered")
    expect(at_bob).to_have_title("(1) Parley")
    at_bob.evaluate("() => { delete document.hasFocus; window.dispatchEvent(new Event('focus')); }")
    expect(tick(at_alice, "nobody looks")).to_have_text("Read")


def test_typing_and_presence_are_seen(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    alice.post(bob, "hi")
    at_alice, at_bob = alice.page(bob), bob.page(alice)
    head = at_alice.locator(".parley-thread .parley-head-line")
    expect(head).to_have_text("Online")
    at_bob.locator(".parley-input").press_sequentially("well")
    expect(head).to_have_text("typing")
    expect(item(at_alice, "bob")).to_contain_text("typing")
    at_bob.locator(".parley-input").fill("")
    expect(head).to_have_text("Online")
    at_bob.close()
    expect(head).to_have_text("Last seen a few seconds ago")


def test_two_tabs_of_one_person_show_the_same(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    first, second, at_bob = alice.page(bob), alice.page(bob), bob.page(alice)
    write(first, "from the first tab")
    expect(bubble(second, "from the first tab")).to_have_class(re.compile("parley-row--mine"))
    write(at_bob, "to both of you")
    for tab in (first, second):
        expect(bubble(tab, "to both of you")).to_be_visible()
    first.close()
    write(at_bob, "and to the one that stayed")
    expect(bubble(second, "and to the one that stayed")).to_be_visible()
    expect(tick(at_bob, "and to the one that stayed")).to_have_text(re.compile("Delivered|Read"))
    assert texts(second) == texts(at_bob)
    assert len(texts(second)) == 3


def test_somebody_who_is_away_is_announced_in_a_toast(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    at_alice = alice.page(bob)
    write(at_alice, "call me")
    expect(at_alice.locator(".parley-toast")).to_have_text(re.compile("^Not online right now"))
    assert alice.history(bob) == ["call me"]


def test_a_guest_is_called_one(person: MakePerson) -> None:
    alice, bob, gus = person("alice"), person("bob", name="Bob"), guest(person, "Gus")
    for one in (bob, gus):
        one.post(alice, "hi")
    page = alice.page()
    expect(item(page, "Bob")).not_to_contain_text("Guest")
    expect(item(page, "Gus")).to_contain_text("Guest")
    item(page, "Gus").click()
    expect(page.locator(".parley-thread .parley-head-line")).to_have_text("Guest · Offline")
    page.locator(".parley-search-input").fill("Gus")
    expect(page.locator(".parley-item--person")).to_contain_text("Guest")


def test_links_can_be_followed_safely(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    at_alice = alice.page(bob)
    write(at_alice, "see https://example.org/a_(b)?c=d#e. javascript:alert(1)")
    links = at_alice.locator(".parley-text a")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "https://example.org/a_(b)?c=d#e")
    expect(links).to_have_attribute("rel", "noopener noreferrer")
