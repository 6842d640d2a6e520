"""A site of its own, on another origin, that embeds Parley and signs its members' tokens."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import jwt
from playwright.sync_api import Browser, Page

from tests.browser.person import Person
from tests.services.parley import ROOT

SECRET = "a secret of the host site, long enough"
POLL_SECONDS = 0.02
MODULES = ROOT / "node_modules"


class Answer(NamedTuple):
    body: bytes
    kind: str
    headers: dict[str, str]
    status: int = 200


def token_of(sub: str, *, ttl: float = 600, **claims: str) -> str:
    now = time.time()
    who = {"sub": sub, "name": sub.title(), "aud": "parley", **claims}
    return jwt.encode({**who, "iat": now, "exp": now + ttl}, SECRET, "HS256", {"kid": "k1"})


class HostSite:
    """Serves what it is told to; nothing of it can be cached."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                path = self.path.split("?")[0]
                site.asked.append(path)
                answer = site.answers.get(path, Answer(b"", "text/plain", {}, 404))
                self.send_response(answer.status)
                headers = {"Content-Type": f"{answer.kind}; charset=utf-8", **answer.headers}
                for name, value in {**headers, "Cache-Control": "no-store"}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(answer.body)

            def log_message(self, format: str, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # It looks every half second whether it shall end, unless told to look more often.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(POLL_SECONDS,))
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"

    def put(
        self, path: str, body: str, kind: str = "text/html", *, status: int = 200, **headers: str
    ) -> str:
        """The address at which this can be had from now on."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[path] = Answer(body.encode(), kind, named, status)
        return self.origin + path

    def put_jquery(self, package: str) -> str:
        text = (MODULES / package / "dist" / "jquery.min.js").read_text("utf-8")
        return self.put(f"/{package}.js", text, "text/javascript")

    def __enter__(self) -> HostSite:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Visitor(Person):
    """Somebody who looks at pages of the host; whoever they are there."""

    def __init__(self, browser: Browser, **profile: Any) -> None:
        super().__init__(browser, "", "visitor", register=False, **profile)

    def visit(self, url: str) -> Page:
        page = self.context.new_page()
        page.goto(url)
        return page
