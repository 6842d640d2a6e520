"""The operations on conversations between two, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from app.messaging import protocol
from handlers.openapi_parts import LIMIT, USER_ID, fields, operation, query, seq, text
from handlers.openapi_schemas import ref


def conversation_paths(content_limit: int) -> dict[str, dict[str, Any]]:
    """Every operation under /api/v1/conversations, by path and method."""
    every = "/api/v1/conversations"
    one = f"{every}/{{user_id}}"
    return {
        every: {"get": _list()},
        f"{one}/messages": {"get": _page(), "post": _send(content_limit)},
        f"{one}/read": {"put": _read()},
    }


def _list() -> dict[str, Any]:
    return operation(
        "My conversations, newest first",
        "listConversations",
        ref("Conversations"),
        *(400, 401),
        parameters=(LIMIT, query("before", {"type": "string"}, "next of a page")),
    )


def _page() -> dict[str, Any]:
    return operation(
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
    )


def _send(content_limit: int) -> dict[str, Any]:
    return operation(
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
    )


def _read() -> dict[str, Any]:
    return operation(
        "Say how far I have read",
        "markRead",
        ref("Receipts"),
        *(400, 401, 403, 404),
        parameters=(USER_ID,),
        body=fields(("seq",), seq={"type": "integer", "minimum": 0}),
    )
