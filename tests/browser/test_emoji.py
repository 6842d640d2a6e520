"""The panel of emoji: loaded when it is wanted, by mouse and by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, expect_connected


def _focused(page: Page) -> str:
    return page.locator(".parley-emoji:focus").inner_text()


def test_the_panel_is_loaded_when_it_is_opened_and_writes_at_the_caret(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.page(bob)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    expect_connected(page)
    field = page.locator(".parley-input")
    field.fill("good  morning")
    for _ in range(8):
        field.press("ArrowLeft")
    assert [url for url in loaded if "emoji-list" in url or "picker" in url] == []
    page.get_by_role("button", name="Emoji").click()
    panel = page.get_by_role("group", name="Emoji")
    expect(panel.get_by_role("button", name="😀", exact=True)).to_be_focused()
    assert all(url.startswith(alice.url) for url in loaded)
    panel.get_by_role("button", name="☀️", exact=True).click()
    expect(field).to_have_value("good ☀️ morning")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(field).to_be_focused()
    expect(page.locator(".parley-thread")).to_be_visible()
    page.keyboard.press("Enter")
    expect(bubble(page, "good ☀️ morning")).to_be_visible()
    page.get_by_role("button", name="Emoji").click()
    expect(panel).to_be_visible()
    page.locator(".parley-thread .parley-head-name").click()
    expect(panel).to_be_hidden()


@pytest.mark.parametrize(("locale", "forward"), [("en", "ArrowRight"), ("ar", "ArrowLeft")])
def test_arrow_keys_walk_through_the_grid(person: MakePerson, locale: str, forward: str) -> None:
    alice, bob = person("alice", locale=locale), person("bob")
    page = alice.page(bob)
    expect_connected(page)
    page.locator(".parley-smile").press("Enter")
    expect(page.locator(".parley-emoji").first).to_be_focused()
    keys = page.keyboard
    keys.press(forward)
    assert _focused(page) == "😃"
    keys.press("ArrowDown")
    below = _focused(page)
    assert below not in ("😀", "😃", "😄")
    keys.press("ArrowUp")
    assert _focused(page) == "😃"
    keys.press("Enter")
    keys.press("End")
    assert _focused(page) == "🏳️‍🌈"
    keys.press("Space")
    keys.press("Escape")
    expect(page.locator(".parley-input")).to_have_value("😃🏳️‍🌈")
