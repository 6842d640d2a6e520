"""People for tests: real HTTP, real sockets, and nothing of Parley imported.

    alice, bob = await sign_up(url, "alice"), await sign_up(url, "bob")
    here, there = await alice.open(), await bob.open()
    said = await here.chat(bob, "hello")
    await there.expect(message("hello", sender=alice))
    await there.refute(event("typing"))

A Person holds who somebody is (cookies or a token) and talks HTTP; a Tab is one live
socket of theirs. Pushes that an `expect` did not ask for stay in the tab's inbox.
"""

import asyncio
import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from tests.pushes import Match, Push, answer, event, ident, message, refused, stored
from tests.tab import PATIENCE, Stored, Tab, TabClosedError, as_json

__all__ = [
    "PASSWORD",
    "PATIENCE",
    "SOCKET_PATH",
    "Match",
    "Person",
    "Push",
    "Reply",
    "Stored",
    "Tab",
    "TabClosedError",
    "answer",
    "as_json",
    "bearer",
    "event",
    "guest",
    "ident",
    "message",
    "refused",
    "search",
    "sign_in",
    "sign_up",
    "stored",
]

PASSWORD = "correct horse battery staple"
SOCKET_PATH = "/user/chatwebsocket"


class Reply(NamedTuple):
    """What an HTTP call came back with."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def envelope(self) -> Push:
        """The JSON object that every answer of the API is."""
        return dict(json.loads(self.body))

    @property
    def data(self) -> dict[str, Any]:
        """The envelope's body, of an answer that has to be a success."""
        assert self.envelope["errorcode"] >= 0, self.envelope
        return dict(self.envelope["data"])


@dataclass
class Person:
    """Somebody with a browser: an identity, and HTTP calls made under it."""

    base_url: str
    name: str = ""
    token: str | None = None
    user_id: int = 0
    cookies: dict[str, str] = field(default_factory=dict)
    tabs: list[Tab] = field(default_factory=list, repr=False)

    async def request(
        self,
        method: str,
        path: str,
        body: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """One HTTP call; a body that is no str or bytes goes as JSON."""
        return await asyncio.to_thread(self._request, method, path, body, headers or {})

    def _request(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> Reply:
        raw = body if isinstance(body, bytes | str | None) else as_json(body)
        raw = raw.encode() if isinstance(raw, str) else raw
        connection = http.client.HTTPConnection(urlsplit(self.base_url).netloc, timeout=PATIENCE)
        try:
            connection.request(method, path, raw, {**self._headers(), **headers})
            response = connection.getresponse()
            reply = Reply(response.status, response.headers, response.read())
        finally:
            connection.close()
        self._keep_cookies(reply)
        return reply

    def _headers(self) -> dict[str, str]:
        headers = {"Origin": self.base_url, "Content-Type": "application/json"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={v}" for name, v in self.cookies.items())
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers

    def _keep_cookies(self, reply: Reply) -> None:
        for line in reply.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                if morsel.value:
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)

    async def useropt(self, opt: str, **data: object) -> Push:
        """The person's own endpoint; the whole envelope."""
        return (await self.request("POST", "/useropt", {"opt": opt, "data": data})).envelope

    async def history(self, other: "Person | int", **page: int | None) -> dict[str, Any]:
        """One page of a conversation: `before`, `after`, `limit` as contracted."""
        asked = {key: value for key, value in page.items() if value is not None}
        path = f"/api/v1/conversations/{ident(other)}/messages?{urlencode(asked)}"
        return (await self.request("GET", path)).data

    async def connect(self, origin: str | None = "same") -> ClientConnection:
        """The bare socket; raises websockets' InvalidStatus when the handshake is refused."""
        headers = {name: value for name, value in self._headers().items() if name == "Cookie"}
        protocols = ["parley.v1", f"parley.bearer.{self.token}"] if self.token else []
        return await connect(
            self.base_url.replace("http", "ws", 1) + SOCKET_PATH,
            origin=None if origin is None else Origin(origin.replace("same", self.base_url)),
            subprotocols=[Subprotocol(name) for name in protocols] or None,
            additional_headers=headers,
            compression=None,
            ping_interval=None,
            max_size=None,
            max_queue=None,
            proxy=None,
        )

    async def open(self, origin: str | None = "same") -> Tab:
        """A new tab, greeted by the server."""
        tab = Tab(await self.connect(origin))
        self.tabs.append(tab)
        hello = (await tab.expect(event("hello")))["data"]
        tab.me, tab.epoch = hello["user"], hello["epoch"]
        self.user_id = tab.me["user_id"]
        return tab

    async def leave(self) -> None:
        """Close every tab."""
        for tab in self.tabs:
            await tab.close()
        self.tabs.clear()


async def _enter(base_url: str, name: str, path: str, body: dict[str, str]) -> Person:
    person = Person(base_url, name)
    reply = await person.request("POST", path, body)
    assert reply.status in (200, 201), (reply.status, reply.body)
    person.user_id = reply.data["user_id"]
    return person


async def sign_up(base_url: str, name: str, password: str = PASSWORD) -> Person:
    """Register a new local user and stay signed in."""
    return await _enter(base_url, name, "/api/v1/users", {"username": name, "password": password})


async def sign_in(base_url: str, name: str, password: str = PASSWORD) -> Person:
    """A new session of a user who exists."""
    return await _enter(base_url, name, "/api/v1/session", {"username": name, "password": password})


async def guest(base_url: str, nickname: str = "") -> Person:
    """Somebody who only has a nickname, or not even that."""
    body = {"nickname": nickname} if nickname else {}
    return await _enter(base_url, nickname, "/api/v1/guests", body)


def bearer(base_url: str, token: str, name: str = "") -> Person:
    """An embedded user whom the host site vouches for; the user id is known once a tab is open."""
    return Person(base_url, name, token)


async def search(person: Person, query: str, limit: int = 20) -> list[dict[str, Any]]:
    """The users whom this person finds under these words."""
    reply = await person.request("GET", f"/api/v1/users?query={quote(query)}&limit={limit}")
    return list(reply.data["users"])
