"""The panel of emoji fits: on a phone, in a low window, right to left; axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakePerson
from tests.browser.emoji_panel import SEARCH, opened, tab
from tests.browser.person import expect_connected
from tests.browser.states import DEVICES
from tests.browser.test_for_everyone import axe_in_both_schemes


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_axe_finds_nothing_and_everything_is_in_view(
    person: MakePerson, device: str, locale: str
) -> None:
    page = opened(person("alice", **DEVICES[device], locale=locale), person("bob"))
    panel = page.locator(".parley-picker")
    expect(panel).to_be_in_viewport(ratio=1)
    assert page.evaluate("() => document.scrollingElement.scrollWidth <= innerWidth")
    assert panel.evaluate("(node) => node.scrollWidth <= node.clientWidth")
    assert axe_in_both_schemes(page) == []
    page.locator(SEARCH).fill("heart" if locale == "en" else "قلب")
    expect(page.locator(".parley-picker-note")).not_to_be_empty()
    assert axe_in_both_schemes(page) == []
    page.locator(SEARCH).fill("zzzz")
    expect(page.locator(".parley-emoji")).to_have_count(0)
    assert axe_in_both_schemes(page) == []


def test_on_a_phone_the_keyboard_stays_away_until_one_searches(person: MakePerson) -> None:
    alice, bob = person("alice", **DEVICES["phone"]), person("bob")
    page = alice.page(bob)
    expect_connected(page)
    page.locator(".parley-smile").tap()
    expect(tab(page, "Faces and feelings")).to_be_focused()
    cell = page.locator(".parley-emoji").first
    cell.tap()
    expect(page.locator(".parley-input")).to_have_value("😀")
    expect(page.locator(".parley-picker")).to_be_visible()
    box = cell.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 40


# a short window, 400 % zoom
@pytest.mark.parametrize("size", [(900, 330), (320, 256)])
def test_in_a_low_window_one_can_still_choose(person: MakePerson, size: tuple[int, int]) -> None:
    width, height = size
    page = opened(person("alice", viewport={"width": width, "height": height}), person("bob"))
    for place in (page.locator(SEARCH), page.locator(".parley-emoji").first):
        place.scroll_into_view_if_needed()
        expect(place).to_be_in_viewport(ratio=0.9)
    page.keyboard.type("fire")
    page.locator(".parley-emoji").first.click()
    expect(page.locator(".parley-input")).to_have_value("🔥")
