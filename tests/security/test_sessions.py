"""Sessions: new at every sign-in, gone with the sign-out, and nobody's but their owner's."""

import base64
import hmac
import json
import re
import time
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.client import PASSWORD, Person, event, guest, message, sign_in, sign_up
from tests.conftest import StartServer
from tests.raw_socket import TEXT, RawSocket, frame
from tests.scene import change, write
from tests.security.site import call, cookie, handshake, post
from tests.services.parley import QUICK, ParleyServer

ENDED = 4401
AT_ONCE = 1.0  # seconds within which a sign-out is felt


class Scene(NamedTuple):
    """Two processes on one database and one secret, and Alice, who is signed in at the first."""

    server: ParleyServer
    twin: ParleyServer
    alice: Person
    bob: Person

    def lives(self, session: str, server: ParleyServer | None = None) -> bool:
        """Whether this cookie opens anything."""
        headers = {"Cookie": f"parley_session={session}"}
        status = call((server or self.server).url, "GET", "/api/v1/me", headers).status
        assert status in (HTTPStatus.OK, HTTPStatus.UNAUTHORIZED)
        return status == HTTPStatus.OK


@pytest.fixture
async def scene(
    database_url: str, start_server: StartServer, tmp_path: Path
) -> AsyncIterator[Scene]:
    first, second = (
        start_server(
            module=QUICK,
            database_url=database_url,
            secret_file=tmp_path / "secret",
            guests=True,
            watch_interval=0.1,
        )
        for _ in range(2)
    )
    alice, bob = await sign_up(first.url, "alice"), await guest(first.url, "bob")
    yield Scene(first, second, alice, bob)
    await alice.leave()
    await bob.leave()


async def test_every_sign_in_begins_a_new_session_and_ends_the_one_before(scene: Scene) -> None:
    first = scene.alice.cookies["parley_session"]
    tab = await scene.alice.open()
    credentials = {"username": "alice", "password": PASSWORD}
    assert (await scene.alice.request("POST", "/api/v1/session", credentials)).status == 200
    second = scene.alice.cookies["parley_session"]
    assert second != first
    assert await tab.closed(AT_ONCE) == ENDED
    assert (scene.lives(first), scene.lives(second)) == (False, True)
    assert not scene.lives(first, scene.twin)


async def test_a_planted_session_is_not_the_one_that_is_used(scene: Scene) -> None:
    """Fixation: what Mallory put into Alice's browser is worth nothing after she signs in."""
    mallory = await guest(scene.server.url, "mallory")
    planted = mallory.cookies["parley_session"]
    browser = Person(scene.server.url, cookies={"parley_session": planted})
    credentials = {"username": "alice", "password": PASSWORD}
    await browser.request("POST", "/api/v1/session", credentials)
    assert browser.cookies["parley_session"] != planted
    assert not scene.lives(planted)
    invented = Person(scene.server.url, cookies={"parley_session": "mallorys-own-choice"})
    await invented.request("POST", "/api/v1/session", credentials)
    assert scene.lives(invented.cookies["parley_session"])


async def test_signing_out_ends_this_session_and_no_other(scene: Scene) -> None:
    phone = await sign_in(scene.server.url, "alice")
    here, other_tab, there = [await one.open() for one in (scene.alice, scene.alice, phone)]
    session = scene.alice.cookies["parley_session"]
    began = time.monotonic()
    reply = await scene.alice.request("DELETE", "/api/v1/session")
    assert reply.status == HTTPStatus.OK
    assert "parley_session" not in scene.alice.cookies
    assert [await tab.closed(AT_ONCE) for tab in (here, other_tab)] == [ENDED, ENDED]
    assert time.monotonic() - began < AT_ONCE
    assert not scene.lives(session)
    headers = {"Cookie": f"parley_session={session}"}
    assert handshake(scene.server.url, headers).status == HTTPStatus.UNAUTHORIZED
    await there.barrier()
    assert scene.lives(phone.cookies["parley_session"])
    await phone.leave()


async def test_a_session_that_ends_in_another_process_ends_here(scene: Scene) -> None:
    tab, bobs = await scene.alice.open(), await scene.bob.open()
    reply = call(scene.twin.url, "DELETE", "/api/v1/session", cookie(scene.alice))
    assert reply.status == HTTPStatus.OK
    assert await tab.closed() == ENDED
    assert not scene.lives(scene.alice.cookies["parley_session"])
    await bobs.barrier()


async def test_a_session_that_an_operator_ends_in_the_database_ends_here(scene: Scene) -> None:
    tab, bobs = await scene.alice.open(), await scene.bob.open()
    now = time.time_ns() // 1_000_000
    statement = f"UPDATE session SET ended = {now} WHERE user_id = {scene.alice.user_id}"
    change(scene.server.database_url, statement)
    assert await tab.closed() == ENDED
    await bobs.barrier()


async def test_an_expired_session_opens_nothing(scene: Scene) -> None:
    statement = f"UPDATE session SET expires = 1 WHERE user_id = {scene.alice.user_id}"
    change(scene.server.database_url, statement)
    assert not scene.lives(scene.alice.cookies["parley_session"])
    assert handshake(scene.server.url, cookie(scene.alice)).status == HTTPStatus.UNAUTHORIZED


async def test_who_ignores_the_close_frame_is_heard_no_more(scene: Scene) -> None:
    """A stolen session stays on the line after the owner has signed out."""
    bobs = await scene.bob.open()
    thief = await RawSocket.upgraded(scene.alice)
    await thief.read_frame()
    await scene.alice.request("DELETE", "/api/v1/session")
    while (got := await thief.read_frame()) is not None and got.close_code is None:
        pass
    assert got is not None
    assert got.close_code == ENDED
    said = {"opt": "chat-to", "data": {"other": scene.bob.user_id, "content": "still here"}}
    await thief.send(frame(TEXT, json.dumps(said).encode()) * 3)
    # whatever was read from that socket would be stored before what is sent after it
    alice = await sign_in(scene.server.url, "alice")
    await write(alice, scene.bob, "it is me")
    await bobs.expect(message("it is me"))
    await bobs.refute(message("still here"))
    assert (await alice.history(scene.bob))["last_seq"] == 1
    thief.abort()


async def test_typing_of_a_closed_socket_reaches_nobody(scene: Scene) -> None:
    await write(scene.alice, scene.bob, "hello")
    bobs = await scene.bob.open()
    thief = await RawSocket.upgraded(scene.alice)
    await scene.alice.request("DELETE", "/api/v1/session")
    typing = {"opt": "typing", "data": {"other": scene.bob.user_id, "on": True}}
    await thief.send(frame(TEXT, json.dumps(typing).encode()))
    await thief.read_to_end()
    await bobs.refute(event("typing"))


async def test_the_database_holds_nothing_that_opens_a_session(scene: Scene) -> None:
    """A stolen copy of it is no stolen session: only a hash of the secret is kept."""
    if not scene.server.database_url.startswith("sqlite"):
        stored = b""
    else:
        files = Path(scene.server.folder.parent).glob("parley.db*")
        stored = b"".join(path.read_bytes() for path in files)
        assert b"alice" in stored
    signed = scene.alice.cookies["parley_session"]
    secret = base64.b64decode(signed.split("|")[4].split(":")[1])
    assert len(secret) >= 32
    assert secret not in stored
    assert PASSWORD.encode() not in stored


# -- the cookie itself ----------------------------------------------------------------------------


def tampered(signed: str) -> Iterator[tuple[str, str]]:
    """What, and the cookie so changed."""
    for index in range(0, len(signed), 7):
        other = "A" if signed[index] != "A" else "B"
        yield f"letter {index}", signed[:index] + other + signed[index + 1 :]
    for end in (1, 64, len(signed) // 2):
        yield f"without the last {end}", signed[:-end]
    yield "unsigned", signed.rpartition("|")[0] + "|"
    fields = signed.split("|")
    yield "another key", "|".join([fields[0], "1:0", *fields[2:]])
    yield "no key", "|".join([fields[0], *fields[2:]])
    text = "|".join(fields[:-1]) + "|"
    for name, key in (("empty", b""), ("the word None", b"None"), ("zero", b"0")):
        yield f"signed with {name}", text + hmac.new(key, text.encode(), "sha256").hexdigest()
    yield "version 1", f"{fields[4].split(':')[1]}|{fields[3].split(':')[1]}|{'0' * 40}"
    yield "twice", signed * 2
    yield "not ASCII", signed + "é"
    yield "only bars", "|||||||"
    yield "long", signed + "x" * 20_000


async def test_a_changed_cookie_opens_nothing(site: ParleyServer) -> None:
    alice = await guest(site.url)
    for what, changed in tampered(alice.cookies["parley_session"]):
        headers = {"Cookie": f"parley_session={changed}"}
        reply = call(site.url, "GET", "/api/v1/me", headers)
        assert (what, reply.status) == (what, HTTPStatus.UNAUTHORIZED)
        assert handshake(site.url, headers).status == HTTPStatus.UNAUTHORIZED
    site.check_log()


async def test_a_cookie_made_for_something_else_is_no_session(site: ParleyServer) -> None:
    """Both cookies are signed with the same key, each for its own name."""
    alice = await sign_up(site.url, "alice of the cookies")
    credentials = {"username": "alice of the cookies", "password": PASSWORD}
    reply = post(site.url, "/api/v1/session", credentials)
    device = next(
        line.partition("=")[2].partition(";")[0]
        for line in reply.headers.get_all("Set-Cookie") or []
        if line.startswith("parley_device=")
    )
    for value in (device, re.sub("parley_device", "parley_session", device)):
        headers = {"Cookie": f'parley_session="{value.strip(chr(34))}"'}
        assert call(site.url, "GET", "/api/v1/me", headers).status == HTTPStatus.UNAUTHORIZED
    assert call(site.url, "GET", "/api/v1/me", cookie(alice)).status == HTTPStatus.OK


async def test_another_servers_cookie_is_worth_nothing(
    site: ParleyServer, start_server: StartServer
) -> None:
    other = await guest(start_server(guests=True).url)
    assert call(site.url, "GET", "/api/v1/me", cookie(other)).status == HTTPStatus.UNAUTHORIZED


async def test_many_cookies_and_the_right_one_among_them(site: ParleyServer) -> None:
    alice = await guest(site.url)
    crumbs = "; ".join(f"crumb{number}=x" for number in range(2000))
    for line in (f"{crumbs}; {cookie(alice)['Cookie']}", f"{cookie(alice)['Cookie']}; {crumbs}"):
        assert call(site.url, "GET", "/api/v1/me", {"Cookie": line}).status == HTTPStatus.OK
