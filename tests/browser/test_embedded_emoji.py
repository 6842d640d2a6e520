"""The panel of emoji in the pages of another site."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import expect_connected, stored_keys, write
from tests.browser.test_embedding import page_of, policy_of, two_lines
from tests.browser.test_for_everyone import axe
from tests.browser.test_single_page_app import COUNT
from tests.services.parley import ParleyServer

MakeVisitor = Callable[[], Visitor]
FILES = re.compile(r"/static/emoji(\.js|/)")

pytestmark = pytest.mark.usefixtures("members")


def test_it_works_under_a_strict_policy_of_the_page(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor
) -> None:
    """Any violation fails the test: see the fixture `visitor`."""
    html = page_of(body="".join(two_lines(chat, "ann", "ben")))
    page = visitor().visit(host.put("/", html, Content_Security_Policy=policy_of(chat)))
    expect_connected(page)
    _choose(page, "party popper")
    expect(page.locator(".parley-input")).to_have_value("🎉")
    panel = page.locator(".parley-picker")
    expect(panel.locator(".parley-picker-shelf")).to_have_css("overflow-y", "auto")
    assert axe(page, "parley-messenger") == []
    expect(page.locator("body > *")).to_have_count(2)  # the script and the element, as before
    page.locator(".parley-picker-tones").select_option("3")
    page.locator(".parley-picker-input").fill("thumbs up")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    expect(page.locator(".parley-input")).to_have_value("🎉👍🏽")
    assert page.evaluate("() => indexedDB.databases()") == []


def test_two_messengers_of_a_page_load_it_once_and_each_writes_to_its_own(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor
) -> None:
    script, element = two_lines(chat, "ann", "ben")
    html = page_of(head=script, body=element + element.replace("ben", "cat"))
    one = visitor()
    loaded: list[str] = []
    one.context.on("request", lambda request: loaded.append(request.url))
    page = one.visit(host.put("/", html))
    smiles = page.locator(".parley-smile")
    expect(smiles).to_have_count(2)
    held: list[Route] = []
    page.route("**/static/emoji.js", lambda route: held.append(route))
    for index in (0, 1):
        smiles.nth(index).click()
        loading = page.locator(".parley-picker").nth(index).get_by_role("status")
        expect(loading).to_be_visible()
    held.pop().continue_()
    for index, word in ((1, "sun"), (0, "fire")):
        if index == 0:
            smiles.nth(index).click()
        page.locator(".parley-picker-input").nth(index).fill(word)
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
    expect(page.locator(".parley-input").nth(0)).to_have_value("🔥")
    expect(page.locator(".parley-input").nth(1)).to_have_value("☀️")
    files = sorted(url.removeprefix(chat.url) for url in loaded if FILES.search(url))
    assert files == ["/static/emoji.js", "/static/emoji/en.json"]


def test_whoever_takes_over_the_place_sees_nothing_of_the_one_before(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor
) -> None:
    html = page_of(body="".join(two_lines(chat, "ann", "cat")))
    page = visitor().visit(host.put("/", html))
    expect_connected(page)
    _choose(page, "fire")
    page.keyboard.press("Escape")
    element = page.locator("[data-parley]")
    element.evaluate("(node, token) => { node.dataset.parleyToken = token; }", token_of("ben"))
    expect(page.locator(".parley-head--me .parley-head-name")).to_have_text("Ben")
    page.locator(".parley-smile").click()
    recent = page.get_by_role("tab", name="Recently used", include_hidden=True)
    expect(page.locator(".parley-emoji").first).to_have_text("😀")
    expect(recent).to_be_hidden()
    page.evaluate("() => parley('wipe', '[data-parley]')")
    assert stored_keys(page) == []


@pytest.mark.parametrize("late", ["**/static/emoji.js", "**/static/emoji/*.json"])
def test_ended_while_it_loads_it_leaves_nothing_behind(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor, late: str
) -> None:
    one = visitor()
    page = one.context.new_page()
    page.add_init_script(COUNT)
    script, element = two_lines(chat, "ann", "ben")
    page.goto(host.put("/", page_of(head=script, body=f"<main>{element}</main>")))
    expect_connected(page)
    main = page.locator("main").inner_html()
    page.evaluate("() => document.querySelector('main').replaceChildren()")
    page.wait_for_function("() => held().sockets === 0 && held().timers === 0")
    before = page.evaluate("() => held()")
    page.evaluate("(html) => { document.querySelector('main').innerHTML = html; }", main)
    expect_connected(page)
    held: list[Route] = []
    page.route(late, lambda route: held.append(route))
    page.locator(".parley-smile").click()
    expect(page.locator(".parley-picker").get_by_role("status")).to_be_visible()
    page.evaluate("() => document.querySelector('main').replaceChildren()")
    with page.expect_response(lambda response: bool(FILES.search(response.url))):
        held.pop().continue_()
    page.wait_for_function("() => held().sockets === 0 && held().timers === 0")
    assert page.evaluate("() => held()") == before
    page.evaluate("(html) => { document.querySelector('main').innerHTML = html; }", main)
    _choose(page, "fire")
    write(page, page.locator(".parley-input").input_value())
    expect(page.locator(".parley-row--emoji")).to_be_visible()


def test_nothing_is_loaded_or_stored_before_it_is_opened(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor
) -> None:
    one = visitor()
    loaded: list[str] = []
    one.context.on("request", lambda request: loaded.append(request.url))
    page = one.visit(host.put("/", page_of(body="".join(two_lines(chat, "ann", "ben")))))
    write(page, "hello")
    expect(page.locator(".parley-log .parley-tick")).to_have_text("Sent")
    assert [url for url in loaded if FILES.search(url)] == []
    assert [key for key in stored_keys(page) if "emoji" in key] == []


def _choose(page: Page, word: str) -> None:
    page.locator(".parley-smile").click()
    page.locator(".parley-picker-input").fill(word)
    page.keyboard.press("Enter")
