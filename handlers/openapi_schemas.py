"""The shapes of the REST API's answers, as JSON Schema 2020-12."""

from __future__ import annotations

from typing import Any

ID = {"type": "integer", "minimum": 1}
SEQ = {"type": "integer", "minimum": 0}
TIME = {"type": "integer", "minimum": 0, "description": "epoch milliseconds, UTC"}
TEXT = {"type": "string"}
FLAG = {"type": "boolean"}
KIND = {"enum": ["local", "embedded", "guest"]}


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def shape(optional: tuple[str, ...] = (), /, **properties: Any) -> dict[str, Any]:
    """An object with just these members, all required but the optional ones."""
    return {
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


POSITIONS: dict[str, Any] = {
    "last_seq": SEQ,
    "read_seq": SEQ,
    "other_read_seq": SEQ,
    "other_delivered_seq": SEQ,
    "unread": SEQ,
}
PERSON: dict[str, Any] = {
    "user_id": ID,
    "username": TEXT,
    "name": TEXT,
    "avatar": TEXT,
    "kind": KIND,
    "online": FLAG,
    "last_seen": TIME,
}

ROOM_POSITIONS: dict[str, Any] = {"last_seq": SEQ, "read_seq": SEQ, "unread": SEQ}
OWNER: dict[str, Any] = {"type": ["integer", "null"], "description": "null: the operator's"}

SCHEMAS: dict[str, dict[str, Any]] = {
    "Error": {
        "type": "object",
        "required": ["errorcode", "txt"],
        "properties": {
            "errorcode": {"type": "integer", "maximum": -1},
            "txt": TEXT,
            "data": {
                "type": "object",
                "description": "field (-2), retry_after in seconds (-6), limit (-7)",
            },
        },
    },
    "Done": shape(errorcode={"const": 0}, txt=TEXT),
    "User": shape(**PERSON, locale=TEXT),
    "Users": shape(users=many(ref("User"))),
    "EntryDetails": {
        "type": "object",
        "required": ["seq", "time"],
        "properties": {
            "seq": ID,
            "time": TIME,
            "client_id": TEXT,
            "id": {**TEXT, "description": "in rooms: unique among all messages"},
            "user": {**ref("RoomMember"), "description": "in rooms: who wrote it"},
            "deleted": {"const": True, "description": "a moderator took the text away"},
        },
    },
    "Entry": {
        "type": "array",
        "description": "direction (> mine, < theirs), content, friendly time, details",
        "prefixItems": [{"enum": [">", "<"]}, TEXT, TEXT, ref("EntryDetails")],
        "minItems": 4,
        "maxItems": 4,
    },
    "Sent": shape(
        ("user_id", "dup", "room", "room_id"),
        user_id=ID,
        room={**TEXT, "description": "instead of user_id: a repeat of what was said in a room"},
        room_id=ID,
        data=ref("Entry"),
        dup=FLAG,
    ),
    "Receipts": shape(user_id=ID, read_seq=SEQ, delivered_seq=SEQ),
    "Page": shape(
        me=TEXT,
        other=TEXT,
        me_id=ID,
        other_id=ID,
        me_name=TEXT,
        other_name=TEXT,
        me_avatar=TEXT,
        other_avatar=TEXT,
        logs=many(ref("Entry")),
        has_more=FLAG,
        **POSITIONS,
        online=FLAG,
        last_seen=TIME,
    ),
    "Conversation": shape(
        **PERSON,
        last={"oneOf": [ref("Entry"), {"type": "null"}]},
        last_time=TIME,
        **POSITIONS,
    ),
    "Conversations": shape(
        conversations=many(ref("Conversation")),
        next={"type": ["string", "null"], "description": "`before` of the next page"},
    ),
    "RoomMember": shape(
        ("muted", "address"),
        user_id=ID,
        name=TEXT,
        avatar=TEXT,
        kind=KIND,
        muted={"const": True},
        address=TEXT,
    ),
    "RoomMembers": shape(room=TEXT, members=many(ref("RoomMember")), count=SEQ),
    "RoomRemoved": shape(room=TEXT, removed=many(ref("RoomMember")), count=SEQ),
    "Room": shape(
        room=TEXT,
        count={**SEQ, "description": "how many are in"},
        fixed=FLAG,
        owner=OWNER,
        joined=FLAG,
        last={"oneOf": [ref("Entry"), {"type": "null"}]},
        last_time=TIME,
        **ROOM_POSITIONS,
    ),
    "Rooms": shape(
        rooms=many(ref("Room")),
        next={"type": ["string", "null"], "description": "`before` of the next page"},
        may_open=FLAG,
    ),
    "RoomPage": shape(
        room=TEXT,
        logs=many(ref("Entry")),
        has_more=FLAG,
        **ROOM_POSITIONS,
        owner=OWNER,
        moderator=FLAG,
        muted=FLAG,
    ),
    "Said": shape(
        ("room", "user_id", "dup", "room_id"),
        room=TEXT,
        room_id=ID,
        user_id={**ID, "description": "a repeat of what was written to one person"},
        data=ref("Entry"),
        dup=FLAG,
    ),
    "RoomRead": shape(room=TEXT, read_seq=SEQ),
    "RoomDeleted": shape(room=TEXT, seq=ID, user_id=ID),
    "RoomLeft": shape(room=TEXT),
    "RoomModerated": shape(("muted", "removed"), room=TEXT, user_id=ID, muted=FLAG, removed=FLAG),
}
