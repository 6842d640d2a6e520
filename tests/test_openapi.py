"""The OpenAPI document is valid, names just the operations there are, and tells the truth."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from tornado.web import RequestHandler

from app.routes import API, routes
from handlers.openapi import document
from tests.client import PASSWORD, Person, Reply, guest, sign_up
from tests.conftest import StartServer
from tests.scene import meet, write
from tests.services.parley import ParleyServer

METHODS = ("get", "post", "put", "delete", "patch")
PLACE = "urn:parley"
DOCUMENT = document()
REGISTRY: Registry[Any] = Registry().with_resource(
    PLACE, Resource.from_contents(DOCUMENT, default_specification=DRAFT202012)
)


def validate(reply: Reply, path: str, method: str) -> None:
    """The body is what the document says of this operation and status."""
    responses = DOCUMENT["paths"][path][method]["responses"]
    assert str(reply.status) in responses, f"{method} {path} may not answer {reply.status}"
    steps = ["paths", path, method, "responses", str(reply.status), "content", "application/json"]
    pointer = "/".join(step.replace("~", "~0").replace("/", "~1") for step in [*steps, "schema"])
    schema = {"$ref": f"{PLACE}#/{pointer}"}
    Draft202012Validator(schema, registry=REGISTRY).validate(reply.envelope)


def test_the_document_is_valid() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


def test_operations_and_routes_are_the_same() -> None:
    described = {
        (path.replace("{user_id}", "1").replace("{seq}", "1"), method)
        for path, operations in DOCUMENT["paths"].items()
        for method in operations
    }
    served = set()
    for rule in routes():
        pattern = rule.regex.pattern.rstrip("$")
        if not pattern.startswith(API) or pattern.endswith("openapi.json"):
            continue
        path = pattern.replace(r"([1-9]\d{0,14})", "1").replace("([^/]+)", "{room}")
        for method in METHODS:
            if getattr(rule.target, method) is not getattr(RequestHandler, method):
                served.add((path, method))
    assert described == served


def test_operation_ids_are_unique() -> None:
    ids = [
        operation["operationId"]
        for operations in DOCUMENT["paths"].values()
        for operation in operations.values()
    ]
    assert len(ids) == len(set(ids))


def test_every_schema_is_used() -> None:
    text = str(DOCUMENT)
    for name in DOCUMENT["components"]["schemas"]:
        assert f"#/components/schemas/{name}'" in text, name


async def test_the_document_is_served_to_everybody(shared_server: ParleyServer) -> None:
    reply = await Person(shared_server.url).request("GET", "/api/v1/openapi.json")
    assert reply.status == 200
    assert reply.envelope == DOCUMENT
    assert reply.headers["Content-Type"].startswith("application/json")


async def test_live_answers_are_as_described(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    await write(alice, bob, "1", "2")
    await write(bob, alice, "3")
    await bob.open()
    await alice.useropt("room-open", room="elsewhere")
    await alice.useropt("room-say", room="elsewhere", content="5", client_id="in a room")
    users, conversations = "/api/v1/users", "/api/v1/conversations"
    one = conversations + "/{user_id}"
    calls: list[tuple[str, str, str, object]] = [
        ("get", "/api/v1/me", "", None),
        ("get", users, "?query=", None),
        ("get", users, "?query=b&limit=1", None),
        ("get", users, f"?username={bob.name.replace(' ', '%20')}", None),
        ("get", users, "?limit=0", None),
        ("get", users, "?query=" + "x" * 65, None),
        ("get", users + "/{user_id}", "", None),
        ("get", conversations, "", None),
        ("get", conversations, "?limit=1", None),
        ("get", conversations, "?before=x", None),
        ("get", one + "/messages", "", None),
        ("get", one + "/messages", "?limit=1&before=3&after=0", None),
        ("get", one + "/messages", "?limit=x", None),
        ("post", one + "/messages", "", {"content": "4", "client_id": "c"}),
        ("post", one + "/messages", "", {"content": "again", "client_id": "c"}),
        ("post", one + "/messages", "", {"content": "again", "client_id": "in a room"}),
        ("post", one + "/messages", "", {}),
        ("post", one + "/messages", "", {"content": "x" * 8193}),
        ("put", one + "/read", "", {"seq": 1}),
        ("put", one + "/read", "", {}),
    ]
    for method, path, query, body in calls:
        for number in (bob.user_id, alice.user_id, 999_999_999):
            where = path.replace("{user_id}", f"{number}") + query
            validate(await alice.request(method.upper(), where, body), path, method)
            if "{user_id}" not in path:
                break
        nobody = Person(shared_server.url)
        where = path.replace("{user_id}", "1") + query
        validate(await nobody.request(method.upper(), where, body), path, method)


async def test_live_rooms_are_as_described(shared_server: ParleyServer) -> None:
    alice, bob, carol = await meet(shared_server, "alice", "bob", "carol")
    rooms = "/api/v1/rooms"
    one = rooms + "/{room}"
    calls: list[tuple[str, str, str, object]] = [
        ("post", rooms, "", {"room": "described"}),
        ("post", rooms, "", {"room": "described"}),
        ("post", rooms, "", {}),
        ("post", rooms, "", {"room": "x" * 51}),
        ("get", rooms, "", None),
        ("get", rooms, "?limit=1&joined=true", None),
        ("get", rooms, "?joined=1", None),
        ("put", one + "/members/me", "", None),
        ("post", one + "/messages", "", {"content": "1", "client_id": "c"}),
        ("post", one + "/messages", "", {"content": "again", "client_id": "c"}),
        ("post", one + "/messages", "", {"content": "2"}),
        ("post", one + "/messages", "", {}),
        ("post", one + "/messages", "", {"content": "x" * 8193}),
        ("get", one + "/messages", "?limit=200", None),
        ("get", one + "/messages", "?limit=201", None),
        ("put", one + "/read", "", {"seq": 1}),
        ("put", one + "/read", "", {}),
        ("get", one + "/members", "", None),
        ("delete", one + "/messages/{seq}", "", None),
        ("get", one + "/messages", "?before=3&after=0", None),
        ("put", one + "/members/{user_id}", "", {"muted": True}),
        ("put", one + "/members/{user_id}", "", {"muted": False, "removed": True}),
        ("put", one + "/members/{user_id}", "", {}),
        ("put", one + "/members/{user_id}", "", {"muted": 1}),
        ("get", rooms, "?joined=true", None),
        ("delete", one + "/members/me", "", None),
    ]
    await bob.request("PUT", f"{rooms}/Lobby/members/me")
    for method, path, query, body in calls:
        named = path.replace("{user_id}", f"{bob.user_id}").replace("{seq}", "1")
        for person in (alice, bob, carol, Person(shared_server.url)):
            for room in ("described", "Lobby", "not%20there", "a%2Fb", "%7F"):
                where = named.replace("{room}", room) + query
                validate(await person.request(method.upper(), where, body), path, method)
                if "{room}" not in path:
                    break


async def test_live_accounts_are_as_described(shared_server: ParleyServer) -> None:
    url = shared_server.url
    await sign_up(url, "described")
    right = {"username": "described", "password": PASSWORD}
    calls: list[tuple[str, str, object]] = [
        ("post", "/api/v1/users", right),
        ("post", "/api/v1/users", {**right, "username": "described too"}),
        ("post", "/api/v1/users", {}),
        ("post", "/api/v1/users", {**right, "username": "x" * 33}),
        ("post", "/api/v1/session", right),
        ("post", "/api/v1/session", {**right, "password": "wrong password"}),
        ("post", "/api/v1/session", {}),
        ("post", "/api/v1/session", {**right, "username": "x" * 257}),
        ("delete", "/api/v1/session", None),
        ("post", "/api/v1/guests", {}),
        ("post", "/api/v1/guests", {"nickname": "described"}),
        ("post", "/api/v1/guests", {"nickname": 7}),
    ]
    for method, path, body in calls:
        validate(await Person(url).request(method.upper(), path, body), path, method)
        cross_site = {"Origin": "https://evil.example"}
        reply = await Person(url).request(method.upper(), path, body, cross_site)
        assert reply.status == 403
        validate(reply, path, method)


async def test_who_asks_too_often_is_told_so_as_described(start_server: StartServer) -> None:
    server = start_server(guests=True, request_rate=0.01)
    alice = await guest(server.url, "alice")
    while (await alice.request("GET", "/api/v1/me")).status == 200:
        pass
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            if operation["security"] != [{}]:
                where = path.replace("{user_id}", "1").replace("{seq}", "1")
                reply = await alice.request(method.upper(), where, {})
                assert reply.status == 429
                validate(reply, path, method)


async def test_too_large_a_body_is_refused_as_described(start_server: StartServer) -> None:
    server = start_server(guests=True, body_limit=1024, content_limit=100)
    alice = await guest(server.url, "alice")
    for path, operations in DOCUMENT["paths"].items():
        for method, operation in operations.items():
            if "requestBody" in operation:
                where = path.replace("{user_id}", "1").replace("{room}", "Lobby")
                reply = await alice.request(method.upper(), where, {"text": "x" * 1025})
                assert reply.status == 413
                validate(reply, path, method)
    described = (await alice.request("GET", "/api/v1/openapi.json")).envelope
    assert described == document(100) != DOCUMENT


@pytest.mark.parametrize(
    "wrong",
    [
        {"errorcode": 0, "data": {"user_id": 0}},
        {"errorcode": "0", "data": {}},
        {"data": {}},
        {"errorcode": 0, "txt": "ok."},
    ],
)
def test_the_schemas_refuse_what_is_wrong(wrong: dict[str, Any]) -> None:
    """Or else the tests above prove nothing."""
    schema = {
        "$ref": f"{PLACE}#/paths/~1api~1v1~1me/get/responses/200/content/application~1json/schema"
    }
    assert not Draft202012Validator(schema, registry=REGISTRY).is_valid(wrong)
