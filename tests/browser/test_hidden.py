"""A page that hides every div, ours among them; and one that hides ours because it wants to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import bubble, expect_connected, tick, write
from tests.browser.test_embedding import page_of
from tests.services.parley import ParleyServer

MakeVisitor = Callable[[], Visitor]
Visit = Callable[..., Page]

GONE = "div { display: none !important } "
RESETS = {
    "type": GONE,
    "type, strongly": "html body div:not(p):not(p), html body section { display: none !important }",
    "reset": "* { all: unset !important } " + GONE,
    "everything": "* { all: unset !important } body * { display: none !important }",
    "a layer": "@layer early { " + GONE + "}",
}
MODES = ["inbox", "chatbox", "popup"]
LATER = """(css) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [sheet];
}"""

pytestmark = pytest.mark.usefixtures("members")


@pytest.fixture
def visit(chat: ParleyServer, host: HostSite, visitor: MakeVisitor) -> Visit:
    """A page of the host with these styles and this element."""

    def make(css: str, attributes: str = "") -> Page:
        script = f'<script async src="{chat.url}/widget.js"></script>'
        element = f"""<div data-parley data-parley-token="{token_of("ann")}"
            data-parley-with="ben" {attributes}></div>"""
        head = f"<style>{css}</style>{script}"
        return visitor().visit(host.put("/", page_of(head=head, body=element)))

    return make


def element(page: Page) -> Locator:
    return page.locator("[data-parley]")


# every rule, and every mode under the worst of them; the rest is for `make reliability`
@pytest.mark.parametrize(
    ("mode", "css"),
    [
        pytest.param(
            mode,
            css,
            id=f"{name} {mode}",
            marks=() if mode == "popup" or name == "everything" else pytest.mark.slow,
        )
        for mode in MODES
        for name, css in RESETS.items()
    ],
)
def test_a_rule_that_hides_every_div_does_not_hide_the_messenger(
    visit: Visit, shots: Path, mode: str, css: str
) -> None:
    page = visit(css, f'data-parley-mode="{mode}"')
    if mode == "popup":
        page.locator(".parley-launcher").click()
    expect_connected(page)
    write(page, "still here")
    expect(tick(page, "still here")).to_have_text("Sent")
    expect(bubble(page, "still here")).to_be_in_viewport()
    box = page.locator(".parley").bounding_box()
    assert box is not None
    assert (box["width"] > 350, box["height"] > 500) == (True, True)
    page.locator(".parley-smile").click()
    expect(page.locator(".parley-emoji").first).to_be_in_viewport()
    page.screenshot(path=shots / f"hidden-{mode}.png")


def test_styles_that_come_later_do_not_hide_it_either(visit: Visit) -> None:
    page = visit("")
    expect_connected(page)
    page.evaluate(LATER, GONE)
    page.wait_for_function(
        "() => document.querySelector('[data-parley]').style.display === 'block'"
    )
    expect(page.locator(".parley-input")).to_be_visible()


@pytest.mark.parametrize(
    ("css", "attributes"),
    [
        ("", "hidden"),
        ("", 'style="display: none"'),
        ("", 'style="display: none !important"'),
        (".off { display: none }", 'class="off"'),
        (".off { display: none !important }", 'class="off"'),
        ("#chat { display: none }", 'id="chat"'),
        (GONE, "hidden"),
        (GONE, 'style="display: none"'),
    ],
)
def test_what_the_page_hides_on_purpose_stays_hidden_until_it_is_shown(
    visit: Visit, css: str, attributes: str
) -> None:
    page = visit(css, attributes)
    expect(page.locator(".parley-input")).to_be_attached()
    _two_frames(page)
    expect(page.locator(".parley")).to_be_hidden()
    page.evaluate(
        """() => {
            const element = document.querySelector('[data-parley]');
            for (const name of ['hidden', 'style', 'class', 'id']) element.removeAttribute(name);
        }"""
    )
    expect(page.locator(".parley-input")).to_be_visible()
    write(page, "back")
    expect(tick(page, "back")).to_have_text("Sent")


@pytest.mark.parametrize("css", ["", GONE])
@pytest.mark.parametrize(
    ("hide", "show"),
    [
        ("node.hidden = true", "node.hidden = false"),
        ("node.style.display = 'none'", "node.style.display = ''"),
    ],
)
def test_a_page_may_hide_and_show_it_at_any_time(
    visit: Visit, css: str, hide: str, show: str
) -> None:
    page = visit(css)
    expect(page.locator(".parley-input")).to_be_visible()
    for _ in range(2):
        for change in (hide, show):
            element(page).evaluate(f"(node) => {{ {change}; }}")
            _two_frames(page)
            expect(page.locator(".parley-input")).to_be_visible(visible=change == show)


def test_nothing_of_it_stays_on_the_element(visit: Visit) -> None:
    page = visit(GONE)
    expect(page.locator(".parley-input")).to_be_visible()
    expect(element(page)).to_have_attribute("style", "display: block !important;")
    before = page.locator("body > *").count()
    page.evaluate("() => parley('destroy', '[data-parley]')")
    assert element(page).get_attribute("style") is None
    assert page.locator("body > *").count() == before


def test_in_a_place_that_is_hidden_nothing_is_done(visit: Visit) -> None:
    """Another tab of the page, say: its element is not hidden itself."""
    page = visit("nav { display: none }")
    expect(page.locator(".parley-input")).to_be_visible()
    page.evaluate(
        """() => {
            const nav = document.createElement('nav');
            document.body.append(nav);
            nav.append(document.querySelector('[data-parley]'));
        }"""
    )
    expect(page.locator(".parley-input")).to_be_hidden()
    _two_frames(page)
    assert element(page).get_attribute("style") is None


def _two_frames(page: Page) -> None:
    """Whatever looks at the page's styles has looked."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
