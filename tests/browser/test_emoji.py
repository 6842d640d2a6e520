"""The panel of emoji: loaded when it is wanted; by mouse, by keyboard, by words."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import Person, bubble, expect_connected, stored_keys
from tests.browser.states import DEVICES
from tests.browser.test_for_everyone import axe, axe_in_both_schemes
from tests.services.parley import ParleyServer

FILES = re.compile(r"/static/emoji(\.js|/)")
NAMES = "**/static/emoji/*.json"
SEARCH = ".parley-picker-input"


def opened(alice: Person, bob: Person) -> Page:
    """A conversation with the panel open and filled."""
    page = alice.page(bob)
    expect_connected(page)
    page.locator(".parley-smile").click()
    expect(page.locator(".parley-emoji").first).to_be_visible()
    return page


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name)


def emoji(page: Page) -> list[str]:
    return page.locator(".parley-emoji").all_inner_texts()


def focused(page: Page) -> str:
    return page.locator(".parley :focus").text_content() or ""


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


@pytest.mark.parametrize(
    ("locale", "words", "first", "name"),
    [
        ("en", "thumbs up", "👍", "thumbs up"),
        ("zh-CN", "赞", "👍", "拇指向上"),
        ("zh-TW", "愛心", "❤️", "愛心"),
        ("ar", "قلب أحمر", "❤️", "قلب أحمر"),
    ],
)
def test_words_find_an_emoji_in_each_language(
    person: MakePerson, locale: str, words: str, first: str, name: str
) -> None:
    page = opened(person("alice", locale=locale), person("bob"))
    page.keyboard.type(words)
    found = page.locator(".parley-emoji", has_text=first).first
    expect(found).to_have_attribute("aria-label", name)
    expect(page.locator(".parley-picker-note")).to_contain_text(str(len(emoji(page))))
    page.locator(SEARCH).fill("zzzz")
    expect(page.locator(".parley-emoji")).to_have_count(0)
    expect(page.locator(".parley-picker-note")).not_to_be_empty()
    page.keyboard.press("Escape")
    expect(page.locator(SEARCH)).to_have_value("")
    expect(page.locator(".parley-picker")).to_be_visible()
    expect(page.locator(".parley-emoji").first).to_have_text("😀")


def test_search_and_choose_with_the_keyboard_alone(person: MakePerson) -> None:
    page = opened(person("alice"), person("bob"))
    keys = page.keyboard
    keys.type("fire")
    keys.press("Enter")
    expect(page.locator(".parley-input")).to_have_value("🔥")
    keys.press("ArrowDown")
    assert focused(page) == "🔥"
    keys.press("ArrowUp")
    expect(page.locator(SEARCH)).to_be_focused()
    keys.press("Tab")  # the skin tones
    keys.press("Tab")
    expect(tab(page, "Faces and feelings")).to_be_focused()
    keys.press("End")
    expect(tab(page, "Flags")).to_be_focused()
    expect(tab(page, "Flags")).to_have_attribute("aria-selected", "true")
    keys.press("Tab")
    assert focused(page) == "🏁"
    keys.press("Escape")
    expect(page.locator(".parley-picker")).to_be_hidden()
    expect(page.locator(".parley-input")).to_be_focused()


@pytest.mark.parametrize(("locale", "forward"), [("en", "ArrowRight"), ("ar", "ArrowLeft")])
def test_arrow_keys_walk_through_the_grid(person: MakePerson, locale: str, forward: str) -> None:
    page = opened(person("alice", locale=locale), person("bob"))
    keys = page.keyboard
    keys.press("ArrowDown")
    assert focused(page) == "😀"
    keys.press(forward)
    assert focused(page) == "😃"
    keys.press("ArrowDown")
    below = focused(page)
    assert below not in ("😀", "😃", "😄")
    keys.press("ArrowUp")
    assert focused(page) == "😃"
    keys.press("Enter")
    keys.press("End")
    assert focused(page) == "💤"
    keys.press("Space")
    keys.press("Escape")
    expect(page.locator(".parley-input")).to_have_value("😃💤")
    page.locator(".parley-smile").press("Enter")
    tabs = page.locator(".parley-picker-tab")
    expect(tabs.first).to_be_visible()  # what was used last has a tab now
    tabs.first.focus()
    keys.press(forward)
    expect(tabs.nth(1)).to_be_focused()


def test_skin_tones_and_what_was_used_last_are_kept_for_next_time(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = opened(alice, bob)
    expect(tab(page, "Recently used")).to_be_hidden()
    page.get_by_role("combobox", name="Skin tone").select_option("4")
    tab(page, "People").click()
    page.get_by_role("button", name="thumbs up (Medium-dark skin)").click()
    expect(page.locator(".parley-input")).to_have_value("👍🏾")
    page.locator(SEARCH).fill("party popper")
    page.keyboard.press("Enter")
    page.reload()
    page.locator(".parley-smile").click()
    expect(tab(page, "Recently used")).to_have_attribute("aria-selected", "true")
    assert emoji(page)[:3] == ["🎉", "👍🏾", "😀"]
    name = page.locator(".parley-emoji").nth(1)
    expect(name).to_have_attribute("aria-label", "thumbs up (Medium-dark skin)")
    expect(page.get_by_role("combobox", name="Skin tone")).to_have_value("4")


def test_nobody_sees_what_another_member_used(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = opened(alice, bob)
    page.keyboard.type("fire")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert any("emoji" in key for key in stored_keys(page))
    page.get_by_role("button", name="Sign out").click()
    page.once("dialog", lambda dialog: dialog.accept())
    expect(page.locator(".page-form")).to_be_visible()
    assert stored_keys(page) == []
    assert page.evaluate("() => indexedDB.databases()") == []
    login = {"username": "bob", "password": "correct horse battery"}
    assert alice.context.request.post(f"{alice.url}/api/v1/session", data=login).ok
    page.goto(f"{alice.url}/#with={alice.user_id}")
    page.reload()
    page.locator(".parley-smile").click()
    expect(tab(page, "Faces and feelings")).to_have_attribute("aria-selected", "true")
    expect(tab(page, "Recently used")).to_be_hidden()


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
