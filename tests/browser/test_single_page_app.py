"""Inside a page that makes and drops messengers all the time: nothing of them may stay."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.host import HostSite, Visitor, token_of
from tests.services.parley import ParleyServer

# What a page holds on to. Runs before anything else does.
COUNT = """(() => {
    const timers = new Set(), sockets = new Set(), listeners = new Map();
    const later = window.setTimeout, never = window.clearTimeout;
    window.setTimeout = (run, ms, ...rest) => {
        const id = later(() => { timers.delete(id); run(...rest); }, ms);
        timers.add(id);
        return id;
    };
    window.clearTimeout = (id) => { timers.delete(id); never(id); };
    window.WebSocket = class extends window.WebSocket {
        constructor(...all) {
            super(...all);
            sockets.add(this);
        }
    };
    for (const target of [window, document]) {
        const add = target.addEventListener.bind(target);
        const drop = target.removeEventListener.bind(target);
        const key = (type, run) => [target === window ? 'window' : 'document', type, run];
        const held = [];
        listeners.set(target, held);
        target.addEventListener = (type, run, options) => {
            const entry = key(type, run);
            held.push(entry);
            const forget = () => held.includes(entry) && held.splice(held.indexOf(entry), 1);
            options?.signal?.addEventListener('abort', forget);
            if (options?.once) add(type, forget, options);
            return add(type, run, options);
        };
        target.removeEventListener = (type, run, options) => {
            const at = held.findIndex(([, name, known]) => name === type && known === run);
            if (at >= 0) held.splice(at, 1);
            return drop(type, run, options);
        };
    }
    window.held = () => ({
        timers: timers.size,
        sockets: [...sockets].filter((socket) => socket.readyState < 3).length,
        listeners: [...listeners.values()].flat().map(([where, type]) => `${where} ${type}`).sort(),
        nodes: document.querySelectorAll('*').length,
    });
})()"""
# One life of a messenger, cut off at another moment each time.
LIVES = """async ({ token, mode, count }) => {
    for (let life = 0; life < count; life += 1) {
        const element = document.createElement('div');
        document.body.append(element);
        const ready = new Promise((done) => parley('on', element, 'ready', done));
        parley('init', element, { token, mode, with: life % 2 ? 'ben' : null });
        if (life % 4) await ready;
        if (life % 4 > 1) await new Promise((done) => parley('on', element, 'state',
            ({ state }) => state === 'online' && done()));
        parley('destroy', element);
        element.remove();
    }
}"""

# Whole lives: signed in, connected, a conversation open, something said and stored.
TALKS = """async ({ token, count }) => {
    const until = (element, type, wanted) =>
        new Promise((done) => parley('on', element, type, (detail) => wanted(detail) && done()));
    for (let life = 0; life < count; life += 1) {
        const element = document.createElement('div');
        document.body.append(element);
        const opened = until(element, 'open', ({ userId }) => userId);
        const online = until(element, 'state', ({ state }) => state === 'online');
        const mode = ['inbox', 'popup', 'chatbox'][life % 3];
        parley('init', element, { token, mode, with: 'ben' });
        await Promise.all([opened, online]);
        parley('send', element, `in life ${life}`);
        while (parley('unsent', element)) await new Promise(requestAnimationFrame);
        parley('destroy', element);
        element.remove();
    }
}"""
# What a hundred lives may add to what the page holds after the first ten, once the garbage is
# out. Measured: no node, no listener, 130 KB of compiled code and caches that still settle. One
# life that stayed would be there with hundreds of nodes, all hundred with several megabytes.
WARM = 10
MOST = {"JSHeapUsedSize": 500_000, "Nodes": 50, "JSEventListeners": 5, "Documents": 0}
# The last life is held as long as something that it asked for is under way: a request is given up
# after 15 seconds (static/parley/api.js).
UNDER_WAY = 20


@pytest.mark.usefixtures("members")
def test_the_memory_of_a_hundred_lives_is_given_back(
    chat: ParleyServer, host: HostSite, visitor: Callable[[], Visitor]
) -> None:
    script = f'<script async src="{chat.url}/widget.js"></script>'
    page = visitor().visit(host.put("/", f"<!doctype html><title>Shop</title>{script}"))
    page.wait_for_function("() => window.parley?.jQuery && document.readyState === 'complete'")
    life = {"token": token_of("ann")}
    page.evaluate(TALKS, {**life, "count": WARM})
    before = _memory(page)
    page.evaluate(TALKS, {**life, "count": 100})
    grown = _grown(page, before)
    until = time.monotonic() + UNDER_WAY
    while _too_much(grown) and time.monotonic() < until:
        grown = _grown(page, before)
    assert not _too_much(grown), grown


@pytest.mark.usefixtures("members")
@pytest.mark.parametrize("mode", ["inbox", "popup"])
def test_a_hundred_lives_leave_nothing_behind(
    chat: ParleyServer, host: HostSite, visitor: Callable[[], Visitor], mode: str
) -> None:
    one = visitor()
    page = one.context.new_page()
    page.add_init_script(COUNT)
    script = f'<script async src="{chat.url}/widget.js"></script>'
    page.goto(host.put("/", f"<!doctype html><title>Shop</title><p>Shop</p>{script}"))
    page.wait_for_function("() => window.parley?.jQuery && document.readyState === 'complete'")
    life = {"token": token_of("ann"), "mode": mode}
    page.evaluate(LIVES, {**life, "count": 4})
    _expect_quiet(page)
    before = page.evaluate("() => held()")
    page.evaluate(LIVES, {**life, "count": 100})
    _expect_quiet(page)
    assert page.evaluate("() => held()") == before
    assert page.title() == "Shop"


def test_an_element_that_is_taken_out_takes_its_messenger_with_it(
    chat: ParleyServer, host: HostSite, visitor: Callable[[], Visitor], members: dict[str, int]
) -> None:
    one = visitor()
    page = one.context.new_page()
    page.add_init_script(COUNT)
    element = f'<div data-parley data-parley-token="{token_of("ann")}"></div>'
    script = f'<script async src="{chat.url}/widget.js"></script>'
    page.goto(host.put("/", f"<!doctype html><title>Shop</title>{element}{script}"))
    expect(page.locator(".parley")).to_be_visible()
    page.wait_for_function("() => held().sockets === 1")
    page.evaluate("() => document.body.replaceChildren()")
    _expect_quiet(page)
    assert page.evaluate("() => parley('instance', 'body')") is None


def _expect_quiet(page: Page) -> None:
    page.wait_for_function("() => held().sockets === 0 && held().timers === 0")


def _grown(page: Page, before: dict[str, float]) -> dict[str, float]:
    now = _memory(page)
    return {name: now[name] - before[name] for name in MOST}


def _too_much(grown: dict[str, float]) -> bool:
    return any(grown[name] > MOST[name] for name in MOST)


def _memory(page: Page) -> dict[str, float]:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    # Twice: what the first frees may have held what only the second finds.
    for _ in range(2):
        session.send("HeapProfiler.collectGarbage")
    answer = session.send("Performance.getMetrics")
    session.detach()
    return {metric["name"]: metric["value"] for metric in answer["metrics"]}
