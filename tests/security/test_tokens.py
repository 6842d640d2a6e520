"""Identity tokens: which open the door, which do not, and when an open door closes again."""

import json
import time
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.client import PASSWORD, bearer, guest, sign_up
from tests.conftest import StartServer
from tests.security.site import (
    SECRETS,
    by_protocol,
    by_token,
    call,
    claims,
    cookie,
    handshake,
    part,
    sign,
    token,
)
from tests.services.parley import QUICK, ParleyServer, run_parley

ENDED = 4401
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = RSA.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
NOW = int(time.time())


def rs256(secret_kid: str) -> str:
    signed = f"{part({'alg': 'RS256', 'kid': secret_kid})}.{part(claims())}"
    return f"{signed}.{part(RSA.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def unsigned(alg: str) -> str:
    return f"{part({'alg': alg, 'kid': '2026'})}.{part(claims())}."


def raw(text: str) -> str:
    """Claims as JSON text, for what json.dumps would not write."""
    return sign(text.encode())


BAD = {
    "alg none": unsigned("none"),
    "alg None": unsigned("None"),
    "alg NONE": unsigned("NONE"),
    "alg none with a signature": sign(claims(), alg="none"),
    "alg absent": sign(claims(), alg=None),
    "alg a number": sign(claims(), alg=256),
    "alg a list": sign(claims(), alg=["HS256"]),
    "HS512": sign(claims(), digest="sha512", alg="HS512"),
    "HS384 said, HS256 made": sign(claims(), alg="HS384"),
    "RS256": rs256("2026"),
    "HS256 with a public key": sign(claims(), PUBLIC.decode()),
    "HS256 with no secret": sign(claims(), ""),
    "HS256 with the kid as secret": sign(claims(), "2026"),
    "another site's secret": sign(claims(), "x" * 32),
    "another kid's secret": sign(claims(), SECRETS["2025"]),
    "unknown kid": sign(claims(), kid="2024"),
    "no kid": sign(claims(), kid=None),
    "empty kid": sign(claims(), kid=""),
    "kid a number": sign(claims(), kid=2026),
    "kid a list": sign(claims(), kid=["2026"]),
    "kid an object": sign(claims(), kid={"2026": 1}),
    "kid a path": sign(claims(), "", kid="/dev/null"),
    "kid SQL": sign(claims(), kid="2026' OR '1'='1"),
    "crit": sign(claims(), crit=["exp"]),
    "b64 false": sign(claims(), b64=False, crit=["b64"]),
    "aud absent": token(aud=None),
    "aud else": token(aud="parlez"),
    "aud empty": token(aud=""),
    "aud a list of others": token(aud=["parlez", "shop"]),
    "aud an empty list": token(aud=[]),
    "aud a list with an object": token(aud=["parley", {}]),
    "aud an object": token(aud={"parley": 1}),
    "aud a number": token(aud=1),
    "aud in capitals": token(aud="PARLEY"),
    "exp absent": token(exp=None),
    "exp past": token(iat=NOW - 7200, exp=NOW - 3600),
    "exp a moment ago": token(exp=NOW - 1),
    "exp text": token(exp=str(NOW + 3600)),
    "exp true": token(exp=True),
    "exp a list": token(exp=[NOW + 3600]),
    "exp NaN": raw(json.dumps(claims(exp=float("nan")))),
    "exp Infinity": raw(json.dumps(claims(exp=float("inf")))),
    "exp of 400 digits": token(exp=10**400),
    "exp of 5000 digits": raw(json.dumps(claims(exp=7)).replace("7,", "9" * 5000 + ",")),
    "exp 1e300": token(exp=1e300),
    "exp negative": token(exp=-1),
    "iat absent": token(iat=None),
    "iat text": token(iat=str(NOW)),
    "iat ahead": token(iat=NOW + 600),
    "iat NaN": raw(json.dumps(claims(iat=float("nan")))),
    "iat minus Infinity": raw(json.dumps(claims(iat=float("-inf")))),
    "iat false": token(iat=False),
    "nbf ahead": token(nbf=NOW + 600),
    "nbf text": token(nbf="soon"),
    "longer than a day": token(exp=NOW + 86_400 + 60),
    "longer than a day, begun early": token(iat=NOW - 86_400, exp=NOW + 3600),
    "iat of the year zero": token(iat=-62_000_000_000),
    "sub absent": token(None),
    "sub empty": token(""),
    "sub a number": token(17),
    "sub true": token(True),
    "sub a list": token(["ann"]),
    "sub too long": token("a" * 181),
    "sub too long in bytes": token("é" * 91),
    "sub with NUL": token("ann\0"),
    "sub a lone surrogate": token("ann\ud800"),
    "claims a list": sign([claims()]),
    "claims a number": sign(1),
    "claims no JSON": raw("{"),
    "claims not UTF-8": sign(b'{"sub": "\xff"}'),
    "claims nested without end": raw("[" * 20_000),
    "header nested without end": f"{part(b'[' * 20_000)}.{part(claims())}.AAAA",
    "two parts": sign(claims()).rpartition(".")[0],
    "four parts": sign(claims()) + ".AAAA",
    "signature cut": sign(claims())[:-4],
    "signature empty": sign(claims()).rpartition(".")[0] + ".",
    "empty": "",
    "a word": "token",
    "only dots": "..",
    "30,000 letters": "x" * 30_000,
    "not ASCII": "é.é.é",
    "with a blank": sign(claims()).replace(".", " ."),
}
GOOD = {
    "plain": token(),
    "older secret": sign(claims(), SECRETS["2025"], kid="2025"),
    "aud a list with us": token(aud=["shop", "parley"]),
    "nearly a day": token(exp=NOW + 86_000),
    "times with fractions": token(iat=NOW - 0.5, exp=NOW + 3600.5),
    "clock 3 s ahead": token(iat=NOW + 3),
    "sub of 180 bytes": token("a" * 180),
    "strange sub": token("' OR 1=1 --:/\\%_😀"),
    "name a number": token(name=17),
    "name too long": token("long name", name="n" * 5000),
    "avatar no link": token("no link", avatar="javascript:alert(1)"),
    "locale an object": token("object", locale={"a": 1}),
}


@pytest.mark.parametrize("offered", BAD.values(), ids=BAD)
def test_a_bad_token_opens_nothing(site: ParleyServer, offered: str) -> None:
    reply = call(site.url, "GET", "/api/v1/me", by_token(offered))
    assert (reply.status, reply.envelope) == (401, {"errorcode": -3, "txt": "login failed."})
    if " " not in offered:
        assert handshake(site.url, by_protocol(offered)).status == HTTPStatus.UNAUTHORIZED
    site.check_log()


@pytest.mark.parametrize("offered", GOOD.values(), ids=GOOD)
def test_a_good_token_opens_the_door(site: ParleyServer, offered: str) -> None:
    reply = call(site.url, "GET", "/api/v1/me", by_token(offered))
    assert reply.status == HTTPStatus.OK
    assert reply.data["kind"] == "embedded"
    assert len(reply.data["name"]) <= 64
    assert reply.data["avatar"].startswith("/avatar/")
    assert handshake(site.url, by_protocol(offered)).status == HTTPStatus.SWITCHING_PROTOCOLS


@pytest.mark.parametrize("name", ["token", "access_token", "bearer", "jwt", "Authorization"])
def test_a_token_in_the_url_is_not_looked_at(site: ParleyServer, name: str) -> None:
    for path in ("/api/v1/me", "/user/chatwebsocket"):
        reply = handshake(site.url, {}, f"{path}?{name}={token()}")
        assert reply.status == HTTPStatus.UNAUTHORIZED
    assert token().split(".")[2] not in site.log


def test_a_token_in_a_cookie_or_a_body_is_not_looked_at(site: ParleyServer) -> None:
    for name in ("token", "parley_session", "Authorization"):
        headers = {"Cookie": f"{name}={token()}"}
        assert call(site.url, "GET", "/api/v1/me", headers).status == HTTPStatus.UNAUTHORIZED


async def test_a_member_is_never_a_local_user_or_a_guest_of_that_name(site: ParleyServer) -> None:
    local = await sign_up(site.url, "namesake")
    visitor = await guest(site.url, "visitor")
    for person, name in ((local, "namesake"), (visitor, "visitor"), (local, "NAMESAKE")):
        member = call(site.url, "GET", "/api/v1/me", by_token(token(name))).data
        assert member["kind"] == "embedded"
        assert member["user_id"] != person.user_id
    for number in (str(local.user_id), f"embedded:{local.user_id}", "embedded:namesake"):
        member = call(site.url, "GET", "/api/v1/me", by_token(token(number))).data
        assert (member["kind"], member["username"]) == ("embedded", number)


async def test_a_members_id_is_exact(site: ParleyServer) -> None:
    """Host sites number or name people as they like: no two ids may meet in one user."""
    subs = [
        "Case",
        "case",
        "case ",
        " case",
        "ｃａｓｅ",
        "cafe\u0301",
        "caf\u00e9",
        "1",
        "01",
        "embedded:1",
    ]
    found = {
        call(site.url, "GET", "/api/v1/me", by_token(token(sub))).data["user_id"] for sub in subs
    }
    assert len(found) == len(subs)


async def test_no_password_opens_a_member(site: ParleyServer) -> None:
    call(site.url, "GET", "/api/v1/me", by_token(token("carl")))
    for username in ("carl", "embedded:carl", "embedded：carl"):
        for password in (PASSWORD, "None"):
            body = json.dumps({"username": username, "password": password})
            reply = call(site.url, "POST", "/api/v1/session", {}, body)
            assert reply.status == HTTPStatus.UNAUTHORIZED


# -- doors that close again -----------------------------------------------------------------------


class Scene(NamedTuple):
    server: ParleyServer
    secrets_file: Path

    def status(self, offered: str) -> int:
        return call(self.server.url, "GET", "/api/v1/me", by_token(offered)).status


@pytest.fixture
def scene(database_url: str, start_server: StartServer, secrets_file: Path) -> Scene:
    server = start_server(
        database_url=database_url, identity_secrets_file=secrets_file, watch_interval=0.1
    )
    return Scene(server, secrets_file)


async def test_a_live_socket_ends_with_its_token(scene: Scene) -> None:
    short = await bearer(scene.server.url, token(exp=int(time.time()) + 2)).open()
    long = await bearer(scene.server.url, token()).open()
    assert await short.closed() == ENDED
    await long.barrier()
    await long.close()


async def test_nobody_looks_and_a_socket_ends_with_its_token_all_the_same(
    start_server: StartServer, secrets_file: Path
) -> None:
    """At its very end: what comes later is nobody's, however seldom the server looks."""
    server = start_server(module=QUICK, identity_secrets_file=secrets_file, watch_interval=3600)
    tab = await bearer(server.url, token(exp=int(time.time()) + 2)).open()
    assert await tab.closed() == ENDED


async def test_a_secret_that_is_rotated_out_takes_its_sockets_along(scene: Scene) -> None:
    old, new = sign(claims(), SECRETS["2025"], kid="2025"), token()
    leaving = await bearer(scene.server.url, old).open()
    staying = await bearer(scene.server.url, new).open()
    scene.secrets_file.write_text(json.dumps({"2026": SECRETS["2026"]}))
    assert await leaving.closed() == ENDED
    assert scene.status(old) == HTTPStatus.UNAUTHORIZED
    await staying.barrier()
    assert scene.status(new) == HTTPStatus.OK
    await staying.close()


async def test_a_secret_replaced_under_its_kid_takes_its_sockets_along(scene: Scene) -> None:
    leaving = await bearer(scene.server.url, token()).open()
    scene.secrets_file.write_text(json.dumps({**SECRETS, "2026": "n" + SECRETS["2026"]}))
    assert await leaving.closed() == ENDED
    assert scene.status(token()) == HTTPStatus.UNAUTHORIZED


async def test_a_broken_secrets_file_opens_nothing_new_and_ends_nothing(scene: Scene) -> None:
    scene.server.allow("identity secrets not read")
    tab = await bearer(scene.server.url, token()).open()
    for text in ("{", "[]", '{"2026": ""}', '{"2026": 1}', ""):
        scene.secrets_file.write_text(text)
        assert scene.status(sign(claims(), "")) == HTTPStatus.UNAUTHORIZED
        assert scene.status(token()) == HTTPStatus.OK
    await tab.barrier()
    await tab.close()


async def test_revoking_a_member_ends_its_sockets_and_its_tokens(scene: Scene) -> None:
    earlier = token(iat=int(time.time()) - 60)
    leaving = await bearer(scene.server.url, earlier).open()
    staying = await bearer(scene.server.url, token("ben")).open()
    database = ("--database-url", scene.server.database_url)
    done = run_parley("token", "--revoke", "--sub", "ann", *database)
    assert done.returncode == 0, done.stderr
    assert await leaving.closed() == ENDED
    assert scene.status(earlier) == HTTPStatus.UNAUTHORIZED
    refused = handshake(scene.server.url, by_protocol(earlier))
    assert refused.status == HTTPStatus.UNAUTHORIZED
    await staying.barrier()
    await staying.close()
    fresh = token(iat=int(time.time()) + 2)  # within the leeway of the clocks, after the cut
    assert scene.status(fresh) == HTTPStatus.OK


async def test_a_member_who_was_never_here_can_be_revoked(scene: Scene) -> None:
    earlier = token("carl", iat=int(time.time()) - 60)
    done = run_parley(
        "token", "--revoke", "--sub", "carl", "--database-url", scene.server.database_url
    )
    assert done.returncode == 0, done.stderr
    assert scene.status(earlier) == HTTPStatus.UNAUTHORIZED
    assert scene.status(token("carl", iat=int(time.time()) + 2)) == HTTPStatus.OK


async def test_a_revoked_token_changes_nothing(scene: Scene) -> None:
    """Neither the name nor the picture that it names reaches the table."""
    earlier = token("dora", name="Mallory", iat=int(time.time()) - 60)
    assert scene.status(token("dora", name="Dora", iat=int(time.time()) + 3)) == HTTPStatus.OK
    run_parley("token", "--revoke", "--sub", "dora", "--database-url", scene.server.database_url)
    assert scene.status(earlier) == HTTPStatus.UNAUTHORIZED
    ben = await bearer(scene.server.url, token("ben")).request("GET", "/api/v1/users?username=dora")
    assert ben.envelope["data"]["users"][0]["name"] == "Dora"


async def test_a_token_ends_no_session(scene: Scene) -> None:
    """Not even that of the cookie beside it, and it does not end itself."""
    local = await sign_up(scene.server.url, "local")
    tab = await local.open()
    signed = by_token(token())
    for headers in (signed, {**cookie(local), **signed}, {**cookie(local), **by_token("x")}):
        reply = call(scene.server.url, "DELETE", "/api/v1/session", headers)
        assert (reply.status, reply.envelope["errorcode"]) == (HTTPStatus.FORBIDDEN, -5)
        assert reply.headers["Set-Cookie"] is None
    await tab.barrier()
    assert scene.status(token()) == HTTPStatus.OK
    await local.leave()


def test_a_picture_can_be_taken_away(scene: Scene) -> None:
    """By a claim that is there, and empty. One that is absent, or is no link, says nothing."""

    def shown(**said: object) -> str:
        reply = call(scene.server.url, "GET", "/api/v1/me", by_token(token("eve", **said)))
        return str(reply.data["avatar"])

    link = "https://shop.example/eve.png"
    assert [shown(avatar=link), shown(), shown(avatar="eve.png")] == [link] * 3
    assert shown(avatar="").startswith("/avatar/")
    assert [shown().startswith("/avatar/"), shown(avatar=link)] == [True, link]
    nothing = {**claims("eve"), "avatar": None}
    reply = call(scene.server.url, "GET", "/api/v1/me", by_token(sign(nothing)))
    assert reply.data["avatar"].startswith("/avatar/")


async def test_a_session_outlives_no_revocation_of_somebody_else(scene: Scene) -> None:
    """A local user who is called like the member keeps their session."""
    local = await sign_up(scene.server.url, "ann")
    tab = await local.open()
    member = await bearer(scene.server.url, token("ann", iat=int(time.time()) - 60)).open()
    database = ("--database-url", scene.server.database_url)
    run_parley("token", "--revoke", "--sub", "ann", *database)
    assert await member.closed() == ENDED
    await tab.barrier()
    await local.leave()
