"""Events of the plugin: each has its namespace, and can be cancelled: the page does our part."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import bubble, item, tick, write
from tests.services.parley import ParleyServer

NOBODY = 999_999


@pytest.fixture
def visit(
    chat: ParleyServer, host: HostSite, visitor: Callable[..., Visitor], members: dict[str, int]
) -> Callable[..., Page]:
    """A page with the host's own jQuery; `cancelled` is an event that its author cancels."""

    def make(sub: str, settings: str, cancelled: str = "") -> Page:
        html = f"""<!doctype html><title>Shop</title><div id="chat"></div>
            <script src="{host.put_jquery("jquery")}"></script>
            <script src="{chat.url}/widget.js"></script>"""
        page = visitor().visit(host.put(f"/{sub}", html))
        page.evaluate(
            f"""([token, cancelled]) => {{
                window.heard = [];
                const all = 'ready beforesend message unread state error'.split(' ');
                $('#chat').on(all.map((type) => `${{type}}.parley`).join(' '), (event) => {{
                    heard.push(`${{event.type}}.${{event.namespace}}`);
                    if (event.type === cancelled) event.preventDefault();
                }}).parley({{ token, {settings} }});
            }}""",
            [token_of(sub), cancelled],
        )
        _until(page, "online")
        return page

    return make


def _until(page: Page, state: str) -> None:
    """Asked of the messenger: where `state` is cancelled, the page shows nothing."""
    page.wait_for_function(
        "(state) => $('#chat').parley('instance')?.messenger?.status.state === state", arg=state
    )


def test_all_six_are_heard_under_their_namespace(
    visit: Callable[..., Page], chat: ParleyServer
) -> None:
    ann, ben = visit("ann", "with: 'ben'"), visit("ben", "with: 'ann'")
    write(ben, "hi")
    expect(bubble(ann, "hi")).to_be_visible()
    write(ann, "hello")
    ann.evaluate(f"() => {{ $('#chat').parley('open', {NOBODY}).parley('send', 'anybody?') }}")
    expect(ann.locator(".parley-failed")).to_be_visible()
    wanted = {"ready", "beforesend", "message", "unread", "state", "error"}
    assert set(ann.evaluate("() => heard")) == {f"{name}.parley" for name in wanted}


def test_each_method_by_its_name_can_be_chained(visit: Callable[..., Page]) -> None:
    page = visit("ann", "with: 'ben'")
    name = page.locator(".parley-thread .parley-head-name")
    expect(name).to_have_text("Ben")
    chained = "(calls) => calls.every((call) => $('#chat').parley(...call).is('#chat'))"
    assert page.evaluate(chained, [["with", "cat"]])
    expect(name).to_have_text("Cat")
    assert page.evaluate(chained, [["send", "to cat"], ["option", "theme", "dark"]])
    expect(bubble(page, "to cat")).to_be_visible()
    expect(page.locator(".parley")).to_have_css("color-scheme", "dark")
    assert page.evaluate("() => $('#chat').parley('option', 'theme')") == "dark"
    user_id = page.evaluate("() => $('#chat').parley('instance').messenger.openId")
    assert page.evaluate(chained, [["close"]])
    expect(name).to_be_hidden()
    assert page.evaluate(chained, [["open", user_id]])
    expect(name).to_have_text("Cat")
    assert page.evaluate(chained, [["destroy"], ["destroy"]])
    expect(page.locator("parley-messenger")).to_have_count(0)
    page.evaluate("() => { $.fn.parley.defaults.theme = 'dark' }")
    page.evaluate("(token) => { $('#chat').parley({ token }) }", token_of("ann"))
    expect(page.locator(".parley")).to_have_css("color-scheme", "dark")


def test_ready_cancelled_opens_nobody(visit: Callable[..., Page]) -> None:
    page = visit("ann", "with: 'ben'", "ready")
    expect(page.locator(".parley-empty--main")).to_be_visible()
    expect(page.locator(".parley-empty-title").last).to_have_text("Your messages")
    page.evaluate("() => { $('#chat').parley('with', 'cat') }")
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Cat")


def test_beforesend_cancelled_sends_nothing(visit: Callable[..., Page]) -> None:
    page = visit("ann", "with: 'ben'", "beforesend")
    expect(page.locator(".parley-thread")).to_be_visible()
    write(page, "kept back")
    expect(page.locator(".parley-input")).to_have_value("kept back")
    expect(page.locator(".parley-row")).to_have_count(0)


def test_message_cancelled_is_shown_and_not_announced(visit: Callable[..., Page]) -> None:
    ann, ben = visit("ann", "with: 'ben'", "message"), visit("ben", "with: 'ann'")
    write(ben, "hi")
    expect(bubble(ann, "hi")).to_be_visible()
    expect(ann.locator("[aria-live=polite]")).to_have_text("")
    write(ann, "hello")
    expect(ben.locator("[aria-live=polite]")).to_have_text("Ann: hello")


def test_unread_cancelled_leaves_title_and_launcher_to_the_page(
    visit: Callable[..., Page],
) -> None:
    ann, ben = visit("ann", "mode: 'popup'", "unread"), visit("ben", "with: 'ann'")
    write(ben, "hi")
    ann.locator(".parley-launcher").click()
    expect(item(ann, "Ben").locator(".parley-badge")).to_contain_text("1")
    expect(ann).to_have_title("Shop")
    ann.keyboard.press("Escape")
    expect(ann.locator(".parley-popup > .parley-badge")).to_be_hidden()


def test_state_cancelled_shows_no_bar(visit: Callable[..., Page], chat: ParleyServer) -> None:
    ann, ben = visit("ann", "with: 'ben'", "state"), visit("ben", "with: 'ann'")
    chat.kill()
    for page in (ann, ben):
        _until(page, "waiting")
    expect(ben.locator(".parley-status")).to_be_visible()
    expect(ann.locator(".parley-status")).to_be_hidden()
    chat.start()


def test_error_cancelled_says_nothing_beside_the_message(visit: Callable[..., Page]) -> None:
    ann, ben = visit("ann", f"with: {NOBODY}", "error"), visit("ben", f"with: {NOBODY}")
    for page in (ben, ann):
        write(page, "anybody?")
        expect(tick(page, "anybody?")).to_have_text("Not sent")
    expect(ben.locator(".parley-toast")).to_be_visible()
    expect(ann.locator(".parley-toast")).to_have_count(0)


def test_a_listener_that_fails_is_reported_and_stops_nothing(
    visit: Callable[..., Page],
) -> None:
    ann, ben = visit("ann", "with: 'ben'"), visit("ben", "with: 'ann'")
    ann.evaluate(
        """() => {
            window.mistakes = new Set();
            window.addEventListener('error', (event) => {
                event.preventDefault();
                mistakes.add(event.message);
            });
            for (const type of ['message', 'state', 'unread', 'beforesend']) {
                parley('on', '#chat', type, () => { throw new Error(type); });
            }
            $('#chat').parley('instance').messenger.transport.stop();
        }"""
    )
    write(ben, "missed")
    expect(tick(ben, "missed")).to_have_text("Sent")
    ann.evaluate("() => $('#chat').parley('instance').messenger.transport.start()")
    expect(bubble(ann, "missed")).to_be_visible()
    _until(ann, "online")
    write(ben, "heard")
    expect(bubble(ann, "heard")).to_be_visible()
    write(ann, "answer")
    expect(bubble(ben, "answer")).to_be_visible()
    wanted = {f"Uncaught Error: {name}" for name in ("message", "state", "beforesend")}
    assert wanted <= set(ann.evaluate("() => [...mistakes]"))
