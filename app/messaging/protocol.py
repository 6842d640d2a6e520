"""The wire: requests in, envelopes out. docs/protocol.md describes it for clients.

Nothing in here knows a socket, a user or a table, and no input makes it raise anything but Refused.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from app.messaging.errors import Errorcode, Refused, malformed, too_large

REF_LIMIT = 64
CLIENT_ID_LIMIT = 64
# ids and seqs travel as JSON numbers: beyond 2**53 JavaScript would round them
MAX_INTEGER = 2**53 - 1


# opt, data and ref of a request; `data` has not been looked into yet
Request = tuple[str, dict[str, Any], str | None]


def parse_json(raw: str | bytes) -> dict[str, Any]:
    """A JSON object from text. orjson refuses NaN, lone surrogates and bottomless nesting."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise _explain(raw) from error
    if not isinstance(value, dict):
        raise malformed("", "not a JSON object.")
    return value


def parse_request(raw: str | bytes) -> Request:
    """{"opt": str, "data": {...}, "ref": str?} as a Request. Raises Refused (-2)."""
    value = parse_json(raw)
    ref = value.get("ref")
    if ref is not None and (not isinstance(ref, str) or len(ref) > REF_LIMIT):
        raise malformed("ref", f"ref must be text of at most {REF_LIMIT} characters.")
    opt = value.get("opt")
    data = value.get("data", {})
    if not isinstance(opt, str):
        raise _with_ref(malformed("opt", "opt must be text."), ref)
    if not isinstance(data, dict):
        raise _with_ref(malformed("data", "data must be an object."), ref)
    return opt, data, ref


def _explain(raw: str | bytes) -> Refused:
    """What orjson would not read, with field and ref where it was half a character.

    A browser sends a lone surrogate where text was cut in two, and has to learn which message it
    was that will never be taken.
    """
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return malformed("", "not JSON.")
    if not isinstance(value, dict):
        return malformed("", "not JSON.")
    data = value["data"] if isinstance(value.get("data"), dict) else value
    field = next((name for name, text in data.items() if _is_cut(text) and not _is_cut(name)), "")
    refused = malformed(field, "half a character: not JSON." if field else "not JSON.")
    ref = value.get("ref")
    if isinstance(ref, str) and len(ref) <= REF_LIMIT and not _is_cut(ref):
        refused.ref = ref
    return refused


def _is_cut(text: object) -> bool:
    return isinstance(text, str) and any("\ud800" <= letter <= "\udfff" for letter in text)


def _with_ref(refused: Refused, ref: str | None) -> Refused:
    refused.ref = ref
    return refused


def parse_int(data: dict[str, Any], field: str, low: int = 1, high: int = MAX_INTEGER) -> int:
    value = data.get(field)
    # bool is an int to Python, but true is no user id
    if type(value) is not int or not low <= value <= high:
        raise malformed(field, f"{field} must be a whole number from {low} to {high}.")
    return value


def parse_optional_int(data: dict[str, Any], field: str, low: int, high: int) -> int | None:
    return None if data.get(field) is None else parse_int(data, field, low, high)


def parse_bool(data: dict[str, Any], field: str) -> bool:
    value = data.get(field)
    if not isinstance(value, bool):
        raise malformed(field, f"{field} must be true or false.")
    return value


def parse_text(data: dict[str, Any], field: str, limit: int, low: int = 1) -> str:
    """Text without NUL, counted in characters (code points), never changed."""
    value = data.get(field)
    if not isinstance(value, str):
        raise malformed(field, f"{field} must be text.")
    if len(value) > limit:
        raise too_large(limit)
    if len(value) < low:
        raise malformed(field, f"{field} must not be empty.")
    if "\0" in value:
        raise malformed(field, f"{field} must not contain NUL.")
    return value


def parse_client_id(data: dict[str, Any]) -> str | None:
    value = data.get("client_id")
    if value is None:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= CLIENT_ID_LIMIT or "\0" in value:
        raise malformed("client_id", f"client_id must be 1 to {CLIENT_ID_LIMIT} characters.")
    return value


def encode(value: dict[str, Any]) -> bytes:
    return orjson.dumps(value)


def result(code: Errorcode, data: Any, ref: str | None = None) -> bytes:
    """{"errorcode", "data", "ref"?}"""
    body: dict[str, Any] = {"errorcode": int(code), "data": data}
    if ref is not None:
        body["ref"] = ref
    return orjson.dumps(body)


def acknowledgement(online: bool, data: dict[str, Any]) -> dict[str, Any]:
    """The envelope that tells a sender that it is stored."""
    if online:
        return {"errorcode": int(Errorcode.STORED_ONLINE), "data": data}
    return {"errorcode": int(Errorcode.STORED_OFFLINE), "data": data, "txt": "success."}


def with_ref(body: bytes, ref: str | None) -> bytes:
    """An encoded envelope, for the one who gave this ref: nothing is encoded twice."""
    return body if ref is None else b'%b,"ref":%b}' % (body[:-1], orjson.dumps(ref))


def event(name: str, data: dict[str, Any], ref: str | None = None) -> bytes:
    """An event under errorcode 3; older clients ignore the whole errorcode."""
    return result(Errorcode.EVENT, {"event": name, **data}, ref)


def refusal(refused: Refused, ref: str | None = None) -> bytes:
    """{"errorcode", "txt", "data"?, "ref"?}"""
    body: dict[str, Any] = {"errorcode": int(refused.code), "txt": refused.txt}
    if refused.data:
        body["data"] = refused.data
    if ref is not None:
        body["ref"] = ref
    return orjson.dumps(body)


def entry(
    mine: bool, content: str, friendly: str, seq: int, time: int, client_id: str | None
) -> list[Any]:
    """A log entry; client_id is shown to its own sender only."""
    more: dict[str, Any] = {"seq": seq, "time": time}
    if mine and client_id is not None:
        more["client_id"] = client_id
    return [">" if mine else "<", content, friendly, more]
