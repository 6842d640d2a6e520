"""Coming in and going out by the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import MakePerson
from tests.browser.person import (
    PASSWORD,
    bubble,
    item,
    stored_keys,
    tick,
    write,
)
from tests.conftest import StartServer
from tests.services.parley import ParleyServer

NAME_RULE = "This name cannot be used: 1 to 32 characters, without / and :."


@pytest.fixture
def parley(start_server: StartServer) -> ParleyServer:
    """The server as it is: here people type passwords."""
    return start_server(guests=True)


def test_a_newcomer_signs_up_signs_out_and_signs_in_again(person: MakePerson) -> None:
    page = person("newcomer", register=False).page()
    page.get_by_role("button", name="New here? Create an account").click()
    page.get_by_label("Username").fill("newcomer")
    page.get_by_label("Name that others see").fill("New Comer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create an account").click()
    expect(page.locator(".parley-head--me")).to_contain_text("New Comer")
    page.get_by_role("button", name="Sign out").click()
    page.get_by_label("Username").fill("newcomer")
    page.get_by_label("Password").fill("wrong password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("The username or the password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".parley-head--me")).to_contain_text("@newcomer")


def test_a_name_that_is_taken_is_said_to_be(person: MakePerson) -> None:
    person("alice")
    page = person("second", register=False).page()
    page.get_by_role("button", name="New here? Create an account").click()
    page.get_by_label("Username").fill("Alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create an account").click()
    expect(page.get_by_role("alert")).to_have_text("This username is taken.")
    page.get_by_label("Username").fill("alice2")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Create an account").click()
    alert = page.get_by_role("alert")
    expect(alert).to_have_text("The password needs at least 8 characters.")
    field = page.get_by_label("Password")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Username").fill("a:b")
    field.fill(PASSWORD)
    page.get_by_role("button", name="Create an account").click()
    expect(alert).to_have_text(NAME_RULE)
    expect(page.get_by_label("Username")).to_be_focused()
    assert field.get_attribute("aria-invalid") is None


def test_a_guest_needs_only_a_name(person: MakePerson) -> None:
    page = person("guest", register=False).page()
    page.get_by_role("button", name="Continue as a guest").click()
    page.get_by_label("Your name").fill("Passer-by")
    page.get_by_role("button", name="Enter").click()
    expect(page.locator(".parley-head--me")).to_contain_text("Passer-by")


@pytest.mark.parametrize(
    ("language", "instead", "enter", "word"),
    [
        ("en-GB", "Continue as a guest", "Enter", "Guest "),
        ("zh-CN", "以访客身份继续", "进入", "游客"),
        ("zh-TW", "以訪客身分繼續", "進入", "訪客"),
        ("ar-EG", "المتابعة كضيف", "دخول", "ضيف "),
    ],
)
def test_a_guest_needs_no_name(
    person: MakePerson, language: str, instead: str, enter: str, word: str
) -> None:
    page = person("guest", register=False, locale=language).page()
    page.get_by_role("button", name=instead).click()
    name = page.locator("input[name=nickname]")
    expect(name).to_be_focused()
    hint = page.locator(".page-hint")
    expect(hint).to_be_visible()
    expect(name).to_have_accessible_description(hint.text_content() or "no hint")
    page.get_by_role("button", name=enter, exact=True).click()
    expect(page.locator(".parley-head--me")).to_contain_text(re.compile(rf"{word}\d+"))


def test_a_guest_is_told_when_the_name_is_somebody_elses(person: MakePerson) -> None:
    person("alice")
    page = person("guest", register=False).page()
    page.get_by_role("button", name="Continue as a guest").click()
    page.get_by_label("Your name").fill("аlice")  # the first letter is Cyrillic
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("alert")).to_contain_text("looks like a member’s")
    page.get_by_label("Your name").fill("a:b")
    page.get_by_role("button", name="Enter").click()
    expect(page.get_by_role("alert")).to_have_text(NAME_RULE)
    expect(page.get_by_label("Your name")).to_be_focused()
    page.get_by_label("Your name").fill("alicia")
    page.get_by_role("button", name="Enter").click()
    expect(page.locator(".parley-head--me")).to_contain_text("alicia")


def test_signing_out_wipes_the_browser_and_reaches_the_other_tabs(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    first, second = alice.page(bob), alice.page(bob)
    write(first, "secret words")
    expect(tick(first, "secret words")).to_have_text("Sent")
    for tab in (first, second):
        expect(bubble(tab, "secret words")).to_be_visible()
        tab.wait_for_function(
            "() => Object.keys(sessionStorage).some((key) => key.includes('/log/'))"
        )
    first.get_by_role("button", name="Sign out").click()
    for tab in (first, second):
        expect(tab.locator(".page-form")).to_be_visible()
        assert stored_keys(tab) == []
        assert "secret" not in tab.content()
    assert re.search("secret", second.evaluate("() => JSON.stringify(sessionStorage)")) is None


def test_signing_out_without_a_server_is_not_pretended(
    person: MakePerson, parley: ParleyServer
) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.connected_page(bob)
    parley.kill()
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".parley-toast")).to_have_text("The server cannot be reached.")
    write(page, "not sent yet")
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Sign out").click(no_wait_after=True)
    assert len(alice.troubles) == 1
    assert "1 message was not sent yet" in alice.troubles.pop()
    expect(bubble(page, "not sent yet")).to_be_visible()
    parley.start()


def test_what_was_not_sent_outlives_a_sign_in_that_ends(
    person: MakePerson, parley: ParleyServer
) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.connected_page(bob)
    parley.stop()
    write(page, "precious words")
    alice.context.clear_cookies()
    parley.start()
    expect(page.locator(".page-kept")).to_contain_text("before 1 message could be sent")
    expect(page.locator(".page-form")).to_be_visible()
    assert all("/outbox/" in key for key in stored_keys(page))
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    item(page, "bob").click()
    expect(tick(page, "precious words")).to_have_text("Sent")
