"""What a host may change of our looks: the variables that docs/embedding.md names."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import write
from tests.services.parley import ParleyServer

MakePage = Callable[..., Page]


@pytest.fixture
def visit(
    chat: ParleyServer, host: HostSite, visitor: Callable[..., Visitor], members: dict[str, int]
) -> MakePage:
    """A page of the host with a messenger for Ann and these variables set on it."""

    def make(variables: str, attributes: str, **profile: object) -> Page:
        html = f"""<!doctype html><title>Shop</title>
            <style>parley-messenger {{ {variables} }}</style>
            <div data-parley data-parley-token="{token_of("ann")}" {attributes}></div>
            <script async src="{chat.url}/widget.js"></script>"""
        return visitor(**profile).visit(host.put("/", html))

    return make


def test_colours_corners_letters_and_their_size(visit: MakePage) -> None:
    variables = """--parley-mine: rgb(1, 2, 3); --parley-on-mine: rgb(250, 240, 230);
        --parley-background: rgb(4, 5, 6); --parley-accent: rgb(7, 8, 9); --parley-radius: 3px;
        --parley-font: "Courier New", monospace; --parley-font-size: 20px"""
    page = visit(variables, 'data-parley-mode="chatbox" data-parley-with="ben"')
    write(page, "in your colours")
    own = page.locator(".parley-row--mine .parley-bubble")
    expect(own).to_have_css("background-color", "rgb(1, 2, 3)")
    expect(own).to_have_css("color", "rgb(250, 240, 230)")
    expect(own).to_have_css("border-start-start-radius", "3px")
    expect(page.locator(".parley")).to_have_css("background-color", "rgb(4, 5, 6)")
    for place in (".parley", ".parley-input", ".parley-head-name"):
        expect(page.locator(place).last).to_have_css("font-family", '"Courier New", monospace')
        expect(page.locator(place).last).to_have_css("font-size", "20px")
    page.locator(".parley-input").fill("more")
    expect(page.locator(".parley-send")).to_have_css("background-color", "rgb(7, 8, 9)")


@pytest.mark.parametrize("side", ["end", "start"])
@pytest.mark.parametrize("locale", ["en", "ar"])
def test_a_popup_stands_where_it_is_told_to(visit: MakePage, side: str, locale: str) -> None:
    other = {"start": "end", "end": "start"}[side]
    variables = f"--parley-popup-{side}: 50px; --parley-popup-{other}: auto;"
    page = visit(
        variables + "--parley-popup-bottom: 40px", 'data-parley-mode="popup"', locale=locale
    )
    page.emulate_media(reduced_motion="reduce")
    page.locator(".parley-launcher").click()
    right = (side == "end") == (locale == "en")
    launcher, panel = (box_of(page.locator(f".parley-{part}")) for part in ("launcher", "panel"))
    for box in (launcher, panel):
        assert (1280 - box["right"] if right else box["left"]) == 50
    assert launcher["bottom"] == 800 - 40
    assert 0 < panel["top"] < panel["bottom"] < launcher["top"]


def box_of(place: Locator) -> dict[str, float]:
    return dict(place.evaluate("(node) => node.getBoundingClientRect().toJSON()"))
