"""Errors: always an errorcode and a sentence, never the end of the socket, never a traceback."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from tests.client import Person, Push, answer, event, message, refused
from tests.oracle import read_rows
from tests.raw_socket import CLOSE, TEXT, RawSocket, frame
from tests.scene import meet
from tests.services.parley import ParleyServer

MALFORMED, NOT_FOUND, NOT_ALLOWED, UNSUPPORTED = -2, -4, -5, -1

# no JSON object at all
NO_OBJECT = {
    "nothing": "",
    "a word": "hello",
    "cut short": '{"opt": "ping"',
    "two objects": "{}{}",
    "single quotes": "{'opt': 'ping'}",
    "a list": "[]",
    "a string": '"ping"',
    "a number": "7",
    "null": "null",
    "not a number": '{"opt": "ping", "data": {"x": NaN}}',
    "infinity": '{"opt": "ping", "data": {"x": Infinity}}',
    "bottomless": "[" * 60_000,
    "bottomless objects": '{"a":' * 12_000,
    "half a character as key": '{"opt": "ping", "data": {"\\ud800": "\\ud800"}, "\\ud800": 1}',
    "half a character as ref": '{"opt": "ping", "ref": "\\ud800"}',
    "endless number": '{"opt": "ping", "data": {"x": ' + "9" * 5000 + "x}}",
}

Case = tuple[str, dict[str, Any], str]


def each(opt: str, field: str, values: Sequence[object], **rest: object) -> list[Case]:
    """(opt, data, the field that is named), once with each of the values."""
    return [(opt, {**rest, field: value}, field) for value in values]


NO_ID: tuple[object, ...] = (None, True, "2", 2.0, 2.5, 0, -1, 2**53, 2**63, 10**30, [2], {"id": 2})
NO_TEXT: tuple[object, ...] = (None, True, 7, 1.5, ["x"], {"text": "x"}, "", "\0", "a\0b")
NO_CLIENT_ID: tuple[object, ...] = ("", "x" * 65, "a\0b", 7, True, 1.5, [], {})
NO_SEQ: tuple[object, ...] = (None, True, "1", 1.0, -1, 2**53, 10**30, [], {})
NO_FLAG: tuple[object, ...] = (None, 0, 1, "true", [])
NO_SEQS: tuple[object, ...] = (None, [], "2", 7, {"x": 1}, {"-1": 1}, {"1.5": 1}, {"²": 1}, {"": 1})
TOO_MANY = {str(number): 1 for number in range(1, 1002)}

WRONG: list[Case] = [
    ("chat-to", {"content": "x"}, "other"),
    ("chat-to", {"other": 2}, "content"),
    *each("chat-to", "other", NO_ID, content="x"),
    *each("chat-to", "content", NO_TEXT, other=2),
    *each("chat-to", "client_id", NO_CLIENT_ID, other=2, content="x"),
    ("read", {"seq": 1}, "other"),
    *each("read", "seq", NO_SEQ, other=2),
    ("delivered", {"other": 2}, "seq"),
    ("delivered", {"other": False, "seq": 1}, "other"),
    ("typing", {"on": True}, "other"),
    *each("typing", "on", NO_FLAG, other=2),
    ("sync", {}, "seqs"),
    *each("sync", "seqs", NO_SEQS),
    *each("sync", "seqs", [{"2": seq} for seq in NO_SEQ]),
    *each("sync", "seqs", [TOO_MANY]),
]
IDS = [f"{opt} {field} {json.dumps(data)[:60]}" for opt, data, field in WRONG]


def check_shape(push: Push) -> None:
    """What every error looks like."""
    assert push["errorcode"] < 0
    assert set(push) <= {"errorcode", "txt", "data", "ref"}
    assert push["txt"][-1:] == ".", push
    assert "Traceback" not in push["txt"]


@pytest.mark.parametrize("text", NO_OBJECT.values(), ids=NO_OBJECT)
async def test_what_is_no_json_object_is_malformed(shared_server: ParleyServer, text: str) -> None:
    (alice,) = await meet(shared_server, "alice")
    here = await alice.open()
    await here.send_raw(text)
    push = await here.expect(refused())
    check_shape(push)
    assert (push["errorcode"], "ref" in push) == (MALFORMED, False)
    await here.barrier()
    if text:  # an empty body is an empty object: it lacks the opt
        reply = await alice.request("POST", "/useropt", text)
        assert (reply.status, reply.envelope["errorcode"]) == (200, MALFORMED)


async def test_a_binary_frame_is_malformed(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    here = await alice.open()
    for raw in (b'{"opt": "ping"}', b"", b"\xff\x00"):
        await here.send_raw(raw)
        push = await here.expect(refused(MALFORMED))
        check_shape(push)
    await here.barrier()


async def test_every_wrong_field_is_named(shared_server: ParleyServer) -> None:
    """One after the other on one socket: none of them ends it, and each answers its own ref."""
    alice, bob = await meet(shared_server, "alice", "bob")
    here, there = await alice.open(), await bob.open()
    for (opt, data, field), name in zip(WRONG, IDS, strict=True):
        push = await here.ask(opt, data)
        check_shape(push)
        assert (push["errorcode"], push["data"]) == (MALFORMED, {"field": field}), name
    await there.refute(refused())


async def test_every_wrong_field_is_named_over_http(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    for (opt, data, field), name in zip(WRONG, IDS, strict=True):
        if opt not in ("chat-to", "read"):
            continue
        envelope = await alice.useropt(opt, **data)
        check_shape(envelope)
        assert (envelope["errorcode"], envelope["data"]) == (MALFORMED, {"field": field}), name
        if type(data.get("other")) is int and data["other"] == 2:
            path = {"chat-to": "messages", "read": "read"}[opt]
            method = {"chat-to": "POST", "read": "PUT"}[opt]
            reply = await alice.request(method, f"/api/v1/conversations/2/{path}", data)
            assert (reply.status, reply.envelope) == (400, envelope), name


@pytest.mark.parametrize(
    ("request_text", "field", "ref"),
    [
        ('{"ref": "r"}', "opt", "r"),
        ('{"opt": 7, "ref": "r"}', "opt", "r"),
        ('{"opt": null, "ref": "r"}', "opt", "r"),
        ('{"opt": "ping", "data": [], "ref": "r"}', "data", "r"),
        ('{"opt": "ping", "data": null, "ref": "r"}', "data", "r"),
        ('{"opt": "ping", "data": "x", "ref": "r"}', "data", "r"),
        ('{"opt": "ping", "ref": 7}', "ref", None),
        ('{"opt": "ping", "ref": true}', "ref", None),
        ('{"opt": "ping", "ref": {}}', "ref", None),
        ('{"opt": "ping", "ref": "%s"}' % ("r" * 65), "ref", None),
    ],
)
async def test_the_envelope_is_looked_at_first(
    shared_server: ParleyServer, request_text: str, field: str, ref: str | None
) -> None:
    (alice,) = await meet(shared_server, "alice")
    here = await alice.open()
    await here.send_raw(request_text)
    push = await here.expect(refused(MALFORMED))
    check_shape(push)
    assert (push["data"], push.get("ref")) == ({"field": field}, ref)
    envelope = (await alice.request("POST", "/useropt", request_text)).envelope
    assert envelope == push


async def test_a_ref_of_64_characters_comes_back_as_it_was(shared_server: ParleyServer) -> None:
    (alice,) = await meet(shared_server, "alice")
    here = await alice.open()
    for ref in ("r" * 64, "😀" * 64, '"\\\n\u2028', " ", ""):
        await here.send("ping", {}, ref)
        await here.expect(event("pong", ref=ref))
        await here.send("nonsense", {}, ref)
        assert (await here.expect(refused(UNSUPPORTED)))["ref"] == ref
    await here.send("ping", None)
    assert "ref" not in await here.expect(event("pong"))


async def test_errors_of_every_kind_carry_the_ref(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    for opt, data, code in (
        ("nonsense", {}, UNSUPPORTED),
        ("chat-to", {"other": "2"}, MALFORMED),
        ("chat-to", {"other": 10**12, "content": "x"}, NOT_FOUND),
        ("chat-to", {"other": alice.user_id, "content": "x"}, NOT_ALLOWED),
        ("chat-to", {"other": bob.user_id, "content": "x" * 8193}, -7),
        ("read", {"other": bob.user_id, "seq": 1}, NOT_FOUND),
        ("read", {"other": alice.user_id, "seq": 1}, NOT_ALLOWED),
        ("delivered", {"other": 10**12, "seq": 1}, NOT_FOUND),
        ("typing", {"other": bob.user_id, "on": True}, NOT_FOUND),
        ("typing", {"other": alice.user_id, "on": True}, NOT_ALLOWED),
        ("sync", {"seqs": 7}, MALFORMED),
    ):
        push = await here.ask(opt, data)
        check_shape(push)
        assert push["errorcode"] == code, (opt, data, push)


@pytest.mark.parametrize(
    "opt", ["", "chat_to", "CHAT-TO", "realtime-chat", "__class__", "好", "\0"]
)
async def test_an_unknown_opt_is_not_supported(shared_server: ParleyServer, opt: str) -> None:
    (alice,) = await meet(shared_server, "alice")
    here = await alice.open()
    assert await here.ask(opt) == {"errorcode": -1, "txt": "not support opt.", "ref": "ref-1"}
    if opt != "realtime-chat":
        assert await alice.useropt(opt) == {"errorcode": -1, "txt": "not support opt."}


@pytest.mark.parametrize("surrogate", ["\\ud800", "\\udfff", "x\\ud83d", "\\ude00\\ud83d"])
async def test_half_an_emoji_is_refused_by_name_and_ref(
    shared_server: ParleyServer, surrogate: str
) -> None:
    """A browser can send one (text cut in two), and must be told which message it was."""
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    data = {"other": bob.user_id, "content": "CUT"}
    request = json.dumps({"opt": "chat-to", "data": data, "ref": "r"}).replace("CUT", surrogate)
    await here.send_raw(request)
    push = await here.expect(refused(MALFORMED))
    assert (push["data"], push.get("ref")) == ({"field": "content"}, "r")
    envelope = (await alice.request("POST", "/useropt", request)).envelope
    assert envelope == push
    path = f"/api/v1/conversations/{bob.user_id}/messages"
    reply = await alice.request("POST", path, '{"content": "CUT"}'.replace("CUT", surrogate))
    assert (reply.status, reply.envelope["data"]) == (400, {"field": "content"})


async def test_unknown_fields_are_no_error(shared_server: ParleyServer) -> None:
    """Newer clients may send more than this server knows."""
    alice, bob = await meet(shared_server, "alice", "bob")
    here = await alice.open()
    data = {"other": bob.user_id, "content": "x", "mood": "😀", "seq": 99, "me": 1}
    await here.send_raw(json.dumps({"opt": "chat-to", "data": data, "ref": "r", "v": 2}))
    push = await here.expect(answer("r"))
    assert push["data"]["data"][3]["seq"] == 1


async def test_nobody_is_told_of_anothers_error(shared_server: ParleyServer) -> None:
    alice, bob = await meet(shared_server, "alice", "bob")
    here, other_tab, there = await alice.open(), await alice.open(), await bob.open()
    for opt in ("nonsense", "chat-to", "read", "typing", "sync"):
        await here.ask(opt, {"other": bob.user_id})
    await other_tab.refute(refused())
    await there.refute(refused())


# -- a socket that is over -----------------------------------------------------------------------


async def close_frame(raw: RawSocket) -> int:
    """The code with which the server says goodbye; the close is not answered."""
    while (got := await raw.read_frame()) is not None:
        if got.opcode == CLOSE:
            return int(got.close_code or 0)
    raise AssertionError("ended without a close frame")


def chat_frame(other: Person, text: str) -> bytes:
    data = {"other": other.user_id, "content": text}
    return frame(TEXT, json.dumps({"opt": "chat-to", "data": data}).encode())


async def test_a_socket_that_was_told_to_go_can_say_nothing_more(
    shared_server: ParleyServer,
) -> None:
    """The close frame is out, and this client pretends not to have seen it."""
    alice, bob = await meet(shared_server, "alice", "bob")
    there = await bob.open()
    raw = await RawSocket.upgraded(alice)
    try:
        await raw.send(chat_frame(bob, "while signed in"))
        await there.expect(message("while signed in"))
        assert (await alice.request("DELETE", "/api/v1/session")).status == 200
        assert await close_frame(raw) == 4401
        for number in range(20):
            await raw.send(chat_frame(bob, f"after signing out {number}"))
        await raw.send(frame(CLOSE, b"\x11\x31"))  # 4401: now it has seen it
        await raw.read_to_end()
    finally:
        raw.abort()
    await there.refute(message())
    kept = read_rows(
        shared_server.database_url, f"SELECT content FROM chatlog WHERE me = {alice.user_id}"
    )
    assert kept == [("while signed in",)]
