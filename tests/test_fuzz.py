"""Whatever is sent, what comes back is an envelope, and the server's log stays clean."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client import Person, Push, Reply, Tab, answer, event, guest
from tests.conftest import StartServer
from tests.services.parley import ParleyServer

ERRORCODES = range(-8, 4)
OPTS = (
    *("chat-to", "read", "delivered", "typing", "sync", "ping"),
    *("realtime-chat", "recent-users", "search-users"),
    *("hello", "Chat-To", "chat_to", "__class__", "clients", "on_message"),
)
FIELDS = (
    *("other", "content", "client_id", "seq", "on", "seqs", "limit", "before", "after", "query"),
    *("user_id", "username", "password", "nickname", "by", "event", "__proto__"),
)
FUZZ = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Everything that JSON can say, lone surrogates included (they travel as \udXXX escapes).
TEXT = st.text(st.characters(), max_size=40) | st.sampled_from(["", "0", "1", "-1", "null", "\0"])
NUMBER = (
    st.integers(-3, 3)
    | st.integers()
    | st.sampled_from([2**31, 2**53, 2**63 - 1, 2**63, 2**64, -(2**63) - 1, 10**400])
    | st.floats()
)
SCALAR = st.none() | st.booleans() | NUMBER | TEXT
VALUE = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4)
)
DATA = st.dictionaries(st.sampled_from(FIELDS) | TEXT, VALUE, max_size=6)
REQUEST = st.fixed_dictionaries(
    {},
    optional={
        "opt": st.sampled_from(OPTS) | VALUE,
        "data": DATA | VALUE,
        "ref": st.text(max_size=70) | VALUE,
        "extra": VALUE,
    },
)
NEARLY_JSON = st.sampled_from(
    [
        "",
        "{",
        "[]",
        "null",
        "NaN",
        '{"opt": NaN}',
        '{"opt": "ping", "data": {"x": Infinity}}',
        "[" * 20_000,
        '{"a":' * 5_000,
        '{"opt": "chat-to", "data": {"other": ' + "9" * 5_000 + "}}",
        '{"opt": "ping", "opt": "read"}',
        '{"opt": "chat-to", "data": {"other": 1, "content": "\\ud800"}}',
        '{"opt": "sync", "data": {"seqs": {"\\udfff": 1}}}',
        '\ufeff{"opt": "ping"}',
        '{"opt": "ping"} {"opt": "ping"}',
        "{'opt': 'ping'}",
    ]
)
FRAME = REQUEST.map(json.dumps) | NEARLY_JSON | st.text(st.characters(exclude_categories=["Cs"]))
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Content-Type": st.sampled_from(
            [
                "application/json",
                "text/plain",
                "multipart/form-data; boundary=x",
                "x",
                "",
                "application/x-www-form-urlencoded",
                "application/json; charset=utf-16",
            ]
        ),
        "Accept-Language": st.sampled_from(["zh-CN", "*;q=x", ",,,", "en;q=1e999"]),
        "Authorization": st.sampled_from(["Bearer ", "Bearer a.b.c", "Basic Og==", "Bearer é"]),
        "Cookie": st.sampled_from(["parley_session=2|1:0|x", "=;;=", 'a="', "parley_session="]),
        "Range": st.just("bytes=9-1"),
        "If-None-Match": st.just("*"),
        "X-Forwarded-For": st.just("nobody, ::1::"),
        "X-Http-Method-Override": st.just("DELETE"),
    },
)


def check_envelope(push: Push) -> None:
    """An errorcode that the contract knows; an error says in words what is wrong."""
    assert push["errorcode"] in ERRORCODES, push
    assert push["errorcode"] >= 0 or push["txt"], push
    assert "Traceback" not in json.dumps(push)


def usable_ref(frame: str) -> str | None:
    """The ref that an answer to this frame must carry, if the frame has a legal one."""
    try:
        request = json.loads(frame)
    except (ValueError, RecursionError):
        return None
    ref = request.get("ref") if isinstance(request, dict) else None
    legal = isinstance(ref, str) and len(ref) <= 64
    return ref if legal and is_strict(request) else None


def is_strict(request: dict[str, Any]) -> bool:
    """Whether this is JSON for everybody: no NaN, no surrogates, no boundless number."""
    try:
        json.dumps(request, allow_nan=False, ensure_ascii=False).encode()
    except ValueError:
        return False
    return not re.search(r"\d{18}", json.dumps(request))


class Scene(NamedTuple):
    """Mallory, who sends rubbish, and Bob, who is there to be written to."""

    server: ParleyServer
    mallory: Person
    tab: Tab
    bob: Person


@pytest.fixture
async def scene(database_url: str, start_server: StartServer) -> AsyncIterator[Scene]:
    server = start_server(database_url=database_url, guests=True)
    mallory, bob = await guest(server.url, "mallory"), await guest(server.url, "bob")
    await bob.open()
    yield Scene(server, mallory, await mallory.open(), bob)
    await mallory.leave()
    await bob.leave()


@FUZZ
@given(frames=st.lists(FRAME, min_size=1, max_size=10))
async def test_every_frame_is_answered_and_ends_nothing(scene: Scene, frames: list[str]) -> None:
    for frame in frames:
        await scene.tab.send_raw(frame)
        if (ref := usable_ref(frame)) is not None:
            check_envelope(await scene.tab.expect(answer(ref)))
    await scene.tab.barrier()
    for push in scene.tab.inbox:
        check_envelope(push)
    scene.tab.inbox.clear()


@FUZZ
@given(frame=st.binary(max_size=200) | FRAME.map(lambda text: text.encode("utf-8", "replace")))
async def test_a_binary_frame_is_answered_or_ends_its_own_socket(
    scene: Scene, frame: bytes
) -> None:
    await scene.tab.send_raw(frame)
    await scene.tab.barrier()
    for push in scene.tab.inbox:
        check_envelope(push)
    scene.tab.inbox.clear()


@FUZZ
@given(opt=st.sampled_from(OPTS), data=DATA)
async def test_every_opt_answers_any_data_with_an_errorcode(
    scene: Scene, opt: str, data: dict[str, Any]
) -> None:
    body = {"opt": opt, "data": {"other": scene.bob.user_id, **data}}
    reply = await scene.mallory.request("POST", "/useropt", body)
    assert reply.status == 200
    check_envelope(reply.envelope)


@FUZZ
@given(body=st.binary(max_size=300) | FRAME.map(lambda text: text.encode("utf-8", "replace")))
async def test_useropt_answers_any_body_with_an_errorcode(scene: Scene, body: bytes) -> None:
    reply = await scene.mallory.request("POST", "/useropt", body)
    assert reply.status == 200
    check_envelope(reply.envelope)


Operation = tuple[str, str]  # method, path template


async def operations(person: Person) -> list[Operation]:
    """What the OpenAPI document says there is, and what is not there.

    Not /useropt: it says 200 to everything, and has fuzz tests of its own.
    """
    document = json.loads((await person.request("GET", "/api/v1/openapi.json")).body)
    found = [
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if method in ("get", "post", "put", "delete", "patch")
    ]
    assert ("PUT", "/api/v1/conversations/{user_id}/read") in found
    missing = {("GET", "/api/v1/nothing"), ("PATCH", "/useropt"), ("PUT", "/api/v1/me")}
    return sorted({*found, *missing} - {("POST", "/useropt")})


SEGMENT = st.sampled_from(["1", "2", "0", "-1", "9" * 30, "1.5", "1e3", "%00", "%ff", "..", "é"])
QUERY = st.dictionaries(st.sampled_from(FIELDS), SCALAR, max_size=4)
BODY = DATA.map(lambda data: json.dumps(data).encode()) | VALUE.map(
    lambda value: json.dumps(value).encode()
)


def check_reply(reply: Reply) -> None:
    """Errors are envelopes with a matching status; nothing is the server's own fault."""
    assert reply.status < 500, (reply.status, reply.body)
    if reply.headers.get_content_type() == "application/json" and b"openapi" not in reply.body:
        check_envelope(reply.envelope)
        assert (reply.envelope["errorcode"] < 0) == (reply.status >= 400), reply
    else:
        assert reply.status < 400, (reply.status, reply.body)


@FUZZ
@given(data=st.data())
async def test_every_endpoint_answers_anything_with_an_envelope(
    scene: Scene, data: st.DataObject
) -> None:
    method, template = data.draw(st.sampled_from(await operations(scene.mallory)))
    path = re.sub(r"\{\w+\}", lambda _: quote(data.draw(SEGMENT | TEXT.map(safe)), "%"), template)
    query = urlencode({k: safe(str(v)) for k, v in data.draw(QUERY).items()})
    body = None if method == "GET" else data.draw(BODY | st.binary(max_size=100))
    stranger = Person(scene.server.url, cookies=dict(scene.mallory.cookies))
    reply = await stranger.request(method, f"{path}?{query}", body, data.draw(HEADERS))
    check_reply(reply)
    if method == "DELETE":  # signed out: come in again for the next round
        scene.mallory.cookies.update((await guest(scene.server.url)).cookies)


def safe(text: str) -> str:
    """Without lone surrogates, which no URL can carry."""
    return text.encode("utf-8", "replace").decode()


async def test_the_scene_survives(scene: Scene) -> None:
    """The fuzz tests above rest on this one: answers and events do arrive there."""
    assert (await scene.tab.chat(scene.bob, "hello")).errorcode == 1
    await scene.tab.send("typing", {"other": scene.bob.user_id, "on": True}, ref="typing")
    await scene.tab.expect(event("typing", ref="typing"))
