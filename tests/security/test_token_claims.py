"""Identity tokens: which open the door, and which do not."""

import json
import time
from http import HTTPStatus

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.security.site import (
    SECRETS,
    by_protocol,
    by_token,
    call,
    claims,
    handshake,
    part,
    sign,
    token,
)
from tests.services.parley import ParleyServer

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PUBLIC = RSA.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
# when the tests were collected: on a slow machine they run a quarter of an hour later
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
    "iat ahead": token(iat=NOW + 3000),
    "iat NaN": raw(json.dumps(claims(iat=float("nan")))),
    "iat minus Infinity": raw(json.dumps(claims(iat=float("-inf")))),
    "iat false": token(iat=False),
    "nbf ahead": token(nbf=NOW + 3000),
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
