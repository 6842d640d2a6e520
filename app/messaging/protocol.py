"""The wire: requests in, envelopes out. docs/protocol.md describes it for clients.

Nothing in here knows a socket, a user or a table, and no input makes it raise anything but Refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from app.messaging.errors import Errorcode, Refused, malformed, too_large

REF_LIMIT = 64
CLIENT_ID_LIMIT = 64
# ids and seqs travel as JSON numbers: beyond 2**53 JavaScript would round them
MAX_INTEGER = 2**53 - 1


@dataclass(frozen=True, slots=True)
class Request:
    """One parsed request. `data` has not been looked into yet."""

    opt: str
    data: dict[str, Any]
    ref: str | None


def parse_json(raw: str | bytes) -> dict[str, Any]:
    """A JSON object from text. orjson refuses NaN, lone surrogates and bottomless nesting."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise malformed("", "not JSON.") from error
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
    return Request(opt, data, ref)


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
