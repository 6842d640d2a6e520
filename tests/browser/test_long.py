"""A conversation of ten thousand messages: few of them on the page, and the eye keeps its place."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing

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
# Scrolls from one end to the other, a frame at a time. Between two frames every row that stays must
# have moved by what was scrolled.
TRAVEL = """async (log, step) => {
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const places = () => new Map([...log.querySelectorAll('.parley-row')]
        .map((row) => [row.dataset.seq, row.getBoundingClientRect().top]));
    const seen = new Set();
    const took = [];
    let most = 0, jump = 0, still = 0;
    while (still < 5) {
        const before = places();
        const [began, top] = [performance.now(), log.scrollTop];
        log.scrollTop = top + step;
        const moved = log.scrollTop - top;
        await frame();
        took.push(performance.now() - began);
        const after = places();
        for (const [seq, was] of before) {
            seen.add(seq);
            if (after.has(seq)) jump = Math.max(jump, Math.abs(was - moved - after.get(seq)));
        }
        most = Math.max(most, after.size);
        still = moved === 0 ? still + 1 : 0;
    }
    return {seen: seen.size, most, jump, usual: took.sort((a, b) => a - b)[took.length >> 1]};
}"""
USUAL = 100  # milliseconds between two frames, on a machine that does other things as well


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


def _rows(page: Page) -> int:
    return page.locator(".parley-row").count()


def test_ten_thousand_messages_keep_few_nodes_and_do_not_jump(
    person: MakePerson, parley: ParleyServer
) -> None:
    alice, bob = person("alice"), person("bob")
    _fill(parley, alice, bob)
    page = alice.page(bob)
    expect(bubble(page, LAST)).to_be_visible()
    expect_connected(page)
    assert page.evaluate(HOLD_ALL) == MANY
    assert _rows(page) <= MOST_ROWS
    for step, end in ((-2500, "the very first"), (2500, LAST)):
        travel = page.locator(".parley-log").evaluate(TRAVEL, step)
        expect(bubble(page, end)).to_be_in_viewport()
        assert travel["seen"] == MANY
        assert travel["most"] <= MOST_ROWS
        assert travel["jump"] < 2
        assert travel["usual"] < USUAL
    expect(page.locator(".parley-jump")).to_be_hidden()
    page.locator(".parley-log").evaluate("(log) => log.scrollTo(0, 0)")
    expect(page.locator(".parley-jump")).to_be_visible()
    bob.post(alice, "while you read")
    expect(page.locator(".parley-jump .parley-badge")).to_have_text("1")
    page.locator(".parley-jump").click()
    expect(bubble(page, "while you read")).to_be_in_viewport()
    expect(page.locator(".parley-jump")).to_be_hidden()
    page.locator(".parley-log").evaluate("(log) => log.scrollTo(0, 0)")
    write(page, "and my answer")
    expect(bubble(page, "and my answer")).to_be_in_viewport()
    assert _rows(page) <= MOST_ROWS
