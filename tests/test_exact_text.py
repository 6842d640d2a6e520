"""Text comes back byte for byte, is counted the same, and means nothing to the database."""

from collections.abc import Callable
from typing import NamedTuple, Protocol

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client import Person, guest, message, search, sign_up
from tests.conftest import StartServer
from tests.oracle import read_rows
from tests.services.parley import QUICK, ParleyServer

TEXTS = {
    "emoji": "😀🏳️‍🌈👩‍👩‍👧‍👦🇩🇪👍🏽",
    "two emoji that collations call equal": "🍣🍺",
    "right to left": "שלום עולם مرحبا بالعالم",
    "bidi controls": "\u202eevil\u202c \u2066isolated\u2069 \u200f",
    "combining marks": "e\u0301 \u00e9 Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢",
    "joiners": "क्‍ष \u200c\u200d\ufeff\u2060",
    "trailing spaces": "  both ends \t ",
    "only a space": " ",
    "line ends": "a\r\nb\nc\rd\u2028e\u2029f\n",
    "backslashes": "\\ \\n \\' \\\\ \\0 \\u0041 \\Z",
    "formats": "%s %d %% %(name)s {} {0} ${x} %",
    "quotes": "'; DROP TABLE user; -- \" ` '' \\'",
    "like": "100%_[a-z]*?",
    "full text": '+must -not ~less "phrase" (a|b) @ > <',
    "html": "<script>alert(1)</script>&amp;&#39;",
    "controls": "\x01\x02\x07\x08\x0b\x0c\x1b[31m\x7f\x85\x9f",
    "highest code points": "\U0010ffff\ufffe\uffff\U000e0041",
    "looks like json": '{"errorcode": 0}\u0000'.replace("\u0000", ""),
}
MARKS = sorted({*TEXTS.values(), "%", "_", "\\", "'", '"', "`", "*", "?", "[", "--", "/*", ";"})
DEFINITE = (200, 201, 400, 401, 403, 409, 413)
FEW_MARKS = ("%", "_", "\\", "'", '"', "' OR 1=1 -- ", "`", "*")
EVERY_CHARACTER = st.characters(exclude_categories=["Cs"], exclude_characters="\0")


class Field(Protocol):
    """Sends text in one field; what the server says to it."""

    __name__: str

    async def __call__(self, alice: Person, bob: Person, text: str, /) -> int: ...


class Two(NamedTuple):
    """Alice and Bob, strangers to everybody else."""

    alice: Person
    bob: Person


@pytest.fixture
def open_server(database_url: str, start_server: StartServer) -> ParleyServer:
    return start_server(module=QUICK, database_url=database_url, guests=True)


async def two(server: ParleyServer) -> Two:
    return Two(await guest(server.url), await guest(server.url))


async def test_text_is_the_same_bytes_everywhere(open_server: ParleyServer) -> None:
    alice, bob = await two(open_server)
    here, there = await alice.open(), await bob.open()
    for number, text in enumerate(TEXTS.values()):
        said = await here.chat(bob, text, client_id=f"c{number} {text[:20]}")
        assert (said.content, said.client_id) == (text, f"c{number} {text[:20]}")
        await there.expect(message(text, sender=alice))
    listed = [entry[1] for entry in (await bob.history(alice, limit=100))["logs"]]
    rows = read_rows(open_server.database_url, "SELECT content FROM chatlog ORDER BY seq")
    assert listed == [row[0] for row in rows] == list(TEXTS.values())
    await alice.leave()
    await bob.leave()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(st.text(EVERY_CHARACTER, min_size=1, max_size=200), min_size=1, max_size=20))
async def test_any_text_is_the_same_bytes_everywhere(
    open_server: ParleyServer, texts: list[str]
) -> None:
    alice, bob = await two(open_server)
    here = await alice.open()
    for text in texts:
        assert (await here.chat(bob, text)).content == text
    assert [entry[1] for entry in (await bob.history(alice))["logs"]] == texts
    await alice.leave()


async def test_client_ids_that_collations_call_equal_are_two(open_server: ParleyServer) -> None:
    alice, bob = await two(open_server)
    here = await alice.open()
    ids = ["a", "A", "a ", "á", "a\u0301", "🍣", "🍺", "ａ", "ß", "ss", " a", "a\n"]
    seqs = [(await here.chat(bob, "x", client_id=one)).seq for one in ids]
    assert seqs == list(range(1, len(ids) + 1))
    assert [(await here.chat(bob, "y", client_id=one)).dup for one in ids] == [True] * len(ids)
    await alice.leave()


LENGTHS: dict[str, Callable[[int], str]] = {
    "one byte": lambda count: "x" * count,
    "two bytes": lambda count: "é" * count,
    "three bytes": lambda count: "好" * count,
    "four bytes": lambda count: "😀" * count,
    "combining": lambda count: ("e" + "\u0301" * count)[:count],
    "spaces": lambda count: " " * count,
    "escapes": lambda count: "\\" * count,
}


async def _content(alice: Person, bob: Person, text: str) -> int:
    answer = await alice.useropt("chat-to", other=bob.user_id, content=text)
    return int(answer["errorcode"])


async def _client_id(alice: Person, bob: Person, text: str) -> int:
    answer = await alice.useropt("chat-to", other=bob.user_id, content="x", client_id=text)
    return int(answer["errorcode"])


async def _nickname(alice: Person, _bob: Person, text: str) -> int:
    return (await alice.request("POST", "/api/v1/guests", {"nickname": text})).status


async def _search(alice: Person, _bob: Person, text: str) -> int:
    return int((await alice.useropt("search-users", query=text))["errorcode"])


FIELDS: tuple[tuple[Field, tuple[int, ...]], ...] = (
    (_content, (0, 1, 8191, 8192, 8193)),
    (_client_id, (0, 1, 64, 65, 300)),
    (_nickname, (0, 1, 31, 32, 33, 63, 64, 65, 200)),
    (_search, (0, 1, 64, 191, 192, 1000)),
)


async def verdicts(server: ParleyServer) -> dict[tuple[str, str, int], int]:
    """What the server says to every field, alphabet and length."""
    alice, bob = await two(server)
    return {
        (field.__name__, alphabet, length): await field(alice, bob, make(length))
        for field, lengths in FIELDS
        for alphabet, make in LENGTHS.items()
        for length in lengths
    }


async def test_both_databases_give_the_same_verdict_on_every_length(
    sqlite_url: str, mariadb_url: str, start_server: StartServer
) -> None:
    sqlite, mariadb = [
        await verdicts(start_server(database_url=url, guests=True))
        for url in (sqlite_url, mariadb_url)
    ]
    assert sqlite == mariadb
    for alphabet in LENGTHS:
        assert [sqlite["_content", alphabet, n] for n in (0, 1, 8191, 8192, 8193)] == [
            -2,
            2,
            2,
            2,
            -7,
        ]
        assert [sqlite["_client_id", alphabet, n] for n in (1, 64, 65)] == [2, 2, -2]


async def test_characters_that_mean_something_to_a_database_mean_nothing_here(
    open_server: ParleyServer,
) -> None:
    """The log is looked through at the end: a database error would stand there."""
    alice, bob = await two(open_server)
    for mark in MARKS:
        for body in (
            {"opt": "chat-to", "data": {"other": bob.user_id, "content": mark, "client_id": mark}},
            {"opt": "search-users", "data": {"query": mark}},
            {"opt": "recent-users", "data": {"before": mark}},
            {"opt": "realtime-chat", "data": {"other": mark}},
            {"opt": mark, "data": {mark: mark}},
        ):
            reply = await alice.request("POST", "/useropt", body)
            assert reply.status == 200
            assert reply.envelope["errorcode"] in (0, 1, 2, -1, -2, -7)
    for mark in FEW_MARKS:
        for path, account in (
            ("/api/v1/session", {"username": mark, "password": mark}),
            ("/api/v1/users", {"username": mark, "password": mark * 9}),
            ("/api/v1/guests", {"nickname": mark}),
        ):
            somebody = Person(open_server.url)
            assert (await somebody.request("POST", path, account)).status in DEFINITE


async def test_a_search_for_a_wildcard_finds_only_that_character(
    open_server: ParleyServer,
) -> None:
    alice = await sign_up(open_server.url, "alice")
    await sign_up(open_server.url, "bob")
    for wildcard in ("%", "_", "*", "?", "a%", "a_ice", "%%", "\\"):
        assert await search(alice, wildcard) == [], wildcard
    assert [user["username"] for user in await search(alice, "bo")] == ["bob"]
