"""Each mode on a page of another site, as a member of that site sees it: for the pictures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from urllib.parse import quote

from playwright.sync_api import Browser, Page, expect

from tests.browser.host import SECRET, HostSite, token_of
from tests.browser.person import expect_connected
from tests.browser.rooms import expect_in
from tests.browser.words import Words
from tests.services.parley import ParleyServer

LONG = "Maximiliane Theodora von Hohenfels-Wartenberg zu Oberkirchberg"
SHOP = """<!doctype html><html lang="{lang}" dir="{dir}">
<head><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><style>
:root {{ color-scheme: light dark; --ink: light-dark(#33261a, #eee3d3); }}
body {{ margin: 0 auto; max-width: 68rem; padding: 1.2rem; font: 1.05rem/1.5 Georgia, serif;
  background: light-dark(#f4efe6, #231c14); color: var(--ink); }}
h1 {{ margin: 0 0 1rem; }}
.wares {{ display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }}
.wares i {{ height: 9rem; border-radius: 8px; background: light-dark(#e6dccb, #3a3024); }}
.inbox, .chatbox, .room {{ overflow: hidden; border-radius: 12px;
  box-shadow: 0 4px 24px #3c280a2e; }}
.inbox {{ height: 600px; }}
.chatbox {{ height: 560px; max-width: 400px; }}
.room {{ height: 560px; }}
</style></head><body><h1>The Wool Shop</h1>
<div class="{mode}" data-parley data-parley-mode="{mode}" data-parley-token="{token}" {to}></div>
<p class="wares">{wares}</p><script async src="{url}/widget.js"></script></body></html>"""


class Scene(NamedTuple):
    """Who looks at what; `opened`: the popup's panel."""

    mode: str
    to: str = ""
    opened: bool = False
    sub: str = "alice"
    room: bool = False


SCENES = {
    "popup-closed": Scene("popup"),
    "popup-list": Scene("popup", opened=True),
    "popup-talk": Scene("popup", "bob", opened=True),
    "popup-newcomer": Scene("popup", opened=True, sub="dan"),
    "chatbox": Scene("chatbox", "bob"),
    "chatbox-long": Scene("chatbox", "eve"),
    "chatbox-empty": Scene("chatbox", "dan"),
    "inbox": Scene("inbox", "bob"),
    "inbox-list": Scene("inbox"),
    "room": Scene("room", room=True),
    "inbox-room": Scene("inbox", room=True),
}


class Modes:
    """`each()` gives (name, page), on a Parley and a host of their own."""

    def __init__(self, browser: Browser, profile: dict[str, Any], words: Words) -> None:
        self.words = words
        self.names = {"alice": words.alice, "bob": words.bob, "carol": words.carol}
        self.names |= {"dan": "Dan", "eve": LONG, "guest": words.guest}
        self.context = browser.new_context(**profile)
        self.rtl = str(profile.get("locale", "en")).startswith("ar")

    def each(self) -> Iterator[tuple[str, Page]]:
        with HostSite() as host, parley_for(host) as server:
            ids = {sub: self._introduce(server, sub) for sub in self.names}
            for sub, other, text in self._talk():
                body = {"content": text}
                path = f"conversations/{ids[other]}/messages"
                self._ask(server, sub, path, method="POST", data=body)
            self._fill_room(server)
            for name, scene in SCENES.items():
                page = self.context.new_page()
                page.goto(host.put(f"/{name}", self._html(server, scene)))
                self._look(page, scene)
                yield name, page
                page.close()
        self.context.close()

    def _fill_room(self, server: ParleyServer) -> None:
        room = self.words.rooms[0]
        self._ask(server, "bob", "rooms", method="POST", data={"room": room})
        path = f"rooms/{quote(room, safe='')}"
        for sub in ("alice", "carol", "guest"):
            self._ask(server, sub, f"{path}/members/me", method="PUT")
        for sub, text in self.words.chat:
            self._ask(server, sub, f"{path}/messages", method="POST", data={"content": text})

    def _talk(self) -> Iterator[tuple[str, str, str]]:
        """(sender, recipient, text)"""
        for sub, text in (
            *self.words.talk,
            ("alice", self.words.reply),
            ("bob", self.words.missed),
        ):
            yield sub, "bob" if sub == "alice" else "alice", text
        yield "carol", "alice", self.words.news
        yield "eve", "alice", " ".join([self.words.talk[1][1]] * 3)
        yield "eve", "alice", "https://example.org/" + "a-very-long-address/" * 8

    def _html(self, server: ParleyServer, scene: Scene) -> str:
        return SHOP.format(
            lang="ar" if self.rtl else "en",
            dir="rtl" if self.rtl else "ltr",
            mode=scene.mode,
            token=self._token(scene.sub),
            to=self._target(scene),
            wares="<i></i>" * 12,
            url=server.url,
        )

    def _target(self, scene: Scene) -> str:
        if scene.room:
            return f'data-parley-room="{self.words.rooms[0]}"'
        return f'data-parley-with="{scene.to}"' if scene.to else ""

    @staticmethod
    def _look(page: Page, scene: Scene) -> None:
        if scene.mode == "popup":
            unread = "visible" if scene.sub == "alice" else "hidden"
            page.locator(".parley-popup > .parley-badge").wait_for(state=unread)  # type: ignore[arg-type]
        if scene.opened:
            page.locator(".parley-launcher").click()
        if scene.opened or scene.mode != "popup":
            expect(page.locator(".parley")).to_be_visible()
            expect_connected(page)
        if scene.room:
            expect_in(page)
        if scene.to or scene.room:
            expect(page.locator(".parley-thread")).to_be_visible()
        for bones in page.locator(".parley-skeleton, .parley-ghosts").all():
            expect(bones).to_be_hidden()

    def _token(self, sub: str) -> str:
        return token_of(sub, name=self.names[sub])

    def _introduce(self, server: ParleyServer, sub: str) -> int:
        return int(self._ask(server, sub, "me")["user_id"])

    def _ask(self, server: ParleyServer, sub: str, path: str, **options: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._token(sub)}"}
        address = f"{server.url}/api/v1/{path}"
        answer = self.context.request.fetch(address, headers=headers, **options)
        assert answer.ok, answer.text()
        return dict(answer.json()["data"])


@contextmanager
def parley_for(host: HostSite) -> Iterator[ParleyServer]:
    """A Parley that this site may embed."""
    with TemporaryDirectory() as folder:
        secrets = Path(folder) / "identities.json"
        secrets.write_text(json.dumps({"k1": SECRET}), "utf-8")
        secrets.chmod(0o600)
        with ParleyServer(allowed_origins=host.origin, identity_secrets_file=secrets) as server:
            yield server
