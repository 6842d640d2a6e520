"""A guest's name is a guest's as long as one is here, and then somebody else's."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

import pytest

from models import base
from models.session import Session
from models.user import User
from tests.client import PASSWORD, Person, event, guest, message, search, sign_up
from tests.conftest import StartServer
from tests.security.site import by_token, call, post, status_of, token
from tests.services.parley import QUICK, ParleyServer

CROWD, ROUNDS = 8, 5


@pytest.fixture
def server(database_url: str, start_server: StartServer) -> ParleyServer:
    return start_server(module=QUICK, database_url=database_url, guests=True)


@contextmanager
def rows_of(database_url: str) -> Iterator[None]:
    with base.connect(database_url).connection_context():
        yield


def expire(database_url: str, user_id: int) -> None:
    """As if the session had been made its whole life ago."""
    with rows_of(database_url):
        Session.update(expires=1).where(Session.user == user_id).execute()


async def leave(person: Person) -> None:
    assert (await person.request("DELETE", "/api/v1/session")).status == HTTPStatus.OK


async def status(server: ParleyServer, nickname: str) -> int:
    return await status_of(server.url, "/api/v1/guests", {"nickname": nickname})


async def test_a_name_is_free_when_its_guest_has_left(
    server: ParleyServer, database_url: str
) -> None:
    first = await guest(server.url, "Anna")
    assert await status(server, "ANNA") == HTTPStatus.FORBIDDEN
    await leave(first)
    second = await guest(server.url, "anna")
    assert await status(server, "Anna") == HTTPStatus.FORBIDDEN
    expire(database_url, second.user_id)
    third = await guest(server.url, "Anna")
    assert await status(server, "Anna") == HTTPStatus.FORBIDDEN
    assert len({first.user_id, second.user_id, third.user_id}) == 3


async def test_a_name_is_free_when_its_guest_was_sent_away(
    server: ParleyServer, database_url: str
) -> None:
    visitor = await guest(server.url, "rude")
    with rows_of(database_url):
        User.update(revoked_before=base.now_ms() + 1).where(User.id == visitor.user_id).execute()
    assert (await visitor.request("GET", "/api/v1/me")).status == HTTPStatus.UNAUTHORIZED
    assert (await guest(server.url, "rude")).user_id != visitor.user_id


async def test_who_takes_a_name_takes_no_conversations(server: ParleyServer) -> None:
    bob = await sign_up(server.url, "bob")
    first = await guest(server.url, "Anna")
    tab = await first.open()
    await tab.chat(bob, "between the two of us")
    await leave(first)
    second = await guest(server.url, "Anna")
    tab = await second.open()
    assert (await second.useropt("recent-users"))["data"]["conversations"] == []
    assert (await second.history(bob))["logs"] == []
    of_bob = await bob.history(first)
    assert (of_bob["other_name"], len(of_bob["logs"])) == ("Anna", 1)
    assert (await bob.history(second))["logs"] == []
    there = await bob.open()
    await tab.chat(bob, "hello, I am new")
    await there.expect(message("hello, I am new", sender=second))


async def test_who_has_left_is_not_found_by_the_name(server: ParleyServer) -> None:
    bob = await sign_up(server.url, "bob")
    first = await guest(server.url, "Anna")
    await leave(first)
    second = await guest(server.url, "Anna")
    for query in ("", "a", "anna"):
        found = [one["user_id"] for one in await search(bob, query)]
        assert second.user_id in found
        assert first.user_id not in found
    exact = (await bob.request("GET", "/api/v1/users?username=anna")).data["users"]
    assert [one["user_id"] for one in exact] == [second.user_id]


async def test_who_has_left_stays_out(server: ParleyServer) -> None:
    first = await guest(server.url, "Anna")
    old = dict(first.cookies)
    await leave(first)
    await guest(server.url, "Anna")
    first.cookies.update(old)
    assert (await first.request("GET", "/api/v1/me")).status == HTTPStatus.UNAUTHORIZED


async def test_a_second_guest_in_one_browser_ends_the_first(server: ParleyServer) -> None:
    """Nobody holds more than one name; what is refused ends nothing."""
    visitor = await guest(server.url, "Anna")
    await guest(server.url, "Berta")
    refused = await visitor.request("POST", "/api/v1/guests", {"nickname": "Berta"})
    assert refused.envelope["errorcode"] == -5
    assert (await visitor.request("GET", "/api/v1/me")).data["name"] == "Anna"
    given = await visitor.request("POST", "/api/v1/guests", {"nickname": "Clara"})
    assert (await visitor.request("GET", "/api/v1/me")).data == given.data
    assert await status(server, "Anna") == HTTPStatus.CREATED


async def test_of_many_who_want_a_freed_name_one_gets_it(
    server: ParleyServer, database_url: str
) -> None:
    await guest(server.url, "Anna")
    for _ in range(ROUNDS):
        with rows_of(database_url):
            Session.update(ended=1).execute()
        statuses = await asyncio.gather(*(status(server, "Anna") for _ in range(CROWD)))
        assert sorted(statuses) == [HTTPStatus.CREATED] + [HTTPStatus.FORBIDDEN] * (CROWD - 1)
    with rows_of(database_url):
        live = Session.select().where(Session.ended == 0).count()
        names = [row[0] for row in base.rows(User.select(User.name_key))]
    assert (live, names.count(b"anna"), len(names)) == (1, 1, ROUNDS + 1)


async def test_of_a_member_and_guests_who_want_a_freed_name_the_member_gets_it(
    server: ParleyServer, database_url: str
) -> None:
    """Members are never refused because of guests, whoever of them came when."""
    for number in range(ROUNDS):
        name = f"wanted {number}"
        await leave(await guest(server.url, name))
        body = {"username": name, "password": PASSWORD}
        crowd = [status(server, name) for _ in range(CROWD)]
        signed_up, *_ = await asyncio.gather(status_of(server.url, "/api/v1/users", body), *crowd)
        assert signed_up == HTTPStatus.CREATED
        assert await status(server, name) == HTTPStatus.FORBIDDEN
        with rows_of(database_url):
            holder = base.rows(User.select(User.kind).where(User.name_key == name.encode()))
        assert holder == [("local",)]


async def test_a_members_name_is_never_free(server: ParleyServer) -> None:
    member = await sign_up(server.url, "Anna")
    await leave(member)
    assert await status(server, "Anna") == HTTPStatus.FORBIDDEN
    body = {"username": "anna", "password": PASSWORD}
    assert post(server.url, "/api/v1/users", body).envelope["errorcode"] == -5


def test_a_hosts_members_name_is_never_free(site: ParleyServer) -> None:
    call(site.url, "GET", "/api/v1/me", by_token(token("9", name="Hosted One")))
    refused = post(site.url, "/api/v1/guests", {"nickname": "hosted one"})
    assert refused.envelope["errorcode"] == -5


async def test_a_guest_and_the_member_who_took_its_name_come_and_go_apart(
    server: ParleyServer,
) -> None:
    visitor, peer = await guest(server.url, "Anna"), await guest(server.url, "Peer")
    there, here = await visitor.open(), await peer.open()
    anna = await sign_up(server.url, "Anna")
    tab = await anna.open()
    await tab.chat(peer, "hi")
    await leave(visitor)
    assert await there.closed() == 4401
    await here.chat(anna, "still there?")
    await tab.expect(message("still there?"))
    await leave(anna)
    assert await tab.closed() == 4401
    await here.expect(event("presence", user_id=anna.user_id, online=False))
