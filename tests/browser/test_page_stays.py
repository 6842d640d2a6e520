"""What the widget scrolls is its own: the page around it stays where its reader is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.host import HostSite, Visitor, token_of
from tests.browser.person import tick, write
from tests.services.parley import ParleyServer

LINES = 25
IN_VIEW = """(line) => {
    const nodes = [line, line.closest('.parley-log')];
    const [inner, outer] = nodes.map((node) => node.getBoundingClientRect());
    return inner.top >= outer.top && inner.bottom <= outer.bottom;
}"""


@pytest.mark.parametrize("above", [300, 3000])
def test_unread_messages_do_not_move_the_page(
    chat: ParleyServer,
    host: HostSite,
    visitor: Callable[[], Visitor],
    members: dict[str, int],
    above: int,
) -> None:
    def address(sub: str, to: str) -> str:
        html = f"""<!doctype html><title>Shop</title>
            <div style="height: {above}px">Wares</div>
            <div style="height: 500px" data-parley data-parley-mode="chatbox"
                data-parley-token="{token_of(sub)}" data-parley-with="{to}"></div>
            <div style="height: 3000px">More wares</div>
            <script async src="{chat.url}/widget.js"></script>"""
        return host.put(f"/{sub}", html)

    ben = visitor().visit(address("ben", "ann"))
    for number in range(LINES):
        write(ben, f"line {number}")
    expect(tick(ben, f"line {LINES - 1}")).to_have_text("Sent")
    ann = visitor().visit(address("ann", "ben"))
    # more is unread than fits: it begins where one can see it
    expect(ann.locator(".parley-jump")).to_be_visible()
    assert ann.locator(".parley-new").evaluate(IN_VIEW)
    assert ann.evaluate("() => scrollY") == 0
