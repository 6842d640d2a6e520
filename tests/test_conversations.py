"""The list of conversations, and finding people."""

import asyncio
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.client import Person, bearer, guest, search, sign_up
from tests.conftest import StartServer
from tests.scene import change, meet, write
from tests.services.parley import ParleyServer, run_parley

LINE = {
    "user_id",
    "username",
    "name",
    "avatar",
    "kind",
    "online",
    "last_seen",
    "last",
    "last_seq",
    "last_time",
    "read_seq",
    "other_read_seq",
    "other_delivered_seq",
    "unread",
}


async def recent(person: Person, **asked: object) -> dict[str, Any]:
    envelope = await person.useropt("recent-users", **asked)
    assert envelope["errorcode"] == 0, envelope
    return dict(envelope["data"])


def ids(page: dict[str, Any]) -> list[int]:
    return [line["user_id"] for line in page["conversations"]]


async def all_pages(person: Person, limit: int) -> list[int]:
    """Every line of every page, by REST."""
    found: list[int] = []
    cursor: str | None = None
    while True:
        path = f"/api/v1/conversations?limit={limit}"
        path += f"&before={quote(cursor)}" if cursor else ""
        page = (await person.request("GET", path)).data
        assert len(page["conversations"]) <= limit
        found += ids(page)
        cursor = page["next"]
        if cursor is None:
            return found


async def test_a_line_says_who_what_and_how_far(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "1", "2")
    await write(bob, alice, "3")
    await write(alice, bob, "4", "5")
    await bob.useropt("read", other=alice.user_id, seq=4)
    (line,) = (await recent(bob))["conversations"]
    assert set(line) == LINE
    assert (line["user_id"], line["name"], line["kind"]) == (alice.user_id, alice.name, "guest")
    assert line["last"][:2] == ["<", "5"]
    assert line["last"][3] == {"seq": 5, "time": line["last_time"]}
    assert (line["last_seq"], line["read_seq"], line["unread"]) == (5, 4, 1)
    assert (line["other_read_seq"], line["other_delivered_seq"]) == (5, 5)
    (mirrored,) = (await recent(alice))["conversations"]
    assert (mirrored["last"][0], mirrored["other_read_seq"], mirrored["unread"]) == (">", 4, 0)
    by_rest = (await alice.request("GET", "/api/v1/conversations")).data
    assert by_rest == {"conversations": [mirrored], "next": None}


async def test_nobody_talked_to_is_an_empty_list(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    assert await recent(alice) == {"conversations": [], "next": None}


async def test_the_newest_comes_first_and_moves_up(shared_server: ParleyServer) -> None:
    alice, bob, carol, dave = await meet(shared_server, "alice", "bob", "carol", "dave")
    for other in (bob, carol, dave):
        await write(alice, other, "hi")
    assert ids(await recent(alice)) == [dave.user_id, carol.user_id, bob.user_id]
    await write(bob, alice, "hello")
    assert ids(await recent(alice)) == [bob.user_id, dave.user_id, carol.user_id]


@pytest.mark.parametrize("limit", [1, 2, 5, 12, 100])
async def test_pages_have_every_line_once_even_where_times_tie(
    shared_server: ParleyServer, limit: int
) -> None:
    alice, *others = await meet(shared_server, "alice", *("other",) * 12)
    for other in others:
        await write(alice, other, "hi")
    tied = ", ".join(str(other.user_id) for other in others[2:9])
    change(
        shared_server.database_url,
        "UPDATE conversation SET last_time = 1700000000000 WHERE id IN"
        f" (SELECT conversation_id FROM participant WHERE user_id IN ({tied}))",
    )
    found = await all_pages(alice, limit)
    assert sorted(found) == sorted(other.user_id for other in others)
    untied = [other.user_id for other in (*others[:2], *others[9:])]
    assert found[:5] == untied[::-1]


async def test_a_page_of_exactly_the_limit_has_no_next(shared_server: ParleyServer) -> None:
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    await write(alice, bob, "hi")
    await write(alice, carol, "hi")
    assert (await recent(alice, limit=2))["next"] is None
    page = await recent(alice, limit=1)
    assert ids(page) == [carol.user_id]
    rest = await recent(alice, limit=1, before=page["next"])
    assert (ids(rest), rest["next"]) == ([bob.user_id], None)


WRONG = [
    {"before": "x"},
    {"before": ""},
    {"before": "好"},
    {"before": 7},
    {"before": 1.5},
    {"before": True},
    {"before": []},
    {"before": {}},
    {"before": "LTEuLTE"},
    {"before": "A" * 5000},
    {"before": "%00"},
    {"limit": 0},
    {"limit": 101},
    {"limit": "1"},
]


@pytest.mark.parametrize("asked", WRONG, ids=[str(asked)[:40] for asked in WRONG])
async def test_a_wrong_page_is_malformed(
    shared_server: ParleyServer, asked: dict[str, object]
) -> None:
    (alice,) = await meet(shared_server, "alice")
    envelope = await alice.useropt("recent-users", **asked)
    assert (envelope["errorcode"], envelope["data"]) == (-2, {"field": next(iter(asked))})


async def test_unread_counts_what_the_other_side_wrote(shared_server: ParleyServer) -> None:
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    await write(alice, bob, "1", "2", "3")
    await write(carol, bob, "1")

    async def unread() -> dict[int, int]:
        return {line["user_id"]: line["unread"] for line in (await recent(bob))["conversations"]}

    assert await unread() == {alice.user_id: 3, carol.user_id: 1}
    await bob.useropt("read", other=alice.user_id, seq=2)
    assert await unread() == {alice.user_id: 1, carol.user_id: 1}
    await write(bob, alice, "an answer")
    assert await unread() == {alice.user_id: 0, carol.user_id: 1}
    await write(alice, bob, "5")
    assert await unread() == {alice.user_id: 1, carol.user_id: 1}


# -- finding people ------------------------------------------------------------------------------


async def named(server: ParleyServer, *names: str) -> list[Person]:
    return [await guest(server.url, name) for name in names]


async def test_people_are_found_by_the_beginning_of_their_name(
    database_url: str, start_server: StartServer
) -> None:
    server = start_server(database_url=database_url, guests=True)
    asker, *_ = await named(
        server, "asker", "Zoë", "ZOLA", "zo%o", "小明", "小红", "Straße", "ﬁne", "李 雷", "😀 joy"
    )

    async def found(query: str) -> set[str]:
        return {user["username"] for user in await search(asker, query)}

    assert await found("zo") == {"Zoë", "ZOLA", "zo%o"}
    assert await found("ZOL") == {"ZOLA"}
    assert await found("zoë") == await found("ZOE\u0308") == {"Zoë"}
    assert await found("小") == {"小明", "小红"}
    assert await found("小明") == {"小明"}
    assert await found("明") == set()
    assert await found("STRASSE") == {"Straße"}
    assert await found("fine") == {"ﬁne"}
    assert await found("李 ") == {"李 雷"}
    assert await found("😀") == {"😀 joy"}
    for nothing in ("%", "_", "zo_", "*", "\\", "'", '"', "zo%%", "ola", "asker"):
        assert await found(nothing) == set(), nothing
    assert await found("zo%") == {"zo%o"}
    assert len(await found("")) == 9


async def test_a_nickname_is_found_as_well_as_a_username(
    database_url: str, start_server: StartServer
) -> None:
    server = start_server(database_url=database_url, guests=True)
    (asker,) = await named(server, "asker")
    body = {"username": "u-1", "password": "correct horse", "nickname": "Jane Doe"}
    jane = (await Person(server.url).request("POST", "/api/v1/users", body)).data
    assert (jane["username"], jane["name"]) == ("u-1", "Jane Doe")
    for query in ("jane", "JANE D", "u-"):
        assert [user["user_id"] for user in await search(asker, query)] == [jane["user_id"]]
    envelope = await asker.useropt("search-users", query="jane")
    assert [user["user_id"] for user in envelope["data"]["users"]] == [jane["user_id"]]


async def test_members_of_a_host_are_found_by_name_not_by_what_keeps_their_ids_apart(
    database_url: str, start_server: StartServer, tmp_path: Path, close_tabs: None
) -> None:
    secrets = tmp_path / "identity.json"
    secrets.write_text(json.dumps({"k1": "s" * 16 + "0123456789abcdef"}))
    server = start_server(database_url=database_url, guests=True, identity_secrets_file=secrets)
    asker, emma = await named(server, "asker", "emma")
    for sub, name in (("m-1", "Mia"), ("m-2", "Max")):
        done = await asyncio.to_thread(
            run_parley,
            *("token", "--sub", sub, "--name", name, "--identity-secrets-file", str(secrets)),
        )
        await bearer(server.url, done.stdout.strip()).open()
    assert {user["name"] for user in await search(asker, "m")} == {"Mia", "Max"}
    assert {user["username"] for user in await search(asker, "m")} == {"m-1", "m-2"}
    assert [user["user_id"] for user in await search(asker, "em")] == [emma.user_id]
    assert await search(asker, "embedded:") == []
    assert len(await search(asker, "")) == 3


async def test_a_search_is_bounded(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    await meet(shared_server, *("crowd",) * 6)
    assert len(await search(alice, "crowd", limit=4)) == 4
    await asyncio.gather(*(guest(shared_server.url, f"many {number}") for number in range(101)))
    assert len(await search(alice, "many", limit=100)) == 100
    wrong: tuple[tuple[dict[str, object], int], ...] = (
        ({}, -2),
        ({"query": 7}, -2),
        ({"query": None}, -2),
        ({"query": "\0"}, -2),
        ({"query": "x", "limit": 0}, -2),
        ({"query": "x" * 65}, -7),
    )
    for asked, code in wrong:
        assert (await alice.useropt("search-users", **asked))["errorcode"] == code


async def test_one_person_by_exact_name(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    path = "/api/v1/users?username="
    found = (await alice.request("GET", path + quote(bob.name.upper()))).data["users"]
    assert [user["user_id"] for user in found] == [bob.user_id]
    assert (await alice.request("GET", path + quote(bob.name[:-1] + "x"))).data == {"users": []}


async def test_a_taken_name_is_taken_in_every_spelling(
    database_url: str, start_server: StartServer
) -> None:
    server = start_server(database_url=database_url, guests=True)
    await sign_up(server.url, "Straße")
    somebody = Person(server.url)
    for name in ("STRASSE", "strasse", "ＳＴＲＡＳＳＥ"):
        body = {"username": name, "password": "correct horse"}
        reply = await somebody.request("POST", "/api/v1/users", body)
        assert (reply.status, reply.envelope["errorcode"]) == (403, -5)
