"""Who asks is settled before what is asked is looked into, though both go the same way."""

from typing import Any

import pytest

from tests.client import Person
from tests.conftest import StartServer
from tests.scene import change, meet, write
from tests.services.parley import ParleyServer

# opt, what is wrong with it, and the same over REST
QUESTIONS: list[tuple[str, dict[str, Any], str]] = [
    ("realtime-chat", {"other": 1, "limit": 0}, "/api/v1/conversations/1/messages?limit=0"),
    ("recent-users", {"limit": 0}, "/api/v1/conversations?limit=0"),
    ("search-users", {"query": "x", "limit": 0}, "/api/v1/users?query=x&limit=0"),
]


async def codes(person: Person, opt: str, data: dict[str, Any], path: str) -> list[tuple[int, int]]:
    """Status and errorcode, by both ways."""
    replies = (
        await person.request("POST", "/useropt", {"opt": opt, "data": data}),
        await person.request("GET", path),
    )
    assert all("logs" not in reply.envelope.get("data", {}) for reply in replies)
    return [(reply.status, reply.envelope["errorcode"]) for reply in replies]


@pytest.mark.parametrize("question", QUESTIONS, ids=[opt for opt, _, _ in QUESTIONS])
async def test_nobody_learns_what_is_wrong_with_a_question(
    shared_server: ParleyServer, question: tuple[str, dict[str, Any], str]
) -> None:
    (alice,) = await meet(shared_server, "alice")
    assert await codes(alice, *question) == [(200, -2), (400, -2)]
    stranger = Person(shared_server.url)
    assert await codes(stranger, *question) == [(200, -3), (401, -3)]
    stale = Person(shared_server.url, cookies=dict(alice.cookies))
    assert (await alice.request("DELETE", "/api/v1/session")).envelope["errorcode"] == 0
    assert await codes(stale, *question) == [(200, -3), (401, -3)]


@pytest.mark.parametrize("question", QUESTIONS, ids=[opt for opt, _, _ in QUESTIONS])
async def test_too_fast_comes_before_what_is_wrong(
    start_server: StartServer, question: tuple[str, dict[str, Any], str]
) -> None:
    server = start_server(guests=True, request_rate=0.01)
    (alice,) = await meet(server, "alice")
    for _ in range(2):
        await alice.request("GET", "/api/v1/me")
    assert await codes(alice, *question) == [(200, -6), (429, -6)]


async def test_an_identity_ends_at_once_also_for_pages(shared_server: ParleyServer) -> None:
    """Whatever was found a moment before: each question looks again who asks."""
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(bob, alice, "for alice only")
    assert (await alice.history(bob))["logs"]
    ended = f"UPDATE session SET ended = 1 WHERE user_id = {alice.user_id}"
    change(shared_server.database_url, ended)
    asked = (
        "realtime-chat",
        {"other": bob.user_id},
        f"/api/v1/conversations/{bob.user_id}/messages",
    )
    assert await codes(alice, *asked) == [(200, -3), (401, -3)]
    change(shared_server.database_url, ended.replace("ended = 1", "ended = 0"))
    assert (await alice.history(bob))["logs"]
    revoked = f"UPDATE user SET revoked_before = {2**50} WHERE id = {alice.user_id}"
    change(shared_server.database_url, revoked)
    assert await codes(alice, *asked) == [(200, -3), (401, -3)]
