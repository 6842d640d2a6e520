"""Guests: only where the operator allows them, and never by somebody else's name."""

import asyncio
from http import HTTPStatus

import pytest

from tests.client import Reply, guest, sign_up
from tests.conftest import StartServer
from tests.security.site import by_token, call, post, status_of, token
from tests.services.parley import ParleyServer


def enter(server: ParleyServer, nickname: object = None, language: str = "en") -> Reply:
    body = {} if nickname is None else {"nickname": nickname}
    return post(server.url, "/api/v1/guests", body, {"Accept-Language": language})


def check_taken(reply: Reply) -> None:
    assert (reply.status, reply.envelope["errorcode"]) == (HTTPStatus.FORBIDDEN, -5)
    assert reply.headers["Set-Cookie"] is None


def test_guests_are_off_by_default(start_server: StartServer) -> None:
    server = start_server()
    for nickname in (None, "", "visitor"):
        check_taken(enter(server, nickname))


@pytest.mark.parametrize(
    ("language", "locale", "word"),
    [
        ("en", "en", "Guest "),
        ("zh-CN,zh;q=0.9", "zh-CN", "游客"),
        ("zh-TW", "zh-TW", "訪客"),
        ("zh-HK,en;q=0.5", "zh-TW", "訪客"),
        ("zh-Hans-HK", "zh-CN", "游客"),
        ("ar-EG,ar;q=0.9", "ar", "ضيف "),
        ("xx, de;q=0.5", "en", "Guest "),
        ("", "en", "Guest "),
        ("x" * 60_000, "en", "Guest "),
        ("x," * 30_000 + "zh", "en", "Guest "),
        ("%", "en", "Guest "),
    ],
)
def test_a_guest_without_a_name_gets_a_number_in_their_language(
    site: ParleyServer, language: str, locale: str, word: str
) -> None:
    for nickname in (None, "", "  "):
        visitor = enter(site, nickname, language).data
        assert (visitor["kind"], visitor["locale"]) == ("guest", locale)
        assert visitor["name"].startswith(word)
        assert visitor["name"].removeprefix(word).isdigit()


async def test_names_are_unique_even_when_many_come_at_once(
    database_url: str, start_server: StartServer
) -> None:
    server = start_server(database_url=database_url, guests=True)
    crowd = [status_of(server.url, "/api/v1/guests", {}) for _ in range(30)]
    assert set(await asyncio.gather(*crowd)) == {HTTPStatus.CREATED}
    same = [status_of(server.url, "/api/v1/guests", {"nickname": "only one"}) for _ in range(10)]
    statuses = await asyncio.gather(*same)
    assert sorted(statuses) == [HTTPStatus.CREATED] + [HTTPStatus.FORBIDDEN] * 9


async def test_numbers_taken_in_advance_keep_nobody_out(site: ParleyServer) -> None:
    """Mallory signs up under the numbers that come next."""
    first = int(enter(site).data["name"].removeprefix("Guest "))
    for number in range(first + 1, first + 20):
        enter(site, f"Guest {number}")
    names = [enter(site).data["name"] for _ in range(12)]
    assert len(set(names)) == 12


async def test_a_guest_takes_nobodys_name_in_no_spelling(
    database_url: str, start_server: StartServer
) -> None:
    server = start_server(database_url=database_url, guests=True)
    await sign_up(server.url, "Alice Ångström")
    await guest(server.url, "first comer")
    for name in (
        "Alice Ångström",
        "alice ångström",
        "ALICE A\u030aNGSTRO\u0308M",
        "Ａlice Ångström",
    ):
        check_taken(enter(server, name))
    for name in ("first comer", "FIRST COMER", "ﬁrst comer"):
        check_taken(enter(server, name))


async def test_a_guest_is_not_shown_by_a_members_name(site: ParleyServer) -> None:
    """What people see is the name, whatever the username is."""
    body = {"username": "u-17", "nickname": "Dr. Weiß", "password": "a long password"}
    assert post(site.url, "/api/v1/users", body).status == HTTPStatus.CREATED
    call(site.url, "GET", "/api/v1/me", by_token(token("4711", name="Shop Support")))
    for name in ("Dr. Weiß", "DR. WEISS", "Shop Support", "shop support", "Ｓhop Support"):
        check_taken(enter(site, name))
    check_taken(enter(site, "4711"))  # what a member without a name is shown by
    assert enter(site, "4712").status == HTTPStatus.CREATED


async def test_nobody_signs_in_as_a_guest(site: ParleyServer) -> None:
    await guest(site.url, "passing by")
    for password in ("", "None", "passing by"):
        body = {"username": "passing by", "password": password}
        assert post(site.url, "/api/v1/session", body).status == HTTPStatus.UNAUTHORIZED


async def test_a_member_with_a_guests_name_is_somebody_else(site: ParleyServer) -> None:
    """Members are not refused because of a guest, and get nothing of the guest's but the name."""
    visitor = await guest(site.url, "here first")
    body = {"username": "HERE FIRST", "password": "a long password"}
    local = post(site.url, "/api/v1/users", body).data
    hosted = call(site.url, "GET", "/api/v1/me", by_token(token("here first"))).data
    assert len({visitor.user_id, local["user_id"], hosted["user_id"]}) == 3
    assert [local["kind"], hosted["kind"]] == ["local", "embedded"]
    still = (await visitor.request("GET", "/api/v1/me")).data
    assert (still["user_id"], still["name"], still["kind"]) == (
        visitor.user_id,
        "here first",
        "guest",
    )
    found = await visitor.request("GET", "/api/v1/users?username=Here%20First")
    assert [one["user_id"] for one in found.data["users"]] == [local["user_id"]]
    check_taken(post(site.url, "/api/v1/users", body))
    check_taken(enter(site, "here first"))


def test_only_so_many_guests_come_from_one_address(start_server: StartServer) -> None:
    server = start_server(guests=True, signups_per_address=2)
    assert [enter(server).status for _ in range(3)] == [201, 201, 429]
    refused = enter(server, "named").envelope
    assert refused["errorcode"] == -6
    assert refused["data"]["retry_after"] > 0


def test_a_name_that_is_taken_counts_as_a_try(start_server: StartServer) -> None:
    """Or anybody could ask for one name after the other."""
    server = start_server(guests=True, signups_per_address=2)
    assert [enter(server, "ann").status for _ in range(3)] == [201, 403, 429]
