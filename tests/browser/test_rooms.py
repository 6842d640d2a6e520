"""Rooms: three people, one of them late and one a guest."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, expect_connected, stored_keys, texts, tick, write
from tests.browser.rooms import (
    enter,
    expect_in,
    guest,
    notices,
    open_room,
    path_of,
    people,
    useropt,
)
from tests.services.parley import ParleyServer

LOBBY = "Tea & cake 茶"


def test_three_people_talk_one_late_and_one_a_guest(person: MakePerson) -> None:
    alice, bob = person("alice", name="Alice"), person("bob", name="Bob")
    room = open_room(alice, LOBBY)
    at_alice, at_bob = enter(alice, room), enter(bob, room)
    expect(at_alice.locator(".parley-thread .parley-head-name")).to_have_text(LOBBY)
    write(at_alice, "is anybody here?")
    expect(bubble(at_bob, "is anybody here?")).to_have_class(re.compile("parley-row--theirs"))
    expect(bubble(at_bob, "is anybody here?").locator(".parley-author")).to_have_text("Alice")
    write(at_bob, "I am")
    write(at_bob, "with cake")
    visitor = guest(person, "Passer-by")
    late = enter(visitor, room)
    expect(bubble(late, "with cake")).to_be_visible()
    write(late, "may I join?")
    for page in (at_alice, at_bob, late):
        expect(bubble(page, "may I join?")).to_be_visible()
        assert texts(page) == ["is anybody here?", "I am", "with cake", "may I join?"]
        assert sorted(people(page).all_inner_texts()) == ["Alice", "Bob", "Passer-by"]
    expect(bubble(late, "may I join?")).to_have_class(re.compile("parley-row--mine"))
    # one name above two bubbles of the same author
    expect(bubble(late, "with cake").locator(".parley-author")).to_have_css("position", "absolute")
    expect(at_alice.locator(".parley-person", has_text="Passer-by")).to_contain_text("Guest")


def test_coming_and_going_is_told_once_a_person_not_once_a_tab(person: MakePerson) -> None:
    alice, bob = person("alice", name="Alice"), person("bob", name="Bob")
    room = open_room(alice, LOBBY)
    at_alice = enter(alice, room)
    expect(at_alice.locator(".parley-thread .parley-head-line")).to_have_text("1 person here")
    first, second = enter(bob, room), enter(bob, room)
    expect(people(at_alice)).to_have_text(["Alice", "Bob"])
    expect(notices(at_alice)).to_have_text([re.compile(r"^⁨Bob⁩ came in \d\d:\d\d$")])
    second.close()
    write(first, "one tab less")
    expect(bubble(at_alice, "one tab less")).to_be_visible()
    expect(people(at_alice)).to_have_text(["Alice", "Bob"])
    first.close()
    expect(people(at_alice)).to_have_text(["Alice"])
    expect(notices(at_alice)).to_have_count(2)
    expect(notices(at_alice).last).to_contain_text("Bob⁩ left")
    at_alice.reload()
    expect_in(at_alice)
    expect(notices(at_alice)).to_have_count(0)
    expect(bubble(at_alice, "one tab less")).to_be_visible()


def test_who_comes_late_sees_the_latest_200_and_older_ones_by_scrolling(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    room = open_room(alice, LOBBY)
    for number in range(230):
        useropt(alice, "room-say", room=room, content=f"line {number}")
    page = enter(bob, room)
    expect(bubble(page, "line 229")).to_be_visible()
    kept = "Object.keys(sessionStorage).find((key) => key.includes('/log/room'))"
    page.wait_for_function(
        f"() => JSON.parse(sessionStorage[{kept}] ?? '[]').entries?.length === 200"
    )
    page.wait_for_function(
        """() => {
            const {shadowRoot} = document.querySelector('parley-messenger');
            shadowRoot.querySelector('.parley-log').scrollTop = 0;
            const texts = [...shadowRoot.querySelectorAll('.parley-text')];
            return texts.some((node) => node.textContent === 'line 0');
        }"""
    )


def test_a_restart_repeats_neither_messages_nor_notices(
    person: MakePerson, parley: ParleyServer
) -> None:
    alice, bob = person("alice", name="Alice"), person("bob", name="Bob")
    room = open_room(alice, LOBBY)
    at_alice, at_bob = enter(alice, room), enter(bob, room)
    expect(notices(at_alice)).to_have_count(1)
    write(at_alice, "before")
    expect(bubble(at_bob, "before")).to_be_visible()
    parley.kill()
    expect(at_alice.locator(".parley-status")).to_contain_text("No connection")
    for text in ("while down 1", "while down 2"):
        write(at_alice, text)
        expect(tick(at_alice, text)).to_have_text("Sending")
    write(at_bob, "me too")
    parley.start()
    for page in (at_alice, at_bob):
        page.evaluate("() => window.dispatchEvent(new Event('online'))")
    for page in (at_alice, at_bob):
        expect_connected(page)
        for text in ("while down 1", "while down 2", "me too"):
            expect(bubble(page, text)).to_have_count(1)
        expect(people(page)).to_have_count(2)
    assert texts(at_alice) == texts(at_bob)
    assert len(texts(at_alice)) == 4
    expect(notices(at_alice)).to_have_count(1)
    expect(notices(at_bob)).to_have_count(0)


def test_what_was_not_sent_survives_a_reload(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    room = open_room(alice, LOBBY)
    page = enter(alice, room)
    page.route_web_socket("**/user/chatwebsocket", lambda socket: socket.close())
    page.reload()
    expect(page.locator(".parley-status")).to_have_attribute("data-state", "waiting")
    write(page, "kept")
    page.locator(".parley-input").fill("and a draft")
    expect(tick(page, "kept")).to_have_text("Sending")
    assert any("/outbox/" in key for key in stored_keys(page))
    page.close()
    again, at_bob = enter(alice, room), enter(bob, room)
    expect(tick(again, "kept")).to_have_text("Sent")
    expect(bubble(at_bob, "kept")).to_have_count(1)


def test_what_was_written_under_another_spelling_is_sent_and_the_draft_goes_along(
    person: MakePerson,
) -> None:
    alice, bob = person("alice"), person("bob")
    room = open_room(bob, "Straße")
    page = alice.connected_page()
    page.evaluate("() => $('#chat').parley('instance').messenger.transport.stop()")
    page.evaluate("() => { location.hash = 'room=STRASSE'; }")
    write(page, "good morning")
    page.locator(".parley-input").fill("and a draft")
    page.evaluate("() => $('#chat').parley('instance').messenger.transport.start()")
    expect(tick(page, "good morning")).to_have_text("Sent")
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text(room)
    expect(page.locator(".parley-input")).to_have_value("and a draft")


def test_unread_messages_are_below_a_line(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    room = open_room(alice, LOBBY)
    at_bob = enter(bob, room)
    useropt(alice, "room-say", room=room, content="seen")
    expect(bubble(at_bob, "seen")).to_be_visible()
    expect(at_bob).to_have_title(re.compile("^Tea"))
    at_bob.close()
    useropt(alice, "room-say", room=room, content="missed")
    again = enter(bob, room)
    expect(bubble(again, "missed")).to_be_visible()
    expect(again.locator(".parley-new")).to_be_visible()


def test_a_stranger_gives_a_name_at_the_gate_and_is_in(person: MakePerson) -> None:
    alice = person("alice")
    room = open_room(alice, LOBBY)
    page = person("stranger", register=False).context.new_page()
    page.goto(alice.url + path_of(room))
    page.get_by_role("button", name="Continue as a guest").click()
    page.locator("input[name=nickname]").fill("Newcomer")
    page.get_by_role("button", name="Enter").click()
    expect_in(page)
    expect(people(page)).to_have_text(["Newcomer"])
    write(page, "hello room")
    expect(tick(page, "hello room")).to_have_text("Sent")
    page.locator(".parley-back").click()
    expect(page).to_have_url(re.compile("/rooms$"))
    expect(page.locator(".parley-item", has_text=LOBBY)).to_be_visible()


def test_a_room_that_is_not_says_so(person: MakePerson) -> None:
    page = person("alice").context.new_page()
    page.goto(f"{person('bob').url}{path_of('Nowhere')}")
    expect(page.locator(".parley-bar")).to_contain_text("There is no such room.")
    expect(page.locator(".parley-input")).to_be_hidden()
    page.locator(".parley-bar button").click()
    expect(page).to_have_url(re.compile("/rooms$"))


def test_names_and_texts_are_only_text(person: MakePerson) -> None:
    evil = "<img src=x onerror=alert(1)>"
    alice, bob = person("alice", name="<b onclick=alert(2)>Al"), person("bob", name=evil)
    room = open_room(alice, evil)
    at_alice, at_bob = enter(alice, room), enter(bob, room)
    write(at_bob, "<script>alert(3)</script>")
    write(at_bob, "javascript:alert(4) <svg onload=alert(5)>")
    expect(bubble(at_alice, "<script>alert(3)</script>")).to_be_visible()
    expect(at_alice.locator(".parley-thread .parley-head-name")).to_have_text(evil)
    expect(notices(at_alice)).to_contain_text(evil)
    assert at_alice.locator(".parley-log :is(script, b, svg[onload], a)").count() == 0
    assert at_alice.locator("img[src=x]").count() == 0
    for path in ("/rooms", "/"):
        page = bob.context.new_page()
        page.goto(bob.url + path)
        expect(page.locator(".parley-item-name", has_text=evil)).to_be_visible()
        assert page.locator("img[src=x]").count() == 0
