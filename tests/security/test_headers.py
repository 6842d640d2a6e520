"""What every answer carries, whatever it answers, and that it names no maker."""

import json
import re
from http import HTTPStatus

import pytest

from tests.security.answers import ANSWERS, ERRORS, NAMED, PAGES
from tests.security.site import call
from tests.services.parley import ParleyServer

METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE", "FROB", "get"]


def directives(policy: str) -> dict[str, list[str]]:
    return {name: more for name, *more in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("path", [*PAGES, *ANSWERS, *ERRORS])
@pytest.mark.parametrize("method", METHODS)
def test_every_answer_is_strict_and_says_nothing_of_its_maker(
    site: ParleyServer, method: str, path: str
) -> None:
    reply = call(site.url, method, path)
    headers = reply.headers
    policy = directives(headers["Content-Security-Policy"])
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == ["'none'"]
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == ["'self'"]
    assert policy["form-action"] == ["'self'"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
    assert headers["Server"] == "Parley"
    assert reply.status != HTTPStatus.INTERNAL_SERVER_ERROR
    assert reply.status not in range(300, 400), headers["Location"]
    is_error = reply.status >= HTTPStatus.BAD_REQUEST
    assert not NAMED.search(str(headers) + (reply.body.decode() if is_error else ""))
    if headers["Content-Type"] and "json" in headers["Content-Type"] and reply.body:
        assert json.loads(reply.body)
        assert path.startswith("/static/") or headers["Cache-Control"] in ("no-store", None)


def test_the_pages_hold_no_script_of_their_own(site: ParleyServer) -> None:
    text = call(site.url, "GET", "/").body.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)|\son\w+\s*=|javascript:|<style|\sstyle=", text)
