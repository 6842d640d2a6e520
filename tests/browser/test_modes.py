"""Inbox, chatbox and popup on a page of another origin."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import bubble, expect_connected, tick, write
from tests.browser.test_for_everyone import axe
from tests.services.parley import ParleyServer

MakeVisitor = Callable[[], Visitor]
PHONE = ViewportSize(width=360, height=740)


@pytest.fixture
def visit(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor, members: dict[str, int]
) -> Callable[..., Page]:
    """A page of the host for this member, with a messenger."""

    def make(sub: str, attributes: str) -> Page:
        html = f"""<!doctype html><title>Shop</title><button id="buy">Buy</button>
            <div data-parley data-parley-token="{token_of(sub)}" {attributes}></div>
            <script async src="{chat.url}/widget.js"></script>"""
        return visitor().visit(host.put(f"/{sub}", html))

    return make


def test_a_popup_counts_opens_and_closes(visit: Callable[..., Page], shots: Path) -> None:
    ann = visit("ann", 'data-parley-mode="popup" data-parley-with="ben"')
    ben = visit("ben", 'data-parley-mode="chatbox" data-parley-with="ann"')
    launcher, panel = ann.locator(".parley-launcher"), ann.locator(".parley-panel")
    badge = ann.locator(".parley-popup > .parley-badge")
    expect(launcher).to_be_visible()
    expect(panel).to_be_hidden()
    write(ben, "are you there?")
    expect(badge).to_have_text("1")
    expect(launcher).to_have_attribute("aria-label", "Conversations, 1 unread message")
    expect(tick(ben, "are you there?")).to_have_text("Delivered")
    ann.screenshot(path=shots / "popup-closed.png")
    launcher.click()
    expect(bubble(ann, "are you there?")).to_be_visible()
    expect(ann.locator(".parley-new")).to_be_visible()
    expect(tick(ben, "are you there?")).to_have_text("Read")
    expect(badge).to_be_hidden()
    expect(ann.locator(".parley-input")).to_be_focused()
    ann.keyboard.type("yes")
    ann.keyboard.press("Enter")
    expect(bubble(ben, "yes")).to_be_visible()
    bottom = "(node) => node.getBoundingClientRect().bottom"
    assert panel.evaluate(bottom) - ann.locator(".parley-composer").evaluate(bottom) < 3
    ann.screenshot(path=shots / "popup-open.png")
    ben.screenshot(path=shots / "chatbox.png")
    ann.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")


def test_a_popup_opened_by_the_page_gives_the_focus_back_to_it(visit: Callable[..., Page]) -> None:
    page = visit("ann", 'data-parley-mode="popup"')
    expect(page.locator(".parley-launcher")).to_be_visible()
    page.evaluate(
        """() => document.getElementById('buy').addEventListener('click',
            () => parley('open', '[data-parley]'))"""
    )
    page.locator("#buy").click()
    expect(page.locator(".parley-search-input")).to_be_focused()
    page.keyboard.type("ben")
    page.keyboard.press("Escape")
    expect(page.locator(".parley-search-input")).to_have_value("")
    page.keyboard.press("Escape")
    expect(page.locator(".parley-panel")).to_be_hidden()
    expect(page.locator("#buy")).to_be_focused()


def test_a_popup_on_a_phone_fills_the_screen_and_can_be_left(
    visit: Callable[..., Page], shots: Path
) -> None:
    page = visit("ann", 'data-parley-mode="popup" data-parley-with="ben"')
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    page.locator(".parley-launcher").click()
    box = page.locator(".parley-panel").bounding_box()
    assert box == {"x": 0, "y": 0, **PHONE}
    write(page, "from a phone")
    page.screenshot(path=shots / "popup-phone.png")
    expect(tick(page, "from a phone")).to_have_text("Sent")
    page.locator(".parley-panel-bar button").click()
    expect(page.locator(".parley-panel")).to_be_hidden()


def test_a_chatbox_is_one_conversation(visit: Callable[..., Page]) -> None:
    page = visit("ann", 'data-parley-mode="chatbox" data-parley-with="ben"')
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")
    expect_connected(page)
    expect(page.locator(".parley-side")).to_be_hidden()
    expect(page.locator(".parley-back")).to_be_hidden()
    write(page, "just us")
    expect(tick(page, "just us")).to_have_text("Sent")
    page.keyboard.press("Escape")
    expect(bubble(page, "just us")).to_be_visible()


# Every name that ever stands at the head of the conversation.
NAMES = """(node) => {
    const names = window.names = new Set();
    const look = () => node.querySelectorAll('.parley-thread .parley-head-name')
        .forEach(({ textContent }) => textContent && names.add(textContent));
    new MutationObserver(look).observe(node, { subtree: true, childList: true });
}"""


def test_a_chatbox_shows_its_shape_and_then_who_it_is(visit: Callable[..., Page]) -> None:
    page = visit("ann", 'data-parley-mode="chatbox"')
    expect(page.locator(".parley-empty--main")).to_contain_text("Your messages")
    page.route("**/api/v1/users?*", lambda route: None)
    page.locator(".parley").evaluate(NAMES)
    page.locator("[data-parley]").evaluate("(node) => { node.dataset.parleyWith = 'ben'; }")
    expect(page.locator(".parley-empty--main .parley-skeleton")).to_be_visible()
    page.unroute("**/api/v1/users?*")  # lets go what is held, too
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")
    assert page.evaluate("() => [...names]") == ["Ben"]


FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
ELEMENT = '<div data-parley data-parley-token="{token}" {rest}></div>'
AROUND = {
    "below the fold": '<div style="height: 5000px">Wares</div>{element}',
    "half below the fold": '<div style="height: 500px">Wares</div>{element}',
    "in a box that scrolls": """<div style="height: 300px; overflow: auto">
        <div style="height: 1000px">Wares</div>{element}</div>""",
}


@pytest.mark.parametrize("place", AROUND)
def test_what_the_page_has_scrolled_out_of_sight_is_not_read(
    visit: Callable[..., Page], chat: ParleyServer, host: HostSite, visitor: MakeVisitor, place: str
) -> None:
    rest = 'data-parley-mode="chatbox" data-parley-with="ben" style="height: 500px"'
    element = ELEMENT.format(token=token_of("ann"), rest=rest)
    html = f"""<!doctype html><title>Shop</title>{AROUND[place].format(element=element)}
        <script async src="{chat.url}/widget.js"></script>"""
    ann = visitor().visit(host.put("/long", html))
    ben = visit("ben", 'data-parley-mode="chatbox" data-parley-with="ann"')
    expect(ann.locator(".parley-status")).to_have_attribute("data-state", "online")
    write(ben, "anybody there?")
    expect(bubble(ann, "anybody there?")).to_be_attached()
    ann.evaluate(FRAMES)
    assert ann.evaluate("() => parley('unread', '[data-parley]')") == 1
    bubble(ann, "anybody there?").scroll_into_view_if_needed()
    expect(tick(ben, "anybody there?")).to_have_text("Read")


def test_a_chatbox_with_nobody_says_so(visit: Callable[..., Page]) -> None:
    page = visit("ann", 'data-parley-mode="chatbox" data-parley-with="zoe"')
    said = page.locator(".parley-empty--main")
    expect(said).to_have_text("There is nobody here by that name yet.")
    expect(page.locator(".parley-thread")).to_be_hidden()
    page.route("**/api/v1/users?*", lambda route: route.abort(), times=1)
    page.locator("[data-parley]").evaluate("(node) => { node.dataset.parleyWith = 'ben'; }")
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")


def test_modes_change_in_place_and_nobody_loses_the_focus(visit: Callable[..., Page]) -> None:
    page = visit("ann", 'data-parley-with="ben"')
    expect(page.locator(".parley-side")).to_be_visible()
    expect(page.locator(".parley-thread")).to_be_visible()
    assert page.evaluate("() => document.activeElement === document.body") is True
    page.locator("[data-parley]").evaluate("(node) => { node.dataset.parleyMode = 'chatbox'; }")
    expect(page.locator(".parley-side")).to_be_hidden()
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")
    page.locator("[data-parley]").evaluate("(node) => { node.dataset.parleyMode = 'popup'; }")
    expect(page.locator("body > parley-messenger .parley-launcher")).to_be_visible()
    expect(page.locator("parley-messenger")).to_have_count(1)
    page.locator("[data-parley]").evaluate("(node) => node.remove()")
    expect(page.locator("parley-messenger")).to_have_count(0)


WHITE, BLACKISH = "rgb(255, 255, 255)", "rgb(20, 21, 28)"


def test_light_dark_or_as_the_browser_prefers(visit: Callable[..., Page]) -> None:
    pages = {theme: visit("ann", f'data-parley-theme="{theme}"') for theme in ("light", "dark")}
    pages["auto"] = visit("ann", "")
    for preferred in ("light", "dark"):
        for theme, page in pages.items():
            page.emulate_media(color_scheme=preferred)
            shown = preferred if theme == "auto" else theme
            widget = page.locator(".parley")
            expect(widget).to_have_css("color-scheme", shown)
            expect(widget).to_have_css("background-color", WHITE if shown == "light" else BLACKISH)
    auto = pages["auto"]
    auto.evaluate("() => parley('option', '[data-parley]', 'theme', 'light')")
    expect(auto.locator(".parley")).to_have_css("color-scheme", "light")


@pytest.mark.parametrize("phone", [False, True])
def test_axe_finds_nothing_in_a_popup_or_a_chatbox(visit: Callable[..., Page], phone: bool) -> None:
    found: dict[str, list[str]] = {}
    for mode in ("popup", "chatbox"):
        page = visit("ann", f'data-parley-mode="{mode}" data-parley-with="ben"')
        if phone:
            page.set_viewport_size(PHONE)
        if mode == "popup":
            expect(page.locator(".parley-launcher")).to_be_visible()
            found["popup, closed"] = _axe_in_both_themes(page)
            page.locator(".parley-launcher").click()
        write(page, f"hello from the {mode}")
        expect(tick(page, f"hello from the {mode}")).to_have_text("Sent")
        found[mode] = _axe_in_both_themes(page)
    assert not any(found.values()), found


def _axe_in_both_themes(page: Page) -> list[str]:
    found = []
    for theme in ("light", "dark"):
        page.evaluate("(theme) => { parley('option', '[data-parley]', 'theme', theme) }", theme)
        expect(page.locator(".parley")).to_have_css("color-scheme", theme)
        found += [f"{theme}: {finding}" for finding in axe(page, "parley-messenger")]
    return found
