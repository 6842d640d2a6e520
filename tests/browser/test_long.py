"""A conversation of ten thousand messages: few of them on the page, and the eye keeps its place."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import Person, bubble, expect_connected, write
from tests.services.parley import ParleyServer

MANY = 10_000
LAST = f"message {MANY}" + " and more of it" * (MANY % 11)
MOST_ROWS = 200
HOLD_ALL = """async () => {
    const {messenger} = $('#chat').parley('instance');
    while (messenger.opened.hasOlder) await messenger.loadOlder();
    return messenger.opened.log.length;
}"""
HELD = "() => $('#chat').parley('instance').messenger.opened.log.length"
MOST_HELD = 400
# Scrolls past enough messages, or to the end, a frame at a time. Between two frames every row that
# stays must have moved by what was scrolled.
TRAVEL = """async (log, [step, enough]) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const places = () => new Map([...log.querySelectorAll('.parley-row')]
        .map((row) => [row.dataset.seq, row.getBoundingClientRect().top]));
    const seen = new Set();
    let most = 0, jump = 0, still = 0;
    while (still < 5 && seen.size <= enough) {
        const before = places();
        const top = log.scrollTop;
        log.scrollTop = top + step;
        const moved = log.scrollTop - top;
        await frame();
        const after = places();
        for (const [seq, was] of before) {
            seen.add(seq);
            if (after.has(seq)) jump = Math.max(jump, Math.abs(was - moved - after.get(seq)));
        }
        most = Math.max(most, after.size);
        still = moved === 0 ? still + 1 : 0;
    }
    return {seen: seen.size, most, jump};
}"""
# What a person's wheel does: a step a frame, and nothing is measured between them.
WHEEL = """async (log, [step, frames]) => {
    for (let frame = 0; frame < frames; frame += 1) {
        log.scrollTop += step;
        await new Promise((done) => requestAnimationFrame(done));
    }
    return Number(log.querySelector('[data-seq]').dataset.seq);
}"""
FRAMES = 200
# Milliseconds for each message that came into view, of the page's one thread and by its own
# clock: what else the machine does counts for nothing. Measured were 0.13 of script, 0.13 of
# style and layout. A frame of 1,200 pixels brings 16 messages and has 16 ms.
SCRIPT = 0.3
LAYOUT = 0.3
TURN = 25  # rows that come in at once
# Of what was built, whatever the browser has not yet cleaned away after a collection.
MOST_NODES = 20_000


def _fill(parley: ParleyServer, alice: Person, bob: Person) -> None:
    """Directly: written one by one it would take a minute."""
    bob.post(alice, "the very first")
    begin = round(time.time() * 1000) - MANY * 60_000
    path = parley.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=10)) as database, database:
        (conversation,) = database.execute("SELECT id FROM conversation").fetchone()
        rows = []
        for seq in range(2, MANY + 1):
            me, other = (alice, bob) if seq % 3 else (bob, alice)
            text = f"message {seq}" + " and more of it" * (seq % 11)
            at = begin + seq * 60_000
            rows.append((conversation, seq, me.user_id, other.user_id, b"c%d" % seq, text, at))
        marks = ", ".join("?" * 7)
        columns = "conversation_id, seq, me, other, client_id, content, time"
        database.executemany(f"INSERT INTO chatlog ({columns}) VALUES ({marks})", rows)
        database.execute("UPDATE conversation SET last_seq = ?", (MANY,))
        database.execute("UPDATE participant SET read_seq = ?, delivered_seq = ?", (MANY, MANY))


def _all_held(person: MakePerson, parley: ParleyServer) -> tuple[Page, Callable[[str], object]]:
    """One side's page, with every message loaded; and what the other side says."""
    alice, bob = person("alice"), person("bob")
    _fill(parley, alice, bob)
    page = alice.page(bob)
    expect(bubble(page, LAST)).to_be_visible()
    expect_connected(page)
    assert page.evaluate(HOLD_ALL) == MANY
    return page, lambda text: bob.post(alice, text)


def _go_to_the_top(page: Page) -> None:
    page.locator(".parley-log").evaluate("(log) => log.scrollTo(0, 0)")
    expect(page.locator(".parley-jump")).to_be_visible()


def _rows(page: Page) -> int:
    return page.locator(".parley-row").count()


class Costs:
    """What the page's thread has done since it was made."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before = self._now()

    def of(self, *names: str) -> float:
        """A count, or seconds."""
        now = self._now()
        return sum(now[name] - self._before[name] for name in names)

    def nodes_left(self) -> float:
        self._session.send("HeapProfiler.collectGarbage")
        return self._now()["Nodes"]

    def _now(self) -> dict[str, float]:
        answer = self._session.send("Performance.getMetrics")
        return {metric["name"]: metric["value"] for metric in answer["metrics"]}


def test_scrolling_costs_the_same_however_long_the_conversation_is(
    person: MakePerson, parley: ParleyServer
) -> None:
    page, _ = _all_held(person, parley)
    costs = Costs(page)
    first = page.locator(".parley-log").evaluate(WHEEL, [-1200, FRAMES])
    came = MANY - first - MOST_ROWS
    assert came > 10 * FRAMES, "it was not scrolled"
    assert costs.of("ScriptDuration") * 1000 / came < SCRIPT
    assert costs.of("LayoutDuration", "RecalcStyleDuration") * 1000 / came < LAYOUT
    # One for each turn of the window: between them nothing makes the browser lay out.
    assert costs.of("LayoutCount") < 1.2 * came / TURN
    assert costs.nodes_left() < MOST_NODES


def test_at_the_end_the_page_lets_go_of_what_lies_far_above(
    person: MakePerson, parley: ParleyServer
) -> None:
    page, say = _all_held(person, parley)
    _go_to_the_top(page)
    say("while you read")
    expect(page.locator(".parley-jump .parley-badge")).to_have_text("1")
    assert page.evaluate(HELD) == MANY + 1
    page.locator(".parley-jump").click()
    expect(bubble(page, "while you read")).to_be_in_viewport()
    say("and one more")
    expect(bubble(page, "and one more")).to_be_in_viewport()
    assert page.evaluate(HELD) <= MOST_HELD
    assert _travel(page, -2500, 100) >= 100


def _travel(page: Page, step: int, enough: int = MANY) -> int:
    """Past so many messages, or to the end; how many were seen."""
    travel = page.locator(".parley-log").evaluate(TRAVEL, [step, enough])
    assert travel["most"] <= MOST_ROWS
    assert travel["jump"] < 2
    return int(travel["seen"])


# up and down again; to the first message and all the way back is for `make reliability`
@pytest.mark.parametrize("far", [MANY // 4, pytest.param(MANY, marks=pytest.mark.slow)])
def test_ten_thousand_messages_keep_few_nodes_and_do_not_jump(
    person: MakePerson, parley: ParleyServer, far: int
) -> None:
    page, say = _all_held(person, parley)
    assert _rows(page) <= MOST_ROWS
    assert _travel(page, -2500, far) >= far
    if far == MANY:
        expect(bubble(page, "the very first")).to_be_in_viewport()
    assert _travel(page, 2500) >= far
    expect(bubble(page, LAST)).to_be_in_viewport()
    expect(page.locator(".parley-jump")).to_be_hidden()
    _go_to_the_top(page)
    say("while you read")
    expect(page.locator(".parley-jump .parley-badge")).to_have_text("1")
    page.locator(".parley-jump").click()
    expect(bubble(page, "while you read")).to_be_in_viewport()
    expect(page.locator(".parley-jump")).to_be_hidden()
    _go_to_the_top(page)
    write(page, "and my answer")
    expect(bubble(page, "and my answer")).to_be_in_viewport()
    _go_to_the_top(page)
    page.locator(".parley-log").press("End")
    expect(bubble(page, "and my answer")).to_be_in_viewport()
    expect(page.locator(".parley-jump")).to_be_hidden()
    assert _rows(page) <= MOST_ROWS
