"""The OpenAPI 3.1 document of the REST API, at /api/v1/openapi.json.

A test holds the operations against the URL map and the schemas against live answers.
"""

from __future__ import annotations

from typing import Any

from app import __version__
from app.messaging import protocol
from app.settings import Settings
from handlers.base import ApiHandler
from handlers.openapi_conversations import conversation_paths
from handlers.openapi_people import people_paths
from handlers.openapi_rooms import room_paths
from handlers.openapi_schemas import SCHEMAS

DESCRIPTION = "Messaging between two and in rooms. Every answer is an envelope."
SECURITY_SCHEMES = {
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": "parley_session",
        "description": "The header Parley-User may name the user id that a request"
        " is meant for: 401 where the cookie has become another's meanwhile.",
    },
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
}


def paths(content_limit: int = Settings.content_limit) -> dict[str, dict[str, Any]]:
    """Every operation under /api/v1, by path and method."""
    return {
        **people_paths(),
        **conversation_paths(content_limit),
        **room_paths(content_limit),
    }


def document(content_limit: int = Settings.content_limit) -> dict[str, Any]:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Parley",
            "version": __version__,
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "paths": paths(content_limit),
        "components": {"schemas": SCHEMAS, "securitySchemes": SECURITY_SCHEMES},
    }


class OpenApiHandler(ApiHandler):
    async def get(self) -> None:
        self.answer(protocol.encode(document(self.parley.options.content_limit)))
