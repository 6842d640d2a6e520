"""Pages of other sites: what they can make a signed-in browser do here (nothing)."""

import asyncio
import re
from collections.abc import Iterator
from http import HTTPStatus

import pytest

from app.routes import routes
from tests.client import Person, bearer, event, guest
from tests.conftest import StartServer
from tests.scene import write
from tests.security.site import (
    SHOP,
    by_protocol,
    by_token,
    call,
    cookie,
    handshake,
    post,
    token,
)
from tests.services.parley import ParleyServer
from tests.services.redis import Redis

HOST = "chat.example"  # what the browser believes to talk to
HOME = f"http://{HOST}"
FOREIGN = {
    "evil": "https://evil.example",
    "null": "null",
    "none named": "",
    "sibling": "http://www.example",
    "child": "http://evil.chat.example",
    "suffix": "http://chat.example.evil.com",
    "prefix": "http://evilchat.example",
    "other scheme": f"https://{HOST}",
    "other port": f"{HOME}:8080",
    "user part": f"{HOME}@evil.example",
    "fragment": f"http://evil.example#{HOST}",
    "root dot": f"{HOME}.",
    "two at once": f"{HOME} http://evil.example",
    "no scheme": HOST,
    "broken": "http://[",
    "file": "file://",
    "extension": f"chrome-extension://{HOST}x",
    "suffix of the allowed": f"{SHOP}.evil.com",
    "child of the allowed": "https://evil.shop.example",
    "other scheme than the allowed": "http://shop.example",
    "other port than the allowed": f"{SHOP}:444",
}
UNSAFE = ("POST", "PUT", "DELETE", "PATCH")
PATHS = sorted(
    {re.sub(r"\(.*\)", "1", spec.regex.pattern.rstrip("$")).replace("\\", "") for spec in routes()}
    | {"/static/page/page.css", "/static/emoji.js", "/static/emoji/en.json"}
    | {"/nothing", "/favicon.ico"}
)


@pytest.fixture
async def victim(site: ParleyServer) -> Person:
    """Somebody who is signed in here."""
    person = await guest(site.url, "")
    person.cookies = {name: value for name, value in person.cookies.items() if value}
    return person


@pytest.fixture(autouse=True)
def still_signed_in(site: ParleyServer, victim: Person) -> Iterator[None]:
    """Whatever a foreign page did, the victim is who they were."""
    yield
    reply = call(site.url, "GET", "/api/v1/me", cookie(victim))
    assert reply.data["user_id"] == victim.user_id
    assert not [line for line in site.log.splitlines() if "Traceback" in line]


# -- the socket -----------------------------------------------------------------------------------


@pytest.mark.parametrize("origin", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_page_gets_no_socket_by_cookie(
    site: ParleyServer, victim: Person, origin: str
) -> None:
    reply = handshake(site.url, {"Host": HOST, "Origin": origin, **cookie(victim)})
    assert reply.status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("origin", FOREIGN.values(), ids=FOREIGN)
def test_a_foreign_page_gets_no_socket_by_token(site: ParleyServer, origin: str) -> None:
    headers = {"Host": HOST, "Origin": origin, **by_protocol(token())}
    assert handshake(site.url, headers).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("fetched", ["cross-site", "same-site", "CROSS-SITE", "else"])
@pytest.mark.parametrize("origin", [HOME, "https://evil.example", None])
def test_the_browser_itself_says_that_it_is_another_site(
    site: ParleyServer, victim: Person, origin: str | None, fetched: str
) -> None:
    headers = {"Host": HOST, "Sec-Fetch-Site": fetched, **cookie(victim)}
    headers |= {"Origin": origin} if origin else {}
    assert handshake(site.url, headers).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("fetched", ["same-origin", "none", None])
@pytest.mark.parametrize("origin", [HOME, HOME.upper().replace("HTTP", "http"), None])
def test_our_own_page_gets_its_socket(
    site: ParleyServer, victim: Person, origin: str | None, fetched: str | None
) -> None:
    headers = {"Host": HOST, **cookie(victim)}
    headers |= {"Origin": origin} if origin else {}
    headers |= {"Sec-Fetch-Site": fetched} if fetched else {}
    assert handshake(site.url, headers).status == HTTPStatus.SWITCHING_PROTOCOLS


def test_an_allowed_page_gets_no_socket_by_cookie(site: ParleyServer, victim: Person) -> None:
    headers = {"Origin": SHOP, **cookie(victim)}
    assert handshake(site.url, headers).status == HTTPStatus.FORBIDDEN
    only_protocol = {**headers, "Sec-WebSocket-Protocol": "parley.v1"}
    assert handshake(site.url, only_protocol).status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("offered", ["nonsense", "", token(aud="else")])
def test_a_bad_token_does_not_bring_the_cookie_in(
    site: ParleyServer, victim: Person, offered: str
) -> None:
    for origin in (SHOP, HOME):
        headers = {"Host": HOST, "Origin": origin, **cookie(victim), **by_protocol(offered)}
        assert handshake(site.url, headers).status == HTTPStatus.UNAUTHORIZED


async def test_an_allowed_page_with_a_token_is_who_the_token_says(
    site: ParleyServer, victim: Person
) -> None:
    member = bearer(site.url, token("allowed"))
    member.cookies = dict(victim.cookies)
    tab = await member.open(origin=SHOP)
    assert tab.me["kind"] == "embedded"
    assert tab.me["user_id"] != victim.user_id
    assert tab.socket.subprotocol == "parley.v1"
    await member.leave()


def test_nobody_gets_no_socket(site: ParleyServer) -> None:
    for headers in ({"Host": HOST, "Origin": HOME}, {}):
        assert handshake(site.url, headers).status == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize("processes", ["one process", "over Redis"])
async def test_a_foreign_page_makes_nobody_seem_online(
    start_server: StartServer, redis_server: Redis, processes: str
) -> None:
    """What is refused in the end is not there meanwhile: neither for presence nor for delivery."""
    redis_url = redis_server.url if processes == "over Redis" else ""
    server = start_server(guests=True, redis_url=redis_url)
    alice, bob = await guest(server.url, "alice"), await guest(server.url, "bob")
    await write(alice, bob, "hello")
    tab = await bob.open()
    asked = {"Origin": "https://evil.example", **cookie(alice)}

    async def knock() -> int:
        return (await asyncio.to_thread(handshake, server.url, asked)).status

    async def say() -> int:
        said = await bob.useropt("chat-to", other=alice.user_id, content="while she knocks")
        return int(said["errorcode"])

    answers = await asyncio.gather(*(what() for _ in range(60) for what in (knock, say, knock)))
    assert set(answers) == {HTTPStatus.FORBIDDEN, 2}
    await alice.open()
    await tab.expect(event("presence", user_id=alice.user_id, online=True))
    await tab.refute(event("presence", user_id=alice.user_id))
    await alice.leave()
    await bob.leave()


# -- calls that change something ------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_page_changes_nothing(site: ParleyServer, victim: Person, path: str) -> None:
    for origin in FOREIGN.values():
        headers = {"Host": HOST, "Origin": origin, **cookie(victim)}
        for method in UNSAFE:
            reply = call(site.url, method, path, headers, "{}")
            assert reply.status == HTTPStatus.FORBIDDEN, (method, origin, reply.body)
            assert reply.headers["Set-Cookie"] is None


@pytest.mark.parametrize("path", PATHS)
def test_the_browsers_word_is_enough_without_an_origin(
    site: ParleyServer, victim: Person, path: str
) -> None:
    for fetched in ("cross-site", "same-site"):
        headers = {"Host": HOST, "Sec-Fetch-Site": fetched, **cookie(victim)}
        for method in UNSAFE:
            reply = call(site.url, method, path, headers, "{}")
            assert reply.status == HTTPStatus.FORBIDDEN, (method, fetched, reply.body)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("offered", ["Bearer nonsense", "Bearer ", "Basic Og==", "bearer x.y.z"])
def test_an_allowed_page_with_a_bad_token_acts_for_nobody(
    site: ParleyServer, victim: Person, path: str, offered: str
) -> None:
    headers = {"Origin": SHOP, "Authorization": offered, **cookie(victim)}
    for method in UNSAFE:
        reply = call(site.url, method, path, headers, '{"opt": "recent-users"}')
        assert reply.headers["Set-Cookie"] is None
        if path == "/useropt" and method == "POST":
            assert reply.envelope["errorcode"] == -3
        else:
            assert reply.status in (401, 403, 404, 405), (method, reply.status, reply.body)


def test_no_token_opens_what_sets_or_ends_a_cookie_to_other_sites(
    site: ParleyServer, victim: Person
) -> None:
    """A token says nothing about the cookie, so it is no reason to touch it from elsewhere."""
    headers = {"Origin": SHOP, **by_token(token()), **cookie(victim)}
    for method, path in (
        ("DELETE", "/api/v1/session"),
        ("POST", "/api/v1/session"),
        ("POST", "/api/v1/users"),
        ("POST", "/api/v1/guests"),
    ):
        body = '{"username": "planted", "password": "planted by another site"}'
        reply = call(site.url, method, path, headers, body)
        assert (reply.status, reply.envelope["errorcode"]) == (403, -5)
        assert reply.headers["Set-Cookie"] is None


def test_an_allowed_page_with_a_token_may_act(site: ParleyServer, victim: Person) -> None:
    headers = {"Origin": SHOP, **by_token(token("actor")), **cookie(victim)}
    path = f"/api/v1/conversations/{victim.user_id}/messages"
    reply = post(site.url, path, {"content": "from the shop"}, headers)
    assert reply.status == HTTPStatus.OK
    log = call(site.url, "GET", path, headers).data["logs"]
    assert [(entry[0], entry[1]) for entry in log] == [(">", "from the shop")]


# -- reading from other sites (CORS) ------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_only_allowed_origins_may_read_answers_and_never_with_credentials(
    site: ParleyServer, victim: Person, path: str
) -> None:
    for method in ("GET", "OPTIONS", "HEAD", "POST"):
        for origin in ("https://evil.example", "null", f"{SHOP}.evil.com", SHOP):
            headers = {"Host": HOST, "Origin": origin, **cookie(victim)}
            reply = call(site.url, method, path, headers)
            readable = reply.headers["Access-Control-Allow-Origin"]
            file = path.startswith("/static/") or path == "/widget.js"
            if file and reply.status == HTTPStatus.OK:
                assert readable == "*"  # modules load across origins only so; nobody's data
            else:
                assert readable in ((SHOP, None) if origin == SHOP else (None,)), (method, origin)
            assert reply.headers["Access-Control-Allow-Credentials"] is None


def test_an_allowed_page_is_told_what_it_may_send(site: ParleyServer) -> None:
    headers = {
        "Origin": SHOP,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    reply = call(site.url, "OPTIONS", "/api/v1/conversations/1/read", headers)
    assert reply.status == HTTPStatus.NO_CONTENT
    assert reply.headers["Access-Control-Allow-Origin"] == SHOP
    assert "Authorization" in reply.headers["Access-Control-Allow-Headers"]
    assert "PUT" in reply.headers["Access-Control-Allow-Methods"]
    assert "Origin" in reply.headers["Vary"]


def test_an_answer_says_that_it_depends_on_the_origin_even_to_who_sent_none(
    site: ParleyServer,
) -> None:
    """Else a cache would hand one site's answer to another."""
    assert call(site.url, "GET", "/api/v1/me").headers["Vary"] == "Origin"
