"""The log: one line an event, and nothing in it that was said in confidence."""

import re
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.client import Person, bearer, message, sign_up
from tests.conftest import StartServer
from tests.raw_socket import RawSocket
from tests.scene import change
from tests.security.site import by_token, call, cookie, handshake, post, sign, token
from tests.services.parley import ParleyServer

EVENT = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (DEBUG|INFO|WARNING|ERROR) [\w.]+ ")
SAID = "said in confidence"
SEARCHED = "looked for in private"
PASSWORD = "a password of nobody"
WRONG = "a password that is wrong"


def check_lines(server: ParleyServer) -> None:
    """str.splitlines knows every line end there is; each line begins an event."""
    lines = server.log.splitlines()
    assert lines
    assert [line for line in lines if not EVENT.match(line)] == []


async def use_everything(server: ParleyServer) -> tuple[Person, Person, Person, str]:
    """Two people sign up, talk, search and err, and a member does, too."""
    alice = await sign_up(server.url, "alice", PASSWORD)
    bob = await sign_up(server.url, "bob", PASSWORD)
    member = bearer(server.url, token("carol", name=SAID))
    here, there, carols = await alice.open(), await bob.open(), await member.open()
    await here.chat(bob, SAID, client_id="of-alice")
    await there.expect(message(SAID))
    await here.chat(bob, SAID, client_id="of-alice")
    await carols.chat(alice, SAID)
    for broken in (f'{{"opt": "{SAID}"}}', SAID, f'{{"opt": "chat-to", "data": "{SAID}"}}'):
        await here.send_raw(broken)
    await here.ask("chat-to", {"other": bob.user_id, "content": SAID + "\0"})
    await here.ask("chat-to", {"other": 10**12, "content": SAID})
    await alice.useropt("chat-to", other=bob.user_id, content=SAID * 1000)
    await alice.useropt("search-users", query=SEARCHED)
    await alice.request("GET", f"/api/v1/users?query={SEARCHED.replace(' ', '+')}")
    post(server.url, "/api/v1/session", {"username": "alice", "password": WRONG})
    post(server.url, "/api/v1/users", {"username": "a:", "password": PASSWORD})
    bad = sign({"sub": SAID}, "not the secret at all, is it? no.")
    call(server.url, "GET", "/api/v1/me", by_token(bad))
    handshake(server.url, {}, f"/user/chatwebsocket?token={token()}")
    for origin in ("https://evil.example", "null"):
        path = f"/useropt?content={SAID.replace(' ', '+')}&token={bad}"
        call(server.url, "POST", path, {"Origin": origin, **cookie(alice)}, SAID)
    call(server.url, "GET", f"/static/nothing?token={bad}")
    call(server.url, "GET", f"/api/v1/users?query=%ff&token={bad}", cookie(alice))
    unreadable = f"{SEARCHED.replace(' ', '+')}%ff"
    assert call(server.url, "GET", f"/api/v1/users?query={unreadable}", cookie(alice)).status == 400
    for name, value in (("Cookie", cookie(alice)["Cookie"]), ("Authorization", f"Bearer {bad}")):
        raw = await RawSocket.plain(server.url)
        await raw.send(f"GET / HTTP/1.1\r\nHost: x\r\n{name}: {value}\0\r\n\r\n".encode())
        await raw.reader.read()
        raw.abort()
    await alice.leave()
    await bob.leave()
    await member.leave()
    return alice, bob, member, bad


@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
async def test_no_level_writes_down_what_is_nobodys_business(
    start_server: StartServer, secrets_file: Path, level: str
) -> None:
    server = start_server(log_level=level, identity_secrets_file=secrets_file)
    alice, bob, member, bad = await use_everything(server)
    secret = (server.folder / "data" / "secret").read_text().strip()
    texts = [SAID, SAID.replace(" ", "+"), SEARCHED, SEARCHED.split()[0], PASSWORD, WRONG, bad]
    texts += [secret, *secrets_file.read_text().split('"')[3::4], str(member.token), "$2b$"]
    for person in (alice, bob):
        texts += [person.cookies["parley_session"], person.cookies["parley_session"].split("|")[4]]
    texts += [bad.split(".")[2], str(member.token).split(".")[2], str(member.token).split(".")[1]]
    log = server.log
    assert [text for text in texts if text in log] == []
    if level in ("debug", "info"):
        assert "POST /useropt 403" in log
        check_lines(server)


async def test_one_event_is_one_line_whatever_is_in_it(start_server: StartServer) -> None:
    server = start_server(guests=True, log_level="debug")
    forged = "2026-01-01 00:00:00,000 ERROR parley forged"
    ends = ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
    for end in ends:
        text = f"x{end}{forged}"
        for field in ("username", "nickname"):
            body = {"username": "x", "password": PASSWORD, field: text}
            reply = post(server.url, "/api/v1/users", body)
            assert reply.status in (HTTPStatus.BAD_REQUEST, 413)
        post(server.url, "/api/v1/guests", {"nickname": text})
        post(server.url, "/api/v1/session", {"username": text, "password": PASSWORD})
        quoted = "".join(f"%{byte:02x}" for byte in end.encode())
        for path in (f"/x{quoted}{forged.replace(' ', '%20')}", f"/static/{quoted}x"):
            call(server.url, "GET", path)
        for sent in (f"GET /x{end}{forged} HTTP/1.1", f"GET / HTTP/1.1\r\nOrigin: {text}"):
            raw = await RawSocket.plain(server.url)
            await raw.send(f"{sent}\r\nHost: x\r\n\r\n".encode())
            raw.writer.write_eof()
            await raw.reader.read()
            raw.abort()
        origin = f"http://{end}x".encode("latin-1", "ignore").decode("latin-1").strip()
        if origin.isprintable():
            call(server.url, "POST", "/useropt", {"Origin": origin})
    check_lines(server)
    assert not [line for line in server.log.splitlines() if line.startswith(forged)]
    assert "\x1b" not in server.log


async def test_a_failure_inside_is_one_line_and_tells_the_client_nothing(
    start_server: StartServer, sqlite_url: str
) -> None:
    """The one traceback that is allowed: for the operator, on the line of its event."""
    server = start_server(database_url=sqlite_url, guests=True)
    change(sqlite_url, "ALTER TABLE user RENAME TO nobody")
    server.allow("no such table")
    reply = post(server.url, f"/api/v1/guests?secret={WRONG.replace(' ', '+')}", {"nickname": SAID})
    assert reply.status in (500, 503)
    assert reply.envelope["errorcode"] == -8
    assert b"table" not in reply.body
    check_lines(server)
    assert SAID not in server.log
    assert WRONG.replace(" ", "+") not in server.log
    change(sqlite_url, "ALTER TABLE nobody RENAME TO user")
