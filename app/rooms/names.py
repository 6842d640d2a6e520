"""Names of rooms, and the masked addresses that an operator may show beside people's names."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from app.access.names import parse_name
from app.messaging.errors import Refused, malformed
from app.settings import SettingError
from models.conversation import room_key

ROOM_LIMIT = 50
# the key of a conversation is at most 191 bytes, and folding makes some names longer
KEY_LIMIT = 191


def parse_room(data: dict[str, Any]) -> str:
    """1 to 50 visible characters in any script, no colon or slash. Raises Refused (-2, -7)."""
    name = parse_name("room", data.get("room"), ROOM_LIMIT)
    if name in (".", "..") or len(room_key(name)) > KEY_LIMIT:
        raise malformed("room", "this name cannot be a room's.")
    return name


def check_fixed(names: Iterable[str]) -> None:
    """Refuses names that the operator cannot give to rooms. Raises SettingError."""
    for name in names:
        try:
            parse_room({"room": name})
        except Refused as refused:
            raise SettingError(f"rooms: {name!r}: {refused.txt}") from None


def masked(address: str | None) -> str:
    """1.2.3.4 as 1.2.*.*, 2001:db8::1 as 2001:db8:*; empty for what is no address."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if isinstance(found, ipaddress.IPv4Address):
        return ".".join([*str(found).split(".")[:2], "*", "*"])
    return ":".join([f"{int(group, 16):x}" for group in found.exploded.split(":")[:2]] + ["*"])
