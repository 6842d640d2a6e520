"""An emoji is found by words, by keyboard, and among those that were used last."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.emoji_panel import SEARCH, opened, tab
from tests.browser.person import stored_keys


def emoji(page: Page) -> list[str]:
    return page.locator(".parley-emoji").all_inner_texts()


def focused(page: Page) -> str:
    return page.locator(".parley :focus").text_content() or ""


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
