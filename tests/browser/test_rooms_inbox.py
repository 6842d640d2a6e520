"""Rooms among the conversations, the page that lists them, and rooms in the pages of a host."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import bubble, expect_connected, item, tick, write
from tests.browser.rooms import choose, enter, expect_in, open_room, people, useropt
from tests.browser.test_for_everyone import axe_in_both_schemes
from tests.services.parley import ParleyServer

PHONE = {"width": 360, "height": 740}
SECONDS = 1000


def test_rooms_are_found_joined_and_left_from_the_inbox(person: MakePerson) -> None:
    alice, bob = person("alice", name="Alice"), person("bob", name="Bob")
    open_room(alice, "Garden")
    at_alice = alice.page()
    page = bob.page()
    page.get_by_role("button", name="Rooms").click()
    page.locator(".parley-rooms .parley-item", has_text="Garden").click()
    expect_in(page)
    expect(page).to_have_url(re.compile("#room=Garden$"))
    write(page, "found it")
    expect(tick(page, "found it")).to_have_text("Sent")
    expect(item(page, "Garden")).to_contain_text("found it")
    page.reload()
    expect(bubble(page, "found it")).to_be_visible()
    # Alice, who opened it, is a member as well, though she never looked
    expect(item(at_alice, "Garden")).to_be_visible()
    if page.locator(".parley-roster").is_hidden():
        page.get_by_role("button", name="Who is here").click()
    leave = page.get_by_role("button", name="Leave the room")
    leave.click()
    choose(page, "Cancel")
    expect(leave).to_be_focused()
    expect(item(page, "Garden")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu", name="Are you sure?")).to_be_visible()
    page.keyboard.press("Escape")
    expect(leave).to_be_focused()
    leave.click()
    choose(page, "Leave the room")
    expect(item(page, "Garden")).to_have_count(0)
    expect(page.locator(".parley-empty--main")).to_be_visible()


def test_before_anything_was_said_the_name_stands_in_the_middle(person: MakePerson) -> None:
    alice = person("alice")
    open_room(alice, "Garden")
    row = item(alice.page(), "Garden")
    name = row.locator(".parley-item-name")
    middles = "(row) => [row, row.querySelector('.parley-item-name')].map((node) => {"
    middles += "const {top, bottom} = node.getBoundingClientRect(); return (top + bottom) / 2; })"
    expect(name).to_be_visible()
    [middle, of_name] = row.evaluate(middles)
    assert abs(middle - of_name) < 2


def test_unread_messages_of_a_room_are_counted_live(person: MakePerson) -> None:
    alice, bob = person("alice", name="Alice"), person("bob", name="Bob")
    room = open_room(alice, "Garden")
    page = bob.page()
    page.goto(f"{bob.url}/#room=Garden")
    expect_in(page)
    page.keyboard.press("Escape")
    expect(page.locator(".parley-thread")).to_be_hidden()
    useropt(alice, "room-say", room=room, content="while you looked elsewhere")
    badge = item(page, "Garden").locator(".parley-badge")
    expect(badge).to_have_text("11 unread message")
    expect(item(page, "Garden")).to_contain_text("Alice: while you looked elsewhere")
    expect(page).to_have_title("(1) Parley")
    item(page, "Garden").click()
    expect(page.locator(".parley-new")).to_be_visible()
    expect(badge).to_be_hidden()


def test_rooms_one_is_not_in_are_fresh_when_the_page_is_seen_again(person: MakePerson) -> None:
    alice, bob = person("alice", name="Alice"), person("bob", name="Bob")
    for room in ("Garden", "Kitchen"):
        open_room(alice, room)
        useropt(bob, "room-join", room=room)
        useropt(alice, "room-say", room=room, content=f"first in the {room}")
    page = bob.page()
    names = page.locator(".parley-listpane .parley-item-name")
    expect(names).to_have_text(["Kitchen", "Garden"])
    expect_connected(page)
    _be(page, "hidden")
    useropt(alice, "room-say", room="Garden", content="are you there?")
    with page.expect_response("**/useropt"):
        _be(page, "visible")
    expect(item(page, "Garden").locator(".parley-badge")).to_have_text("22 unread messages")
    expect(item(page, "Garden")).to_contain_text("Alice: are you there?")
    expect(names).to_have_text(["Garden", "Kitchen"])
    expect(page).to_have_title("(3) Parley")
    # Read on another device, and left there
    useropt(bob, "room-read", room="Garden", seq=2)
    useropt(bob, "room-leave", room="Kitchen")
    _be(page, "hidden")
    _be(page, "visible")
    expect(names).to_have_text(["Garden"])
    expect(page).to_have_title("Parley")


def _be(page: Page, state: str) -> None:
    """Headless pages are always visible: this is what happens when a tab is changed."""
    page.evaluate(
        """(state) => {
            const property = { value: state, configurable: true };
            Object.defineProperty(document, 'visibilityState', property);
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        state,
    )


def test_a_new_room_is_opened_and_bad_names_are_refused(person: MakePerson) -> None:
    alice = person("alice", name="Alice")
    open_room(person("bob"), "Garden")
    page = alice.page()
    page.get_by_role("button", name="Rooms").click()
    field = page.get_by_label("Name of a new room")
    field.fill("a/b")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This name cannot be used")
    field.fill("garden")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("There is a room of this name already.")
    field.fill("花园")
    field.press("Enter")
    expect_in(page)
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("花园")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Rooms").click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Rooms")).to_be_focused()


def test_the_page_of_rooms_says_how_many_are_in_and_stays_fresh(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    room = open_room(alice, "Garden")
    page = alice.context.new_page()
    page.clock.install()
    page.goto(f"{alice.url}/rooms")
    line = page.locator(".parley-item", has_text="Garden")
    expect(line).to_contain_text("0 people here · you are a member")
    at_bob = enter(bob, room)
    page.clock.fast_forward(10 * SECONDS)
    expect(line).to_contain_text("1 person here")
    line.click()
    expect(page).to_have_url(re.compile("/rooms/Garden$"))
    expect_in(page)
    expect(people(at_bob)).to_have_count(2)
    page.locator(".parley-back").click()
    page.get_by_label("Name of a new room").fill("Kitchen")
    page.get_by_role("button", name="Open").click()
    expect(page).to_have_url(re.compile("/rooms/Kitchen$"))
    expect_in(page)


@pytest.mark.parametrize("phone", [False, True])
def test_axe_finds_nothing_in_rooms(person: MakePerson, phone: bool) -> None:
    profile = {"viewport": PHONE} if phone else {}
    alice, bob = person("alice", name="Alice", **profile), person("bob", name="Bob")
    room = open_room(alice, "Garden")
    page, at_bob = enter(alice, room), enter(bob, room)
    write(at_bob, "hello")
    write(at_bob, "to be removed")
    write(page, "hi")
    expect(tick(page, "hi")).to_have_text("Sent")
    found = {"room": axe_in_both_schemes(page)}
    bubble(page, "to be removed").locator(".parley-copy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("menu")).to_be_visible()
    found["menu"] = axe_in_both_schemes(page)
    page.get_by_role("menuitem", name="Remove message").click()
    found["sure"] = axe_in_both_schemes(page)
    page.get_by_role("menuitem", name="Remove message").click()
    expect(bubble(page, "This message was removed.")).to_be_visible()
    found["removed"] = axe_in_both_schemes(page)
    if page.locator(".parley-roster").is_hidden():
        page.get_by_role("button", name="Who is here").click()
    expect(page.locator(".parley-roster")).to_be_visible()
    found["roster"] = axe_in_both_schemes(page)
    useropt(alice, "room-say", room=room, content="x")
    page.goto(f"{alice.url}/rooms")
    expect(page.locator(".parley-item", has_text="Garden")).to_be_visible()
    found["rooms"] = axe_in_both_schemes(page)
    page.goto(alice.url)
    page.get_by_role("button", name="Rooms").click()
    expect(page.locator(".parley-rooms .parley-item", has_text="Garden")).to_be_visible()
    found["browse"] = axe_in_both_schemes(page)
    assert not any(found.values()), found


def test_on_a_phone_everything_is_in_reach(person: MakePerson) -> None:
    alice, bob = person("alice", name="Alice", viewport=PHONE), person("bob", name="Bob")
    room = open_room(alice, "A room with quite a long name that goes on and on")
    page, at_bob = enter(alice, room), enter(bob, room)
    write(at_bob, "a word " * 30 + "x" * 200)
    expect(page.locator(".parley-text")).to_be_visible()
    assert not page.evaluate("() => document.scrollingElement.scrollWidth > innerWidth")
    assert page.locator(".parley-log").evaluate("(log) => log.scrollWidth <= log.clientWidth")
    expect(page.locator(".parley-roster")).to_be_hidden()
    page.get_by_role("button", name="Who is here").click()
    expect(people(page)).to_have_text(["Alice", "Bob"])
    box = page.locator(".parley-roster").bounding_box()
    assert box is not None
    assert box["width"] == PHONE["width"]
    page.locator(".parley-roster-head").get_by_role("button", name="Close").click()
    expect(page.get_by_role("button", name="Who is here")).to_be_focused()


def test_in_arabic_the_room_is_mirrored(person: MakePerson) -> None:
    alice, bob = person("alice", name="ليلى", locale="ar"), person("bob", name="Bob (B.)")
    room = open_room(alice, "غرفة")
    page = alice.context.new_page()
    page.goto(f"{alice.url}/rooms/{room}")
    expect(people(page)).to_have_count(1)
    at_bob = enter(bob, room)
    write(at_bob, "hello")
    expect(bubble(page, "hello")).to_be_visible()
    centre = "(node) => { const r = node.getBoundingClientRect(); return r.left + r.width / 2; }"
    middle = page.locator(".parley-log").evaluate(centre)
    assert bubble(page, "hello").locator(".parley-bubble").evaluate(centre) > middle
    assert page.locator(".parley-roster").evaluate(centre) < middle
    # In the list a line runs as the words do, not as the name before them
    page.goto(alice.url)
    line = item(page, room).locator(".parley-item-line")
    for words, direction in (("صباح الخير", "rtl"), ("good morning", "ltr")):
        useropt(bob, "room-say", room=room, content=words)
        page.reload()
        expect(line).to_contain_text(words)
        assert line.evaluate("(line) => getComputedStyle(line).direction") == direction


def test_a_host_embeds_one_room(
    chat: ParleyServer, host: HostSite, visitor: Callable[[], Visitor], members: dict[str, int]
) -> None:
    def visit(sub: str, attributes: str) -> Page:
        html = f"""<!doctype html><title>Shop</title>
            <div data-parley data-parley-token="{token_of(sub)}" {attributes}></div>
            <script async src="{chat.url}/widget.js"></script>"""
        return visitor().visit(host.put(f"/{sub}", html))

    ann = visit("ann", "")
    expect_connected(ann)
    ann.get_by_role("button", name="Rooms").click()
    ann.get_by_label("Name of a new room").fill("Shop talk")
    ann.get_by_label("Name of a new room").press("Enter")
    expect_in(ann)
    heard = "parley('on', '[data-parley]', 'message', (detail) => { window.heard = detail; })"
    ann.evaluate(f"() => {heard}")
    ben = visit("ben", 'data-parley-mode="room" data-parley-room="shop TALK"')
    expect_in(ben)
    expect(ben.locator(".parley-side")).to_be_hidden()
    expect(ben.locator(".parley-back")).to_be_hidden()
    write(ben, "what do you recommend?")
    expect(bubble(ann, "what do you recommend?")).to_be_visible()
    detail = ann.evaluate("() => window.heard")
    assert (detail["room"], detail["name"], detail["userId"]) == (
        "Shop talk",
        "Ben",
        members["ben"],
    )
    ben.evaluate("() => parley('room', '[data-parley]', 'Nowhere')")
    expect(ben.locator(".parley-bar")).to_contain_text("There is no such room.")
    expect(ben.locator(".parley-skeleton, .parley-empty").locator("visible=true")).to_have_count(0)
    ben.evaluate("() => parley('room', '[data-parley]', 'Shop talk')")
    expect(bubble(ben, "what do you recommend?")).to_be_visible()
