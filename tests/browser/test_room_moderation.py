"""What who opened a room may do there, and how it looks to everybody else."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, tick, write
from tests.browser.rooms import (
    choose,
    enter,
    expect_in,
    guest,
    member,
    notices,
    open_room,
    people,
    removed,
    useropt,
)

ROOM = "Garden"
# What of a menu cannot be seen where it has the focus: nothing, or its words.
CUT_OFF = """(item) => {
    const box = item.getBoundingClientRect();
    const log = item.closest('.parley-log').getBoundingClientRect();
    const inside = box.top >= log.top && box.bottom <= log.bottom && box.left >= log.left;
    const middle = [box.left + box.width / 2, box.top + box.height / 2];
    const seen = inside && item.getRootNode().elementFromPoint(...middle) === item;
    return seen ? '' : item.textContent;
}"""


def test_a_message_is_removed_for_everybody(person: MakePerson) -> None:
    alice, bob = person("alice", name="Alice"), person("bob", name="Bob")
    room = open_room(alice, ROOM)
    at_alice, at_bob = enter(alice, room), enter(bob, room)
    write(at_bob, "something rude")
    # by keyboard alone: up into the messages, then the menu
    expect(bubble(at_alice, "something rude")).to_be_visible()
    at_alice.locator(".parley-log").focus()
    at_alice.keyboard.press("ArrowUp")
    at_alice.keyboard.press("Enter")
    expect(at_alice.get_by_role("menuitem", name="Copy")).to_be_focused()
    at_alice.keyboard.press("ArrowDown")
    at_alice.keyboard.press("Enter")
    expect(at_alice.get_by_role("menu", name="Are you sure?")).to_be_visible()
    at_alice.keyboard.press("Enter")
    for page in (at_alice, at_bob):
        expect(bubble(page, "This message was removed.")).to_be_visible()
        expect(bubble(page, "something rude")).to_have_count(0)
    at_bob.reload()
    expect_in(at_bob)
    expect(bubble(at_bob, "This message was removed.")).to_be_visible()
    # one's own, which had no seq when it came onto the page
    write(at_alice, "a slip")
    expect(tick(at_alice, "a slip")).to_have_text("Sent")
    bubble(at_alice, "a slip").hover()
    bubble(at_alice, "a slip").get_by_role("button").click()
    choose(at_alice, "Remove message", sure=True)
    expect(bubble(at_bob, "This message was removed.")).to_have_count(2)
    # nobody else has these menus
    expect(at_bob.locator(".parley-log [aria-haspopup=menu]")).to_have_count(0)
    expect(at_bob.locator(".parley-person [aria-haspopup=menu]")).to_have_count(0)


def test_escape_closes_a_menu_and_gives_the_focus_back(person: MakePerson) -> None:
    alice, bob = person("alice", name="Alice"), person("bob", name="Bob")
    room = open_room(alice, ROOM)
    at_alice = enter(alice, room)
    enter(bob, room)
    button = member(at_alice, "Bob").get_by_role("button", name="Actions: Bob")
    button.click()
    expect(at_alice.get_by_role("menuitem", name="Mute Bob")).to_be_focused()
    at_alice.keyboard.press("End")
    expect(at_alice.get_by_role("menuitem", name="Remove Bob from the room")).to_be_focused()
    at_alice.keyboard.press("Escape")
    expect(at_alice.get_by_role("menu")).to_have_count(0)
    expect(button).to_be_focused()
    at_alice.keyboard.press("Escape")
    expect(at_alice.locator(".parley-roster")).to_be_hidden()
    expect(at_alice.get_by_role("button", name="Who is here")).to_be_focused()
    at_alice.keyboard.press("Enter")
    expect(at_alice.locator(".parley-roster")).to_be_visible()


@pytest.mark.parametrize("size", [(320, 256), (360, 360)], ids=["zoomed in", "phone keyboard"])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_in_a_low_window_all_of_a_menu_is_in_reach(
    person: MakePerson, size: tuple[int, int], locale: str
) -> None:
    viewport = {"width": size[0], "height": size[1]}
    alice, bob = person("alice", viewport=viewport, locale=locale), person("bob", name="Bob")
    room = open_room(alice, ROOM)
    page = enter(alice, room)
    words = [f"word {number}" for number in range(4)]
    useropt(bob, "room-join", room=room)
    for word in words:
        useropt(bob, "room-say", room=room, content=word)
    expect(bubble(page, words[-1])).to_be_visible()
    expect(page).not_to_have_title(re.compile(r"\("))  # what was seen only now moves the log
    for word in words:
        bubble(page, word).locator(".parley-copy").focus()
        bubble(page, word).scroll_into_view_if_needed()
        page.keyboard.press("Enter")
        expect(page.get_by_role("menuitem")).to_have_count(4)
        for number in range(4):
            focused = page.get_by_role("menuitem").nth(number)
            expect(focused).to_be_focused()
            assert focused.evaluate(CUT_OFF) == "", word
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Escape")


def test_a_guest_is_muted_and_may_speak_again(person: MakePerson) -> None:
    alice, visitor = person("alice", name="Alice"), guest(person, "Loud")
    room = open_room(alice, ROOM)
    at_alice, at_guest = enter(alice, room), enter(visitor, room)
    at_guest.locator(".parley-input").fill("half a sentence")
    member(at_alice, "Loud").get_by_role("button").click()
    choose(at_alice, "Mute Loud")
    expect(at_guest.locator(".parley-bar")).to_contain_text("You were muted")
    expect(at_guest.locator(".parley-input")).to_be_hidden()
    expect(member(at_alice, "Loud")).to_contain_text("Muted")
    write(at_alice, "you can read this")
    expect(bubble(at_guest, "you can read this")).to_be_visible()
    at_guest.reload()
    expect_in(at_guest)
    expect(at_guest.locator(".parley-bar")).to_contain_text("You were muted")
    member(at_alice, "Loud").get_by_role("button").click()
    choose(at_alice, "Unmute Loud")
    expect(at_guest.locator(".parley-input")).to_be_visible()
    expect(at_guest.locator(".parley-input")).to_have_value("half a sentence")
    at_guest.locator(".parley-input").press("Enter")
    expect(tick(at_guest, "half a sentence")).to_have_text("Sent")


def test_a_guest_is_removed_and_told_so(person: MakePerson) -> None:
    alice, bob, visitor = person("alice"), person("bob", name="Bob"), guest(person, "Loud")
    room = open_room(alice, ROOM)
    at_alice, at_bob, at_guest = enter(alice, room), enter(bob, room), enter(visitor, room)
    write(at_guest, "noise")
    member(at_alice, "Loud").get_by_role("button").click()
    choose(at_alice, "Remove Loud from the room", sure=True)
    expect(at_guest.locator(".parley-bar")).to_contain_text("You were removed from this room.")
    expect(at_guest.locator(".parley-input")).to_be_hidden()
    for page in (at_alice, at_bob):
        expect(people(page)).to_have_count(2)
        expect(notices(page).last).to_contain_text("Loud⁩ had to leave")
    at_guest.reload()
    expect(at_guest.locator(".parley-bar")).to_contain_text("You were removed from this room.")
    at_guest.get_by_role("button", name="Join again").click()
    expect(at_guest.locator(".parley-toast")).to_have_text("You cannot do that in this room.")
    expect(at_guest.locator(".parley-bar")).to_contain_text("You were removed from this room.")
    at_guest.goto(f"{visitor.url}/#room={ROOM}")
    at_guest.reload()
    expect(at_guest.locator(".parley-bar")).to_contain_text("You were removed from this room.")
    expect(at_guest.locator(".parley-thread .parley-head-name")).to_have_text(ROOM)


def test_who_was_removed_may_come_back(person: MakePerson) -> None:
    alice, bob, visitor = person("alice"), person("bob", name="Bob"), guest(person, "Loud")
    room = open_room(alice, ROOM)
    at_alice, at_bob, at_guest = enter(alice, room), enter(bob, room), enter(visitor, room)
    expect(removed(at_alice)).to_have_count(0)
    member(at_alice, "Loud").get_by_role("button").click()
    choose(at_alice, "Remove Loud from the room", sure=True)
    expect(removed(at_alice)).to_have_count(1)
    at_alice.reload()
    expect_in(at_alice)
    expect(removed(at_alice)).to_contain_text("Loud")
    removed(at_alice).get_by_role("button", name="Actions: Loud").click()
    choose(at_alice, "Let Loud come back")
    expect(removed(at_alice)).to_have_count(0)
    at_guest.get_by_role("button", name="Join again").click()
    expect_in(at_guest)
    expect(at_guest.locator(".parley-input")).to_be_visible()
    expect(people(at_alice)).to_have_count(3)
    # others do not see who was removed
    member(at_alice, "Loud").get_by_role("button").click()
    choose(at_alice, "Remove Loud from the room", sure=True)
    expect(removed(at_alice)).to_have_count(1)
    expect(people(at_bob)).to_have_count(2)
    expect(removed(at_bob)).to_have_count(0)
