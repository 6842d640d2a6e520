"""Drafts, copying, large emoji, times that stay fresh."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import states
from tests.browser.conftest import MakePerson
from tests.browser.person import bubble, expect_connected, item, stored_keys, tick, write

CLIPBOARD = ["clipboard-read", "clipboard-write"]
READ_CLIPBOARD = "() => navigator.clipboard.readText()"
MINUTES = 60 * 1000
HOURS = 30 * 60 * MINUTES  # more than a day


def test_a_draft_survives_a_reload_and_is_named_in_the_list(person: MakePerson) -> None:
    alice, bob, carol = person("alice"), person("bob", name="Bob"), person("carol", name="Carol")
    for other in (bob, carol):
        other.post(alice, "hi")
    page = alice.page(bob)
    field = page.locator(".parley-input")
    field.fill("half a sent")
    page.reload()
    expect(field).to_have_value("half a sent")
    item(page, "Carol").click()
    expect(item(page, "Bob")).to_contain_text("Draft: half a sent")
    item(page, "Bob").click()
    expect(item(page, "Bob")).not_to_contain_text("Draft")
    field.press("Enter")
    expect(tick(page, "half a sent")).to_have_text("Sent")
    assert [key for key in stored_keys(page) if "draft" in key] == []
    field.fill("never to be seen by the next one")
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".page-form")).to_be_visible()
    assert stored_keys(page) == []


def test_empty_lines_around_what_is_pasted_are_not_sent(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.connected_page(bob)
    write(page, "\n\n  indented\n\nand more\n\n\n")
    expect(page.locator(".parley-row .parley-tick")).to_have_text("Sent")
    assert bob.history(alice) == ["  indented\n\nand more"]


def test_what_is_too_long_is_told_by_how_much(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.page(bob)
    left = page.locator(".parley-left")
    for count, said in ((8191, "1 character left"), (9000, "808 characters too many")):
        page.locator(".parley-input").fill("x" * count)
        expect(left).to_have_text(said)


def test_a_message_is_copied_by_mouse_by_keyboard_and_by_a_tap(person: MakePerson) -> None:
    alice, bob = person("alice", permissions=CLIPBOARD), person("bob")
    bob.post(alice, "first\n  line <b>")
    bob.post(alice, "second 👍🏽")
    page = alice.page(bob)
    bubble(page, "second 👍🏽").hover()
    bubble(page, "second 👍🏽").get_by_role("button", name="Copy").click()
    expect(page.locator(".parley-toast")).to_have_text("Copied")
    assert page.evaluate(READ_CLIPBOARD) == "second 👍🏽"
    page.locator(".parley-log").focus()
    page.keyboard.press("ArrowUp")
    expect(bubble(page, "second 👍🏽").locator(".parley-copy")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_function(f"async () => (await ({READ_CLIPBOARD})()).startsWith('first')")
    assert page.evaluate(READ_CLIPBOARD) == "first\n  line <b>"


def test_copying_works_where_the_page_is_not_served_over_https(person: MakePerson) -> None:
    phone = {**states.PHONE, "permissions": CLIPBOARD}
    alice, bob = person("alice", **phone), person("bob")
    bob.post(alice, "over plain http")
    alice.context.add_init_script(
        "if (navigator.clipboard) navigator.clipboard.writeText = () => Promise.reject()"
    )
    page = alice.page(bob)
    bubble(page, "over plain http").locator(".parley-text").tap()
    copy = bubble(page, "over plain http").locator(".parley-copy")
    expect(copy).to_be_focused()
    expect(copy).to_have_css("opacity", "1")
    copy.tap()
    expect(page.locator(".parley-toast")).to_have_text("Copied")
    assert page.evaluate(READ_CLIPBOARD) == "over plain http"


def test_a_few_emoji_alone_are_large(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    page = alice.page(bob)
    for text in ("plain", "👩‍👩‍👧‍👦🎉", "see 🎉"):
        write(page, text)
    assert _size(page, "👩‍👩‍👧‍👦🎉") > 2 * _size(page, "plain")
    assert _size(page, "see 🎉") == _size(page, "plain")


def _size(page: Page, text: str) -> float:
    size = (
        bubble(page, text).locator(".parley-text").evaluate("(n) => getComputedStyle(n).fontSize")
    )
    return float(size.removesuffix("px"))


def test_times_stay_fresh_and_say_when_somebody_was_last_here(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    at_bob = bob.page(alice)
    write(at_bob, "hi")
    expect(tick(at_bob, "hi")).to_have_text("Sent")
    page = alice.context.new_page()
    page.clock.install()
    page.goto(f"{alice.url}/#with={bob.user_id}")
    expect_connected(page)
    line = page.locator(".parley-thread .parley-head-line")
    expect(line).to_have_text("Online")
    at_bob.close()
    expect(line).to_have_text("Last seen a few seconds ago")
    expect(bubble(page, "hi").locator("time")).to_have_text("a few seconds ago")
    page.clock.fast_forward(5 * MINUTES)
    expect(bubble(page, "hi").locator("time")).to_have_text("5 minutes ago")
    expect(line).to_have_text("Last seen 5 minutes ago")
    expect(item(page, "Bob").locator(".parley-item-time")).to_have_text("5 min")


def test_a_machine_whose_clock_is_wrong_shows_times_all_the_same(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    alice.context.add_init_script(f"{{ const now = Date.now; Date.now = () => now() + {HOURS}; }}")
    page = alice.page(bob)
    bob.post(alice, "just said")
    expect(bubble(page, "just said").locator("time")).to_have_text("a few seconds ago")
    expect(page.locator(".parley-day")).to_have_text("Today")
    expect(item(page, "Bob").locator(".parley-item-time")).to_have_text("now")
    write(page, "and answered")
    expect(bubble(page, "and answered").locator("time")).to_have_text("a few seconds ago")
    expect(page.locator(".parley-day")).to_have_count(1)


def test_the_list_shows_its_shape_before_it_is_there(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob", name="Bob")
    bob.post(alice, "hi")
    page = alice.context.new_page()
    page.route("**/useropt", lambda route: None)
    page.goto(alice.url)
    expect(page.locator(".parley-ghost")).to_have_count(4)
    expect(page.locator(".parley-ghosts")).to_be_visible()
    expect(page.locator(".parley-empty--list")).to_be_hidden()
    page.unroute("**/useropt")  # lets go what is held, too
    expect(item(page, "Bob")).to_be_visible()
    expect(page.locator(".parley-ghosts")).to_be_hidden()
