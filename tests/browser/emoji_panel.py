"""The panel of emoji, opened, for the tests that look into it."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.person import Person, expect_connected

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
