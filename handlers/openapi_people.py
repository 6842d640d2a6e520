"""The operations on people and their sessions, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from app.access.names import NICKNAME_LIMIT, USERNAME_LIMIT
from app.access.passwords import LONGEST, SHORTEST
from handlers.openapi_parts import LIMIT, OPEN, USER_ID, fields, operation, query, text
from handlers.openapi_schemas import ref

CREDENTIALS = {
    "username": text(1, USERNAME_LIMIT),
    "password": text(SHORTEST, LONGEST),
}


def people_paths() -> dict[str, dict[str, Any]]:
    """Every operation on sessions, users and guests, by path and method."""
    one = operation("One person", "getUser", ref("User"), 401, 404, parameters=(USER_ID,))
    return {
        "/api/v1/session": _session(),
        "/api/v1/users": {"post": _register(), "get": _search()},
        "/api/v1/users/{user_id}": {"get": one},
        "/api/v1/guests": {"post": _enter_as_guest()},
        "/api/v1/me": {"get": operation("Who I am", "getMe", ref("User"), 401)},
    }


def _session() -> dict[str, Any]:
    return {
        "post": operation(
            "Sign in; sets the session cookie",
            "signIn",
            ref("User"),
            *(400, 401, 403, 413, 429),
            body=fields(("username", "password"), **CREDENTIALS),
            security=OPEN,
        ),
        "delete": operation("Sign out", "signOut", None, 403, security=OPEN),
    }


def _register() -> dict[str, Any]:
    return operation(
        "Register, where registration is open; sets the session cookie",
        "register",
        ref("User"),
        *(400, 403, 413, 429),
        status=201,
        body=fields(("username", "password"), **CREDENTIALS, nickname=text(0, NICKNAME_LIMIT)),
        security=OPEN,
    )


def _search() -> dict[str, Any]:
    return operation(
        "Find people by the beginning of a name, or one by its exact username",
        "searchUsers",
        ref("Users"),
        *(400, 401, 413),
        parameters=(
            query("query", text(0, 64), "the beginning of a username or name"),
            query("username", text(0, 191), "instead: exact, or a host's member id"),
            LIMIT,
        ),
    )


def _enter_as_guest() -> dict[str, Any]:
    return operation(
        "Come in as a guest, where guests are on; sets the session cookie",
        "enterAsGuest",
        ref("User"),
        *(400, 403, 413, 429),
        status=201,
        body=fields((), nickname=text(0, USERNAME_LIMIT)),
        security=OPEN,
    )
