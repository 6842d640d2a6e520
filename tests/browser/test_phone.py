"""At 360 pixels: two screens, the back button, pictures of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, item, write

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
