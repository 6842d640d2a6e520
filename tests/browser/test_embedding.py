"""The two lines of the README, on pages of another origin."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import bubble, expect_connected, stored_keys, write
from tests.services.parley import ROOT, ParleyServer

MakeVisitor = Callable[[], Visitor]

STUB = """
    window.parley = window.parley || function () { (parley.q = parley.q || []).push(arguments) };
"""
HOSTILE = """
    * { all: unset !important; }
    *, *::before, *::after { font: 700 60px/3 monospace !important; color: lime !important;
        letter-spacing: 1em !important; text-transform: uppercase !important;
        float: left !important; position: static !important; }
    body * { opacity: 0.2 !important; transform: rotate(9deg) !important; margin: 9px !important; }
    html { font-size: 70px !important; }
    div, header, form, textarea, button, [class*="parley"] { display: none !important; }
"""
LOOK = """(node) => {
    const style = getComputedStyle(node);
    return [...style].sort().map((name) => `${name}: ${style.getPropertyValue(name)}`);
}"""
# what is drawn: a hidden banner of a slow connection may stand there or not
INSIDE = f"""(root) => [root, ...root.querySelectorAll('*')]
    .filter((node) => node.getClientRects().length > 0).map((node) => {{
    const {{ x, y, width, height }} = node.getBoundingClientRect();
    return [node.getAttribute('class'), x, y, width, height, ...({LOOK})(node)];
}})"""
# Whatever a page can keep in a browser, except cookies.
STORED = """async () => [
    ...Object.keys(localStorage), ...Object.keys(sessionStorage), ...await caches.keys(),
    ...await indexedDB.databases(), ...await navigator.serviceWorker.getRegistrations(),
]"""
# The element's own place is the page's to give: said more strongly than any sheet can.
PLACE = "all: initial; display: block; position: fixed; inset: 0; width: 700px; height: 500px;"
PLACE = PLACE.replace(";", " !important;")


def two_lines(chat: ParleyServer, sub: str, to: str) -> tuple[str, str]:
    """The README's HTML, for this member and with the address of the server under test."""
    text = (ROOT / "README.md").read_text("utf-8")
    found = re.findall(r"^    (<script async.*|<div data-parley.*)$", text, re.MULTILINE)
    script, element = found
    script = script.replace("https://chat.example", chat.url)
    return script, element.replace("TOKEN", token_of(sub)).replace('"bob"', f'"{to}"')


def policy_of(chat: ParleyServer) -> str:
    """The Content-Security-Policy that docs/embedding.md names, and nothing beside it."""
    text = (ROOT / "docs" / "embedding.md").read_text("utf-8")
    named = re.search(r"^    (script-src https.*)$", text, re.MULTILINE)
    assert named is not None
    ours = named[1].replace("wss://chat.example", chat.url.replace("http", "ws"))
    policy = "default-src 'none'; base-uri 'none'; require-trusted-types-for 'script'; "
    return policy + ours.replace("https://chat.example", chat.url)


def page_of(*, head: str = "", body: str = "") -> str:
    return f"<!doctype html><html><head><title>Shop</title>{head}</head><body>{body}</body></html>"


def names(page: Page) -> list[str]:
    return page.locator(".parley-thread .parley-head-name").all_inner_texts()


@pytest.mark.usefixtures("members")
@pytest.mark.parametrize("place", ["head", "before", "after"])
def test_two_members_talk(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor, place: str
) -> None:
    pages = {}
    for sub, to in (("ann", "ben"), ("ben", "ann")):
        script, element = two_lines(chat, sub, to)
        html = {
            "head": page_of(head=script, body=element),
            "before": page_of(body=script + element),
            "after": page_of(body=element + script),
        }[place]
        pages[sub] = visitor().visit(host.put(f"/{sub}", html))
    ann, ben = pages["ann"], pages["ben"]
    for page in pages.values():
        expect_connected(page)
    write(ann, "from one shop page to another")
    expect(bubble(ben, "from one shop page to another")).to_be_visible()
    write(ben, "it works")
    expect(bubble(ann, "it works")).to_be_visible()
    assert ann.context.cookies() == ben.context.cookies() == []
    assert ann.evaluate("() => [typeof jQuery, typeof $]") == ["undefined", "undefined"]


def test_nothing_is_stored_before_the_first_interaction(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor, members: dict[str, int]
) -> None:
    page = visitor().visit(host.put("/", page_of(body="".join(two_lines(chat, "ann", "ben")))))
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")
    expect_connected(page)
    page.evaluate("() => window.dispatchEvent(new Event('pagehide'))")
    assert page.evaluate(STORED) == []
    assert page.context.cookies() == []
    write(page, "now")
    expect(page.locator(".parley-log .parley-tick")).to_have_text("Sent")
    page.evaluate("() => window.dispatchEvent(new Event('pagehide'))")
    assert any(f"/{members['ann']}/cache" in key for key in stored_keys(page))
    assert all("eyJ" not in key for key in stored_keys(page))


@pytest.mark.usefixtures("members")
def test_signing_out_leaves_nothing_of_somebody_who_only_looked(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor
) -> None:
    html = page_of(body="".join(two_lines(chat, "ann", "ben")))
    page = visitor().visit(host.put("/", html))
    expect_connected(page)
    page.evaluate("() => parley('wipe', '[data-parley]')")
    expect(page.locator(".parley")).to_have_count(0)
    page.locator("[data-parley]").click()
    assert stored_keys(page) == []
    element = page.locator("[data-parley]")
    element.evaluate("(node, token) => { node.dataset.parleyToken = token; }", token_of("ann"))
    expect_connected(page)


@pytest.mark.usefixtures("members")
def test_elements_come_change_and_go(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor
) -> None:
    script, element = two_lines(chat, "ann", "ben")
    both = element + element.replace("ben", "cat")
    page = visitor().visit(host.put("/", page_of(head=script, body=f"<main>{both}</main>")))
    heads = page.locator(".parley-thread .parley-head-name")
    expect(heads).to_have_text(["Ben", "Cat"])
    page.evaluate(
        """() => {
            const later = document.querySelector('[data-parley]').cloneNode();
            const box = document.createElement('section');
            box.append(later);
            document.body.append(box);
        }"""
    )
    expect(heads).to_have_text(["Ben", "Cat", "Ben"])
    last = page.locator("section [data-parley]")
    last.evaluate("(node) => { node.dataset.parleyWith = 'cat'; }")
    expect(heads).to_have_text(["Ben", "Cat", "Cat"])
    last.evaluate("(node) => document.querySelector('main').prepend(node)")
    expect(heads).to_have_text(["Cat", "Ben", "Cat"])
    page.evaluate("() => document.querySelector('main').firstChild.remove()")
    page.evaluate("() => document.querySelector('main').lastChild.removeAttribute('data-parley')")
    expect(heads).to_have_text(["Ben"])


def test_calls_made_before_the_script_has_loaded_are_carried_out(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor, members: dict[str, int]
) -> None:
    host.put("/token", token_of("ann"), "text/plain")
    early = f"""
        {STUB}
        window.heard = [];
        parley('ready', () => heard.push('loaded'));
        parley('init', '#chat', {{ tokenUrl: '/token', with: {members["ben"]} }});
        parley('on', '#chat', 'ready', ({{ me }}) => heard.push(me.username));
        parley('explode', '#chat');
        parley('on', '#chat', 'open', ({{ userId }}) => heard.push(userId));"""
    host.put("/early.js", early, "text/javascript")
    head = f'<script src="/early.js"></script><script async src="{chat.url}/widget.js"></script>'
    one = visitor()
    page = one.visit(host.put("/", page_of(head=head, body='<div id="chat"></div>')))
    expect(page.locator(".parley-thread .parley-head-name")).to_have_text("Ben")
    page.wait_for_function("() => heard.length === 3")
    assert page.evaluate("() => heard") == ["loaded", "ann", members["ben"]]
    assert page.evaluate("() => parley('unread', '#chat')") == 0
    assert [text for text in one.troubles if "explode" not in text] == []
    one.troubles.clear()


@pytest.mark.usefixtures("members")
@pytest.mark.parametrize("package", ["jquery", "jquery3"])
def test_the_pages_own_jquery_gets_the_plugin_and_stays_as_it_was(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor, package: str
) -> None:
    script, element = two_lines(chat, "ann", "ben")
    own = f'<script src="{host.put_jquery(package)}"></script>'
    page = visitor().visit(host.put("/", page_of(head=own + script, body=element)))
    expect(page.locator(".parley-thread")).to_be_visible()
    expect_connected(page)
    version = "4.0.0" if package == "jquery" else "3.7.1"
    assert page.evaluate("() => [$ === jQuery, $.fn.jquery]") == [True, version]
    page.evaluate(
        """() => $('[data-parley]').on('beforesend.parley', (event, { content }) => {
            if (content === 'no') event.preventDefault();
        }).parley('send', 'no').parley('send', 'yes')"""
    )
    expect(bubble(page, "yes")).to_be_visible()
    assert page.locator(".parley-row").count() == 1
    assert page.evaluate("() => parley.jQuery !== $ && parley.jQuery.fn.jquery") == "4.0.0+widget"


@pytest.mark.usefixtures("members")
@pytest.mark.parametrize("deferred", [False, True], ids=["as in the README", "deferred"])
def test_the_plugin_is_there_for_a_page_that_calls_it_by_jquery(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor, deferred: bool
) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    script, call = re.findall(r"^    (<script src.*|<script>\$.*)$", text, re.MULTILINE)
    if deferred:
        script = script.replace("<script", "<script defer")
        call = re.sub("<script>(.*)</script>", r"<script>$(() => { \1 })</script>", call)
    host.put("/chat-token", token_of("ann"), "text/plain")
    lines = script.replace("https://chat.example", chat.url) + call
    own = f'<script src="{host.put_jquery("jquery")}"></script>'
    page = visitor().visit(host.put("/", page_of(body=own + lines)))
    expect(page.locator(".parley-launcher")).to_be_visible()


@pytest.mark.usefixtures("members")
@pytest.mark.parametrize("from_url", [False, True], ids=["token", "token-url"])
def test_a_strict_policy_of_the_page_is_enough(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor, from_url: bool
) -> None:
    script, element = two_lines(chat, "ann", "ben")
    if from_url:
        host.put("/chat-token", token_of("ann"), "text/plain")
        element = re.sub('token="[^"]*"', 'token-url="/chat-token"', element)
    html = page_of(body=script + element)
    page = visitor().visit(host.put("/", html, Content_Security_Policy=policy_of(chat)))
    write(page, "under a strict policy")
    expect(page.locator(".parley-log .parley-tick")).to_have_text("Sent")
    colour = "(node) => getComputedStyle(node).backgroundColor"
    assert page.locator(".parley-bubble").evaluate(colour) == "rgb(79, 91, 213)"


@pytest.mark.usefixtures("members")
def test_hostile_styles_of_the_page_change_nothing_and_ours_do_not_leak(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor
) -> None:
    script, element = two_lines(chat, "ann", "ben")
    element = element.replace("<div", f'<section style="{PLACE}"').replace("div>", "section>")
    looks = []
    for number, style in enumerate(("", "", f"<style>{HOSTILE}</style>")):
        body = f"{element}<h1>Shop</h1><button>Buy</button>"
        page = visitor().visit(host.put(f"/{number}", page_of(head=style + script, body=body)))
        expect_connected(page)
        if number == 0:
            write(page, "the same everywhere")
        expect(page.locator(".parley-log .parley-tick")).to_have_text("Sent")
        page.locator(".parley-input").blur()
        without = page.locator(".parley-avatar:not(.parley-avatar--picture):visible")
        expect(without).to_have_count(0)
        looks.append(page.locator(".parley").evaluate(f"(node) => ({INSIDE})(node)"))
    assert looks[1] == looks[2]
    plain = visitor().visit(host.put("/plain", page_of(body="<h1>Shop</h1><button>Buy</button>")))
    with_us = visitor().visit(f"{host.origin}/0")
    expect(with_us.locator(".parley-log .parley-tick")).to_have_text("Sent")
    for tag in ("h1", "button"):
        look = f"() => ({LOOK})(document.querySelector('{tag}'))"
        assert with_us.evaluate(look) == plain.evaluate(look)


@pytest.mark.usefixtures("members")
def test_an_element_without_a_height_gets_one(
    chat: ParleyServer, host: HostSite, visitor: MakeVisitor
) -> None:
    page = visitor().visit(host.put("/", page_of(body="".join(two_lines(chat, "ann", "ben")))))
    expect(page.locator(".parley-input")).to_be_visible()
    for number in range(30):
        page.evaluate("(text) => parley('send', '[data-parley]', text)", f"line {number}")
    expect(bubble(page, "line 29")).to_be_in_viewport()
    height = "(node) => node.getBoundingClientRect().height"
    widget, element = page.locator(".parley"), page.locator("[data-parley]")
    assert widget.evaluate(height) == 576
    element.evaluate("(node) => { node.style.height = '300px'; }")
    assert widget.evaluate(height) == 300
    element.evaluate("(node) => { node.style.display = 'none'; }")
    expect(widget).to_be_hidden()
