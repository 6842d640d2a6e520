"""Rooms over REST: the same use cases as on the socket, with real HTTP statuses."""

from __future__ import annotations

from typing import Any

from app.messaging import protocol
from app.messaging.errors import malformed
from handlers.base import ApiHandler, answers


class RoomsHandler(ApiHandler):
    """GET lists, POST opens."""

    @answers
    async def get(self) -> None:
        me = await self.signed_in()
        data: dict[str, Any] = {
            **self.query_numbers("limit"),
            "before": self.query_text("before"),
        }
        joined = self.query_text("joined")
        if joined is not None:
            if joined not in ("true", "false"):
                raise malformed("joined", "joined must be true or false.")
            data["joined"] = joined == "true"
        self.answer_data(await self.parley.rooms.listing.listed(me, data))

    @answers
    async def post(self) -> None:
        me = await self.signed_in()
        self.answer_data(await self.parley.rooms.listing.open(me, self.body_json()), 201)


class RoomMessagesHandler(ApiHandler):
    """History by GET, sending by POST."""

    @answers
    async def get(self, room: str) -> None:
        me = await self.signed_in()
        data = {"room": room, **self.query_numbers("limit", "before", "after")}
        self.answer_data(await self.parley.rooms.listing.page(me, data))

    @answers
    async def post(self, room: str) -> None:
        me = await self.signed_in()
        data = {**self.body_json(), "room": room}
        self.answer(protocol.encode(await self.parley.rooms.talk.say_and_wait(me, data)))


class RoomMessageHandler(ApiHandler):
    @answers
    async def delete(self, room: str, seq: str) -> None:
        me = await self.signed_in()
        data = {"room": room, "seq": int(seq)}
        self.answer_data(await self.parley.rooms.moderation.delete(me, data))


class RoomReadHandler(ApiHandler):
    @answers
    async def put(self, room: str) -> None:
        me = await self.signed_in()
        data = {**self.body_json(), "room": room}
        self.answer_data(await self.parley.rooms.talk.read_and_wait(me, data))


class RoomMembersHandler(ApiHandler):
    """Who is in."""

    @answers
    async def get(self, room: str) -> None:
        me = await self.signed_in()
        self.answer_data(await self.parley.rooms.membership.members(me, {"room": room}))


class RoomRemovedHandler(ApiHandler):
    """Who may not come back, for who moderates."""

    @answers
    async def get(self, room: str) -> None:
        me = await self.signed_in()
        self.answer_data(await self.parley.rooms.moderation.removed(me, {"room": room}))


class RoomMembershipHandler(ApiHandler):
    """My own: PUT joins, DELETE leaves."""

    @answers
    async def put(self, room: str) -> None:
        me = await self.signed_in()
        self.answer_data(await self.parley.rooms.membership.join_only(me, {"room": room}))

    @answers
    async def delete(self, room: str) -> None:
        me = await self.signed_in()
        self.answer_data(await self.parley.rooms.membership.leave_only(me, {"room": room}))


class RoomMemberHandler(ApiHandler):
    """Somebody else's, for who moderates: {"muted"?, "removed"?}."""

    @answers
    async def put(self, room: str, user_id: str) -> None:
        me = await self.signed_in()
        body, moderation = self.body_json(), self.parley.rooms.moderation
        named = {"room": room, "user_id": int(user_id)}
        asked = [field for field in ("muted", "removed") if field in body]
        if not asked:
            raise malformed("muted", "muted or removed must be given.")
        for field in asked:  # all of them are looked at before any is done
            protocol.parse_bool(body, field)
        for field in asked:
            act = moderation.mute if field == "muted" else moderation.remove
            await act(me, {**named, "on": body[field]})
        self.answer_data({**named, **{field: body[field] for field in asked}})
