"""The Wool Shop: a site on an origin of its own, with members of its own.

All that a real site would have to do for Parley is in `sign` and `TokenHandler`.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import jwt
from tornado.httpclient import AsyncHTTPClient, HTTPRequest
from tornado.web import Application, RequestHandler

PAGES = Path(__file__).parent / "pages"
# who is signed in at the shop; a real one has a database and sessions
MEMBERS = {"mia": "Mia Lindgren", "tom": "Tom Okafor"}
TOKEN_SECONDS = 600


class Parley(NamedTuple):
    """What the shop knows of its Parley: where it is, and the secret that they share."""

    url: str
    kid: str
    secret: str


def sign(member: str, parley: Parley) -> str:
    """A token that says to Parley: this is our member. Made on the server only."""
    now = int(time.time())
    claims = {"sub": member, "name": MEMBERS[member], "aud": "parley"}
    claims_in_time = {**claims, "iat": now, "exp": now + TOKEN_SECONDS}
    return jwt.encode(claims_in_time, parley.secret, "HS256", headers={"kid": parley.kid})


async def introduce(parley: Parley) -> None:
    """Makes the members known to Parley, so that they can be written to before they were here."""
    for member in MEMBERS:
        headers = {"Authorization": f"Bearer {sign(member, parley)}"}
        await AsyncHTTPClient().fetch(HTTPRequest(f"{parley.url}/api/v1/me", headers=headers))


class ShopHandler(RequestHandler):
    def initialize(self, parley: Parley) -> None:
        self.parley = parley

    def set_default_headers(self) -> None:
        self.set_header("Cache-Control", "no-store")
        self.set_header("X-Content-Type-Options", "nosniff")


class PageHandler(ShopHandler):
    """The one page, with the policy that docs/embedding.md names."""

    def get(self) -> None:
        there = self.parley.url
        socket = urlsplit(there)._replace(scheme="ws").geturl()
        self.set_header(
            "Content-Security-Policy",
            f"default-src 'none'; style-src 'self'; script-src {there}; "
            f"connect-src 'self' {there} {socket}; img-src {there}; base-uri 'none'",
        )
        self.render(str(PAGES / "index.html"), parley=there, members=MEMBERS)


class StyleHandler(ShopHandler):
    def get(self) -> None:
        self.set_header("Content-Type", "text/css; charset=utf-8")
        self.finish((PAGES / "shop.css").read_bytes())


class TokenHandler(ShopHandler):
    """A token for who is asking. A real shop looks at its session, not at a name in the address."""

    def get(self, member: str) -> None:
        if member not in MEMBERS:
            self.set_status(401)
            return
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(sign(member, self.parley))


def shop(parley: Parley) -> Application:
    known = {"parley": parley}
    return Application(
        [
            (r"/", PageHandler, known),
            (r"/shop\.css", StyleHandler, known),
            (r"/chat-token/(\w+)", TokenHandler, known),
        ]
    )


def secrets_file(folder: Path, secret: str) -> Path:
    """What Parley reads with --identity-secrets-file."""
    path = folder / "identities.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"demo": secret}), "utf-8")
    return path
