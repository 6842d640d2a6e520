"""At 360 pixels: two screens, the back button, pictures of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import bubble, item, write
from tests.browser.rooms import open_room
from tests.services.parley import ParleyServer

PHONE = {"width": 360, "height": 740}
OVERFLOWS = "() => document.scrollingElement.scrollWidth > innerWidth"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en", "zh-CN"])
def test_list_and_conversation_are_two_screens(
    person: MakePerson, shots: Path, scheme: str, locale: str
) -> None:
    alice = person(
        "alice",
        name="Alice",
        viewport=PHONE,
        has_touch=True,
        is_mobile=True,
        color_scheme=scheme,
        locale=locale,
    )
    bob = person("bob", name="Bob")
    bob.post(alice, "A long line of text that needs more than the width of a telephone. 很长。")
    bob.post(alice, "https://example.org/" + "very-long-address/" * 12)
    page = alice.page()
    expect(item(page, "Bob")).to_be_visible()
    expect(page.locator(".parley-main")).to_be_hidden()
    page.screenshot(path=shots / f"phone-list-{scheme}-{locale}.png")
    item(page, "Bob").tap()
    expect(page.locator(".parley-side")).to_be_hidden()
    expect(page.locator(".parley-row")).to_have_count(2)
    write(page, "Short.")
    expect(bubble(page, "Short.")).to_be_visible()
    assert not page.evaluate(OVERFLOWS)
    page.screenshot(path=shots / f"phone-thread-{scheme}-{locale}.png")
    page.locator(".parley-back").tap()
    expect(page.locator(".parley-side")).to_be_visible()
    expect(page.locator(".parley-main")).to_be_hidden()


def test_the_browsers_back_button_leads_to_the_list(person: MakePerson) -> None:
    alice, bob = person("alice", viewport=PHONE), person("bob")
    bob.post(alice, "hi")
    page = alice.page()
    item(page, "bob").click()
    expect(page.locator(".parley-side")).to_be_hidden()
    page.go_back()
    expect(page.locator(".parley-side")).to_be_visible()
    page.go_forward()
    expect(bubble(page, "hi")).to_be_visible()
    page.reload()
    expect(bubble(page, "hi")).to_be_visible()


def test_one_step_back_leads_to_the_list_and_the_next_one_away(person: MakePerson) -> None:
    """However many one looked at, also where list and conversation stand side by side."""
    alice, bob, carol = person("alice"), person("bob"), person("carol")
    for other in (bob, carol):
        other.post(alice, "hi")
    page = alice.context.new_page()
    page.goto("about:blank")
    page.goto(alice.url)
    opened = page.locator(".parley-thread .parley-head-name")
    for name in ("bob", "carol", "bob", "carol"):
        item(page, name).click()
        expect(opened).to_have_text(name)
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{alice.url}/")
    for name in ("carol", "bob"):
        item(page, name).click()
        expect(opened).to_have_text(name)
    page.reload()
    expect(opened).to_have_text("bob")
    page.go_back()
    expect(page).to_have_url(f"{alice.url}/")
    expect(page.locator(".parley-thread")).to_be_hidden()
    page.go_forward()
    expect(opened).to_have_text("bob")
    page.go_back()
    page.go_back()
    expect(page).to_have_url("about:blank")


def test_a_link_to_a_conversation_leaves_the_list_in_its_place(person: MakePerson) -> None:
    alice, bob = person("alice", viewport=PHONE), person("bob")
    bob.post(alice, "hi")
    page = alice.page(bob)
    expect(bubble(page, "hi")).to_be_visible()
    page.locator(".parley-back").click()
    expect(page).to_have_url(f"{alice.url}/")
    item(page, "bob").click()
    expect(page).to_have_url(f"{alice.url}/#with={bob.user_id}")
    page.locator(".parley-back").click()
    item(page, "bob").click()  # while the step back is on its way
    expect(page).to_have_url(f"{alice.url}/#with={bob.user_id}")
    expect(bubble(page, "hi")).to_be_visible()


def test_back_leads_from_the_rooms_to_the_list(person: MakePerson) -> None:
    alice, bob = person("alice", viewport=PHONE), person("bob")
    open_room(bob, "Garden")
    page = alice.page()
    rooms, entry = page.locator(".parley-rooms"), page.locator(".parley-entry")
    entry.click()
    expect(page).to_have_url(f"{alice.url}/#rooms")
    page.go_back()
    expect(rooms).to_be_hidden()
    expect(entry).to_be_visible()
    page.go_forward()
    expect(rooms).to_be_visible()
    page.reload()
    rooms.locator(".parley-item", has_text="Garden").click()
    expect(page).to_have_url(f"{alice.url}/#room=Garden")
    page.go_back()
    expect(page).to_have_url(f"{alice.url}/")
    expect(entry).to_be_visible()
    entry.click()
    page.keyboard.press("Escape")
    expect(page).to_have_url(f"{alice.url}/")
    expect(rooms).to_be_hidden()


# What a keyboard leaves to be seen. Chromium without a screen has none: the page is told as if.
SEEN = 380
KEYBOARD = """([height, top]) => {
    const give = (name, value) => Object.defineProperty(visualViewport, name,
        { get: () => value, configurable: true });
    give('height', height);
    give('offsetTop', top);
    visualViewport.dispatchEvent(new Event('resize'));
}"""


def _bottom(page: Page, selector: str) -> float:
    script = "(node) => node.getBoundingClientRect().bottom"
    return float(page.locator(selector).last.evaluate(script))


def test_with_the_keyboard_up_head_end_and_field_of_a_popup_are_seen(
    chat: ParleyServer, host: HostSite, visitor: Callable[..., Visitor], members: dict[str, int]
) -> None:
    html = f"""<!doctype html><title>Shop</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <div data-parley data-parley-mode="popup" data-parley-with="ben"
            data-parley-token="{token_of("ann")}"></div>
        <script async src="{chat.url}/widget.js"></script>"""
    ann = visitor(viewport=PHONE, has_touch=True, is_mobile=True)
    page = ann.visit(host.put("/", html))
    page.emulate_media(reduced_motion="reduce")
    page.locator(".parley-launcher").tap()
    for number in range(15):
        write(page, f"line {number}")
    expect(bubble(page, "line 14")).to_be_in_viewport()
    page.evaluate(KEYBOARD, [SEEN, 30])
    panel = page.locator(".parley-panel")
    expect(panel).to_have_css("height", f"{SEEN}px")
    assert panel.bounding_box() == {"x": 0, "y": 30, "width": PHONE["width"], "height": SEEN}
    page.wait_for_function(  # sized anew, the list follows with the next frame
        """(end) => [...document.querySelector('parley-messenger').shadowRoot
            .querySelectorAll('.parley-row')].at(-1).getBoundingClientRect().bottom < end""",
        arg=SEEN + 30,
    )
    assert _bottom(page, ".parley-row") < _bottom(page, ".parley-composer") <= SEEN + 30
    page.evaluate(KEYBOARD, [PHONE["height"], 0])
    expect(panel).to_have_css("height", f"{PHONE['height']}px")
    expect(bubble(page, "line 14")).to_be_in_viewport()
    page.locator(".parley-panel-bar button").tap()
    expect(panel).to_be_hidden()


def test_a_smaller_window_and_a_longer_draft_leave_the_end_in_view(person: MakePerson) -> None:
    """The page itself asks the browser to make it smaller for the keyboard."""
    alice, bob = person("alice", viewport=PHONE), person("bob")
    for number in range(15):
        alice.post(bob, f"line {number}")  # nothing is unread, so it opens at the end
    page = alice.page(bob)
    expect(bubble(page, "line 14")).to_be_in_viewport()
    page.set_viewport_size({"width": PHONE["width"], "height": SEEN})
    expect(bubble(page, "line 14")).to_be_in_viewport(ratio=1)
    expect(page.locator(".parley-input")).to_be_in_viewport(ratio=1)
    page.locator(".parley-input").fill("one\ntwo\nthree\nfour")
    expect(bubble(page, "line 14")).to_be_in_viewport(ratio=1)
    expect(page.locator(".parley-jump")).to_be_hidden()


def test_a_draft_written_line_by_line_leaves_the_end_in_view(person: MakePerson) -> None:
    alice, bob = person("alice", viewport=PHONE), person("bob")
    for number in range(15):
        alice.post(bob, f"line {number}")
    page = alice.page(bob)
    expect(bubble(page, "line 14")).to_be_in_viewport()
    field = page.locator(".parley-input")
    for number in range(9):  # more than the field grows for
        field.press_sequentially(f"draft {number}")
        field.press("Shift+Enter")
        expect(bubble(page, "line 14")).to_be_in_viewport(ratio=1)
    bob.post(alice, "while you wrote")
    expect(bubble(page, "while you wrote")).to_be_in_viewport(ratio=1)
    field.press_sequentially("and more")
    expect(bubble(page, "while you wrote")).to_be_in_viewport(ratio=1)
    expect(page.locator(".parley-jump")).to_be_hidden()
