"""The OpenAPI 3.1 document of the REST API, at /api/v1/openapi.json.

A test holds the operations against the URL map and the schemas against live answers.
"""

from __future__ import annotations

from typing import Any

from app import __version__
from app.access.names import NICKNAME_LIMIT, USERNAME_LIMIT
from app.access.passwords import LONGEST, SHORTEST
from app.messaging import protocol
from app.settings import Settings
from handlers.base import ApiHandler
from handlers.openapi_parts import (
    LIMIT,
    OPEN,
    USER_ID,
    fields,
    operation,
    query,
    seq,
    text,
)
from handlers.openapi_rooms import room_paths
from handlers.openapi_schemas import SCHEMAS, ref

CREDENTIALS = {
    "username": text(1, USERNAME_LIMIT),
    "password": text(SHORTEST, LONGEST),
}


def paths(content_limit: int = Settings.content_limit) -> dict[str, dict[str, Any]]:
    """Every operation under /api/v1, by path and method."""
    return {
        "/api/v1/session": {
            "post": operation(
                "Sign in; sets the session cookie",
                "signIn",
                ref("User"),
                *(400, 401, 403, 413, 429),
                body=fields(("username", "password"), **CREDENTIALS),
                security=OPEN,
            ),
            "delete": operation("Sign out", "signOut", None, 403, security=OPEN),
        },
        "/api/v1/users": {
            "post": operation(
                "Register, where registration is open; sets the session cookie",
                "register",
                ref("User"),
                *(400, 403, 413, 429),
                status=201,
                body=fields(
                    ("username", "password"), **CREDENTIALS, nickname=text(0, NICKNAME_LIMIT)
                ),
                security=OPEN,
            ),
            "get": operation(
                "Find people by the beginning of a name, or one by its exact username",
                "searchUsers",
                ref("Users"),
                *(400, 401, 413),
                parameters=(
                    query("query", text(0, 64), "the beginning of a username or name"),
                    query("username", text(0, 191), "instead: exact, or a host's member id"),
                    LIMIT,
                ),
            ),
        },
        "/api/v1/users/{user_id}": {
            "get": operation("One person", "getUser", ref("User"), 401, 404, parameters=(USER_ID,)),
        },
        "/api/v1/guests": {
            "post": operation(
                "Come in as a guest, where guests are on; sets the session cookie",
                "enterAsGuest",
                ref("User"),
                *(400, 403, 413, 429),
                status=201,
                body=fields((), nickname=text(0, USERNAME_LIMIT)),
                security=OPEN,
            ),
        },
        "/api/v1/me": {"get": operation("Who I am", "getMe", ref("User"), 401)},
        "/api/v1/conversations": {
            "get": operation(
                "My conversations, newest first",
                "listConversations",
                ref("Conversations"),
                *(400, 401),
                parameters=(LIMIT, query("before", {"type": "string"}, "next of a page")),
            ),
        },
        "/api/v1/conversations/{user_id}/messages": {
            "get": operation(
                "A page of history, oldest first; the newest page by default",
                "listMessages",
                ref("Page"),
                *(400, 401, 403, 404),
                parameters=(
                    USER_ID,
                    LIMIT,
                    seq("before", "only messages with a lower seq"),
                    seq("after", "only messages with a higher seq"),
                ),
            ),
            "post": operation(
                "Send a message; repeating with the same client_id is safe",
                "sendMessage",
                ref("Sent"),
                *(400, 401, 403, 404, 413, 429),
                parameters=(USER_ID,),
                body=fields(
                    ("content",),
                    content=text(1, content_limit),
                    client_id=text(1, protocol.CLIENT_ID_LIMIT),
                ),
            ),
        },
        "/api/v1/conversations/{user_id}/read": {
            "put": operation(
                "Say how far I have read",
                "markRead",
                ref("Receipts"),
                *(400, 401, 403, 404),
                parameters=(USER_ID,),
                body=fields(("seq",), seq={"type": "integer", "minimum": 0}),
            ),
        },
        **room_paths(content_limit),
    }


def document(content_limit: int = Settings.content_limit) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley",
            "version": __version__,
            "description": "Messaging between two and in rooms. Every answer is an envelope.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths(content_limit),
        "components": {
            "schemas": SCHEMAS,
            "securitySchemes": {
                "cookie": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "parley_session",
                    "description": "The header Parley-User may name the user id that a request"
                    " is meant for: 401 where the cookie has become another's meanwhile.",
                },
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            },
        },
    }


class OpenApiHandler(ApiHandler):
    async def get(self) -> None:
        self.answer(protocol.encode(document(self.parley.options.content_limit)))
