"""WCAG 2.2: axe in every state, focus, motion, zoom."""

from __future__ import annotations

import re
from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from tests.browser import states
from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, expect_connected, item, write
from tests.browser.rooms import expect_in, open_room
from tests.services.parley import ROOT

AXE = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text("utf-8")
# What fades in is judged when it is there.
ANIMATIONS = """[document, document.querySelector('parley-messenger')?.shadowRoot]
    .flatMap((root) => root?.getAnimations() ?? [])"""
SETTLED = f"""() => Promise.all({ANIMATIONS}
    .filter((animation) => animation.effect.getTiming().iterations !== Infinity)
    .map((animation) => animation.finished))"""
FINDINGS = """async (inside) => {
    const {violations} = await axe.run(inside ?? document, {resultTypes: ['violations']});
    return violations.flatMap(({id, nodes}) =>
        nodes.map((node) => `${id}: ${node.target} ${node.failureSummary}`));
}"""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FOCUSED = """() => {
    const focused = document.activeElement;
    const {className, name, type} = focused.shadowRoot?.activeElement ?? focused;
    return name || className.split(' ')[0] || type;
}"""


# half a minute, to go through all states: what is a phone from the start is for `make reliability`
@pytest.mark.parametrize("device", ["desktop", pytest.param("phone", marks=pytest.mark.slow)])
def test_axe_finds_nothing_in_any_state(person: MakePerson, device: str) -> None:
    found = {
        name: findings
        for name, page in states.of(person, device).each()
        if (findings := _axe_in_every_look(page))
    }
    assert found == {}


def _axe_in_every_look(page: Page) -> list[str]:
    """Light and dark; and as narrow as on a phone, to which every state has to give way."""
    found = axe_in_both_schemes(page)
    if page.viewport_size != states.PHONE["viewport"]:
        page.set_viewport_size(states.PHONE["viewport"])
        found += [f"narrow: {finding}" for finding in axe(page)]
    return found


def axe(page: Page, inside: str | None = None) -> list[str]:
    """What axe finds on the page, or in the element that the selector names."""
    page.evaluate(SETTLED)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE)  # not a script tag: the page's own policy would rightly refuse it
    return list(page.evaluate(FINDINGS, inside))


def axe_in_both_schemes(page: Page, inside: str | None = None) -> list[str]:
    """What axe finds in the light and in the dark: to come here twice costs more than to look."""
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        found += [f"{scheme}: {finding}" for finding in axe(page, inside)]
    return found


def test_axe_would_find_something(person: MakePerson) -> None:
    page = person("alice").page()
    page.locator(".parley-head--me .parley-head-line").evaluate(
        "(line) => line.style.color = '#ccc'"
    )
    assert [finding.split(":")[0] for finding in axe(page)] == ["color-contrast"]


def test_tab_walks_in_the_order_of_reading(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    bob.post(alice, "hi")
    page = alice.page()
    item(page, "Bob").click()
    expect(page.locator(".parley-input")).to_be_focused()
    write(page, "there")
    page.locator(".parley-input").fill("more")
    page.locator(".parley-input").blur()
    page.locator(".parley-head--me").click()
    walked = []
    for _ in range(12):
        page.keyboard.press("Tab")
        walked.append(page.evaluate(FOCUSED))
    wanted = ["parley-iconbutton"] * 2  # settings, sign out
    wanted += ["parley-search-input", "parley-item", "parley-scroll"]
    wanted += ["parley-iconbutton", "parley-input", "parley-send"]
    assert [name for name in walked if name in wanted][:8] == wanted


def test_closing_gives_the_focus_back_to_where_it_was_opened(person: MakePerson) -> None:
    alice, bob, carol = person("alice"), person("bob", name="Bob"), person("carol", name="Carol")
    for other in (bob, carol):
        other.post(alice, "hi")
    for width in (1280, 360):
        page = alice.page()
        page.set_viewport_size({"width": width, "height": 740})
        for name in ("Bob", "Carol"):
            item(page, name).focus()
            page.keyboard.press("Enter")
            expect(page.locator(".parley-input")).to_be_focused()
            page.keyboard.press("Escape")
            expect(item(page, name)).to_be_focused()
        page.close()


def test_nothing_moves_for_whoever_wants_that(person: MakePerson) -> None:
    alice, bob = person("alice", reduced_motion="reduce"), person("bob")
    for number in range(60):
        bob.post(alice, f"line {number}")
    page = alice.page(bob)
    expect(bubble(page, "line 59")).to_be_visible()
    expect_connected(page)
    at_once = page.locator(".parley-log").evaluate(
        """(log) => {
            log.scrollTop = log.scrollHeight - 2.5 * log.clientHeight;
            return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
                log.getRootNode().querySelector('.parley-jump').click();
                done(log.scrollHeight - log.scrollTop - log.clientHeight);
            })));
        }"""
    )
    assert at_once < 2, "it scrolled smoothly"
    write(page, "and a toast")
    expect(page.locator(".parley-toast")).to_be_visible()
    lasting = "(all) => all.map((one) => one.effect.getComputedTiming().endTime)"
    assert all(ms < 1 for ms in page.evaluate(f"() => ({lasting})({ANIMATIONS})"))


def test_with_forced_colours_what_floats_has_an_edge(person: MakePerson) -> None:
    alice, bob = person("alice", forced_colors="active"), person("bob")
    page = alice.connected_page(bob)
    page.locator(".parley-smile").click()
    expect(page.locator(".parley-picker")).to_have_css("border-top-style", "solid")
    edge = "(tab) => getComputedStyle(tab).borderBottomColor"
    tabs = page.get_by_role("tab")
    expect(tabs.first).to_be_visible()
    [selected, *others] = [tab.evaluate(edge) for tab in tabs.all()]
    assert selected not in others
    open_room(alice, "Garden")
    page.goto(f"{alice.url}/#room=Garden")
    expect_in(page)
    page.get_by_role("button", name="Leave the room").click()
    expect(page.get_by_role("menu")).to_have_css("border-top-style", "solid")
    focused = page.get_by_role("menuitem").first
    expect(focused).to_be_focused()
    expect(focused).to_have_css("outline-style", "solid")


def test_on_paper_it_is_dark_on_light(person: MakePerson) -> None:
    alice, bob = person("alice", color_scheme="dark"), person("bob")
    bob.post(alice, "print me")
    page = alice.page(bob)
    said = bubble(page, "print me")
    expect(said).to_be_visible()
    on_screen = _lightness(page, ".parley-text")
    page.emulate_media(media="print")
    assert _lightness(page, ".parley-text") < 60 < on_screen
    page.context.clear_cookies()
    page.reload()
    expect(page.locator(".page-form")).to_be_visible()
    assert _lightness(page, ".page-form h2") < 60


def _lightness(page: Page, selector: str) -> int:
    """Of the letters: 0 is black, 255 is white."""
    colour = page.locator(selector).first.evaluate("(node) => getComputedStyle(node).color")
    return max(int(part) for part in re.findall(r"\d+", colour)[:3])


# 1280 by 800 at 200 %, and at 400 % as WCAG 1.4.10 has it
@pytest.mark.parametrize("viewport", [(640, 400), (320, 256)])
def test_zoomed_in_nothing_is_lost(person: MakePerson, viewport: tuple[int, int]) -> None:
    width, height = viewport
    profile: dict[str, Any] = {"viewport": {"width": width, "height": height}}
    alice = person("alice", name="Alice of the very long name that goes on", **profile)
    bob = person("bob", name="Bob with quite a name of his own, too")
    bob.post(alice, "a word " * 30 + "https://example.org/" + "x" * 300)
    page = alice.page()
    page.keyboard.press("Tab")
    for selector in (".parley-head--me", ".parley-search-input", ".parley-item"):
        _in_view(page, selector)
    item(page, "Bob").click()
    for selector in (".parley-thread .parley-head-name", ".parley-input", ".parley-send"):
        _in_view(page, selector)
    log = page.locator(".parley-log")
    assert log.evaluate("(log) => log.clientHeight") >= 40, "no room is left to read"
    assert not page.evaluate("() => document.scrollingElement.scrollWidth > innerWidth")
    assert log.evaluate("(log) => log.scrollWidth <= log.clientWidth")


def _in_view(page: Page, selector: str) -> None:
    page.locator(selector).first.scroll_into_view_if_needed()
    expect(page.locator(selector).first).to_be_in_viewport(ratio=0.9)
