"""Who may do what: one table, tested cell by cell."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple

import pytest

from tests.client import Match, Person, Push, bearer, event, guest, message, sign_in, sign_up
from tests.scene import write
from tests.security.site import call, token
from tests.services.parley import ParleyServer

BETWEEN_US = "between the two of us"
NOBODY_THERE = 900_719_925_474_000

# The conversation is the one of owner and peer. Everybody asks about, or writes to, the peer; the
# peer asks about the owner.
#   sees   allowed, and what the two wrote is in the answer
#   ok     allowed, and it is not
#   -n     refused with this errorcode
# Writing comes last: it makes two strangers peers.
TABLE = """
                                     owner  peer  stranger  guest  embedded  nobody
GET  /api/v1/me                      ok     ok    ok        ok     ok        -3
GET  /api/v1/users/{other}           ok     ok    ok        ok     ok        -3
GET  /api/v1/users/{none}            -4     -4    -4        -4     -4        -3
GET  /api/v1/users?query=            ok     ok    ok        ok     ok        -3
GET  /api/v1/users?username=x        ok     ok    ok        ok     ok        -3
GET  /api/v1/conversations           sees   sees  ok        ok     ok        -3
GET  /api/v1/conversations?before=x  -2     -2    -2        -2     -2        -3
GET  {messages}                      sees   sees  ok        ok     ok        -3
GET  {messages}?before=2             sees   sees  ok        ok     ok        -3
GET  {messages}?after=0              sees   sees  ok        ok     ok        -3
GET  {messages of none}              -4     -4    -4        -4     -4        -3
GET  {messages of me}                -5     -5    -5        -5     -5        -3
PUT  {read} seq=1                    ok     ok    -4        -4     -4        -3
PUT  {read of none} seq=1            -4     -4    -4        -4     -4        -3
PUT  {read of me} seq=1              -5     -5    -5        -5     -5        -3
useropt realtime-chat other          sees   sees  ok        ok     ok        -3
useropt realtime-chat none           -4     -4    -4        -4     -4        -3
useropt realtime-chat me             -5     -5    -5        -5     -5        -3
useropt recent-users                 sees   sees  ok        ok     ok        -3
useropt search-users query=          ok     ok    ok        ok     ok        -3
useropt read other seq=1             ok     ok    -4        -4     -4        -3
useropt no-such-opt                  -1     -1    -1        -1     -1        -3
socket  ping                         ok     ok    ok        ok     ok        -3
socket  sync seqs                    sees   sees  ok        ok     ok        -3
socket  read other seq=1             ok     ok    -4        -4     -4        -3
socket  delivered other seq=1        ok     ok    -4        -4     -4        -3
socket  delivered me seq=1           -5     -5    -5        -5     -5        -3
socket  typing other on              ok     ok    -4        -4     -4        -3
socket  typing none on               -4     -4    -4        -4     -4        -3
socket  realtime-chat other          -1     -1    -1        -1     -1        -3
socket  no-such-opt                  -1     -1    -1        -1     -1        -3
GET  /api/v1/openapi.json            ok     ok    ok        ok     ok        ok
GET  /avatar/1.svg                   ok     ok    ok        ok     ok        ok
GET  /healthz                        ok     ok    ok        ok     ok        ok
GET  /readyz                         ok     ok    ok        ok     ok        ok
GET  /metrics                        -4     -4    -4        -4     -4        -4
GET  /nothing                        -4     -4    -4        -4     -4        -4
POST /api/v1/session wrong           -3     -3    -3        -3     -3        -3
POST {messages of none} content      -4     -4    -4        -4     -4        -3
POST {messages of me} content        -5     -5    -5        -5     -5        -3
useropt chat-to none content         -4     -4    -4        -4     -4        -3
useropt chat-to me content           -5     -5    -5        -5     -5        -3
socket  chat-to none content         -4     -4    -4        -4     -4        -3
socket  chat-to me content           -5     -5    -5        -5     -5        -3
POST {messages} content              ok     ok    ok        ok     ok        -3
useropt chat-to other content        ok     ok    ok        ok     ok        -3
socket  chat-to other content        ok     ok    ok        ok     ok        -3
DELETE /api/v1/session               ok     ok    ok        ok     -5        ok
"""
HEAD, *ROWS = TABLE.strip("\n").splitlines()
ROLES = HEAD.split()


class Cell(NamedTuple):
    operation: str
    role: str
    expected: str


def cells() -> Iterator[Cell]:
    for row in ROWS:
        operation, *expected = row.rsplit(None, len(ROLES))
        yield from (
            Cell(" ".join(operation.split()), role, one)
            for role, one in zip(ROLES, expected, strict=True)
        )


class Cast(NamedTuple):
    """Everybody, and whom they ask about."""

    people: dict[str, Person]
    about: dict[str, int]


@pytest.fixture(scope="module")
def cast(site: ParleyServer) -> Cast:
    """The same people for all cells; no socket of theirs outlives its cell."""
    return asyncio.run(assemble(site.url))


async def assemble(url: str) -> Cast:
    people = {name: await sign_up(url, f"the {name}") for name in ("owner", "peer", "stranger")}
    people["guest"] = await guest(url, "the guest")
    people["embedded"] = bearer(url, token("the member"))
    people["embedded"].user_id = (await people["embedded"].request("GET", "/api/v1/me")).data[
        "user_id"
    ]
    people["nobody"] = Person(url)
    await write(people["owner"], people["peer"], BETWEEN_US)
    await write(people["peer"], people["owner"], f"{BETWEEN_US}, too")
    about = dict.fromkeys(people, people["peer"].user_id)
    return Cast(people, {**about, "peer": people["owner"].user_id})


def filled(words: list[str], me: int, other: int) -> dict[str, object]:
    """What the words after an opt stand for."""
    meanings: dict[str, dict[str, object]] = {
        "other": {"other": other},
        "none": {"other": NOBODY_THERE},
        "me": {"other": me},
        "seq=1": {"seq": 1},
        "on": {"on": True},
        "seqs": {"seqs": {}},
        "query=": {"query": ""},
        "content": {"content": "hello"},
        "wrong": {"username": "the owner", "password": "wrong password"},
    }
    return {name: value for word in words for name, value in meanings[word].items()}


def address(template: str, me: int, other: int) -> str:
    conversations = "/api/v1/conversations"
    for whose, number in (("", other), (" of none", NOBODY_THERE), (" of me", me)):
        for what in ("messages", "read"):
            template = template.replace(f"{{{what}{whose}}}", f"{conversations}/{number}/{what}")
    return template.replace("{other}", str(other)).replace("{none}", str(NOBODY_THERE))


async def over_rest(operation: str, person: Person, me: int, other: int) -> Push:
    method, _, rest = operation.partition(" ")
    path, _, words = address(rest, me, other).partition(" ")
    body = filled(words.split(), me, other) if words or method != "GET" else None
    reply = await person.request(method, path, body)
    assert (reply.status < 400) == (b'"errorcode":-' not in reply.body), reply
    is_envelope = reply.body.startswith(b'{"errorcode"')
    return reply.envelope if is_envelope else {"errorcode": 0, "data": reply.body.decode()}


async def over_useropt(operation: str, person: Person, me: int, other: int) -> Push:
    _, opt, *words = operation.split()
    return await person.useropt(opt, **filled(words, me, other))


async def over_socket(operation: str, person: Person, me: int, other: int) -> Push:
    _, opt, *words = operation.split()
    if not (person.cookies or person.token):
        path = "/user/chatwebsocket"
        return (await person.request("GET", path, None, {"Upgrade": "websocket"})).envelope
    tab = await person.open()
    push = await tab.ask(opt, filled(words, me, other))
    await tab.close()
    return push


Way = Callable[[str, Person, int, int], Awaitable[Push]]
WAYS: dict[str, Way] = {"useropt": over_useropt, "socket": over_socket}


async def outcome(cell: Cell, cast: Cast) -> str:
    person = cast.people[cell.role]
    if cell.operation.startswith("DELETE") and cell.role in ("owner", "peer", "stranger"):
        person = await sign_in(person.base_url, person.name)
    way = WAYS.get(cell.operation.split()[0], over_rest)
    me = person.user_id or 1
    envelope = await way(cell.operation, person, me, cast.about[cell.role])
    if envelope["errorcode"] < 0:
        assert BETWEEN_US not in json.dumps(envelope)
        return str(envelope["errorcode"])
    return "sees" if BETWEEN_US in json.dumps(envelope) else "ok"


@pytest.mark.parametrize("cell", list(cells()), ids=lambda cell: f"{cell.operation} by {cell.role}")
async def test_who_may_do_what(cast: Cast, cell: Cell) -> None:
    assert await outcome(cell, cast) == cell.expected


async def test_the_table_leaves_nothing_out(site: ParleyServer) -> None:
    """Every operation of the API's own description stands in the table, or has a file here.

    Those on rooms have a table of their own.
    """
    elsewhere = {("post", "/api/v1/users"), ("post", "/api/v1/guests")}
    paths = json.loads(call(site.url, "GET", "/api/v1/openapi.json").body)["paths"]
    said = {
        (method, path)
        for path, methods in paths.items()
        for method in methods
        if not path.startswith("/api/v1/rooms")
    }
    shown = set()
    for operation in {cell.operation for cell in cells()}:
        method, _, rest = operation.partition(" ")
        path = address(rest, 1, 2).partition(" ")[0].partition("?")[0]
        path = path.replace("/2/", "/{user_id}/").replace("users/2", "users/{user_id}")
        shown.add((method.lower(), path))
    assert said - shown - elsewhere == set()


# -- what others notice ---------------------------------------------------------------------------


async def test_nothing_of_a_conversation_reaches_anybody_else(site: ParleyServer) -> None:
    alice, bob, mallory = [await guest(site.url, f"{name} apart") for name in "abm"]
    await write(mallory, bob, "so we are peers, and not of her")
    listening = await mallory.open()
    here, there = await alice.open(), await bob.open()
    await here.chat(bob, "for Bob alone")
    await there.expect(message("for Bob alone"))
    for opt, more in (("typing", {"on": True}), ("read", {"seq": 1}), ("delivered", {"seq": 1})):
        await there.ask(opt, {"other": alice.user_id, **more})
    await listening.refute(Match("anything of Alice", lambda push: names(push, alice)))
    await listening.refute(event("typing"))
    await listening.refute(event("read"))
    for person in (alice, bob, mallory):
        await person.leave()


def names(push: Push, person: Person) -> bool:
    return bool(push.get("data", {}).get("user_id") == person.user_id)


async def test_a_client_id_means_nothing_in_other_hands(site: ParleyServer) -> None:
    """It names a message among its sender's own: nobody fetches another's text with it."""
    alice, bob, mallory = [await guest(site.url, f"{name} ids") for name in "abm"]
    mine, hers = await alice.open(), await mallory.open()
    await mine.chat(bob, "secret", client_id="shared")
    for other in (bob, alice):
        stored = await hers.chat(other, "probe", client_id=f"shared{'' if other is bob else 2}")
        assert (stored.dup, stored.content) == (False, "probe")
    assert "shared" not in json.dumps((await bob.history(alice))["logs"])
    await alice.leave()
    await mallory.leave()


async def test_positions_of_others_cannot_be_moved(site: ParleyServer) -> None:
    alice, bob, mallory = [await guest(site.url, f"{name} moved") for name in "abm"]
    await write(alice, bob, "one", "two")
    for field in ("user", "user_id", "me", "by", "sender"):
        await mallory.useropt("read", other=bob.user_id, seq=2, **{field: alice.user_id})
        sent = {"other": bob.user_id, "content": "forged", field: alice.user_id}
        await mallory.useropt("chat-to", **sent)
    page = await alice.history(bob)
    assert (page["last_seq"], page["other_read_seq"]) == (2, 0)


@pytest.mark.parametrize("kind", ["local", "guest"])
async def test_one_signs_in_as_nobody_by_naming_them(site: ParleyServer, kind: str) -> None:
    alice = await guest(site.url, f"named {kind}")
    for headers in (
        {"X-User": "1"},
        {"Remote-User": f"named {kind}"},
        {"Authorization": f"Basic {alice.user_id}"},
        {"Cookie": f"user_id={alice.user_id}"},
        {"Cookie": f"parley_session={alice.user_id}"},
    ):
        reply = call(site.url, "GET", f"/api/v1/me?user_id={alice.user_id}", headers)
        assert (reply.status, reply.envelope["errorcode"]) == (401, -3)
