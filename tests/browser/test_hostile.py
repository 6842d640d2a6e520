"""Texts and names made to break out: they are shown, and nothing runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from playwright.sync_api import Page, expect

from tests.browser.conftest import MakePerson
from tests.browser.person import texts, write
from tests.services.parley import ParleyServer

HOSTILE = (
    "<script>window.broken = 1</script>",
    "<img src=x onerror='window.broken = 1'>",
    '"><svg/onload=window.broken=1>',
    "<iframe srcdoc='<script>parent.broken = 1</script>'></iframe>",
    "<a href='javascript:window.broken=1'>click</a>",
    "javascript:window.broken=1",
    'https://example.org/" onmouseover="window.broken=1',
    "https://example.org/'><img src=x onerror=window.broken=1>",
    "{{ 7 * 7 }} ${7*7} {% raw 1 %}",
    "</textarea></title><script>window.broken = 1</script>",
    "&lt;b&gt; &amp; &#x3c;script&#x3e;",
    "<style>*{display:none}</style>",
    "\u202egpj.exe\u202c right to left \u2067x\u2069",
    '{"errorcode": 0, "data": {}}',
)
# (name, avatar), as a careless import could have left them in the database
PEOPLE = (
    ("<img src=x onerror=window.broken=1>", "javascript:window.broken=1"),
    ('"><script>window.broken=1</script>', '"><script>window.broken=1</script>'),
    ("\u202eevil\u202e", "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ("'; alert(1); '", "//evil.example/a.png"),
    ("\u2067\u05d0 <b>", "/\\evil.example/a.png"),
    ("plain", " x onerror=window.broken=1"),
)


def test_hostile_texts_are_shown_as_they_are(person: MakePerson) -> None:
    alice, bob = person("alice"), person("bob")
    for text in HOSTILE:
        alice.post(bob, text)
    at_bob = bob.page(alice)
    expect(at_bob.locator(".parley-row")).to_have_count(len(HOSTILE))
    assert texts(at_bob) == list(HOSTILE)
    for text in HOSTILE:
        write(at_bob, text)
    at_alice = alice.page(bob)
    expect(at_alice.locator(".parley-row")).to_have_count(2 * len(HOSTILE))
    for page in (at_bob, at_alice):
        _touch_everything(page)
        _expect_whole(page)
    at_bob.reload()  # now from the cache
    expect(at_bob.locator(".parley-row")).to_have_count(2 * len(HOSTILE))
    _expect_whole(at_bob)


def test_hostile_names_and_pictures_break_nothing(person: MakePerson, parley: ParleyServer) -> None:
    alice = person("alice")
    for number, (name, avatar) in enumerate(PEOPLE):
        evil = person(f"evil{number}")
        evil.post(alice, "hi")
        _store(parley, evil.user_id, name, avatar)
    _store(parley, alice.user_id, *PEOPLE[0])
    page = alice.page()
    expect(page.locator(".parley-listpane .parley-item")).to_have_count(len(PEOPLE))
    for index, (name, _) in enumerate(reversed(PEOPLE)):
        page.locator(".parley-listpane .parley-item").nth(index).click()
        expect(page.locator(".parley-thread .parley-head-name")).to_have_text(name)
        expect(page.locator(".parley-row")).to_have_count(1)
    page.locator(".parley-search-input").fill("evil")
    expect(page.locator(".parley-item--person")).to_have_count(len(PEOPLE))
    _expect_whole(page)


def _store(parley: ParleyServer, user_id: int, name: str, avatar: str) -> None:
    """Past every check, straight into the database."""
    path = parley.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(path, timeout=10)) as database, database:
        row = (name, avatar, user_id)
        database.execute("UPDATE user SET nickname = ?, avatar = ? WHERE id = ?", row)


def _touch_everything(page: Page) -> None:
    for link in page.locator(".parley-text a").all():
        link.hover()


def _expect_whole(page: Page) -> None:
    """Nothing ran, and nothing of what was written has become an element or a dangerous link."""
    assert page.evaluate("() => window.broken") is None
    foreign = page.locator(".parley :is(script, iframe, style, object, embed)")
    assert foreign.count() == 0
    assert page.locator(".parley-text :not(a)").count() == 0
    links = page.locator(".parley a").evaluate_all("(all) => all.map((one) => one.protocol)")
    assert set(links) <= {"http:", "https:"}
    pictures = page.locator(".parley img").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('src'))"
    )
    assert all(source.startswith("/avatar/") for source in pictures)
