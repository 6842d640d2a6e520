"""The OpenAPI 3.1 document of the REST API, at /api/v1/openapi.json.

A test holds the operations against the URL map and the schemas against live answers.
"""

from __future__ import annotations

from typing import Any

from app import __version__
from app.access.names import NICKNAME_LIMIT, USERNAME_LIMIT
from app.access.passwords import LONGEST, SHORTEST
from app.messaging import protocol
from handlers.base import ApiHandler
from handlers.openapi_schemas import SCHEMAS, ref

ERRORS = {
    400: "malformed (-2) or not supported (-1)",
    401: "not signed in (-3)",
    403: "not allowed (-5)",
    404: "no such user, conversation or message (-4)",
    413: "too long or too large (-7)",
    429: "too fast (-6)",
    503: "not now; repeating is safe (-8)",
}
LIMIT = {
    "name": "limit",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50},
}
USER_ID = {
    "name": "user_id",
    "in": "path",
    "required": True,
    "description": "the other side's user id",
    "schema": {"type": "integer", "minimum": 1},
}
OPEN: list[dict[str, list[str]]] = [{}]
SIGNED_IN: list[dict[str, list[str]]] = [{"cookie": []}, {"bearer": []}]


def _query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def _seq(name: str, description: str) -> dict[str, Any]:
    return _query(name, {"type": "integer", "minimum": 0}, description)


def _operation(
    summary: str,
    operation_id: str,
    data: dict[str, Any] | None,
    *errors: int,
    status: int = 200,
    parameters: tuple[dict[str, Any], ...] = (),
    body: dict[str, Any] | None = None,
    security: list[dict[str, list[str]]] = SIGNED_IN,
) -> dict[str, Any]:
    responses = {str(status): _response("ok", ref("Done") if data is None else _envelope(data))}
    for error in sorted({*errors, 503}):
        responses[str(error)] = _response(ERRORS[error], ref("Error"))
    operation: dict[str, Any] = {
        "summary": summary,
        "operationId": operation_id,
        "security": security,
        "parameters": list(parameters),
        "responses": responses,
    }
    if body is not None:
        content = {"application/json": {"schema": body}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _envelope(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["errorcode", "data"],
        "properties": {"errorcode": {"type": "integer", "minimum": 0}, "data": data},
    }


def _object(required: tuple[str, ...], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def _text(low: int, high: int) -> dict[str, Any]:
    return {"type": "string", "minLength": low, "maxLength": high}


CREDENTIALS = {
    "username": _text(1, USERNAME_LIMIT),
    "password": _text(SHORTEST, LONGEST),
}


def paths() -> dict[str, dict[str, Any]]:
    """Every operation under /api/v1, by path and method."""
    return {
        "/api/v1/session": {
            "post": _operation(
                "Sign in; sets the session cookie",
                "signIn",
                ref("User"),
                *(400, 401, 403, 413, 429),
                body=_object(("username", "password"), **CREDENTIALS),
                security=OPEN,
            ),
            "delete": _operation("Sign out", "signOut", None, 403, security=OPEN),
        },
        "/api/v1/users": {
            "post": _operation(
                "Register, where registration is open; sets the session cookie",
                "register",
                ref("User"),
                *(400, 403, 413, 429),
                status=201,
                body=_object(
                    ("username", "password"), **CREDENTIALS, nickname=_text(0, NICKNAME_LIMIT)
                ),
                security=OPEN,
            ),
            "get": _operation(
                "Find people by the beginning of a name, or one by its exact username",
                "searchUsers",
                ref("Users"),
                *(400, 401, 413),
                parameters=(
                    _query("query", _text(0, 64), "the beginning of a username or name"),
                    _query("username", _text(0, 191), "an exact username, or a host's member id"),
                    LIMIT,
                ),
            ),
        },
        "/api/v1/users/{user_id}": {
            "get": _operation(
                "One person", "getUser", ref("User"), 401, 404, parameters=(USER_ID,)
            ),
        },
        "/api/v1/guests": {
            "post": _operation(
                "Come in as a guest, where guests are on; sets the session cookie",
                "enterAsGuest",
                ref("User"),
                *(400, 403, 413, 429),
                status=201,
                body=_object((), nickname=_text(0, USERNAME_LIMIT)),
                security=OPEN,
            ),
        },
        "/api/v1/me": {"get": _operation("Who I am", "getMe", ref("User"), 401)},
        "/api/v1/conversations": {
            "get": _operation(
                "My conversations, newest first",
                "listConversations",
                ref("Conversations"),
                *(400, 401),
                parameters=(LIMIT, _query("before", {"type": "string"}, "next of a page")),
            ),
        },
        "/api/v1/conversations/{user_id}/messages": {
            "get": _operation(
                "A page of history, oldest first; the newest page by default",
                "listMessages",
                ref("Page"),
                *(400, 401, 403, 404),
                parameters=(
                    USER_ID,
                    LIMIT,
                    _seq("before", "only messages with a lower seq"),
                    _seq("after", "only messages with a higher seq"),
                ),
            ),
            "post": _operation(
                "Send a message; repeating with the same client_id is safe",
                "sendMessage",
                ref("Sent"),
                *(400, 401, 403, 404, 413, 429),
                parameters=(USER_ID,),
                body=_object(
                    ("content",),
                    content=_text(1, 8192),
                    client_id=_text(1, protocol.CLIENT_ID_LIMIT),
                ),
            ),
        },
        "/api/v1/conversations/{user_id}/read": {
            "put": _operation(
                "Say how far I have read",
                "markRead",
                ref("Receipts"),
                *(400, 401, 403, 404),
                parameters=(USER_ID,),
                body=_object(("seq",), seq={"type": "integer", "minimum": 0}),
            ),
        },
    }


def document() -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley",
            "version": __version__,
            "description": "One-to-one messaging. Every answer is an envelope with an errorcode.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths(),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "cookie": {"type": "apiKey", "in": "cookie", "name": "parley_session"},
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


class OpenApiHandler(ApiHandler):
    async def get(self) -> None:
        self.answer(protocol.encode(document()))
