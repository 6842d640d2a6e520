"""What happens when nobody looks: the title, a sound, a notification, each in one tab only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import Person, bubble, expect_connected, item, stored_keys

# Counts votes, decisions, rings and the notes that were heard, and stands in for what a screen
# without a desktop lacks.
EARS = """if (location.protocol.startsWith('http')) {
    const VOTING = 200; // how long a tab waits for what the others think (static/parley/bell.js)
    Object.assign(window, { voted: 0, deciding: 0, decided: 0, rings: 0, notes: 0, asked: 0 });
    window.notices = [];
    BroadcastChannel.prototype.postMessage = new Proxy(BroadcastChannel.prototype.postMessage, {
        apply(post, channel, [said]) {
            if (said.key) window.voted += 1;
            return post.call(channel, said);
        },
    });
    const later = window.setTimeout;
    window.setTimeout = (run, ms, ...rest) => {
        if (ms !== VOTING) return later(run, ms, ...rest);
        window.deciding += 1;
        return later(() => {
            run(...rest);
            window.deciding -= 1;
            window.decided += 1;
        }, ms);
    };
    AudioContext.prototype.resume = new Proxy(AudioContext.prototype.resume, {
        apply(resume, audio) { window.rings += 1; return resume.apply(audio); },
    });
    AudioContext.prototype.createOscillator = new Proxy(AudioContext.prototype.createOscillator, {
        apply(make, audio) { window.notes += 1; return make.apply(audio); },
    });
    window.Notification = class {
        static permission = sessionStorage.getItem('granted') ?? 'default';
        static async requestPermission() {
            window.asked += 1;
            sessionStorage.setItem('granted', 'granted');
            return Notification.permission = window.answer ?? 'granted';
        }
        constructor(title, options) {
            window.notices.push(Object.assign(this, {title, ...options}));
        }
        close() {}
    };
}"""
NOTES_OF_A_SOUND = 2


def _listening(person: MakePerson) -> Person:
    alice = person("alice")
    alice.context.add_init_script(EARS)
    return alice


def _look_away(page: Page) -> None:
    """Another window has the focus. (Without a screen, every page believes to have it.)"""
    page.locator(".parley-head--me").click()
    page.evaluate("() => { document.hasFocus = () => false; }")


def _wait_until_decided(*pages: Page, messages: int) -> None:
    """Every tab has heard of them all, and none still waits for what the others think."""
    for page in pages:
        page.wait_for_function("(all) => voted === all && deciding === 0", arg=messages)
    assert _count(pages, "decided") >= messages, "whoever hears of it first decides"


def _count(pages: Sequence[Page], what: str) -> int:
    return sum(page.evaluate(f"() => window.{what}") for page in pages)


def _said(page: Page) -> list[Any]:
    return list(page.evaluate("() => notices.map(({title, body, tag}) => [title, body, tag])"))


def test_one_tab_rings_and_none_while_one_is_looked_at(person: MakePerson) -> None:
    alice, bob = _listening(person), person("bob", name="Bob")
    bob.post(alice, "earlier")
    tabs = [alice.page() for _ in range(3)]
    for tab in tabs:
        expect_connected(tab)
        _look_away(tab)
    tabs[1].evaluate("() => { document.hasFocus = () => true; }")
    bob.post(alice, "are you there?")
    for tab in tabs:
        expect(item(tab, "Bob")).to_contain_text("are you there?")
    _wait_until_decided(*tabs, messages=1)
    assert _count(tabs, "rings") == 0
    _look_away(tabs[1])
    bob.post(alice, "hello?")
    for tab in tabs:
        expect(item(tab, "Bob")).to_contain_text("hello?")
        expect(tab).to_have_title("(3) Parley")
    _wait_until_decided(*tabs, messages=2)
    [rang] = [tab for tab in tabs if _count([tab], "rings")]
    rang.wait_for_function(f"() => notes === {NOTES_OF_A_SOUND}")
    assert _count(tabs, "rings") == 1


def test_the_sound_can_be_switched_off_for_good(person: MakePerson) -> None:
    alice, bob = _listening(person), person("bob", name="Bob")
    page = alice.connected_page()
    assert [key for key in stored_keys(page) if "preference" in key] == []
    page.get_by_role("button", name="Sound and notifications").click()
    expect(page.get_by_role("switch", name="Sound")).to_be_focused()
    expect(page.get_by_role("switch", name="Sound")).to_be_checked()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sound and notifications")).to_be_focused()
    page.reload()
    expect_connected(page)
    _look_away(page)
    bob.post(alice, "hello?")
    expect(item(page, "Bob")).to_contain_text("hello?")
    _wait_until_decided(page, messages=1)
    assert _count([page], "rings") == 0
    page.get_by_role("button", name="Sound and notifications").click()
    expect(page.get_by_role("switch", name="Sound")).not_to_be_checked()


def test_notifications_are_asked_for_on_a_click_and_not_shown_for_what_is_in_view(
    person: MakePerson,
) -> None:
    alice, bob = _listening(person), person("bob", name="Bob")
    carol = person("carol", name="Carol")
    page = alice.connected_page(bob)
    _look_away(page)
    carol.post(alice, "before anything was asked")
    _wait_until_decided(page, messages=1)
    assert (page.evaluate("() => asked"), _said(page)) == (0, [])
    page.get_by_role("button", name="Sound and notifications").click()
    page.get_by_role("switch", name="Notifications").check()
    assert page.evaluate("() => asked") == 1
    bob.post(alice, "in view")
    expect(bubble(page, "in view")).to_be_visible()
    carol.post(alice, "psst <b>")
    page.wait_for_function("() => notices.length > 0")
    assert _said(page) == [["Carol", "psst <b>", f"parley-{carol.user_id}"]]
    page.evaluate("() => notices[0].onclick()")
    expect(bubble(page, "psst <b>")).to_be_visible()
    page.reload()
    expect_connected(page)
    page.get_by_role("button", name="Sound and notifications").click()
    expect(page.get_by_role("switch", name="Notifications")).to_be_checked()
    assert page.evaluate("() => asked") == 0


def test_a_browser_that_refuses_is_said_to_refuse(person: MakePerson) -> None:
    alice = _listening(person)
    page = alice.page()
    page.evaluate("() => { window.answer = 'denied'; }")
    page.get_by_role("button", name="Sound and notifications").click()
    page.get_by_role("switch", name="Notifications").click()
    expect(page.locator(".parley-toast")).to_contain_text("does not allow")
    expect(page.get_by_role("switch", name="Notifications")).not_to_be_checked()
