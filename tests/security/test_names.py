"""Names: what one looks like is what one is, and no two people look the same."""

import unicodedata
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.client import PASSWORD, Reply, guest, search, sign_up
from tests.conftest import StartServer
from tests.security.site import by_token, call, post, token
from tests.services.parley import QUICK, ParleyServer

INVISIBLE = {
    "zero width space": "\u200b",
    "zero width joiner": "\u200d",
    "word joiner": "\u2060",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "grapheme joiner": "\u034f",
    "Hangul filler": "\u3164",
    "Hangul choseong filler": "\u115f",
    "halfwidth Hangul filler": "\uffa0",
    "Khmer inherent vowel": "\u17b4",
    "Mongolian variation selector": "\u180b",
    "variation selector 16": "\ufe0f",
    "variation selector 17": "\U000e0100",
    "tag letter": "\U000e0041",
    "Braille blank": "\u2800",
    "musical null notehead": "\U0001d159",
    "invisible times": "\u2062",
}
BIDI = {f"U+{ord(one):04X}": one for one in "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e"}
BIDI |= {f"U+{ord(one):04X}": one for one in "\u2066\u2067\u2068\u2069"}
CONTROLS = {
    f"U+{ord(one):04X}": one for one in "\0\t\n\r\x1b\x7f\x85\u2028\u2029\ufff9\ue000\uffff"
}
SPACES = {f"U+{ord(one):04X}": one for one in "\u00a0\u2003\u3000\u1680\u205f"}
SIGNS = {"colon": ":", "fullwidth colon": "：", "small colon": "﹕", "vertical colon": "︓"}
SIGNS |= {"slash": "/", "fullwidth slash": "／", "two spaces": "  "}
HIDDEN = INVISIBLE | BIDI | CONTROLS | SPACES
ALIKE = ["bob", "BOB", "ｂｏｂ", "Ｂob", "ⓑⓞⓑ", "𝐛𝐨𝐛", "𝓫𝓸𝓫", "ᵇᵒᵇ", " bob", "bob ", "bob\t"]


def register(server: ParleyServer, name: str, nickname: str | None = None) -> Reply:
    body = {"username": name, "password": PASSWORD}
    body |= {} if nickname is None else {"nickname": nickname}
    return post(server.url, "/api/v1/users", body)


def check_malformed(reply: Reply, field: str) -> None:
    assert (reply.status, reply.envelope["errorcode"]) == (HTTPStatus.BAD_REQUEST, -2)
    assert reply.envelope["data"] == {"field": field}


@pytest.mark.parametrize("sign", [*(HIDDEN | SIGNS).values()], ids=HIDDEN | SIGNS)
def test_a_username_holds_nothing_that_hides(site: ParleyServer, sign: str) -> None:
    check_malformed(register(site, f"mal{sign}lory"), "username")
    reply = post(site.url, "/api/v1/guests", {"nickname": f"mal{sign}lory"})
    assert (reply.status, reply.envelope["errorcode"]) == (HTTPStatus.BAD_REQUEST, -2)


@pytest.mark.parametrize("sign", HIDDEN.values(), ids=HIDDEN)
def test_a_nickname_holds_nothing_that_hides(site: ParleyServer, sign: str) -> None:
    check_malformed(register(site, "mallory", f"mal{sign}lory"), "nickname")


@pytest.mark.parametrize("name", ["", " ", "\u3000", "\u200b", "a" * 33, "😀" * 33, "a" * 60_000])
def test_a_name_has_1_to_32_characters(site: ParleyServer, name: str) -> None:
    reply = register(site, name)
    assert reply.envelope["errorcode"] == (-7 if len(name) > 32 else -2)


def test_a_name_that_its_key_cannot_hold_is_none(site: ParleyServer) -> None:
    """Else two that differ at the end would be one: a ligature folds to a sentence."""
    assert register(site, "\ufdfa" * 7).status == HTTPStatus.CREATED
    check_malformed(register(site, "\ufdfa" * 8), "username")
    reply = post(site.url, "/api/v1/guests", {"nickname": "\ufdfa" * 8})
    check_malformed(reply, "nickname")


@pytest.mark.parametrize("name", [None, 1, True, ["bob"], {"a": "bob"}, 1.5])
def test_a_name_is_text(site: ParleyServer, name: object) -> None:
    reply = post(site.url, "/api/v1/users", {"username": name, "password": PASSWORD})
    check_malformed(reply, "username")


async def test_names_that_look_alike_are_one_name(
    database_url: str, start_server: StartServer
) -> None:
    server = start_server(module=QUICK, database_url=database_url, guests=True)
    bob = await sign_up(server.url, "bob")
    assert register(server, "BoB").envelope["errorcode"] == -5
    for spelling in ALIKE:
        reply = post(server.url, "/api/v1/guests", {"nickname": spelling})
        assert reply.envelope["errorcode"] == -5, ascii(spelling)
    body = {"username": "ｂＯｂ", "password": PASSWORD}
    assert post(server.url, "/api/v1/session", body).data["user_id"] == bob.user_id


async def test_names_that_differ_stay_apart(database_url: str, start_server: StartServer) -> None:
    """MariaDB's general collations would call some of these equal."""
    server = start_server(module=QUICK, database_url=database_url, guests=True)
    names = ["bob", "bób", "böb", "b😀b", "b😁b", "bo", "bobb", "鲍勃", "ბობ", "β"]
    found = {(await guest(server.url, name)).user_id for name in names}
    assert len(found) == len(names)


async def test_a_name_is_kept_in_its_composed_form(site: ParleyServer) -> None:
    typed = "Zoe\u0308"
    assert register(site, typed).data["username"] == unicodedata.normalize("NFC", typed)


async def test_no_username_becomes_the_key_of_a_hosts_member(
    database_url: str, start_server: StartServer, secrets_file: Path
) -> None:
    """Mallory registers what folds to the member's key, before the member's first visit."""
    server = start_server(
        database_url=database_url, identity_secrets_file=secrets_file, guests=True
    )
    for colon in ("：", "﹕", "︓", ":"):
        check_malformed(register(server, f"embedded{colon}ann"), "username")
        reply = post(server.url, "/api/v1/guests", {"nickname": f"EMBEDDED{colon}ann"})
        assert reply.envelope["errorcode"] == -2
    member = call(server.url, "GET", "/api/v1/me", by_token(token("ann"))).data
    assert (member["kind"], member["username"]) == ("embedded", "ann")


async def test_a_search_takes_every_sign_as_it_is(site: ParleyServer) -> None:
    alice = await sign_up(site.url, "alice the seeker")
    await sign_up(site.url, "100% natural_born \\ o'hara")
    for query, count in (("100% nat", 1), ("%", 0), ("_", 0), ("100_", 0), ("\\", 0), ("'", 0)):
        assert len(await search(alice, query)) == count, query
