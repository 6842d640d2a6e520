"""$.fn.parley as a page's author meets it: methods, events, options, destroy."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, expect_connected, tick, write

MODULES = Path(__file__).resolve().parents[2] / "node_modules"
# What a page holds on to: sockets, and listeners on window and document. Runs before the page does.
COUNT = """() => {
    window.held = {sockets: 0, listeners: 0};
    const Real = window.WebSocket;
    window.WebSocket = class extends Real {
        constructor(...all) {
            super(...all);
            window.held.sockets += 1;
            this.addEventListener('close', () => { window.held.sockets -= 1; });
        }
    };
    for (const target of [window, document]) {
        const add = target.addEventListener, remove = target.removeEventListener;
        target.addEventListener = function (type, listener, options) {
            window.held.listeners += 1;
            options?.signal?.addEventListener('abort', () => { window.held.listeners -= 1; });
            return add.call(this, type, listener, options);
        };
        target.removeEventListener = function (...all) {
            window.held.listeners -= 1;
            return remove.apply(this, all);
        };
    }
}"""


def call(page: Page, script: str) -> object:
    return page.evaluate(f"() => {{ const chat = $('#chat'); return ({script}); }}")


def test_methods_events_and_options(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    page = alice.connected_page()
    page.evaluate(
        """() => {
            window.heard = [];
            $('#chat').on('message.parley unread.parley open.parley', (event, detail) => {
                window.heard.push([event.type, event.namespace, detail]);
            });
        }"""
    )
    assert call(page, f"chat.parley('open', {bob.user_id}).is(chat)") is True
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Bob")
    bob.post(alice, "hi")
    expect(bubble(page, "hi")).to_be_visible()
    page.wait_for_function("() => window.heard.some(([type]) => type === 'message')")
    heard = page.evaluate("() => window.heard")
    assert heard[0][0] == "open"
    message = next(detail for kind, _, detail in heard if kind == "message")
    assert (message["userId"], message["name"], message["content"]) == (bob.user_id, "Bob", "hi")
    assert {namespace for _, namespace, _ in heard} == {"parley"}
    assert call(page, "chat.parley('option', 'title')") is True
    assert call(page, "chat.parley({title: false}).parley('option', 'title')") is False
    assert call(page, "chat.parley('instance') === chat.parley({}).parley('instance')") is True
    call(page, "chat.parley('send', 'by method') && null")
    expect(bubble(page, "by method")).to_be_visible()
    with pytest.raises(Exception, match="no method explode on parley"):
        call(page, "chat.parley('explode')")
    with pytest.raises(Exception, match="no method constructor on parley"):
        call(page, "chat.parley('constructor')")


def test_a_listener_can_refuse_a_message(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.page(bob)
    page.evaluate(
        """() => $('#chat').on('beforesend.parley', (event, {content}) => {
            if (content.includes('secret')) event.preventDefault();
        })"""
    )
    write(page, "a secret")
    expect(page.locator(".parley-input")).to_have_value("a secret")
    write(page, "nothing special")
    expect(bubble(page, "nothing special")).to_be_visible()
    expect(tick(page, "nothing special")).to_have_text("Sent")
    assert alice.history(bob) == ["nothing special"]


def test_destroy_leaves_nothing_behind(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    bob.post(alice, "hi")
    page = alice.page()
    page.add_init_script(f"({COUNT})()")
    page.reload()
    expect_connected(page)
    page.wait_for_function("() => window.held.sockets === 1")
    me = page.locator("#chat").get_attribute("data-me")
    call(page, "chat.parley('destroy') && null")
    page.wait_for_function("() => window.held.sockets === 0")
    before = page.evaluate("() => window.held.listeners")
    for _ in range(5):
        call(page, f"chat.parley({{me: {me}, with: {bob.user_id}}}) && null")
        expect(bubble(page, "hi")).to_be_visible()
        call(page, "chat.parley('destroy') && null")
        expect(page.locator("#chat > *")).to_have_count(0)
    page.wait_for_function("() => window.held.sockets === 0")
    assert page.evaluate("() => window.held.listeners") == before
    assert call(page, "chat.parley('instance') === undefined") is True


def test_it_works_with_jquery_3_as_well(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    older = MODULES / "jquery3" / "dist" / "jquery.min.js"
    page = alice.context.new_page()
    page.route("**/vendor/jquery.min.js*", lambda route: route.fulfill(path=older))
    page.goto(f"{alice.url}/#with={bob.user_id}")
    assert str(page.evaluate("() => $.fn.jquery")).startswith("3.7.")
    write(page, "from the past")
    expect(tick(page, "from the past")).to_have_text("Sent")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".page-form")).to_be_visible()
