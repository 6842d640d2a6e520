"""A host site with its keys, and HTTP with exactly the headers that a test names."""

import asyncio
import base64
import hmac
import http.client
import json
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from tests.client import PATIENCE, SOCKET_PATH, Person, Reply

SHOP = "https://shop.example"
SECRETS = {
    "2026": "iy3RkQ0pXbq6vYF1sYwzJt7mEwLr9uHd",
    "2025": "Zc8oTnA4hUe2kGqV5xPjB7sWfMl1yDi6",
}
UPGRADE = {
    "Upgrade": "websocket",
    "Connection": "Upgrade",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(b"sixteen letters!").decode(),
}


def claims(sub: object = "ann", **changes: object) -> dict[str, object]:
    """What a good token says, with these changes; None leaves a claim out."""
    now = int(time.time())
    whole = {"sub": sub, "iat": now, "exp": now + 3600, "aud": "parley", **changes}
    return {name: value for name, value in whole.items() if value is not None}


def part(value: object) -> str:
    """One part of a token: JSON (or bytes as they are) in base64url without padding."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def sign(
    said: object, secret: str = SECRETS["2026"], digest: str = "sha256", **header: object
) -> str:
    """A token made by hand: any header, any claims, any HMAC."""
    whole = {"typ": "JWT", "alg": "HS256", "kid": "2026", **header}
    head = {name: value for name, value in whole.items() if value is not None}
    signed = f"{part(head)}.{part(said)}"
    return f"{signed}.{part(hmac.new(secret.encode(), signed.encode(), digest).digest())}"


def token(sub: object = "ann", **changes: object) -> str:
    """A token as the host site signs it, with these claims changed."""
    return sign(claims(sub, **changes))


def call(
    url: str,
    method: str,
    path: str,
    headers: Mapping[str, str] | None = None,
    body: bytes | str | None = None,
) -> Reply:
    """One HTTP call that carries nothing but these headers (Host is added where it is missing)."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE)
    raw = body.encode() if isinstance(body, str) else body
    try:
        connection.putrequest(
            method, path, skip_host="Host" in (headers or {}), skip_accept_encoding=True
        )
        for name, value in (headers or {}).items():
            connection.putheader(name, value.encode())
        if raw is not None:
            connection.putheader("Content-Length", str(len(raw)))
        connection.endheaders(raw)
        response = connection.getresponse()
        return Reply(response.status, response.headers, response.read())
    finally:
        connection.close()


def post(url: str, path: str, body: object, headers: Mapping[str, str] | None = None) -> Reply:
    """A POST of JSON, as a program that is no browser sends it."""
    return call(url, "POST", path, headers, json.dumps(body))


async def status_of(url: str, path: str, body: object) -> int:
    """The status of a POST that no thread waits for: so any number of them can be under way."""
    raw = json.dumps(body).encode()
    host = urlsplit(url)
    reader, writer = await asyncio.open_connection(host.hostname, host.port)
    head = f"POST {path} HTTP/1.1\r\nHost: {host.netloc}\r\nContent-Length: {len(raw)}\r\n\r\n"
    try:
        writer.write(head.encode() + raw)
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()


def handshake(url: str, headers: Mapping[str, str], path: str = SOCKET_PATH) -> Reply:
    """Ask for a socket and hang up; the status is the answer."""
    return call(url, "GET", path, {**UPGRADE, **headers})


def cookie(person: Person) -> dict[str, str]:
    """The header by which this person's browser says who it is."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in person.cookies.items())}


def by_token(signed: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {signed}"}


def by_protocol(signed: str) -> dict[str, str]:
    return {"Sec-WebSocket-Protocol": f"parley.v1, parley.bearer.{signed}"}
