"""The operations on rooms, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from app.messaging import protocol
from app.rooms.listing import LARGEST_PAGE
from app.rooms.names import ROOM_LIMIT
from handlers.openapi_parts import LIMIT, USER_ID, fields, operation, query, seq, text
from handlers.openapi_schemas import ref

ROOM = {
    "name": "room",
    "in": "path",
    "required": True,
    "description": "the room's name, percent-encoded",
    "schema": text(1, ROOM_LIMIT),
}
SEQ = {
    "name": "seq",
    "in": "path",
    "required": True,
    "description": "which message",
    "schema": {"type": "integer", "minimum": 1},
}
PAGE_LIMIT = {**LIMIT, "schema": {**LIMIT["schema"], "maximum": LARGEST_PAGE}}  # type: ignore[dict-item]
FLAG = {"type": "boolean"}


def room_paths(content_limit: int) -> dict[str, dict[str, Any]]:
    """Every operation under /api/v1/rooms, by path and method."""
    one = "/api/v1/rooms/{room}"
    return {
        "/api/v1/rooms": _all_rooms(),
        f"{one}/messages": _messages(content_limit),
        f"{one}/messages/{{seq}}": {
            "delete": _in_room(
                "Delete the text of a message, for who moderates the room",
                "deleteRoomMessage",
                "RoomDeleted",
                parameters=(SEQ,),
            ),
        },
        f"{one}/read": {
            "put": _in_room(
                "Say how far I have read",
                "markRoomRead",
                "RoomRead",
                body=fields(("seq",), seq={"type": "integer", "minimum": 0}),
            ),
        },
        **_people(one),
        **_moderation(one),
    }


def _all_rooms() -> dict[str, Any]:
    return {
        "get": operation(
            "Public rooms, those written to last first",
            "listRooms",
            ref("Rooms"),
            *(400, 401),
            parameters=(
                LIMIT,
                query("before", {"type": "string"}, "next of a page"),
                query("joined", {"enum": ["true", "false"]}, "true: those I am a member of"),
            ),
        ),
        "post": operation(
            "Open a room; who opens it owns it and is a member",
            "openRoom",
            ref("Room"),
            *(400, 401, 403, 413),
            status=201,
            body=fields(("room",), room=text(1, ROOM_LIMIT)),
        ),
    }


def _in_room(
    summary: str,
    operation_id: str,
    data: str,
    *,
    parameters: tuple[dict[str, Any], ...] = (),
    body: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """An operation on the room that the path names."""
    return operation(
        summary,
        operation_id,
        ref(data),
        *(400, 401, 403, 404, 413),
        parameters=(ROOM, *parameters),
        body=body,
    )


def _messages(content_limit: int) -> dict[str, Any]:
    return {
        "get": _in_room(
            "A page of a room I am a member of, oldest first; the newest page by default",
            "listRoomMessages",
            "RoomPage",
            parameters=(
                PAGE_LIMIT,
                seq("before", "only messages with a lower seq"),
                seq("after", "only messages with a higher seq"),
            ),
        ),
        "post": _in_room(
            "Say something; repeating with the same client_id is safe",
            "sayInRoom",
            "Said",
            body=fields(
                ("content",),
                content=text(1, content_limit),
                client_id=text(1, protocol.CLIENT_ID_LIMIT),
            ),
        ),
    }


def _people(one: str) -> dict[str, dict[str, Any]]:
    return {
        f"{one}/members": {
            "get": _in_room("Who is in the room now", "listRoomMembers", "RoomMembers"),
        },
        f"{one}/members/me": {
            "put": _in_room("Join; the room's page", "joinRoom", "RoomPage"),
            "delete": _in_room("Leave", "leaveRoom", "RoomLeft"),
        },
    }


def _moderation(one: str) -> dict[str, dict[str, Any]]:
    return {
        f"{one}/removed": {
            "get": _in_room(
                "Who was removed and may not come back, for who moderates the room",
                "listRoomRemoved",
                "RoomRemoved",
            ),
        },
        f"{one}/members/{{user_id}}": {
            "put": _in_room(
                "Mute or remove somebody, for who moderates the room",
                "moderateRoomMember",
                "RoomModerated",
                parameters=({**USER_ID, "description": "whom it is about"},),
                body=fields((), muted=FLAG, removed=FLAG),
            ),
        },
    }
