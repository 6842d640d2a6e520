"""How people, entries and conversations look in JSON (contract, sections 2 to 4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from app.access.person import Person
from app.messaging import protocol
from app.messaging.friendly_time import friendly_time, friendly_times
from models.base import now_ms
from models.history import Page, Row
from models.listing import Listed
from models.missed import Missed
from models.positions import Positions


class Shapes:
    """Knows the time, the operator's time zone, and who is online."""

    def __init__(
        self,
        zone: ZoneInfo,
        is_online: Callable[[int], bool],
        clock: Callable[[], int] = now_ms,
    ) -> None:
        self._zone = zone
        self._is_online = is_online
        self.clock = clock

    def friendly(self, at: int, locale: str) -> str:
        return friendly_time(at, self.clock(), locale, self._zone)

    def last_seen(self, person: Person) -> int:
        return self.clock() if self._is_online(person.user_id) else person.last_seen

    def user(self, person: Person) -> dict[str, Any]:
        return {
            "user_id": person.user_id,
            "username": person.username.removeprefix("embedded:"),
            "name": person.name,
            "avatar": person.avatar,
            "kind": person.kind,
            "locale": person.locale,
            "online": self._is_online(person.user_id),
            "last_seen": self.last_seen(person),
        }

    def _other(self, person: Person) -> dict[str, Any]:
        """Whom one has a conversation with."""
        user = self.user(person)
        del user["locale"]
        return user

    def entry(self, row: Row, reader: Person) -> list[Any]:
        return protocol.entry(
            row.me == reader.user_id,
            row.content,
            self.friendly(row.time, reader.locale),
            row.seq,
            row.time,
            row.client_id,
        )

    def entries(self, rows: list[Row], reader: Person) -> list[list[Any]]:
        """A page of them, as entry."""
        me = reader.user_id
        times = friendly_times([row.time for row in rows], self.clock(), reader.locale, self._zone)
        return [
            protocol.entry(row.me == me, row.content, friendly, row.seq, row.time, row.client_id)
            for row, friendly in zip(rows, times, strict=True)
        ]

    def positions(self, positions: Positions) -> dict[str, Any]:
        return {
            "last_seq": positions.last_seq,
            "read_seq": positions.read_seq,
            "other_read_seq": positions.other_read_seq,
            "other_delivered_seq": positions.other_delivered_seq,
            "unread": positions.unread,
        }

    def page(self, page: Page, me: Person) -> dict[str, Any]:
        """Answer of realtime-chat."""
        other = page.other
        return {
            "me": me.username.removeprefix("embedded:"),
            "other": other.username.removeprefix("embedded:"),
            "me_id": me.user_id,
            "other_id": other.user_id,
            "me_name": me.name,
            "other_name": other.name,
            "me_avatar": me.avatar,
            "other_avatar": other.avatar,
            "logs": self.entries(page.rows, me),
            "has_more": page.has_more,
            **self.positions(page.positions),
            "online": self._is_online(other.user_id),
            "last_seen": self.last_seen(other),
        }

    def missed(self, missed: Missed, me: Person) -> dict[str, Any]:
        """One conversation of a sync."""
        other = missed.positions.other
        return {
            **({} if missed.person is None else self._other(missed.person)),
            "user_id": other,
            "logs": self.entries(missed.rows, me),
            "reset": missed.reset,
            **self.positions(missed.positions),
            "online": self._is_online(other),
        }

    def listed(self, listed: Listed, me: Person) -> dict[str, Any]:
        """One line of the conversation list."""
        return {
            **self._other(listed.other),
            "last": None if listed.last is None else self.entry(listed.last, me),
            "last_time": listed.positions.last_time,
            **self.positions(listed.positions),
        }
