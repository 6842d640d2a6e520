"""What descriptions of operations are made of."""

from __future__ import annotations

from typing import Any

from handlers.openapi_schemas import ref

ERRORS = {
    400: "malformed (-2) or not supported (-1)",
    401: "not signed in (-3)",
    403: "not allowed (-5)",
    404: "no such user, conversation, room or message (-4)",
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


def query(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": description}


def seq(name: str, description: str) -> dict[str, Any]:
    return query(name, {"type": "integer", "minimum": 0}, description)


def operation(
    summary: str,
    operation_id: str,
    data: dict[str, Any] | None,
    *errors: int,
    status: int = 200,
    parameters: tuple[dict[str, Any], ...] = (),
    body: dict[str, Any] | None = None,
    security: list[dict[str, list[str]]] = SIGNED_IN,
) -> dict[str, Any]:
    """`errors` beside those of every operation: who signs in may be unknown or too fast, and a body
    too large.
    """
    always = {503, *((401, 429) if security is SIGNED_IN else ()), *((413,) if body else ())}
    responses = {str(status): response("ok", ref("Done") if data is None else envelope(data))}
    for error in sorted({*errors, *always}):
        responses[str(error)] = response(ERRORS[error], ref("Error"))
    described: dict[str, Any] = {
        "summary": summary,
        "operationId": operation_id,
        "security": security,
        "parameters": list(parameters),
        "responses": responses,
    }
    if body is not None:
        content = {"application/json": {"schema": body}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def response(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def envelope(data: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "required": ["errorcode", "data"],
        "properties": {"errorcode": {"type": "integer", "minimum": 0}, "data": data},
    }


def fields(required: tuple[str, ...], **properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


def text(low: int, high: int) -> dict[str, Any]:
    return {"type": "string", "minLength": low, "maxLength": high}
