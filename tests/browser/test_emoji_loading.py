"""The panel of emoji is loaded when it is wanted, and says so when it cannot be."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import MakePerson
from tests.browser.emoji_panel import SEARCH, tab
from tests.browser.person import bubble, expect_connected
from tests.browser.test_for_everyone import axe
from tests.services.parley import ParleyServer

FILES = re.compile(r"/static/emoji(\.js|/)")
NAMES = "**/static/emoji/*.json"


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
    assert [url for url in loaded if FILES.search(url)] == []
    smile = page.get_by_role("button", name="Emoji")
    smile.click()
    panel = page.get_by_role("dialog", name="Emoji")
    expect(page.locator(SEARCH)).to_be_focused()
    expect(smile).to_have_attribute("aria-expanded", "true")
    wanted = [f"{alice.url}/static/emoji.js", f"{alice.url}/static/emoji/en.json"]
    assert sorted(url for url in loaded if FILES.search(url)) == wanted
    assert all(url.startswith(alice.url) for url in loaded)
    tab(page, "Travel and places").click()
    panel.get_by_role("button", name="sun", exact=True).click()
    expect(field).to_have_value("good ☀️ morning")
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(field).to_be_focused()
    expect(smile).to_have_attribute("aria-expanded", "false")
    expect(page.locator(".parley-thread")).to_be_visible()
    page.keyboard.press("Enter")
    expect(bubble(page, "good ☀️ morning")).to_be_visible()
    smile.click()
    expect(panel).to_be_visible()
    page.locator(".parley-thread .parley-head-name").click()
    expect(panel).to_be_hidden()
    smile.click()
    smile.click()
    expect(panel).to_be_hidden()
    assert len([url for url in loaded if FILES.search(url)]) == 2


def test_while_it_loads_it_says_so_and_can_be_left(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.page(bob)
    held: list[Route] = []
    page.route(NAMES, lambda route: held.append(route))
    page.locator(".parley-smile").click()
    panel = page.get_by_role("dialog", name="Emoji")
    expect(panel.get_by_role("status", name="Loading")).to_be_visible()
    assert axe(page) == []
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    expect(page.locator(".parley-input")).to_be_focused()
    held.pop().continue_()
    expect(page.locator(SEARCH)).to_be_attached()
    expect(panel).to_be_hidden()
    expect(page.locator(".parley-input")).to_be_focused()


@pytest.mark.parametrize(
    ("locale", "gone"),
    [
        ("en", NAMES),
        ("ar", "**/static/emoji.js*"),
        pytest.param("ar", NAMES, marks=pytest.mark.slow),
        pytest.param("en", "**/static/emoji.js*", marks=pytest.mark.slow),
    ],
)
def test_with_the_server_away_it_says_so_and_can_be_tried_again(
    person: MakePerson, locale: str, gone: str
) -> None:
    alice, bob = person("alice", locale=locale), person("bob")
    page = alice.page(bob)
    page.route(gone, lambda route: route.abort())
    page.locator(".parley-smile").click()
    panel = page.locator(".parley-picker")
    retry = panel.locator(".parley-link")
    expect(panel.get_by_role("alert")).to_be_visible()
    expect(retry).to_be_focused()
    assert axe(page) == []
    retry.click()
    expect(retry).to_be_focused()
    page.unroute(gone)
    retry.press("Enter")
    expect(page.locator(SEARCH)).to_be_focused()
    expect(panel.get_by_role("alert")).to_have_count(0)
    panel.locator(".parley-emoji").first.click()
    expect(page.locator(".parley-input")).to_have_value("😀")


def test_the_server_is_stopped_and_comes_back(person: MakePerson, parley: ParleyServer) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.page(bob)
    expect_connected(page)
    parley.kill()
    page.locator(".parley-smile").click()
    retry = page.locator(".parley-picker .parley-link")
    expect(retry).to_be_focused()
    parley.start()
    retry.press("Enter")
    expect(page.locator(".parley-emoji").first).to_be_visible()
