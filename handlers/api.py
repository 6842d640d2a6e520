"""Conversations and people over REST: the same use cases, with real HTTP statuses."""

from __future__ import annotations

from typing import Any

from app.messaging import protocol
from app.messaging.receipts import send_receipt_and_wait
from handlers.base import ApiHandler, answers


class UserHandler(ApiHandler):
    @answers
    async def get(self, user_id: str) -> None:
        self.answer_data(await self.ask(self.parley.reading.user(int(user_id))))


class ConversationsHandler(ApiHandler):
    @answers
    async def get(self) -> None:
        self.answer_data(await self.ask(self.parley.reading.conversations(self._asked)))

    def _asked(self) -> dict[str, Any]:
        return {**self.query_numbers("limit"), "before": self.query_text("before")}


class MessagesHandler(ApiHandler):
    """History by GET, sending by POST."""

    @answers
    async def get(self, other: str) -> None:
        def asked() -> dict[str, Any]:
            return {"other": int(other), **self.query_numbers("limit", "before", "after")}

        self.answer_data(await self.ask(self.parley.reading.page(asked)))

    @answers
    async def post(self, other: str) -> None:
        me = await self.signed_in()
        data = {**self.body_json(), "other": int(other)}
        self.answer(protocol.encode(await self.parley.chat.send_and_wait(me, data)))


class ReadHandler(ApiHandler):
    @answers
    async def put(self, other: str) -> None:
        me = await self.signed_in()
        data = {**self.body_json(), "other": int(other)}
        self.answer_data(await send_receipt_and_wait(self.parley.writer, me, data, "read"))
