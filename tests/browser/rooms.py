"""People in rooms: how they get there, and what they see there."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import Person


def useropt(person: Person, opt: str, **data: Any) -> dict[str, Any]:
    """Ask without a browser."""
    answer = person.context.request.post(f"{person.url}/useropt", data={"opt": opt, "data": data})
    packet = answer.json()
    assert packet["errorcode"] >= 0, packet
    return dict(packet["data"])


def open_room(owner: Person, name: str) -> str:
    return str(useropt(owner, "room-open", room=name)["room"])


def path_of(room: str) -> str:
    return f"/rooms/{quote(room, safe='')}"


def enter(person: Person, room: str) -> Page:
    """A new tab in the room, once it is in."""
    page = person.context.new_page()
    page.goto(person.url + path_of(room))
    expect_in(page)
    return page


def expect_in(page: Page) -> None:
    expect(page.locator(".parley-thread .parley-head-line")).to_have_text(re.compile(r"\S"))
    expect(page.locator(".parley-thread .parley-skeleton")).to_be_hidden()


def guest(person: MakePerson, nickname: str, **profile: Any) -> Person:
    """Somebody who gave only a name."""
    one = person(nickname, register=False, **profile)
    answer = one.context.request.post(f"{one.url}/api/v1/guests", data={"nickname": nickname})
    assert answer.ok, answer.text()
    one.user_id = int(answer.json()["data"]["user_id"])
    return one


def people(page: Page) -> Locator:
    """Who is in."""
    return page.locator(".parley-scroll > .parley-people .parley-person-name")


def removed(page: Page) -> Locator:
    """Who may not come back, as a moderator sees them."""
    return page.locator(".parley-gone .parley-person")


def notices(page: Page) -> Locator:
    return page.locator(".parley-going")


def member(page: Page, name: str) -> Locator:
    return page.locator(".parley-person").filter(
        has=page.locator(".parley-person-name", has_text=name)
    )


def choose(page: Page, action: str, *, sure: bool = False) -> None:
    """In the menu that is open; once more where it asks."""
    page.get_by_role("menuitem", name=action).click()
    if sure:
        expect(page.get_by_role("menu", name="Are you sure?")).to_be_visible()
        page.get_by_role("menuitem", name=action).click()
