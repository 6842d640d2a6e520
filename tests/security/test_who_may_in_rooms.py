"""Who may do what in a room: one table, tested cell by cell."""

import asyncio
import json
from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.client import Person, Push, bearer, guest, sign_up
from tests.security.site import call, token
from tests.security.test_who_may import over_rest
from tests.services.parley import ParleyServer

IN_THE_ROOM = "said among members"
ROOM, ABSENT = "the room", "no such room"

# The room is the owner's; the operator, the member, the guest and the embedded one have joined it,
# one member is muted, one was removed, the stranger is no member. Moderation is about the target.
#   sees   allowed, and what was said in the room is in the answer
#   ok     allowed, and it is not
#   -n     refused with this errorcode
# What changes who somebody is comes last.
TABLE = """
                              owner operator member guest embedded muted removed stranger nobody
GET  /rooms                   sees  sees     sees   sees  sees     sees  ok      ok       -3
GET  /rooms?joined=true       sees  sees     sees   sees  sees     sees  ok      ok       -3
GET  /rooms?before=x          -2    -2       -2     -2    -2       -2    -2      -2       -3
GET  {room}/messages          sees  sees     sees   sees  sees     sees  -5      -5       -3
GET  {room}/messages?before=2 sees  sees     sees   sees  sees     sees  -5      -5       -3
GET  {none}/messages          -4    -4       -4     -4    -4       -4    -4      -4       -3
GET  {room}/members           ok    ok       ok     ok    ok       ok    -5      -5       -3
GET  {room}/removed          ok    ok       -5     -5    -5       -5    -5      -5       -3
PUT  {room}/read seq          ok    ok       ok     ok    ok       ok    -5      -5       -3
POST {room}/messages content  ok    ok       ok     ok    ok       -5    -5      -5       -3
POST {none}/messages content  -4    -4       -4     -4    -4       -4    -4      -4       -3
POST /rooms taken             -5    -5       -5     -5    -5       -5    -5      -5       -3
DELETE {room}/messages/1      ok    ok       -5     -5    -5       -5    -5      -5       -3
PUT  {room}/members/{target} muted   ok  ok  -5     -5    -5       -5    -5      -5       -3
PUT  {room}/members/{target} removed ok  ok  -5     -5    -5       -5    -5      -5       -3
PUT  {room}/members/{owner} muted    -5  -5  -5     -5    -5       -5    -5      -5       -3
PUT  {room}/members/{owner} removed  -5  -5  -5     -5    -5       -5    -5      -5       -3
useropt room-chat             sees  sees     sees   sees  sees     sees  -5      -5       -3
useropt room-members          ok    ok       ok     ok    ok       ok    -5      -5       -3
useropt room-say              ok    ok       ok     ok    ok       -5    -5      -5       -3
useropt room-read             ok    ok       ok     ok    ok       ok    -5      -5       -3
useropt room-delete           ok    ok       -5     -5    -5       -5    -5      -5       -3
useropt room-mute             ok    ok       -5     -5    -5       -5    -5      -5       -3
useropt room-remove           ok    ok       -5     -5    -5       -5    -5      -5       -3
useropt room-removed          ok    ok       -5     -5    -5       -5    -5      -5       -3
useropt room-open             -5    -5       -5     -5    -5       -5    -5      -5       -3
socket  sync                  sees  sees     sees   sees  sees     sees  ok      ok       -3
socket  room-say unjoined     -5    -5       -5     -5    -5       -5    -5      -5       -3
socket  room-read unjoined    -5    -5       -5     -5    -5       -5    -5      -5       -3
socket  room-members          ok    ok       ok     ok    ok       ok    -5      -5       -3
socket  room-delete           ok    ok       -5     -5    -5       -5    -5      -5       -3
socket  room-mute             ok    ok       -5     -5    -5       -5    -5      -5       -3
socket  room-remove           ok    ok       -5     -5    -5       -5    -5      -5       -3
socket  room-removed          ok    ok       -5     -5    -5       -5    -5      -5       -3
socket  room-say joined       ok    ok       ok     ok    ok       -5    -5      ok       -3
socket  room-read joined      ok    ok       ok     ok    ok       ok    -5      ok       -3
PUT  {room}/members/me        sees  sees     sees   sees  sees     sees  -5      sees     -3
DELETE {room}/members/me      ok    ok       ok     ok    ok       ok    ok      ok       -3
GET  {room}/messages          -5    -5       -5     -5    -5       -5    -5      -5       -3
"""
HEAD, *ROWS = TABLE.strip("\n").splitlines()
ROLES = HEAD.split()


class Cell(NamedTuple):
    number: int
    operation: str
    role: str
    expected: str


def cells() -> Iterator[Cell]:
    for number, row in enumerate(ROWS):
        operation, *expected = row.rsplit(None, len(ROLES))
        yield from (
            Cell(number, " ".join(operation.split()), role, one)
            for role, one in zip(ROLES, expected, strict=True)
        )


Cast = dict[str, Person]


@pytest.fixture(scope="module")
def cast(site: ParleyServer) -> Cast:
    return asyncio.run(assemble(site.url))


async def assemble(url: str) -> Cast:
    names = ("owner", "operator", "member", "muted", "removed", "stranger", "target")
    people = {name: await sign_up(url, f"room {name}") for name in names}
    people["guest"] = await guest(url, "room guest")
    people["embedded"] = bearer(url, token("room embedded"))
    people["nobody"] = Person(url)
    owner = people["owner"]
    assert (await owner.useropt("room-open", room=ROOM))["errorcode"] == 0
    for name, person in people.items():
        if name not in ("stranger", "nobody"):
            assert (await person.useropt("room-join", room=ROOM))["errorcode"] == 0
    for name, opt in (("muted", "room-mute"), ("removed", "room-remove")):
        await owner.useropt(opt, room=ROOM, user_id=people[name].user_id, on=True)
    for _ in range(2):
        await people["target"].useropt("room-say", room=ROOM, content=IN_THE_ROOM)
    return people


def asked(opt: str, cast: Cast) -> dict[str, object]:
    more: dict[str, dict[str, object]] = {
        "room-say": {"content": IN_THE_ROOM},
        "room-read": {"seq": 1},
        "room-delete": {"seq": 1},
        "room-mute": {"user_id": cast["target"].user_id, "on": False},
        "room-remove": {"user_id": cast["target"].user_id, "on": False},
        "sync": {"seqs": {}, "rooms": {}},
    }
    return {"room": ROOM, **more.get(opt, {})}


BODIES: dict[str, dict[str, object]] = {
    "seq": {"seq": 1},
    "content": {"content": IN_THE_ROOM},
    "taken": {"room": ROOM.upper()},
    "muted": {"muted": False},
    "removed": {"removed": False},
}


async def rest(operation: str, person: Person, cast: Cast) -> Push:
    method, path, *words = operation.split()
    quoted = ROOM.replace(" ", "%20")
    path = path.replace("{room}", f"/rooms/{quoted}").replace("{none}", "/rooms/absent")
    for name in ("target", "owner"):
        path = path.replace(f"{{{name}}}", str(cast[name].user_id))
    body = BODIES[words[0]] if words else None
    reply = await person.request(method, f"/api/v1{path}", body)
    assert (reply.status < 400) == (b'"errorcode":-' not in reply.body), reply
    return reply.envelope


async def over_socket(operation: str, person: Person, cast: Cast) -> Push:
    _, opt, *words = operation.split()
    if not (person.cookies or person.token):
        return await over_rest("GET /api/v1/me", person, 1, 1)
    tab = await person.open()
    if "joined" in words:
        await tab.ask("room-join", {"room": ROOM})
    push = await tab.ask(opt, asked(opt, cast))
    await tab.close()
    return push


async def outcome(cell: Cell, cast: Cast) -> str:
    person = cast[cell.role]
    way, opt, *_ = cell.operation.split()
    if way == "useropt":
        envelope = await person.useropt(opt, **asked(opt, cast))
    elif way == "socket":
        envelope = await over_socket(cell.operation, person, cast)
    else:
        envelope = await rest(cell.operation, person, cast)
    if envelope["errorcode"] < 0:
        assert IN_THE_ROOM not in json.dumps(envelope)
        return str(envelope["errorcode"])
    wrote = envelope["errorcode"] in (1, 2)  # what one wrote oneself is no secret
    return "sees" if IN_THE_ROOM in json.dumps(envelope) and not wrote else "ok"


@pytest.mark.parametrize(
    "cell", list(cells()), ids=lambda cell: f"{cell.number} {cell.operation} by {cell.role}"
)
async def test_who_may_do_what(cast: Cast, cell: Cell) -> None:
    assert await outcome(cell, cast) == cell.expected


def test_the_table_leaves_nothing_out(site: ParleyServer) -> None:
    paths = json.loads(call(site.url, "GET", "/api/v1/openapi.json").body)["paths"]
    said = {
        (method, path)
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/api/v1/rooms")
    }
    shown = set()
    for operation in {cell.operation for cell in cells()}:
        method, path = operation.split()[:2]
        path = path.partition("?")[0].replace("{room}", "/rooms/{room}")
        path = path.replace("{target}", "{user_id}").replace("messages/1", "messages/{seq}")
        shown.add((method.lower(), f"/api/v1{path}"))
    assert said - shown == set()
